"""The journey of the origin agency in a real browser: in French on a telephone, in Arabic, and the screening in Spanish."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
NEEDED_BY = f"{datetime.now(UTC).year + 1}-06-30"
TEXTS = {
    "fr": ("Contrôle documentaire, essai", "Dix postes, aucun lecteur.", "Lire chaque document.", "18 500,00"),
    "ar": ("فحص الوثائق، تجربة", "عشرة مراكز بلا قارئ.", "قراءة كل وثيقة.", "١٨٥٠٠"),
}


def on_one_screen(page: Page) -> None:
    """Nothing makes the page wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def press(page: Page, selector: str) -> None:
    page.click(selector)
    page.wait_for_load_state()
    on_one_screen(page)


SAVE = "#step-form .bar-acts > button.btn:not(.plain):not(.alt)"


def written_in_steps(visitor: Visitor, lang: str) -> str:
    """Steps 1 to 4 of the journey; returns the reference."""
    title, problem, objective, cost = TEXTS[lang]
    page = visitor.open(f"/{lang}/assistance/requests")
    press(page, 'form[action$="/requests/new"] button')
    ref = re.search(r"TA-\d{4}-\w{6}", page.url)
    assert ref is not None
    press(page, SAVE)  # an empty step is saved, and says what is missing
    assert page.locator(".errs").count() == 1
    page.fill("#title", title)
    page.fill("#end_user_unit", "Brigade")
    page.fill("#sites-0-name", "Assamakka")
    page.select_option("#sites-0-kind", "border_post")
    page.fill("#needed_by", NEEDED_BY)
    page.fill("#contact", "desk@ne-bord.example")
    press(page, SAVE)
    page.fill("#problem", problem)
    page.fill("#objective", objective)
    page.check('input[name="ta_types"][value="equipment"]')
    page.check('input[name="provisions"][value="14.3"]')
    press(page, SAVE)
    press(page, 'form[action$="/edit/lines"] button')
    page.select_option("#category", "passport-reader-full")
    page.fill("#what", "Lecteurs")
    page.fill("#quantity", "١٠")
    page.fill("#unit_cost-typed", cost)
    page.select_option("#unit_cost-currency", "EUR")
    page.fill("#existing", "0")
    page.fill("#required", "10")
    press(page, SAVE)
    page.select_option("#spec-chip", "yes")
    page.select_option("#spec-offline", "yes")
    press(page, SAVE)
    for name in ("power", "fuel", "spares", "licences", "insurance"):
        page.select_option(f"#{name}", "secured")
    page.fill("#operators", "20")
    page.fill("#budget_owner", "Budget")
    press(page, SAVE)
    page.fill("#safeguards", "Formation")
    page.fill("#data_protection_basis", "Loi 2017-28")
    page.check('input[name="label"][value="green"]')
    press(page, SAVE)
    page.check("#authority")
    press(page, "#step-form .bar-acts button.btn")
    assert page.url.endswith(ref[0])
    return ref[0]


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_an_origin_agency_asks_and_the_secretariat_opens(visit: Any, site: Any, lang: str) -> None:
    editor = visit(width=390, script=False, locale=lang).sign_in(account_of(site, "ibrahim.saley"), lang)
    ref = written_in_steps(editor, lang)
    assert editor.page.locator("html").get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")

    approver = visit(width=390, locale=lang).sign_in(account_of(site, "halima.moussa"), lang)
    page = approver.open(f"/{lang}/assistance/requests/{ref}")
    press(page, 'form[action$="/approve"] button')

    screener = visit(locale="es").sign_in(account_of(site, "amina.rahimov"), "es")
    page = screener.open(f"/es/assistance/requests/{ref}")
    assert "Examen preliminar" in page.inner_text("main")
    page.click("details.act summary:has-text('Devolver con preguntas')")
    page.fill("#why-send_back", "¿Quién asegura los vehículos?")
    press(page, 'form[action$="/send-back"] button')

    page = editor.open(f"/{lang}/assistance/requests/{ref}")
    assert "¿Quién asegura los vehículos?" in page.inner_text("main")
    page.goto(f"{site.url}/{lang}/assistance/requests/{ref}/edit/situation")
    page.fill("#other_donors", "Ministère")
    press(page, SAVE)
    page.goto(f"{site.url}/{lang}/assistance/requests/{ref}/edit/review")
    page.check("#authority")
    press(page, "#step-form .bar-acts button.btn")
    page = approver.open(f"/{lang}/assistance/requests/{ref}")
    press(page, 'form[action$="/approve"] button')

    page = screener.open(f"/es/assistance/requests/{ref}")
    press(page, 'a[href$="/diligence"]')
    page.check('input[name="outcome"][value="cleared"]')
    page.select_option("#risk", "medium")
    page.fill("#mitigation", "Módulo sobre trato humano 14(2)(e) para todos los operadores.")
    page.fill("#valid_until", NEEDED_BY)
    press(page, "main form .bar-acts button.btn")
    press(page, 'form[action$="/open"] button')
    assert "Abierta" in page.inner_text("main") or "Abierto" in page.inner_text("main")

    donor = visit().sign_in(account_of(site, "kirsten.holm"))
    page = donor.open(f"/en/assistance/requests?q={TEXTS[lang][0].split()[0]}")
    assert ref in page.content()
    assert [editor.complaints, approver.complaints, screener.complaints, donor.complaints] == [[], [], [], []]


def account_of(site: Any, name: str) -> dict[str, str]:
    return next(a for a in site.accounts if a["email"].startswith(name))
