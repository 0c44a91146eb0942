"""A donor's pledge in a real browser: from an open need to the agreement; and who comes too late takes what is left."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.browser.test_assistance import account_of, press

pytestmark = pytest.mark.browser
SEND = "main form .bar-acts button.btn"
LINE = "Camionnettes"
FILTERS = "form[role=search]:has(#group)"
FOLDED = "a[href='#filters']"


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def offer_form(visitor: Any, quantity: str) -> Any:
    """From the list of open needs, found by its filters, to the filled form of a line."""
    page = visitor.open("/en/assistance/open")
    if not page.locator("#group").is_visible():
        page.click(FOLDED)  # on a telephone
    page.select_option("#group", "vehicles")
    page.select_option("#state", "NE")
    page.click(f"{FILTERS} button.btn")
    page.wait_for_load_state()
    assert "group=vehicles" in page.url
    assert "state=NE" in page.url
    press(page, "main li.card a:has-text('Contrôle documentaire')")
    press(page, f"tr:has-text('{LINE}') a:has-text('Pledge')")
    page.fill("#quantity", quantity)
    page.fill("#unit_value-typed", "23,100.00")
    page.select_option("#unit_value-currency", "EUR")
    page.select_option("#valuation", "invoice")
    page.fill("#available_from", in_days(10))
    page.fill("#valid_until", in_days(60))
    page.select_option("#export_licence", "not_needed")
    return page


def act(visitor: Any, ref: str, name: str) -> Any:
    page = visitor.open(f"/en/assistance/pledges/{ref}")
    press(page, f"a[href$='/{name}']")
    return page


def test_a_donor_pledges_what_is_open_and_the_one_who_comes_too_late_what_is_left(visit: Any, site: Any) -> None:
    officer = visit().sign_in(account_of(site, "kirsten.holm"))
    late = visit(width=390, script=False).sign_in(account_of(site, "chiara.valenti"))
    slow = offer_form(late, "4")
    page = offer_form(officer, "3")
    press(page, SEND)
    ref = re.search(r"PL-\d{4}-\w{6}", page.url)
    assert ref is not None
    assert "EUR 69,300.00" in page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")

    press(slow, SEND)
    assert slow.locator("h1").inner_text() == "1 is left"
    press(slow, "button:has-text('Pledge 1')")
    assert slow.locator("h1").inner_text() == "Pledge of 1"
    assert "EUR 23,100.00" in slow.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")

    asked = visit(width=390).sign_in(account_of(site, "halima.moussa"))
    page = act(asked, ref[0], "accept")
    page.check("#conditions_read")
    page.check("#end_user_certificate")
    press(page, SEND)
    assert "Accepted" in page.inner_text("main .meta")

    binder = visit().sign_in(account_of(site, "anders.lund"))
    page = act(binder, ref[0], "commit")
    page.fill("#agreement", "Memorandum of understanding")
    page.fill("#agreement_on", in_days(0))
    page.set_input_files("#file", {"name": "memorandum.txt", "mimeType": "text/plain", "buffer": b"Agreed."})
    press(page, SEND)
    assert "Committed" in page.inner_text("main .meta")
    assert "memorandum" in page.inner_text("main section[aria-labelledby=documents]").lower()
    refused = [words for words in late.complaints if "409" not in words]
    assert [officer.complaints, refused, asked.complaints, binder.complaints] == [[], [], [], []]
