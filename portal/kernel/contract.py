"""Commands: what a caller may ask for. One definition checks the HTML form and the JSON API alike.

A command is a frozen pydantic model whose fields use the types below. Rules that join fields go in a method
`problems(self)`. `decode` reports everything wrong at once, as `Problem` codes and never as prose.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from portal.kernel.casedata import looks_like_case_data
from portal.kernel.errors import Problem, Rejected

C = TypeVar("C", bound="Command")

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_DMY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
# What pydantic says, and the code that our pages and API answer with.
_CODES = {
    "missing": "required",
    "required": "required",
    "not_in_list": "not_in_list",
    "unknown_field": "unknown_field",
    "extra_forbidden": "unknown_field",
    "enum": "not_in_list",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "too_short": "too_few",
    "bool_parsing": "not_yes_or_no",
    "bool_type": "not_yes_or_no",
}
_BY_PROGRAM = "by_program"
_OUR_CODES = frozenset({"not_a_date", "no_such_date", "not_a_whole_number", "control_characters", "hidden_characters"})


class Command(BaseModel):
    """Base of every command: frozen, refuses unknown fields. Every subclass is known, so tests can find it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    every: ClassVar[list[type["Command"]]] = []

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        Command.every.append(cls)

    def problems(self) -> Iterable[Problem]:
        """Rules between fields; checked only when each field is right by itself."""
        return ()


class Part(BaseModel):
    """A structured value inside a command, such as a window with two ends: complete, or refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _one_line(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value  # nothing can be wrong with it, and most texts are like that
    if any(unicodedata.category(c) == "Cc" or c in "\u2028\u2029" for c in value):
        raise PydanticCustomError("control_characters", "")
    return _without_hidden(value)


def has_hidden_characters(value: str) -> bool:
    """Whether something in it turns the direction of text, or cannot be seen at all."""
    return any(c in _BIDI_OVERRIDES or "\U000e0000" <= c <= "\U000e007f" for c in value)


def _without_hidden(value: str) -> str:
    if has_hidden_characters(value):
        raise PydanticCustomError("hidden_characters", "")
    return unicodedata.normalize("NFC", value)


def _many_lines(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in value):
        raise PydanticCustomError("control_characters", "")
    return _without_hidden(value)


_MOST_DIGITS = 12


def _whole_number(value: object) -> object:
    """Digits of any script, nothing else: no sign, fraction or exponent that a reader could misread."""
    if isinstance(value, bool):
        raise PydanticCustomError("not_a_whole_number", "")
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) <= _MOST_DIGITS:
        return int(value.strip())
    if isinstance(value, str) and re.fullmatch(r"-\d+", value.strip()):
        return int(value.strip())  # a clear "enter 1 or more" says it better than "not a number"
    raise PydanticCustomError("not_a_whole_number", "")


def _calendar_day(value: object) -> object:
    """A date, `2027-03-08`, or as typed by hand day first: `8.3.2027`, `08/03/2027`."""
    if type(value) is date:
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("not_a_date", "")
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() and c.isdecimal() else c for c in value.strip())
    typed = _DMY.fullmatch(text)
    parts = (typed[3], typed[2], typed[1]) if typed else text.split("-")
    if len(parts) != 3 or not all(p.isdecimal() for p in parts) or len(parts[0]) != 4:  # noqa: PLR2004
        raise PydanticCustomError("not_a_date", "")
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise PydanticCustomError("no_such_date", "") from None


def words(max_length: int, *, min_length: int = 1) -> Any:
    """One line of text, as it was typed, without control or direction-changing characters."""
    return Annotated[str, Field(min_length=min_length, max_length=max_length), AfterValidator(_one_line)]


def prose(max_length: int, *, min_length: int = 0) -> Any:
    """Text of several lines."""
    return Annotated[str, Field(min_length=min_length, max_length=max_length), AfterValidator(_many_lines)]


def count(minimum: int, maximum: int) -> Any:
    """A whole number, typed in the digits of any language, both ends included."""
    return Annotated[int, BeforeValidator(_whole_number), Field(ge=minimum, le=maximum)]


Day = Annotated[date, BeforeValidator(_calendar_day)]


class GuardedTexts(Command):
    """Has free texts that must name no person and no case, unless whoever wrote them looked again and says so."""

    guarded: ClassVar[tuple[str, ...]] = ()
    text_confirmed: bool = False

    @property
    def doubted(self) -> list[str]:
        """The texts that look like case data. A history keeps these names when they were confirmed, never the texts."""
        return [name for name in self.guarded if looks_like_case_data([getattr(self, name)])]

    def problems(self) -> Iterable[Problem]:
        return () if self.text_confirmed else [Problem("looks_like_case_data", name) for name in self.doubted]


class Why(GuardedTexts):
    """Why a step of a lifecycle is taken; the lifecycle says which steps ask for it."""

    guarded = ("reason",)
    reason: prose(1000) = ""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one command field accepts, for whoever draws the form or writes the API schema."""

    name: str
    type: Any
    required: bool
    min: int | None = None
    max: int | None = None
    min_length: int | None = None
    max_length: int | None = None


def fields_of(command: type[BaseModel]) -> dict[str, FieldRule]:
    return {name: _rule(name, info) for name, info in command.model_fields.items()}


def decode(command: type[C], payload: Mapping[str, object], *, by_program: bool = False) -> C:
    """Build `command` from what a form or a JSON body carries, or raise `Rejected` with every problem.

    A program writes its figures in one way only: `by_program` refuses what may be read two ways.
    """
    given = {name: value for name, value in payload.items() if not _empty(value)}
    try:
        result = command.model_validate(given, context={_BY_PROGRAM: by_program})
    except ValidationError as error:
        raise Rejected(*_problems(error)) from None
    if joint := tuple(result.problems()):
        raise Rejected(*joint)
    return result


class FieldReader:
    """One field of a command by itself, by the same rules: for tables, whose rows are too many for a command each."""

    def __init__(self, command: type[Command], name: str) -> None:
        info = command.model_fields[name]
        kind: Any = info.annotation
        rules = tuple(info.metadata)
        self.name, self.required, self.default = name, info.is_required(), info.get_default()
        config = None if _is_model(kind) else ConfigDict(str_strip_whitespace=True)
        self._adapter: TypeAdapter[Any] = TypeAdapter(Annotated[(kind, *rules)] if rules else kind, config=config)

    def read(self, given: object) -> Any:
        """The value, or the default when nothing is given; raises `Rejected` with every problem."""
        if _empty(given):
            if self.required:
                raise Rejected(Problem("required", self.name))
            return self.default
        try:
            return self._adapter.validate_python(given, context={_BY_PROGRAM: False})
        except ValidationError as error:
            raise Rejected(*(Problem(one.code, self.name, one.params) for one in _problems(error))) from None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def written_by_program(info: ValidationInfo) -> bool:
    """Whether the value comes from the API, for the types of fields that people write in their own way."""
    return bool((info.context or {}).get(_BY_PROGRAM))


def _empty(value: object) -> bool:
    """An empty control is an absent answer, so that "required" is said and a default is used."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], ())


def _problems(error: ValidationError) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    errors = error.errors(include_url=False)
    inside = {item["loc"][:-1] for item in errors} | {item["loc"][:-2] for item in errors}
    for item in errors:
        params = _limits(item.get("ctx", {}))
        at = params.pop("at", None)  # a rule over a whole part names the one answer that breaks it
        path = [str(step) for step in (*item["loc"], *([at] if at else []))]
        kind = item["type"]
        if kind == "too_short" and item["loc"] in inside:
            continue  # pydantic counts only the rows that were right: say what is wrong with the others instead
        code = kind if kind in _OUR_CODES or (kind not in _CODES and "_" in kind and item["msg"] == "") else None
        code = code or _CODES.get(kind, "not_valid")
        field = "-".join(path)
        if (field, code) not in seen:
            seen.add((field, code))
            yield Problem(code, field, params)


def _limits(context: Mapping[str, Any]) -> dict[str, object]:
    renamed = {"ge": "min", "le": "max", "min_length": "min", "max_length": "max"}
    return {renamed.get(k, k): v for k, v in context.items() if isinstance(v, int | str)}


def _rule(name: str, info: Any) -> FieldRule:
    limits: dict[str, Any] = {}
    for extra in info.metadata:
        for ours, theirs in (("min", "ge"), ("max", "le"), ("min_length", "min_length"), ("max_length", "max_length")):
            if (value := getattr(extra, theirs, None)) is not None:
                limits[ours] = value
    kind = info.annotation
    if get_origin(kind) in (Union, UnionType):
        kind = next(t for t in get_args(kind) if t is not NoneType)
    return FieldRule(name, kind, info.is_required(), **limits)


def is_choice(rule: FieldRule) -> bool:
    return isinstance(rule.type, type) and issubclass(rule.type, Enum)
