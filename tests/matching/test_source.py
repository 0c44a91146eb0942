"""A programme as a folder or as JSON is read alike; what cannot be used is refused with the place and the reason."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from portal.matching.__main__ import main
from portal.matching.fields import BadSource
from portal.matching.source import read
from tests.matching.posts import days

ROOT = Path(__file__).parents[2]
PROGRAMME = ROOT / "portal" / "data" / "programme"


def as_text() -> dict:
    return {
        "agencies": [{"key": "NE-BORD", "state": "NE"}, {"key": "IT-BORD", "state": "IT"}, {"key": "NGO", "state": ""}],
        "needs": [{
            "key": "N1", "agency": "NE-BORD", "topics": "fraudulent-documents;art14-2e", "officers": "2",
            "languages": "fr:B2;en:native", "windows": "2027-01-01/2027-01-10;2027-03-01/2027-03-05",
            "min_days": "5", "max_days": "10", "band": "3", "accepts_states": "", "excludes_states": "LK",
            "prefers_states": "FR;IT", "clearance": "basic", "requires_costs": "travel",
        }],
        "offers": [{
            "key": "O1", "agency": "IT-BORD", "topics": "art14-2b", "places": "4", "languages": "fr:B1",
            "interpreter": "yes", "windows": "2027-01-01/2027-01-10", "min_days": "3", "max_days": "5",
            "band_min": "2", "band_max": "4", "accepts_states": "NE;LK", "excludes_states": "", "clearance": "none",
            "covers_costs": "lodging;travel",
        }],
    }  # fmt: skip


def as_values() -> dict:
    document = as_text()
    document["agencies"][2]["state"] = None
    document["needs"][0] |= {
        "topics": ["fraudulent-documents", "art14-2e"], "officers": 2, "languages": {"fr": "B2", "en": "native"},
        "windows": [["2027-01-01", "2027-01-10"], "2027-03-01/2027-03-05"], "min_days": 5, "max_days": 10.0, "band": 3,
        "accepts_states": [], "prefers_states": ["FR", "IT"], "requires_costs": ["travel"],
    }  # fmt: skip
    document["offers"][0] |= {"interpreter": True, "places": 4, "languages": ["fr:B1"], "excludes_states": None}
    return document


def written(tmp_path: Path, document: dict | str) -> Path:
    path = tmp_path / "programme.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_texts_and_values_mean_the_same(tmp_path: Path):
    found = read(written(tmp_path, as_text()))
    assert found == read(written(tmp_path, as_values()))
    (the_need,), (the_offer,) = found.needs, found.offers
    assert (the_need.state, the_need.officers, the_need.prefers_states) == ("NE", 2, ("FR", "IT"))
    assert the_need.languages == {"fr": "B2", "en": "C2"}
    assert the_need.windows == (days(1, 10), days(60, 64))
    assert (the_offer.interpreter, the_offer.accepts_states) == (True, {"NE", "LK"})
    assert the_offer.covers_costs == {"lodging", "travel"}


def test_the_folder_and_its_json_twin_give_the_same(tmp_path: Path):
    document = {
        table: list(csv.DictReader(io.StringIO((PROGRAMME / f"{table}.csv").read_text(encoding="utf-8"))))
        for table in ("agencies", "needs", "offers")
    }
    found = read(PROGRAMME)
    assert (len(found.needs), len(found.offers)) == (140, 90)
    assert read(written(tmp_path, document)) == found


BAD = [
    ("needs", "agency", "XX-BORD", 'needs "N1", column agency: "XX-BORD" is not the key of an agency'),
    ("needs", "officers", "-3", 'column officers: "-3" is not a whole number from 0'),
    ("needs", "officers", -3, "column officers: -3 is not"),
    ("needs", "officers", "", "column officers"),
    ("needs", "officers", None, "column officers"),
    ("needs", "officers", "NaN", "column officers"),
    ("needs", "officers", "2.5", "column officers"),
    ("needs", "officers", 2.5, "column officers"),
    ("needs", "officers", True, "column officers"),
    ("needs", "officers", "٣", "column officers"),
    ("needs", "officers", "9" * 400, "column officers"),
    ("offers", "places", "many", 'offers "O1", column places: "many"'),
    ("offers", "places", 1e400, "Infinity is not a number"),
    ("offers", "topics", "unheard-of", 'column topics: "unheard-of" is not the key of a topic'),
    ("offers", "topics", "art14-2b;art14-2b", "names something twice"),
    ("offers", "topics", [3], "is not a list of texts"),
    ("offers", "languages", "fr", 'column languages: "fr:" is not a language'),
    ("offers", "languages", "fr:D4", "is not a language and its level"),
    ("offers", "languages", "fr:B1;fr:B2", "names a language twice"),
    ("offers", "windows", "2027-01-10/2027-01-01", "ends before it begins"),
    ("offers", "windows", "2027-01-10", "is not a period"),
    ("offers", "windows", "2027-02-30/2027-03-01", "is not a period"),
    ("offers", "windows", "2027-01-01/2027-01-05/2027-01-09", "is not a period"),
    ("offers", "windows", [["2027-01-01"]], "column windows"),
    ("offers", "min_days", "0", "column min_days"),
    ("offers", "min_days", "6", "column min_days: 6 is more than max_days, 5"),
    ("offers", "band_min", "5", "column band_min: 5 is more than band_max"),
    ("needs", "band", "6", "column band"),
    ("offers", "interpreter", "perhaps", "is neither yes nor no"),
    ("offers", "clearance", "secret", "is none of: none, basic, enhanced"),
    ("offers", "covers_costs", "champagne", "column covers_costs"),
    ("needs", "excludes_states", "Italy", "column excludes_states"),
    ("agencies", "state", "it", 'agencies "NE-BORD", column state'),
    ("agencies", "key", "", "agencies, row 1, column key: it is empty"),
    ("agencies", "key", "IT-BORD", "row 2 repeats the key"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "value", "message"), BAD)
def test_a_value_that_cannot_be_used_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, column: str, value: object, message: str
):
    document = as_text()
    document[table][0][column] = value
    path = written(tmp_path, document)
    with pytest.raises(BadSource) as refused:
        read(path)
    assert message in str(refused.value)
    assert main(["solve", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"{refused.value}\n"
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[]", "not an object with the lists agencies, needs, offers"),
        ("{}", "the list agencies is missing"),
        ('{"agencies": [], "needs": [3], "offers": []}', "needs, row 1: 3 is not an object"),
        ('{"agencies": [], "needs": [], "offers": [{"key": NaN}]}', "NaN is not a number"),
        ('{"agencies": [], "needs": [], "offers": [], "offers": []}', '"offers" appears twice'),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_json_file_of_another_form_is_refused(tmp_path: Path, text: str, message: str):
    with pytest.raises(BadSource, match=r".") as refused:
        read(written(tmp_path, text))
    assert message in str(refused.value)


def test_folders_that_cannot_be_read_are_refused(tmp_path: Path):
    with pytest.raises(BadSource, match=r"agencies\.csv: No such file"):
        read(tmp_path)
    with pytest.raises(BadSource, match="No such file"):
        read(tmp_path / "nowhere")
    for table in ("agencies", "needs", "offers"):
        (tmp_path / f"{table}.csv").write_bytes((PROGRAMME / f"{table}.csv").read_bytes())
    original = (tmp_path / "needs.csv").read_text(encoding="utf-8")
    (tmp_path / "needs.csv").write_text("\ufeff" + original, encoding="utf-8")
    assert read(tmp_path) == read(PROGRAMME)  # a byte-order mark does no harm
    (tmp_path / "needs.csv").write_text(original.replace("officers", "people", 1), encoding="utf-8")
    with pytest.raises(BadSource, match="the column officers is missing"):
        read(tmp_path)
    (tmp_path / "needs.csv").write_text(original + "N9999,LK-BORD\n", encoding="utf-8")
    with pytest.raises(BadSource, match=r"row 141 .*not as many cells"):
        read(tmp_path)
    (tmp_path / "needs.csv").write_bytes(original.encode("utf-16"))
    with pytest.raises(BadSource, match="not written in UTF-8"):
        read(tmp_path)


def test_the_command_writes_a_file_and_answers_2_in_one_line(tmp_path: Path):
    command = [sys.executable, "-m", "portal.matching", "solve"]
    target = tmp_path / "answer.json"
    done = subprocess.run([*command, PROGRAMME, "-o", target], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    assert json.loads(target.read_text(encoding="utf-8"))["value"] > 0
    refused = subprocess.run([*command, tmp_path / "none"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1)
    assert "Traceback" not in refused.stderr
