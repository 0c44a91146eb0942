"""Kinds of equipment and their groups, named in the six languages. Source: equipment.csv, equipment_categories.csv."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from portal.kernel.languages import LANGUAGES, SOURCE_LANGUAGE

DATA = Path(__file__).parent.parent / "data"


class ExportFlag(StrEnum):
    """Whether exporting such a thing is controlled: no, it depends on the model, or yes."""

    NO = "no"
    CHECK = "check"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of kinds, such as vehicles."""

    key: str
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names[SOURCE_LANGUAGE]


@dataclass(frozen=True, slots=True)
class Equipment:
    """One kind of equipment. `attributes` are what is recorded of one item, or asked for in a request."""

    key: str
    group: str
    names: Mapping[str, str]
    attributes: tuple[str, ...]
    export_flag: ExportFlag
    export_rule: str
    """Where the control is written down, as the source names it; empty when there is none."""
    training: str
    """Whether operators must be trained: yes, recommended or no."""

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names[SOURCE_LANGUAGE]


@cache
def _groups() -> dict[str, Group]:
    with (DATA / "equipment_categories.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: Group(row["key"], _names(row)) for row in csv.DictReader(file)}


@cache
def _equipment() -> dict[str, Equipment]:
    with (DATA / "equipment.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: _kind(row) for row in csv.DictReader(file)}


def _kind(row: Mapping[str, str]) -> Equipment:
    return Equipment(
        key=row["key"],
        group=row["category"],
        names=_names(row),
        attributes=tuple(row["attributes"].split(";")),
        export_flag=ExportFlag(row["export_control_flag"]),
        export_rule=row["export_control_ref"],
        training=row["training_required"],
    )


def _names(row: Mapping[str, str]) -> dict[str, str]:
    return {language: row[language] for language in LANGUAGES if row[language]}


GROUPS: Mapping[str, Group] = _groups()
EQUIPMENT: Mapping[str, Equipment] = _equipment()
