"""The browser of the tests starts, draws a page in every direction of writing, and carries the checks of axe."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium.skip_reason() is not None, reason=chromium.skip_reason() or ""),
]
PAGE = """<!doctype html><html lang="ar" dir="rtl"><title>عرض</title>
<main><h1>عرض تبادل</h1><img src="data:," width="1" height="1"></main>"""


def test_a_page_opens_and_axe_finds_the_picture_without_a_text() -> None:
    axe = find_spec("axe_playwright_python")
    assert axe is not None
    assert axe.origin is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.launch_options())
        page = browser.new_page()
        page.set_content(PAGE)
        assert page.title() == "عرض"
        assert page.locator("h1").evaluate("e => getComputedStyle(e).direction") == "rtl"
        page.evaluate(Path(axe.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(result => result.violations.map(violation => violation.id))")
        browser.close()
    assert "image-alt" in found


def test_a_browser_named_by_the_environment_is_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    clear()
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert chromium.find_chromium() is None
    assert chromium.skip_reason() == chromium.MISSING
    clear()


def clear() -> None:
    chromium.find_chromium.cache_clear()
    chromium.skip_reason.cache_clear()
