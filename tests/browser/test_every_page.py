"""Every page of the demonstration in a real browser: accessible, light, quiet, and within its own policy."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import brotli
import pytest

from tests.proof import FULL

pytestmark = pytest.mark.browser

HEAVIEST = 14_600
MOST_REQUESTS = 3
LANGUAGES = ("ar", "en", "zh")
AXE = Path(find_spec("axe_playwright_python").origin).with_name("axe.min.js")  # type: ignore[union-attr,arg-type]
PUBLIC = ("/", "/help", "/accessibility", "/sign-in", "/nothing-here")
CHECKED = "axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})"
STICKS_OUT = """[...document.querySelectorAll("main .card *")].filter(e => {
  const box = e.getBoundingClientRect(), card = e.closest(".card").getBoundingClientRect();
  const seen = box.width > 1 && !e.closest("svg, .vh, details:not([open])") && !e.querySelector(".vh");
  return seen && (box.left < card.left - 1 || box.right > card.right + 1);
}).map(e => e.textContent.trim().slice(0, 60))"""
PERSONAS = ("liaison_officer", "approver", "secretariat", "coordinator")
WALKS = [(role, language) for role in PERSONAS for language in LANGUAGES]
WALKED: list[Any] = WALKS[::2]
"""Each language by two people and each person in one or two; `make prove` takes the other walks."""
if FULL:
    WALKED += [pytest.param(*walk, marks=pytest.mark.proof) for walk in WALKS[1::2]]
MOST_PAGES = 40


def links_of(page: Any, language: str) -> list[str]:
    """Addresses of this portal on the page, with their query: some pages are about the records that it names."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.pathname + a.search)")
    return [path for path in dict.fromkeys(found) if path.startswith(f"/{language}/")]


def kind_of(path: str) -> str:
    """Two offers are one kind of page."""
    return re.sub(r"[A-Z]{2,3}-[\w-]+", "<ref>", path.partition("?")[0])


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def weight_of_page(html: str) -> int:
    """Bytes as sent, at most: the quickest way that is light enough proves it."""
    content = html.encode()
    quick = len(brotli.compress(content, quality=9))
    return quick if quick < HEAVIEST / 2 else len(brotli.compress(content))


@cache
def weight_of_sheet(address: str) -> int:
    with urlopen(address, timeout=30) as answer:  # noqa: S310 - our own http address
        return len(brotli.compress(answer.read()))


def look_at(visitor: Any, path: str) -> list[str]:
    """What is wrong with the page, in words."""
    requests: list[str] = []
    visitor.page.on("request", lambda r: requests.append(r.url))
    answer = visitor.page.goto(visitor.site.url + path)
    wrong = []
    sheet = visitor.page.eval_on_selector("link[rel=stylesheet]", "e => e.href")
    weight = weight_of_page(visitor.page.content()) + weight_of_sheet(sheet)
    if weight > HEAVIEST:
        wrong.append(f"{path}: {weight} bytes of HTML and CSS")
    counted = [r for r in requests if "favicon" not in r]
    if len(counted) > MOST_REQUESTS:
        wrong.append(f"{path}: {len(counted)} requests: {counted}")
    if visitor.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        wrong.append(f"{path}: scrolls sideways at {visitor.page.viewport_size['width']} pixels")
    wrong.extend(f"{path}: sticks out of its card: {words!r}" for words in visitor.page.evaluate(STICKS_OUT))
    visitor.page.evaluate(axe())
    violations = visitor.page.evaluate(f"{CHECKED}.then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
    wrong.extend(f"{path}: axe {violation[:300]}" for violation in violations)
    expected = 404 if path.endswith("nothing-here") else 200
    if answer.status != expected:
        wrong.append(f"{path}: answered {answer.status}")
    elif expected == 200 and visitor.complaints:
        wrong.append(f"{path}: console: {visitor.complaints}")
    visitor.complaints.clear()
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_visitor_sees(visit: Any, language: str) -> None:
    for width in (1280, 390, 320):
        visitor = visit(width=width)
        assert [w for path in PUBLIC for w in look_at(visitor, f"/{language}{path}")] == []


@pytest.mark.parametrize(("role", "language"), WALKED)
def test_every_page_this_person_can_reach(visit: Any, site: Any, role: str, language: str) -> None:
    visitor = visit(width=390 if role == "liaison_officer" else 1280).sign_in(site.account(role), language)
    waiting, kinds, wrong = links_of(visitor.page, language), set(), []
    while waiting and len(kinds) < MOST_PAGES:
        path = waiting.pop(0)
        if kind_of(path) in kinds or "/sign-out" in path or "export" in path:
            continue
        kinds.add(kind_of(path))
        wrong += look_at(visitor, path)
        waiting += links_of(visitor.page, language)
    assert len(kinds) > 8, f"only {kinds} could be reached"
    assert wrong == []
