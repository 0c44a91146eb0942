"""Checked rows: what each line of a programme says, in the values that the portal keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.features.exchanges.domain.vocabulary import PostKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """One agency, as the file describes it."""

    row: int
    key: str
    state: str | None
    name: str
    name_language: str
    kind: str
    roles: tuple[str, ...] | None
    """None, here and below, where the file has no such column."""
    languages: tuple[tuple[str, str], ...] | None
    time_zone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """One offer or need. `cells` holds what the file says of it, each column as a canonical text."""

    row: int
    kind: PostKind
    key: str
    agency_key: str
    terms: Any
    """The checked row: has the fields of the post's command, as far as a programme file has them."""
    cells: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldLine:
    """A row of an export of which the reader saw only reference, label and state: nothing is read from it."""

    row: int
    kind: PostKind
    key: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Everything that a programme says, as far as it was right."""

    agencies: tuple[AgencyLine, ...] = ()
    posts: tuple[PostLine, ...] = ()
    withheld: tuple[WithheldLine, ...] = ()
