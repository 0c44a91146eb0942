"""A check on a phone whose network is cut: kept, sent when it is back, and shown to a person when something changed."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def said(page: Page, name: str) -> None:
    expect(page.locator(f"[data-say={name}]")).to_be_visible(timeout=15_000)


def item_of(visitor: Visitor) -> str:
    """An item that is in use, and that this reader may check."""
    page = visitor.open("/en/equipment/items?show=state-in_use")
    found = re.search(r"EQ-\d{4}-\w{6}", page.locator("main article").last.inner_text())
    assert found is not None
    return found.group()


def fill(page: Page, note: str) -> None:
    page.check("input[name=result][value=seen_working]")
    page.select_option("#condition", "good")
    page.fill("#note", note)


def press(page: Page) -> None:
    page.click("#check .bar-acts button")


def test_a_check_is_kept_without_a_network_and_sent_once_when_it_is_back(visit, site) -> None:  # type: ignore[no-untyped-def]
    officer = visit(width=390).sign_in(site.account("donor_officer", state="DK"))
    ref = item_of(officer)
    page = officer.open(f"/e/{ref}")
    before = officer.context.new_page()
    before.goto(f"{site.url}/en/equipment/items/{ref}")
    count = before.locator("text=Seen, working").count()
    officer.context.set_offline(True)
    fill(page, "Kept while there was no network.")
    press(page)
    said(page, "kept")
    officer.context.set_offline(False)
    said(page, "sent")
    page.goto(f"{site.url}/e/{ref}")  # nothing waits any more, and nothing is sent twice
    page.goto(f"{site.url}/en/equipment/items/{ref}")
    assert page.locator("text=Seen, working").count() == count + 1
    assert [one for one in officer.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_a_kept_check_that_meets_another_one_is_shown_to_a_person(visit, site) -> None:  # type: ignore[no-untyped-def]
    officer = visit(width=390).sign_in(site.account("donor_officer", state="DK"))
    ref = item_of(officer)
    page = officer.open(f"/e/{ref}")
    officer.context.set_offline(True)
    fill(page, "Written in the field.")
    press(page)
    said(page, "kept")
    other = visit().sign_in(site.account("secretariat"))
    elsewhere = other.open(f"/e/{ref}")
    fill(elsewhere, "Seen by somebody else meanwhile.")
    press(elsewhere)
    elsewhere.wait_for_url(re.compile(rf"/items/{ref}$"))
    officer.context.set_offline(False)
    said(page, "asks")
    page.click("[data-say=asks] a")
    expect(page.locator("text=What is new since you opened this page")).to_be_visible()
    assert page.input_value("#note") == "Written in the field."
    press(page)
    page.wait_for_url(re.compile(rf"/items/{ref}$"))
