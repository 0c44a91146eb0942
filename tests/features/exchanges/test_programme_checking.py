"""Each mistake in a programme is told with its file, row, column and kind, all of them at once."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from portal.features.exchanges.programme.checking import check
from portal.features.exchanges.programme.lines import Lines
from portal.features.exchanges.programme.sheets import Reading, SentFile, read
from portal.web.messages import message

PROGRAMME = Path(__file__).parents[3] / "portal" / "data" / "programme"
TODAY = date(2026, 11, 24)
OFFER = {
    "key": "O1",
    "agency": "IT-BORD",
    "title": "Passport scanning",
    "title_lang": "en",
    "topics": "technology-passport-scanning",
    "format": "workshop",
    "places": "2",
    "languages": "en:B1",
    "interpreter": "no",
    "windows": "2027-03-01/2027-03-26",
    "min_days": "5",
    "max_days": "10",
    "band_min": "2",
    "band_max": "3",
    "accepts_states": "",
    "excludes_states": "",
    "clearance": "basic",
    "covers_costs": "travel;lodging",
    "site": "Dover",
    "label": "GREEN",
}
NEED = {
    "key": "N1",
    "agency": "NE-BORD",
    "title": "Escaneo de pasaportes",
    "title_lang": "es",
    "topics": "technology-passport-scanning",
    "officers": "2",
    "languages": "en:B1;es:C2",
    "windows": "2027-03-01/2027-03-26",
    "min_days": "5",
    "max_days": "10",
    "band": "3",
    "accepts_states": "",
    "excludes_states": "",
    "prefers_states": "FR",
    "clearance": "basic",
    "requires_costs": "",
    "label": "AMBER",
}
AGENCY = {
    "key": "XX-NEW",
    "state": "NE",
    "name": "Police",
    "name_lang": "fr",
    "kind": "police",
    "roles": "origin;transit",
    "languages": "fr:C2",
    "time_zone": "Africa/Niamey",
}


def table(*rows: dict[str, str]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def checked(*rows: dict[str, str], name: str = "file.csv") -> tuple[Lines, Reading]:
    reading = read([SentFile(name, table(*rows))])
    return check(reading, known_agencies=["IT-BORD", "NE-BORD"], today=TODAY), reading


def found(reading: Reading) -> list[tuple[str, int | None, str | None, bool]]:
    return [(one.problem.code, one.row, one.column, one.warning) for one in reading.findings]


def test_the_programme_has_warnings_and_no_error() -> None:
    reading = read([SentFile(path.name, path.read_bytes()) for path in sorted(PROGRAMME.glob("*.csv"))])
    lines = check(reading, known_agencies=(), today=TODAY)
    assert reading.findings.errors == []
    assert (len(lines.agencies), len(lines.posts)) == (83, 230)
    assert {one.problem.code for one in reading.findings.warnings} == {"windows_overlap", "state_both_ways"}


MISTAKES: list[tuple[dict[str, str], str, str, str]] = [
    (OFFER, "agency", "ZZ-NONE", "agency_nowhere"),
    (OFFER, "agency", "", "required"),
    (OFFER, "key", "", "required"),
    (OFFER, "key", "has space", "not_a_key"),
    (OFFER, "key", "O" * 21, "too_long"),
    (OFFER, "title", "", "required"),
    (OFFER, "title", "x" * 201, "too_long"),
    (OFFER, "title", "pass\u202eport", "hidden_characters"),
    (OFFER, "title", "two\nlines", "control_characters"),
    (OFFER, "title_lang", "xx", "language_unknown"),
    (OFFER, "topics", "", "required"),
    (OFFER, "topics", "art14-2b;nonsense", "topic_unknown"),
    (OFFER, "format", "picnic", "not_one_of"),
    (OFFER, "places", "0", "too_small"),
    (OFFER, "places", "-1", "too_small"),
    (OFFER, "places", "2.5", "not_a_whole_number"),
    (OFFER, "places", "1e3", "not_a_whole_number"),
    (OFFER, "places", "501", "too_large"),
    (OFFER, "languages", "en", "level_missing"),
    (OFFER, "languages", "en:Z9", "not_one_of"),
    (OFFER, "languages", "xx:B1", "language_unknown"),
    (OFFER, "languages", "en:B1;en:B2", "repeated"),
    (OFFER, "languages", "", "language_or_interpreter"),
    (OFFER, "interpreter", "perhaps", "not_yes_or_no"),
    (OFFER, "windows", "", "required"),
    (OFFER, "windows", "2027-03-01", "window_without_end"),
    (OFFER, "windows", "2027-03-01/", "window_without_end"),
    (OFFER, "windows", "2027-02-29/2027-03-05", "no_such_date"),
    (OFFER, "windows", "soon/later", "not_a_date"),
    (OFFER, "windows", "2027-03-26/2027-03-01", "ends_before_start"),
    (OFFER, "min_days", "40", "length_order"),
    (OFFER, "max_days", "0", "too_small"),
    (OFFER, "band_max", "1", "band_order"),
    (OFFER, "band_min", "6", "too_large"),
    (OFFER, "accepts_states", "NE;UK", "state_meant"),
    (OFFER, "accepts_states", "XX", "unknown_state"),
    (OFFER, "excludes_states", "EU", "not_a_state"),
    (OFFER, "clearance", "secret", "not_one_of"),
    (OFFER, "covers_costs", "travel;beer", "not_one_of"),
    (OFFER, "label", "PURPLE", "not_one_of"),
    (OFFER, "label", "", "required"),
    (NEED, "officers", "0", "too_small"),
    (NEED, "languages", "", "required"),
    (NEED, "band", "3-4", "not_a_whole_number"),
    (NEED, "prefers_states", "Atlantis", "unknown_state"),
    (AGENCY, "state", "UK", "state_meant"),
    (AGENCY, "kind", "circus", "not_one_of"),
    (AGENCY, "roles", "origin;bystander", "not_one_of"),
    (AGENCY, "time_zone", "Mars/Olympus", "unknown_time_zone"),
    (AGENCY, "name_lang", "", "required"),
]


@pytest.mark.parametrize(("row", "column", "value", "code"), MISTAKES, ids=lambda v: str(v)[:24])
def test_a_mistake_is_told_at_its_cell(row: dict[str, str], column: str, value: str, code: str) -> None:
    lines, reading = checked({**row, "key": "K0"}, {**row, "key": "K1", column: value})
    at_fault = "max_days" if code == "length_order" else column
    assert (code, 3, at_fault, False) in found(reading)
    assert not {one.key for one in (*lines.agencies, *lines.posts)} & {"K1", value}
    assert "K0" in {one.key for one in (*lines.agencies, *lines.posts)}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("windows", "2027-03-01/2027-03-26;2027-03-20/2027-04-09", "windows_overlap"),
        ("windows", "2026-03-02/2026-03-13;2027-03-01/2027-03-26", "window_in_past"),
    ],
)
def test_what_looks_like_a_slip_is_a_warning(column: str, value: str, code: str) -> None:
    lines, reading = checked({**OFFER, column: value})
    assert found(reading) == [(code, 2, column, True)]
    assert len(lines.posts) == 1


def test_a_state_accepted_and_excluded_is_a_warning() -> None:
    lines, reading = checked({**OFFER, "accepts_states": "NE;SN", "excludes_states": "SN"})
    assert found(reading) == [("state_both_ways", 2, "excludes_states", True)]
    assert lines.posts[0].terms.excludes_states == ("SN",)


def test_all_mistakes_of_a_row_and_of_a_file_are_told_at_once() -> None:
    _, reading = checked(
        {**OFFER, "topics": "x", "windows": "2027-03-26/2027-03-01;nonsense", "places": "0", "label": "?"},
        {**OFFER, "key": "O2", "clearance": "?"},
        {**OFFER, "key": "o2"},
    )
    assert {(code, row) for code, row, _, _ in found(reading)} == {
        ("topic_unknown", 2),
        ("ends_before_start", 2),
        ("window_without_end", 2),
        ("too_small", 2),
        ("not_one_of", 2),
        ("not_one_of", 3),
        ("key_twice", 4),
    }


def test_digits_of_every_language_are_read() -> None:
    lines, reading = checked({**OFFER, "places": "١٠"})
    assert found(reading) == []
    assert lines.posts[0].terms.places == 10


def test_labels_are_read_in_every_usual_spelling() -> None:
    for text in ("AMBER+STRICT", "TLP:AMBER+STRICT", "amber_strict"):
        lines, _ = checked({**OFFER, "label": text})
        assert lines.posts[0].cells["label"] == "AMBER+STRICT"


def test_every_finding_has_words_that_can_be_filled(app: Flask) -> None:
    reading = Reading()
    for row, column, value, _ in MISTAKES:
        checked_reading = checked({**row, column: value})[1]
        reading.findings.extend(checked_reading.findings)
    said = {message(one.problem) for one in reading.findings}
    assert len(said) > 20
    assert all("%(" not in words for words in said)


def test_every_code_of_a_file_has_words(app: Flask) -> None:
    codes = {"file_empty", "file_damaged", "file_zip", "encoding_guessed", "too_many_rows"}
    assert codes <= app.extensions["messages"].keys()
