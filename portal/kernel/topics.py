"""The topics of exchanges, and the provisions of Article 14 they serve. Source: topics.csv and article14.json."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.kernel.languages import LANGUAGES, SOURCE_LANGUAGE

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject an officer can learn about, named in the six languages."""

    key: str
    parent: str | None
    provisions: tuple[str, ...]
    """Of Article 14, such as `14.2.b`."""
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names[SOURCE_LANGUAGE]


@dataclass(frozen=True, slots=True)
class Provision:
    """A part of Article 14. `texts` holds only the treaty's words that were proof-read; labels are our own."""

    tag: str
    labels: Mapping[str, str]
    texts: Mapping[str, str]

    @property
    def shown(self) -> str:
        """As lawyers write it: `14(2)(b)`."""
        article, *rest = self.tag.split(".")
        return article + "".join(f"({part})" for part in rest)

    def label(self, language: str) -> str:
        return self.labels.get(language) or self.labels[SOURCE_LANGUAGE]


@cache
def _topics() -> dict[str, Topic]:
    with (DATA / "topics.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: _topic(row) for row in csv.DictReader(file)}


def _topic(row: Mapping[str, str]) -> Topic:
    return Topic(
        key=row["key"],
        parent=row["parent_key"] or None,
        provisions=tuple(row["art14_refs"].split(";")),
        names={language: row[language] for language in LANGUAGES if row[language]},
    )


@cache
def _provisions() -> dict[str, Provision]:
    items = json.loads((DATA / "article14.json").read_text(encoding="utf-8"))["items"]
    return {item["tag"]: _provision(item) for item in items}


def _provision(item: Mapping[str, Mapping[str, str]]) -> Provision:
    sure = item.get("text_confidence") or {}
    texts = {code: text for code, text in (item.get("text") or {}).items() if text and sure.get(code) == "high"}
    return Provision(tag=str(item["tag"]), labels=item["label"], texts=texts)


TOPICS: Mapping[str, Topic] = _topics()
PROVISIONS: Mapping[str, Provision] = _provisions()
LETTERS = tuple(sorted({tag for topic in TOPICS.values() for tag in topic.provisions if tag in PROVISIONS}))
"""The provisions that topics name, in the treaty's order."""


@cache
def with_children(key: str) -> tuple[str, ...]:
    """The topic itself and every topic below it: who asks for a subject also means its parts."""
    below = [topic.key for topic in TOPICS.values() if topic.parent == key]
    return (key, *(deeper for child in below for deeper in with_children(child)))


@cache
def with_parents(key: str) -> tuple[str, ...]:
    """The topic itself and every topic above it."""
    parent = TOPICS[key].parent
    return (key, *with_parents(parent)) if parent else (key,)
