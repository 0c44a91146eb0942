"""What was committed in a real browser: sent, received, entered, handed over and checked; then followed by its donor."""

import base64
import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.browser.test_assistance import account_of, on_one_screen, press

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
    press(
        page, "main article:has-text('Accepted') a:has-text('Lecteurs'), main li:has-text('Accepted') a:has-text('3 ·')"
    )
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

    checked.set_viewport_size({"width": 1280, "height": 900})  # at the desk again
    seen = donor.open(f"/en/assistance/shipments/{ref}")
    on_one_screen(seen)
    assert "Not everything arrived in good order" in words(seen)
    press(seen, "a[href$='/acknowledge']")
    seen.fill("#answer", "We claim it from the carrier.")
    press(seen, SEND)
    assert [text for text in keeper.complaints if "422" not in text] == []
    assert donor.complaints == []


# ------------------------------------------------------------------------------------------------------------ donor, 1-5

OVERDUE = "DR2-118-04472"
"""Of the demonstration: in use at Agadez, and nobody has looked at it for long."""


def figures(page: Page) -> dict[str, tuple[str, str]]:
    """By figure that opens its records: the address, and the words that say how many there are."""
    found = {}
    for link in page.locator(".kpi a").all():
        path = str(link.get_attribute("href"))
        name = path.partition("?")[0].rpartition("/")[2]
        small = page.locator(f".kpi:has(a[href='{path}']) small")
        found[name] = path, link.inner_text() if name in {"items", "findings"} else small.inner_text()
    return found


def each_figure_opens_as_many_records(donor: Visitor, lang: str) -> set[str]:
    """Where one or two are words, as in Arabic, the list says the same words."""
    page = donor.open(f"/{lang}/assistance/portfolio")
    shown = figures(page)
    shown.pop("working")  # a share of the items
    for name, (path, said) in shown.items():
        listed = donor.open(path)
        told, count = listed.inner_text(".head .meta"), listed.locator("main tbody tr").count()
        assert told == said or name in {"items", "findings"}, name
        for text in (told, said):
            number = re.search(r"\d+", text)
            assert number is None or int(number[0]) == count, (name, text)
    return set(shown)


def exported(page: Page) -> None:
    table = list(csv.DictReader(io.StringIO(downloaded(page, "a.btn:has-text('CSV')").decode("utf-8-sig"))))
    assert table
    assert downloaded(page, "a.btn:has-text('XLSX')").startswith(b"PK")
    report = downloaded(page, "a.btn:has-text('IATI')").decode()
    assert {"12", "2", "3"} <= set(re.findall(r'<transaction-type code="(\d+)"', report))
    assert 'finance-type code="110"' in report
    assert 'code="15190"' in report


def found_and_closed(visit: Any, site: Any, donor: Visitor, path: str) -> None:
    """The donor opens a finding, the holder explains it on a phone, the secretariat closes it."""
    page = donor.open(path)
    press(page, ".head a[href$='/open-finding']")
    page.select_option("#severity", "medium")
    page.fill("#what", "The reader is not at the post.")
    press(page, SEND)
    press(page, "section[aria-labelledby=findings] li a")
    finding = page.url.removeprefix(site.url)
    holder = visit(width=390, script=False, locale="fr").sign_in(account_of(site, "ibrahim.saley"), "fr")
    answer = holder.open(finding.replace("/en/", "/fr/"))
    assert answer.locator("a[href$='/close']").count() == 0, "not by those whom it is about"
    answer.click("details.act summary:has-text('Expliquer')")
    answer.fill("#why-explain", "Déplacé à Assamakka pour la saison.")
    press(answer, "form[action$='/explain'] button")
    office = visit(locale="en").sign_in(account_of(site, "thomas.berger"))
    closing = office.open(finding)
    assert "Déplacé à Assamakka" in words(closing)
    press(closing, "a[href$='/close']")
    closing.fill("#reason", "Seen there by the secretariat.")
    press(closing, SEND)
    assert "Closed" in closing.inner_text("main .meta")
    assert [holder.complaints, office.complaints] == [[], []]


def given_on(visit: Any, site: Any, donor: Visitor, path: str) -> None:
    """The holder asks for a transfer, the donor's approver consents, another agency takes it over at its own post."""
    asks = visit(width=390, script=False, locale="fr").sign_in(account_of(site, "halima.moussa"), "fr")
    page = asks.open(path.replace("/en/", "/fr/"))
    press(page, "a[href$='/ask-transfer']")
    for name, text in {"to_agency": "ML-BORD", "unit": "Brigade de Gogui", "site": "Poste de Gogui",
                       "reason": "L’aéroport en a un plus récent."}.items():  # fmt: skip
        page.fill(f"#{name}", text)
    page.select_option("#site_kind", "border_post")
    press(page, SEND)
    consents = visit(width=390, locale="ar").sign_in(account_of(site, "anders.lund"), "ar")
    page = consents.open(path.replace("/en/", "/ar/"))
    press(page, ".head a[href$='/consent']")
    assert "Poste de Gogui" in words(page)
    assert "MLI" in words(page)
    press(page, SEND)
    takes = visit(width=390, script=False, locale="fr").sign_in(account_of(site, "seydou.traore"), "fr")
    page = takes.open(path.replace("/en/", "/fr/"))
    press(page, ".head a[href$='/take-over']")
    page.check("#received")
    page.check("#undertaking")
    press(page, SEND)
    page = donor.open(path)
    assert "Brigade de Gogui, Poste de Gogui" in words(page)
    assert [asks.complaints, consents.complaints, takes.complaints] == [[], [], []]


def reported_otherwise(donor: Visitor) -> None:
    """Five answers suggest official development assistance; the donor decides otherwise, and both are kept."""
    page = donor.open("/en/assistance/pledges")
    press(page, "main a:has-text('6 · Lecteurs')")
    press(page, "main a:has-text('Kind of flow')")
    for name in ("official_funds", "eligible_recipient", "development_purpose", "provider_interest", "safeguards"):
        page.check(f"#{name}-{'no' if name == 'provider_interest' else 'yes'}")
    press(page, "button:has-text('See what they suggest')")
    suggested = page.inner_text(".note")
    page.select_option("#flow_type", "21")
    page.fill("#note", "Reported by the ministry of the interior.")
    press(page, SEND)
    assert "Kind of flow" in words(page)
    press(page, "main a.btn:has-text('Kind of flow')")
    assert page.inner_text(".note") == suggested
    assert page.input_value("#flow_type") == "21"


def test_a_donor_follows_what_it_gave_to_a_closed_finding_and_a_consent(visit: Any, site: Any) -> None:
    donor = visit().sign_in(account_of(site, "kirsten.holm"))
    shown = each_figure_opens_as_many_records(donor, "en")
    assert {"pledged", "committed", "shipped", "received", "verified", "items", "findings"} <= shown
    page = donor.open("/en/assistance/portfolio/verified")
    press(page, "main tbody a.ref")
    assert "Aéroport d’Agadez" in words(page), "the donor reads the exact place"
    assert "Seen, working" in words(page)
    assert "Next check by" in words(page)
    page = donor.open("/en/equipment/items")
    press(page, f"main article:has-text('{OVERDUE}') h2 a")
    path = page.url.removeprefix(site.url)
    found_and_closed(visit, site, donor, path)
    given_on(visit, site, donor, path)
    exported(donor.open("/en/assistance/portfolio"))
    reported_otherwise(donor)
    assert donor.complaints == []


def test_a_donor_reads_its_portfolio_in_arabic_on_a_phone(visit: Any, site: Any) -> None:
    donor = visit(width=390, script=False, locale="ar").sign_in(account_of(site, "kirsten.holm"), "ar")
    page = donor.open("/ar/assistance/portfolio")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert {"pledged", "received", "verified"} <= each_figure_opens_as_many_records(donor, "ar")
    assert donor.complaints == []
