"""States and their names in six languages, as the United Nations writes them. Source: portal/data/states.csv."""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from portal.kernel.languages import LANGUAGES, SOURCE_LANGUAGE

FILE = Path(__file__).parent.parent / "data" / "states.csv"


@dataclass(frozen=True, slots=True)
class StateInfo:
    """One State (or other entity of the list). Party status is editable and therefore lives in the database."""

    iso2: str
    iso3: str
    region: str
    subregion: str
    names: Mapping[str, str]
    is_state: bool  # the European Union is in the list, but is an organisation
    party_status: str
    party_as_of: str  # a day, a month or a remark, as the source gives it
    party_source: str
    party_note: str
    consent_on: date | None
    in_special_situation: bool = False
    """A least developed, land-locked developing or small island developing State, as the United Nations lists them."""

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names[SOURCE_LANGUAGE]


@cache
def _read() -> dict[str, StateInfo]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["iso2"]: _state(row) for row in csv.DictReader(file) if row["iso2"]}


def _state(row: Mapping[str, str]) -> StateInfo:
    return StateInfo(
        iso2=row["iso2"],
        iso3=row["iso3"],
        region=row["un_region"],
        subregion=row["un_intermediate_region"] or row["un_subregion"],
        names={language: row[f"name_{language}"] for language in LANGUAGES},
        is_state=row["entity_type"] != "regional_organization",
        party_status=row["party_status"],
        party_as_of=row["party_as_of"],
        party_source=row["party_source"],
        party_note=row["party_note"],
        consent_on=date.fromisoformat(row["consent_date"]) if row["consent_date"] else None,
        in_special_situation=any(row[list_] for list_ in ("ldc", "lldc", "sids")),
    )


STATES: Mapping[str, StateInfo] = _read()
REGIONS = tuple(sorted({state.region for state in STATES.values() if state.region}))
_LOOKALIKES = {"UK": "GB", "EN": "GB", "EL": "GR"}
"""Codes that people write and ISO 3166 does not know, with the one they mean."""


def find_state(text: str) -> str | None:
    """The two-letter code for a code of two or three letters, or a name in any of the six languages."""
    return _by_any_name().get(_folded(text))


def meant_instead(text: str) -> str | None:
    """The code to suggest for one that is often mistaken."""
    return _LOOKALIKES.get(text.strip().upper())


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@cache
def _by_any_name() -> dict[str, str]:
    return {
        _folded(name): state.iso2
        for state in STATES.values()
        for name in (state.iso2, state.iso3, *state.names.values())
        if name
    }
