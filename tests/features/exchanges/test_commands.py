"""Each rule of the terms: what is refused, with which code, at which field."""

from typing import Any

import pytest

from portal.features.exchanges.domain.commands import TERMS, OfferTerms, SendPost, Window, past_windows
from portal.features.exchanges.domain.terms import changed_fields, hash_of
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.kernel.contract import decode
from portal.kernel.errors import Rejected
from tests.features.exchanges.acting import TODAY, typed
from tests.world import NEXT_YEAR

OFFER, NEED = PostKind.OFFER, PostKind.NEED


def refusals(kind: PostKind, **changes: Any) -> set[tuple[str | None, str]]:
    try:
        decode(TERMS[kind], typed(kind, **changes))
    except Rejected as refusal:
        return {(p.field, p.code) for p in refusal.problems}
    return set()


def window(starts_on: str, ends_on: str) -> dict[str, str]:
    return {"starts_on": starts_on, "ends_on": ends_on}


@pytest.mark.parametrize("kind", [OFFER, NEED])
def test_nothing_is_wrong_with_good_terms(kind: PostKind):
    assert refusals(kind) == set()


@pytest.mark.parametrize("kind", [OFFER, NEED])
@pytest.mark.parametrize(
    "name",
    ["title", "title_language", "topics", "clearance", "windows", "min_days", "max_days", "contact", "programme"],
)
def test_required_answers_are_asked_for(kind: PostKind, name: str):
    assert refusals(kind, **{name: ""}) == {(name, "required")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"places": "0"}, ("places", "too_small")),
        ({"places": "501"}, ("places", "too_large")),
        ({"places": "2.5"}, ("places", "not_a_whole_number")),
        ({"places": "-1"}, ("places", "too_small")),
        ({"places": "1e3"}, ("places", "not_a_whole_number")),
        ({"places": ""}, ("places", "required")),
        ({"direction": "sideways"}, ("direction", "not_in_list")),
        ({"formats": []}, ("formats", "required")),
        ({"formats": ["picnic"]}, ("formats-0", "not_in_list")),
        ({"topics": ["astrology"]}, ("topics-0", "unknown_topic")),
        ({"title": "x" * 201}, ("title", "too_long")),
        ({"title": "a\x00b"}, ("title", "control_characters")),
        ({"title": "a\u202eb"}, ("title", "hidden_characters")),
        ({"title_language": "xx"}, ("title_language", "unknown_language")),
        ({"languages": [{"language": "fr"}]}, ("languages-0-level", "required")),
        ({"languages": [{"language": "qq", "level": "B1"}]}, ("languages-0-language", "unknown_language")),
        ({"languages": [{"language": "fr", "level": "D1"}]}, ("languages-0-level", "not_in_list")),
        (
            {"languages": [{"language": "fr", "level": "B1"}, {"language": "fr", "level": "C1"}]},
            ("languages-1-language", "repeated"),
        ),
        ({"languages": []}, ("languages", "language_or_interpreter")),
        ({"interpreter": "maybe"}, ("interpreter", "not_yes_or_no")),
        ({"band_min": "4", "band_max": "3"}, ("band_max", "band_order")),
        ({"band_max": "6"}, ("band_max", "too_large")),
        ({"min_days": "6"}, ("max_days", "length_order")),
        ({"min_days": "6", "max_days": "9"}, ("min_days", "longer_than_windows")),
        ({"windows": [window(f"{NEXT_YEAR}-02-05", f"{NEXT_YEAR}-02-01")]}, ("windows-0-ends_on", "ends_before_start")),
        ({"windows": [window("2027-02-29", "2027-03-09")]}, ("windows-0-starts_on", "no_such_date")),
        ({"windows": [window("soon", "2027-03-09")]}, ("windows-0-starts_on", "not_a_date")),
        ({"windows": [{"starts_on": "2027-03-01"}]}, ("windows-0-ends_on", "required")),
        ({"windows": [window("2027-03-01", "2027-03-09")] * 2}, ("windows-1-starts_on", "repeated")),
        ({"accepts_states": ["UK"]}, ("accepts_states-0", "state_meant")),
        ({"accepts_states": ["EU"]}, ("accepts_states-0", "not_a_state")),
        ({"accepts_states": ["Narnia"]}, ("accepts_states-0", "unknown_state")),
        ({"accepts_states": ["NE"], "excludes_states": ["Niger"]}, ("excludes_states", "state_both_ways")),
        ({"costs": ["champagne"]}, ("costs-0", "not_in_list")),
        ({"label": "purple"}, ("label", "not_in_list")),
        ({"surprise": "1"}, ("surprise", "unknown_field")),
    ],
)
def test_each_mistake_is_named_at_its_field(changes: dict[str, Any], expected: tuple[str, str]):
    assert expected in refusals(OFFER, **changes)


def test_thirteen_windows_are_too_many():
    windows = [window(f"{NEXT_YEAR}-01-{day:02}", f"{NEXT_YEAR}-01-{day + 5:02}") for day in range(1, 14)]
    assert refusals(OFFER, windows=windows) == {("windows", "too_many")}
    assert refusals(OFFER, windows=windows[:12]) == set()


def test_a_bad_row_is_told_once_and_not_as_missing_rows():
    assert refusals(OFFER, windows=[window("x", "2027-03-09")]) == {("windows-0-starts_on", "not_a_date")}


def test_a_need_names_what_its_officers_speak():
    assert refusals(NEED, languages=[]) == {("languages", "required")}
    assert refusals(NEED, prefers_states=["FR"], excludes_states=["FRA"]) == {("prefers_states", "state_both_ways")}


def test_digits_of_other_scripts_and_names_of_states_in_any_language_are_read():
    terms = decode(OfferTerms, typed(OFFER, places="١٢", accepts_states=["النيجر", "法国", "sen"]))
    assert isinstance(terms, OfferTerms)
    assert terms.places == 12
    assert terms.accepts_states == ("NE", "FR", "SN")


def test_days_that_are_over_are_refused_when_a_post_is_sent():
    over = Window(starts_on=TODAY.replace(month=1), ends_on=TODAY.replace(month=2))
    today = Window(starts_on=TODAY.replace(month=1), ends_on=TODAY)
    assert [p.field for p in past_windows([today, over], TODAY)] == ["windows-1-ends_on"]


def test_sending_needs_a_word_on_authority():
    with pytest.raises(Rejected):
        decode(SendPost, {})
    assert decode(SendPost, {"authority": "y"}).authority


def test_the_same_terms_have_the_same_hash_in_any_order():
    one, other = {"a": 1, "b": ["x"]}, {"b": ["x"], "a": 1}
    assert hash_of(one) == hash_of(other) != hash_of({"a": 1, "b": ["y"]})
    assert changed_fields(one, {"a": 2, "b": ["x"], "c": 3}) == ["a", "c"]
