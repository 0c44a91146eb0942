"""What a caller may ask for: the terms of an offer or a need, whole and step by step, each rule written once."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from portal.features.exchanges.domain.vocabulary import Clearance, Cost, Direction, Format, PostKind
from portal.kernel.contract import Command, Day, Part, count, prose, words
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.languages import Level
from portal.kernel.spoken import CODES
from portal.kernel.states import STATES, find_state, meant_instead
from portal.kernel.topics import TOPICS

MOST_OFFICERS = 500
MOST_WINDOWS = 12
MOST_DAYS = 366


def _known_state(value: object) -> object:
    """A State by code or UN name; what is often mistaken gets a suggestion, and is never changed by itself."""
    if not isinstance(value, str):
        raise PydanticCustomError("not_valid", "")
    if instead := meant_instead(value):
        raise PydanticCustomError("state_meant", "", {"given": value.strip()[:60], "code": instead})
    iso2 = find_state(value)
    if iso2 is None:
        raise PydanticCustomError("unknown_state", "", {"given": value.strip()[:60]})
    if not STATES[iso2].is_state:
        raise PydanticCustomError("not_a_state", "", {"given": value.strip()[:60]})
    return iso2


def _known_language(value: str) -> str:
    if value not in CODES:
        raise PydanticCustomError("unknown_language", "", {"given": value[:60]})
    return value


def _known_topic(value: str) -> str:
    if value not in TOPICS:
        raise PydanticCustomError("unknown_topic", "", {"given": value[:60]})
    return value


def _once_each(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


StateCode = Annotated[str, BeforeValidator(_known_state)]
LanguageCode = Annotated[str, AfterValidator(_known_language)]
TopicKey = Annotated[str, AfterValidator(_known_topic)]
StateList = Annotated[tuple[StateCode, ...], Field(max_length=60), AfterValidator(_once_each)]


class Spoken(Part):
    """A language with the level it is spoken at; never one without the other."""

    language: LanguageCode
    level: Level


class Window(Part):
    """Days between which the exchange may take place, both counted."""

    starts_on: Day
    ends_on: Day

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


class Terms(BaseModel):
    """Base of the parts of the terms. Each part has its fields, and in `problems` the rules that join them."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def problems(self) -> Iterable[Problem]:
        return ()


class What(Terms):
    title: words(200)
    title_language: LanguageCode
    topics: Annotated[tuple[TopicKey, ...], Field(min_length=1, max_length=10), AfterValidator(_once_each)]


class OfferWhat(What):
    direction: Direction
    formats: Annotated[tuple[Format, ...], Field(min_length=1, max_length=len(Format)), AfterValidator(_once_each)]


class NeedWhat(What):
    formats: Annotated[tuple[Format, ...], Field(max_length=len(Format)), AfterValidator(_once_each)] = ()


class Who(Terms):
    clearance: Clearance
    accepts_states: StateList = ()
    excludes_states: StateList = ()

    def problems(self) -> Iterator[Problem]:
        for iso2 in self.accepts_states:
            if iso2 in self.excludes_states:
                yield Problem("state_both_ways", "excludes_states", {"state": iso2})


class OfferWho(Who):
    places: count(1, MOST_OFFICERS)
    languages: Annotated[tuple[Spoken, ...], Field(max_length=8)] = ()
    interpreter: bool
    band_min: count(1, 5)
    band_max: count(1, 5)

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        yield from _languages_once(self.languages)
        if not self.languages and not self.interpreter:
            yield Problem("language_or_interpreter", "languages")
        if self.band_min > self.band_max:
            yield Problem("band_order", "band_max")


class NeedWho(Who):
    officers: count(1, MOST_OFFICERS)
    languages: Annotated[tuple[Spoken, ...], Field(min_length=1, max_length=8)]
    band: count(1, 5)
    prefers_states: StateList = ()

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        yield from _languages_once(self.languages)
        for iso2 in self.prefers_states:
            if iso2 in self.excludes_states:
                yield Problem("state_both_ways", "prefers_states", {"state": iso2})


def _languages_once(languages: Iterable[Spoken]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, spoken in enumerate(languages):
        if spoken.language in seen:
            yield Problem("repeated", f"languages-{index}-language")
        seen.add(spoken.language)


class When(Terms):
    windows: Annotated[tuple[Window, ...], Field(min_length=1, max_length=MOST_WINDOWS)]
    min_days: count(1, MOST_DAYS)
    max_days: count(1, MOST_DAYS)

    def problems(self) -> Iterator[Problem]:
        in_order = True
        seen: set[tuple[date, date]] = set()
        for index, window in enumerate(self.windows):
            if window.ends_on < window.starts_on:
                in_order = False
                yield Problem("ends_before_start", f"windows-{index}-ends_on")
            if (window.starts_on, window.ends_on) in seen:
                yield Problem("repeated", f"windows-{index}-starts_on")
            seen.add((window.starts_on, window.ends_on))
        if self.min_days > self.max_days:
            yield Problem("length_order", "max_days")
        longest = max(window.days for window in self.windows)
        if in_order and self.min_days > longest:
            yield Problem("longer_than_windows", "min_days", {"days": longest})


class Costs(Terms):
    costs: Annotated[tuple[Cost, ...], Field(max_length=len(Cost)), AfterValidator(_once_each)] = ()
    costs_note: words(300, min_length=0) = ""
    conditions: prose(2000) = ""


class Where(Terms):
    contact: prose(400, min_length=1)
    programme: prose(4000, min_length=1)
    restricted: prose(2000) = ""
    label: Tlp = Tlp.GREEN


class OfferWhere(Where):
    site: words(200)


class NeedWhere(Where):
    site: words(200, min_length=0) = ""


class OfferWhatStep(OfferWhat, Command):
    """First step of an offer: what it is about."""


class OfferWhoStep(OfferWho, Command):
    """Second step of an offer: who may come."""


class NeedWhatStep(NeedWhat, Command):
    """First step of a need."""


class NeedWhoStep(NeedWho, Command):
    """Second step of a need: who wants to go."""


class WhenStep(When, Command):
    """Third step of both."""


class CostsStep(Costs, Command):
    """Fourth step of both."""


class OfferWhereStep(OfferWhere, Command):
    """Fifth step of an offer: where, what will be done, and who may see it."""


class NeedWhereStep(NeedWhere, Command):
    """Fifth step of a need."""


class _Whole(Terms):
    """All parts together: the rules of each part hold for the whole."""

    parts: ClassVar[tuple[type[Terms], ...]]

    def problems(self) -> Iterator[Problem]:
        for part in self.parts:
            yield from part.problems(self)


class OfferTerms(_Whole, OfferWhat, OfferWho, When, Costs, OfferWhere, Command):
    """Everything an offer says."""

    parts = (OfferWho, When)


class NeedTerms(_Whole, NeedWhat, NeedWho, When, Costs, NeedWhere, Command):
    """Everything a need says."""

    parts = (NeedWho, When)


class SendPost(Command):
    """The last answer before a post leaves the author's hands."""

    authority: bool = False

    def problems(self) -> Iterator[Problem]:
        if not self.authority:
            yield Problem("authority", "authority")


class ReleasePost(Command):
    """Names who may see a post above AMBER: an agency by its code, or a person by their address."""

    to: words(254)


TERMS: dict[PostKind, type[OfferTerms] | type[NeedTerms]] = {PostKind.OFFER: OfferTerms, PostKind.NEED: NeedTerms}
STEPS: dict[PostKind, dict[str, type[Command]]] = {
    PostKind.OFFER: {
        "what": OfferWhatStep,
        "who": OfferWhoStep,
        "when": WhenStep,
        "costs": CostsStep,
        "where": OfferWhereStep,
    },
    PostKind.NEED: {
        "what": NeedWhatStep,
        "who": NeedWhoStep,
        "when": WhenStep,
        "costs": CostsStep,
        "where": NeedWhereStep,
    },
}
REVIEW = "review"
"""The last step, which asks nothing new: check and send."""


def past_windows(windows: Iterable[Window], today: date) -> Iterator[Problem]:
    """Nobody can come in days that are over."""
    for index, window in enumerate(windows):
        if window.ends_on < today:
            yield Problem("window_over", f"windows-{index}-ends_on")


def step_of(kind: PostKind, field: str) -> str:
    """The step that asks for a field, by the first part of its name."""
    root = field.split("-", maxsplit=1)[0]
    return next((step for step, command in STEPS[kind].items() if root in command.model_fields), REVIEW)
