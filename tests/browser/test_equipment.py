"""What was committed in a real browser: sent, received, entered, handed over and checked; then followed by its donor."""

import base64
import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.browser.test_assistance import account_of, press

pytestmark = pytest.mark.browser
SEND = "main form .bar-acts button.btn"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAKER = "Nordlys Optics"
Row = dict[str, str]


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def words(page: Page) -> str:
    return re.sub(r"\s+", " ", page.inner_text("main"))


def downloaded(page: Page, selector: str) -> bytes:
    with page.expect_download() as found:
        page.click(selector)
    return found.value.path().read_bytes()


# ------------------------------------------------------------------------------------------------- origin agency, 8-10


def committed(visit: Any, site: Any) -> str:
    """Italy agrees in writing to the three readers that Niger accepted; returns the address of the pledge."""
    binder = visit().sign_in(account_of(site, "stefano.rinaldi"))
    page = binder.open("/en/assistance/pledges")
    press(page, "main article:has-text('Accepted') a:has-text('Lecteurs'), main li:has-text('Accepted') a:has-text('3 ·')")
    press(page, "a[href$='/commit']")
    page.fill("#agreement", "Memorandum of understanding")
    page.fill("#agreement_on", today())
    page.set_input_files("#file", {"name": "memorandum.txt", "mimeType": "text/plain", "buffer": b"Agreed."})
    press(page, SEND)
    assert binder.complaints == []
    return page.url.removeprefix(site.url)


def sent(visit: Any, site: Any, pledge: str) -> str:
    """From the page of the pledge to a lorry on its way; returns the reference of the shipment."""
    donor = visit().sign_in(account_of(site, "chiara.valenti"))
    page = donor.open(pledge)
    press(page, "main a:has-text('Prepare a shipment')")
    page.fill("#lines-0-quantity", "3")
    page.fill("#lines-0-packages", "3")
    page.select_option("#mode", "road")
    page.fill("#carrier", "Transsahel Logistics")
    page.fill("#waybill", "CMR 99901")
    page.fill("#customs_ref", "26NE0004411")
    page.fill("#contact", "Magasin central, desk@ne-bord.example")
    press(page, SEND)
    press(page, "a[href$='/dispatch']")
    press(page, SEND)
    assert "On its way" in page.inner_text("main .meta")
    assert donor.complaints == []
    return page.url.rpartition("/")[2]


def received(keeper: Visitor, ref: str) -> None:
    """Two in good order, one crushed: no sum that does not fit, no shortfall without a reason; with a photo."""
    page = keeper.open("/fr/assistance/shipments")
    press(page, f"main article:has-text('{ref}') h2 a")
    press(page, "a[href$='/arrive']")
    press(page, SEND)
    press(page, "a[href$='/receive']")
    page.fill("#lines-0-received", "2")
    page.click("summary:has-text('endommagé')")
    page.fill("#lines-0-damaged", "2")
    page.select_option("#lines-0-reason", "damaged")
    count = "form[action$='/receive'] .bar-acts button.btn"
    press(page, count)
    assert page.locator(".errs").count() == 1, "four of three"
    page.fill("#lines-0-damaged", "1")
    page.fill("#lines-0-words", "Caisse écrasée.")
    page.set_input_files("#lines-0-photo", {"name": "caisse.png", "mimeType": "image/png", "buffer": PICTURE})
    press(page, count)
    assert "Endommagé : 1" in words(page)
    assert "Caisse écrasée." in words(page)
    assert page.locator("section[aria-labelledby=documents] a:has-text('caisse.png'), "
                        "section[aria-labelledby=documents] :text('caisse.png')").count()  # fmt: skip


def sent_to_check(page: Page, rows: list[Row]) -> str:
    """The page of the file, when every row was checked."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    page.goto(page.url.split("/fr/")[0] + "/fr/equipment/import")
    page.set_input_files("#file", {"name": "lecteurs.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()})
    press(page, "#items-file .bar-acts button")
    page.locator("#figures").wait_for(timeout=15_000)  # the page asks again by itself
    return words(page)


def entered(keeper: Visitor, ref: str) -> None:
    """Serials by CSV: one twice in the file and one of another agency, told by their rows; mended; all written."""
    page = keeper.open(f"/fr/assistance/shipments/{ref}")
    table = downloaded(page, "a:has-text('Tableau à remplir')").decode("utf-8-sig")
    place = {"condition": "new", "unit": "Brigade des documents", "site": "Aéroport d’Agadez", "site_kind": "airport"}
    rows = [row | place | {"manufacturer": MAKER, "model": "DR2 desk", "operators_required": "2"}
            for row in csv.DictReader(io.StringIO(table))]  # fmt: skip
    assert [row["value"] for row in rows] == ["18500.00"] * 3
    numbers = ("DR2-901-00001", "dr2 901 00001", "DR2.900.00009")
    told = sent_to_check(page, [row | {"serial": serial} for row, serial in zip(rows, numbers, strict=True)])
    assert "2 erreurs font obstacle" in told
    assert "La ligne 2 a déjà le même numéro de série" in told
    assert "est déjà enregistrée" in told
    numbers = ("DR2-901-00001", "DR2-901-00002", "DR2-901-00003")
    told = sent_to_check(page, [row | {"serial": serial} for row, serial in zip(rows, numbers, strict=True)])
    assert "3 Modifiés" in told
    press(page, "button:has-text('Tout inscrire')")
    page.locator("a:has-text('Étiquettes')").wait_for(timeout=15_000)
    press(page, "a.btn:has-text('Étiquettes')")
    assert page.locator("main :text('DR2-901-0000')").count() == 3


def elsewhere(visit: Any, site: Any) -> None:
    """An agency of Mali has a reader of the same make already."""
    other = visit(width=390, script=False, locale="fr").sign_in(account_of(site, "fatoumata.keita"), "fr")
    page = other.open("/fr/equipment/register?category=passport-reader-full")
    for name, text in {"manufacturer": MAKER, "model": "DR2 desk", "serial": "DR2-900-00009", "unit": "Brigade",
                       "site": "Gao", "funder": "DK-DEVE", "value-typed": "18500"}.items():  # fmt: skip
        page.fill(f"#{name}", text)
    page.select_option("#value-currency", "EUR")
    page.select_option("#condition", "good")
    page.select_option("#site_kind", "office")
    press(page, SEND)
    assert "DR2-900-00009" in words(page)


def handed_over(visit: Any, site: Any, keeper: Visitor, ref: str) -> str:
    """Received, given to a colleague who signs the undertaking, put to use, operators trained; returns the item."""
    page = keeper.open(f"/fr/assistance/shipments/{ref}")
    press(page, "section[aria-labelledby=registered] li:has-text('DR2-901-00001') a")
    path = page.url.removeprefix(site.url)
    press(page, ".head form[action$='/deliver'] button")
    press(page, ".head a[href$='/offer-handover']")
    page.select_option("#to", label="Moctar Adamou")
    press(page, SEND)
    guard = visit(width=390, script=False, locale="fr").sign_in(account_of(site, "moctar.adamou"), "fr")
    signed = guard.open(path)
    press(signed, ".head a[href$='/confirm-handover']")
    signed.check("#received")
    press(signed, SEND)
    assert signed.locator(".errs").count() == 1, "not without the undertaking"
    signed.check("#undertaking")
    press(signed, SEND)
    page.goto(site.url + path)
    press(page, ".head form[action$='/put-to-use'] button")
    press(page, "a[href$='/record-training']")
    page.fill("#trained", "2")
    page.fill("#training", "Formation des opérateurs, deux jours")
    press(page, SEND)
    assert "Utilisation vérifiée" not in words(page)
    return path


def test_an_origin_agency_receives_enters_hands_over_and_is_checked(visit: Any, site: Any) -> None:
    ref = sent(visit, site, committed(visit, site))
    elsewhere(visit, site)
    keeper = visit(width=390, script=False, locale="fr").sign_in(account_of(site, "ibrahim.saley"), "fr")
    received(keeper, ref)
    entered(keeper, ref)
    page = keeper.open(f"/fr/assistance/shipments/{ref}/certificate")
    page.select_option("#first", "fr")
    page.select_option("#second", "en")
    assert downloaded(page, "main form button.btn").startswith(b"%PDF-")
    path = handed_over(visit, site, keeper, ref)

    page = keeper.open(f"{path}/check")  # what the holder says of itself verifies nothing
    page.check("input[name=result][value=seen_working]")
    press(page, "#check .bar-acts button")
    assert "Utilisation vérifiée" not in words(page)
    donor = visit(width=390).sign_in(account_of(site, "chiara.valenti"))
    checked = donor.open(f"/e/{path.rpartition('/')[2]}")
    checked.check("input[name=result][value=seen_working]")
    checked.select_option("#condition", "good")
    checked.click("#check .bar-acts button")
    checked.wait_for_url(re.compile(r"/items/[^/]+$"))
    assert "Verified in use" in words(checked)
    page.goto(site.url + path)
    assert "Utilisation vérifiée" in words(page)

    seen = donor.open(f"/en/assistance/shipments/{ref}")
    assert "Not everything arrived in good order" in words(seen)
    press(seen, "a[href$='/acknowledge']")
    seen.fill("#answer", "We claim it from the carrier.")
    press(seen, SEND)
    assert [text for text in keeper.complaints if "422" not in text] == []
    assert donor.complaints == []
