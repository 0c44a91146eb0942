"""Pictures: what they draw, what they refuse, and that no word of any language hides in them."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from portal.web import pictures
from portal.web.icons import FLIP, ICONS

SPRING = (date(2027, 3, 15), date(2027, 6, 15))
AUTUMN = (date(2027, 9, 1), date(2027, 9, 30))
NEXT_YEAR = (date(2028, 1, 10), date(2028, 2, 5))


@pytest.fixture(autouse=True)
def _page() -> Iterator[None]:
    with Flask("pictures").app_context():
        yield


def numbers(attribute: str, svg: str, cls: str) -> list[float]:
    return [float(found) for found in re.findall(rf'class="{cls}"[^>]* {attribute}="([\d.]+)', svg)]


def test_the_sprite_holds_the_icons_of_this_page_once_and_no_others() -> None:
    pictures.icon("clock")
    pictures.icon("clock")
    pictures.icon("check")
    assert re.findall(r'id="i-(\w+)"', pictures.sprite()) == ["clock", "check"]


def test_icons_with_a_direction_turn_round_and_clocks_do_not() -> None:
    assert ICONS.keys() >= FLIP
    assert 'class="i flip"' in pictures.icon("arrow")
    assert 'class="i"' in pictures.icon("clock")


def test_an_unknown_icon_is_a_mistake_of_ours_and_shows_at_once() -> None:
    with pytest.raises(KeyError):
        pictures.icon("no such icon")


def test_windows_of_one_year_stand_on_the_calendar_year() -> None:
    strip = pictures.months([SPRING, AUTUMN])
    assert strip.count('class="track"') == 12
    first, second = numbers("x", strip, "c1")
    assert 2 * 16.5 < first < 3 * 16.5, "15 March lies in the third month"
    assert second == pytest.approx(8 * 16.5), "1 September opens the ninth month"
    assert "sk" not in strip, "no new year inside one year"


def test_windows_of_two_years_begin_with_the_first_and_mark_the_new_year() -> None:
    strip = pictures.months([SPRING, NEXT_YEAR])
    assert strip.count('class="track"') == 12
    first, second = numbers("x", strip, "c1")
    assert first < 16.5, "March is the first month shown"
    assert second > 10 * 16.5, "January is the eleventh"
    assert strip.count('class="sk"') == 1


@pytest.mark.parametrize(
    ("window", "months"),
    [((date(2027, 12, 1), date(2031, 12, 31)), 24), ((date(2027, 12, 31), date(2027, 12, 31)), 12)],
)
def test_a_strip_never_runs_past_its_end(window: tuple[date, date], months: int) -> None:
    strip = pictures.months([window])
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', strip).group(1))  # type: ignore[union-attr]
    ends = [x + w for x, w in zip(numbers("x", strip, "c1"), numbers("width", strip, "c1"), strict=True)]
    assert strip.count('class="track"') == months
    assert max(ends) <= width + 1.6


def test_free_places_are_filled_and_too_many_are_left_to_the_words() -> None:
    assert pictures.seats(2, 4).count("free") == 2
    assert pictures.seats(2, 4).count("<svg") == 4
    assert pictures.seats(3, 40) == ""


def test_a_meter_refuses_more_help_than_was_asked_for() -> None:
    assert "47.55%" in pictures.meter(612, 468, 291, 214)
    with pytest.raises(ValueError, match="verified <= delivered"):
        pictures.meter(10, 12, 5, 1)


def test_the_pattern_is_written_only_where_it_was_drawn() -> None:
    assert pictures.hatch() == ""
    pictures.meter(10, 5, 2, 1)
    assert 'id="hx"' in pictures.hatch()


def test_a_score_is_drawn_in_proportion() -> None:
    whole = numbers("stroke-dasharray", pictures.ring(100), "v hi")[0]
    half = numbers("stroke-dasharray", pictures.ring(50), "v")[0]
    assert half == pytest.approx(whole / 2, abs=0.1)


def test_pictures_carry_digits_and_marks_but_no_words() -> None:
    drawn = [pictures.ring(91), pictures.months([SPRING]), pictures.seats(1, 3), pictures.meter(4, 3, 2, 1)]
    text = "".join(re.sub(r"<[^>]+>", "", picture) for picture in drawn)
    assert text == "91"
    assert not any("title" in picture or "aria-label" in picture for picture in drawn)
