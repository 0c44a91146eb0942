"""Static files: names that change with their content, the best encoding asked for, and a style sheet with no sides."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from portal.web.assets import STATIC, Asset, minified_css
from tests.client import PageClient

SHEET = (STATIC / "app.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)


@pytest.fixture(name="address")
def _address(app: Flask) -> str:
    with app.test_request_context("/"):
        return str(app.jinja_env.globals["asset"]("app.css"))


def test_each_encoding_holds_the_same_sheet(client: PageClient, address: str) -> None:
    plain = client.get(address).data
    assert gzip.decompress(client.get(address, headers={"Accept-Encoding": "gzip"}).data) == plain
    answer = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert brotli.decompress(answer.data) == plain


def test_a_file_is_kept_for_a_year_by_everybody(client: PageClient, address: str) -> None:
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding", "a cookie must not make a cache ask again"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_from_another_day_is_not_found(client: PageClient) -> None:
    assert client.get("/assets/app.000000000000.css").status_code == 404


def test_the_name_follows_the_content(tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text("a{b:c}")
    first = Asset.of(sheet).name
    sheet.write_text("a{b:d}")
    assert Asset.of(sheet).name != first


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a { color : red; }", "a{color :red}"),
        ("/* why */ a, b > c { d: calc(50% + .6rem) }", "a,b > c{d:calc(50% + .6rem)}"),
        ("a :hover { x: y }", "a :hover{x:y}"),
        ('a::before { content: "a ; /* b */  c" }', 'a::before{content:"a ; /* b */  c"}'),
        ("a { content: 'it\\'s { }' }", "a{content:'it\\'s { }'}"),
    ],
)
def test_a_shorter_sheet_says_the_same(written: str, sent: str) -> None:
    assert minified_css(written) == sent


def test_the_sheet_is_light() -> None:
    assert len(brotli.compress(minified_css(SHEET).encode())) <= 7_000


def test_the_sheet_knows_no_left_and_no_right() -> None:
    sides = r"(?<![\w-])(?:(?:margin|padding|border|inset)-)?(?:left|right)(?![\w-])|float\s*:"
    assert not re.findall(sides, RULES)
    assert re.findall(sides, "a{margin-left:1px}b{float:inline-start}"), "the rule itself must be able to find one"


def test_colours_are_named_once() -> None:
    """Outside the tokens only black and white, the badge colours of TLP 2.0 and the marks on the dark panel."""
    outside = re.sub(r":root\{.*?\}", "", RULES, flags=re.DOTALL)
    allowed = {"#fff", "#000", "#999", "#33ff00", "#ffc000", "#ff2b2b", "#f2b53c", "#ffffff24"}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", outside)) <= allowed


def test_the_dark_palette_never_reaches_paper() -> None:
    dark = re.findall(r"@media([^{]*prefers-color-scheme:\s*dark[^{]*)", RULES)
    assert dark
    assert all(query.strip().startswith("screen and ") for query in dark)
