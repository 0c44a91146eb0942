"""The pages of a portfolio: every figure opens as many records as it says, and nobody sees more than they may."""

import csv
import io
import re
from typing import Any

import brotli
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from python_calamine import CalamineWorkbook

from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.items.models import Item
from portal.features.portfolios.domain.figures import RUNGS, Part, Side
from portal.features.portfolios.queries import sums
from portal.infra.db import db
from tests.client import PageClient
from tests.features.assistance.pledging import today
from tests.features.exchanges.acting import acting
from tests.features.portfolios.given import an_item, everything
from tests.site.test_query_counts import counted
from tests.world import World

PAGE = "/en/assistance/portfolio"
MARKER = "Qzxmarker"


@pytest.fixture
def given(app: Flask, world: World) -> dict[str, Any]:
    return everything(world)


def links(text: str) -> set[str]:
    found = BeautifulSoup(text, "html.parser").select(f"main a[href*='{PAGE}/']")
    return {
        str(link["href"]) for link in found if "export" not in str(link["href"]) and "iati" not in str(link["href"])
    }


def count_said(text: str) -> int:
    meta = BeautifulSoup(text, "html.parser").select_one(".head .meta")
    assert meta
    return int(re.sub(r"\D", "", meta.text))


def rows_in(client: PageClient, address: str) -> int:
    """Over all pages of the list."""
    total, following = 0, address
    while following:
        page = BeautifulSoup(client.get(following).text, "html.parser")
        total += len(page.select("main tbody tr"))
        link = page.select_one("main a[rel=next]")
        following = str(link["href"]) if link else ""
    return total


def test_each_figure_of_the_page_opens_as_many_records_as_it_counts(
    client: PageClient, world: World, given: Any
) -> None:
    client.sign_in(world.people["donor_officer"])
    for _ in range(25):
        an_item(world, given["receipt"].lines[0])
    db.session.commit()
    page = client.get(PAGE)
    found = links(page.text)
    assert len(found) >= 40
    figures = {address.split("/portfolio/")[1].split("?")[0] for address in found}
    assert figures == {"pledged", "committed", "shipped", "received", "verified", "items", "working", "findings"}
    for address in sorted(found)[::4]:
        assert count_said(client.get(address).text) == rows_in(client, address) > 0, address
    cards = BeautifulSoup(page.text, "html.parser").select(".kpi")
    said = [int(re.sub(r"\D", "", card.select_one("small").text)) for card in cards[: len(RUNGS)]]  # type: ignore[union-attr]
    cells = sums.cells(acting(world, "donor_officer"), Side.GIVEN, Part(), today=today(), to="USD")
    assert said == [sum(one.records for one in cells if one.figure is figure) for figure in RUNGS]
    css = client.get(BeautifulSoup(page.text, "html.parser").select_one("link[rel=stylesheet]")["href"]).data  # type: ignore[index,arg-type]
    assert len(brotli.compress(page.data)) + len(brotli.compress(css)) <= 14_600
    narrowed_to_what_no_rate_converts(client)


def narrowed_to_what_no_rate_converts(client: PageClient) -> None:
    page = client.get(f"{PAGE}?side=given&what=training").text
    assert "There is no rate for these amounts" in page
    assert "TND" in page
    for wrong in ("?state=XX", "?what=nothing", "?year=abc", "?year=٢٠٢٦", "?currency=EURO", "?side=all"):
        assert client.get(PAGE + wrong).status_code == 200, wrong
    assert client.get(f"{PAGE}/unknown").status_code == 404


def test_tables_that_are_taken_away_have_every_record_with_its_label(
    client: PageClient, world: World, given: Any
) -> None:
    line = db.session.get_one(RequestLine, given["sent"].line_id)
    line.what = "=1+1"
    db.session.commit()
    client.sign_in(world.people["donor_officer"])
    answer = client.get(f"{PAGE}/export.csv?side=given")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    cells = sums.cells(acting(world, "donor_officer"), Side.GIVEN, Part(), today=today(), to="USD")
    assert len(rows) == sum(one.records for one in cells)
    assert all(row["label"] for row in rows)
    sent = next(row for row in rows if row["ref"] == given["sent"].ref and row["figure"] == "received")
    assert (sent["label"], sent["quantity"], sent["value"], sent["currency"]) == ("TLP:GREEN", "5", "92500.00", "EUR")
    assert sent["reporting_currency"] == "USD"
    assert sent["rate"]
    assert not any(row["reported_value"] for row in rows if row["currency"] == "TND")
    workbook = client.get(f"{PAGE}/export.xlsx?side=given")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook.data)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in sheet[1:]] == [row["ref"] for row in rows]


def test_nobody_finds_anothers_records_in_pages_or_tables(client: PageClient, world: World, given: Any) -> None:
    """A stranger has no portfolio; the officer learns nothing of the request that names the approver alone."""
    db.session.execute(db.update(Request).values(title=MARKER, problem=MARKER, contact=MARKER))
    db.session.execute(db.update(RequestLine).values(what=MARKER))
    db.session.execute(db.update(Item).values(site=MARKER, unit=MARKER))
    db.session.commit()
    secret = db.session.scalars(db.select(Pledge.ref).where(Pledge.request_id == given["secret"].id)).one()
    refs = [given["sent"].ref, given["shipment"].ref, *(item.ref for item in given["items"])]
    addresses = [
        PAGE,
        f"{PAGE}/export.csv",
        *(f"{PAGE}/{name}" for name in ("pledged", "shipped", "verified", "items")),
    ]
    for who in ("stranger_editor", "stranger_approver", "pending_approver", "administrator"):
        client.sign_in(world.people[who])
        for address in addresses:
            for side in ("given", "received", "all"):
                text = client.get(f"{address}?side={side}").text
                assert MARKER not in text
                assert not [ref for ref in refs if ref in text], (who, address)
    for who, named in (("donor_officer", False), ("donor_approver", True), ("secretariat", False)):
        client.sign_in(world.people[who])
        texts = [client.get(address).text for address in addresses]
        assert not [text for text in texts[1:] if MARKER in text]
        assert any(given["sent"].ref in text for text in texts)
        assert any(secret in text for text in texts) is named, who
    strict = next(item.ref for item in given["items"] if item.label == "amber_strict" or "STRICT" in item.label.name)
    assert not [text for text in texts if strict in text], "the secretariat sees no item at AMBER+STRICT"


def test_a_portfolio_takes_as_many_statements_for_many_records_as_for_few(
    client: PageClient, world: World, given: Any
) -> None:
    client.sign_in(world.people["donor_officer"])
    addresses = (PAGE, f"{PAGE}/verified", f"{PAGE}/pledged", f"{PAGE}/items")

    def statements() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with counted() as seen:
                client.get(address)
            found.append(len(seen))
        return found

    few = statements()
    for _ in range(40):
        an_item(world, given["receipt"].lines[0])
    db.session.commit()
    assert statements() == few
    assert max(few) <= 40
