"""What each row of a programme file must be: the rules of the posts' own forms, without what a file cannot tell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from portal.features.agencies.domain import AgencyKind, ProtocolRole
from portal.features.exchanges.domain.commands import (
    Costs,
    LanguageCode,
    NeedWhat,
    NeedWho,
    OfferWhat,
    OfferWho,
    Spoken,
    StateCode,
    Terms,
    When,
)
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.kernel.contract import Day, words
from portal.kernel.labels import Tlp

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
LONGEST_KEY = 20


def _plain_key(value: str) -> str:
    if not KEY.fullmatch(value):
        raise PydanticCustomError("not_a_key", "")
    return value


_zones = cache(available_timezones)


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise PydanticCustomError("unknown_time_zone", "", {"given": value[:60]})
    return value


Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY), AfterValidator(_plain_key)]


class Named(Terms):
    """What identifies a row."""

    key: Key
    agency: Key


class Rest(Terms):
    """What an import knows of place and label. Contact and programme are for the agency to add."""

    site: words(200, min_length=0) = ""
    label: Tlp


class Period(Terms):
    """One window by itself."""

    starts_on: Day
    ends_on: Day


class AgencyRow(Terms):
    """One row of the agencies."""

    key: Key
    state: StateCode | None = None
    name: words(200)
    name_lang: LanguageCode
    kind: AgencyKind
    roles: tuple[ProtocolRole, ...] = ()
    languages: Annotated[tuple[Spoken, ...], Field(max_length=30)] = ()
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"


@dataclass(frozen=True, slots=True)
class Joined:
    """The parts of one row under one roof: answers for each field that the post's command has."""

    parts: tuple[Terms, ...]

    def __getattr__(self, name: str) -> Any:
        for part in self.parts:
            if name in type(part).model_fields:
                return getattr(part, name)
        return _LEFT_OPEN[name]


# What a programme file does not tell, as a new post has it until its agency adds it.
_LEFT_OPEN: Mapping[str, Any] = {"costs_note": "", "contact": "", "programme": "", "conditions": "", "restricted": ""}
PARTS: Mapping[PostKind, tuple[type[Terms], ...]] = {
    PostKind.OFFER: (Named, OfferWhat, OfferWho, When, Costs, Rest),
    PostKind.NEED: (Named, NeedWhat, NeedWho, When, Costs, Rest),
}
