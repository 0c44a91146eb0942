"""Commands check themselves, and say everything that is wrong at once."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import pytest

from portal.kernel.contract import Command, Day, GuardedTexts, Part, count, decode, prose, words
from portal.kernel.errors import Problem, Rejected


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Window(Part):
    starts_on: Day
    ends_on: Day


class Plan(Command):
    title: words(20, min_length=3)  # type: ignore[valid-type]
    places: count(1, 50)  # type: ignore[valid-type]
    colours: frozenset[Colour] = frozenset()
    windows: tuple[Window, ...] = ()
    note: prose(50) = ""  # type: ignore[valid-type]

    def problems(self) -> Iterator[Problem]:
        for i, window in enumerate(self.windows):
            if window.ends_on < window.starts_on:
                yield Problem("ends_before_start", f"windows-{i}-ends_on")


Command.every.remove(Plan)
GOOD = {"title": "Two trainers", "places": "2", "windows": [{"starts_on": "2027-03-01", "ends_on": "5.3.2027"}]}


def refusals(**changes: object) -> set[tuple[str | None, str]]:
    with pytest.raises(Rejected) as refused:
        decode(Plan, GOOD | changes)
    return {(p.field, p.code) for p in refused.value.problems}


def test_it_builds_the_command() -> None:
    plan = decode(Plan, GOOD | {"colours": ["red"], "note": "one\r\ntwo"})
    assert plan.places == 2
    assert plan.windows[0].ends_on == date(2027, 3, 5)
    assert plan.colours == {Colour.RED}
    assert plan.note == "one\ntwo"


def test_it_reports_everything_at_once() -> None:
    assert refusals(title="", places="99", colour="red") == {
        ("title", "required"),
        ("places", "too_large"),
        ("colour", "unknown_field"),
    }


@pytest.mark.parametrize("typed", ["10", "١٠", "۱۰", "१०", " 10 ", 10])
def test_digits_of_every_script_are_read(typed: object) -> None:
    assert decode(Plan, GOOD | {"places": typed}).places == 10


@pytest.mark.parametrize("typed", ["2.5", "1e3", "two", "+1", "1,000", "0x1", 2.0, True, [2], "9" * 40, "½", "²"])
def test_what_is_not_a_whole_number_is_refused(typed: object) -> None:
    assert refusals(places=typed) == {("places", "not_a_whole_number")}


@pytest.mark.parametrize("typed", ["0", "-1", "-٣"])
def test_too_little_says_so(typed: str) -> None:
    assert refusals(places=typed) == {("places", "too_small")}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2027-02-29", "no_such_date"),
        ("29.2.2027", "no_such_date"),
        ("31/04/2027", "no_such_date"),
        ("tomorrow", "not_a_date"),
        ("2027-3", "not_a_date"),
        ("03-01-2027", "not_a_date"),
        (20270301, "not_a_date"),
    ],
)
def test_a_date_that_is_none_is_refused_at_its_row(typed: object, code: str) -> None:
    window = {"starts_on": typed, "ends_on": "2027-12-31"}
    assert refusals(windows=[window]) == {("windows-0-starts_on", code)}


def test_a_window_has_two_ends() -> None:
    assert refusals(windows=[{"starts_on": "2027-03-01"}]) == {("windows-0-ends_on", "required")}


def test_rules_between_fields() -> None:
    window = {"starts_on": "2027-03-05", "ends_on": "2027-03-01"}
    assert refusals(windows=[window]) == {("windows-0-ends_on", "ends_before_start")}


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\U000e0041"])
def test_hidden_direction_characters_are_refused(character: str) -> None:
    assert refusals(title=f"Two{character}trainers") == {("title", "hidden_characters")}


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\n", "\u2028", "\x7f"])
def test_control_characters_are_refused_in_one_line(character: str) -> None:
    assert refusals(title=f"Two{character}trainers") == {("title", "control_characters")}


def test_an_unknown_choice_is_refused() -> None:
    assert refusals(colours=["green"]) == {("colours-0", "not_in_list")}


def test_lengths_are_said_with_their_limit() -> None:
    with pytest.raises(Rejected) as refused:
        decode(Plan, GOOD | {"title": "x" * 21})
    [problem] = refused.value.problems
    assert (problem.code, problem.params) == ("too_long", {"max": 20})


class Remark(GuardedTexts):
    guarded = ("first", "second")
    first: prose(200) = ""  # type: ignore[valid-type]
    second: prose(200) = ""  # type: ignore[valid-type]


def test_texts_that_look_like_case_data_are_refused_until_their_author_has_looked_again() -> None:
    texts = {"first": "The suspect Ali Hassan was seen.", "second": "Drive on the left."}
    with pytest.raises(Rejected) as refused:
        decode(Remark, texts)
    assert [(p.code, p.field) for p in refused.value.problems] == [("looks_like_case_data", "first")]
    assert decode(Remark, texts | {"text_confirmed": "y"}).doubted == ["first"]
    assert decode(Remark, {"second": texts["second"]}).doubted == []
