"""The rungs of a request in money: as it was given, and in the reporting currency where a rate holds."""

from datetime import timedelta
from typing import Any

from portal.features.assistance.domain.acts import SetDisclosure
from portal.features.assistance.domain.rungs import Rung
from portal.features.assistance.models import Request
from portal.features.assistance.queries import by_id
from portal.features.assistance.queries.pledges import pledges_of
from portal.features.assistance.queries.reporting import Worth, parts_of, used_in, worth_of
from portal.features.assistance.services import set_disclosure
from portal.features.rates.services import import_rates
from portal.infra.db import db, now
from portal.kernel.money import Money
from portal.kernel.policy import SYSTEM
from tests.client import PageClient
from tests.features.assistance.acts import opened, pickups, readers, training
from tests.features.assistance.pledging import committed, delivered, offered, second_donor, today
from tests.features.assistance.test_pledge_pages import main, visit
from tests.features.exchanges.acting import acting
from tests.site.test_query_counts import counted
from tests.world import World


def rates(*rows: str) -> None:
    table = ["date,currency,rate,source", *(f"{today() - timedelta(days=3)},{row},UN rates" for row in rows)]
    import_rates("\n".join(table), base="USD", by=SYSTEM, at=now())


def words_of(page: Any) -> str:
    return " ".join(main(page).split())


def worths(request: Request, number: int | None = None) -> dict[Rung, Worth]:
    db.session.flush()
    found = by_id(request.id)
    assert found is not None
    wanted = [line for line in found.live_lines if number in {None, line.number}]
    return worth_of(parts_of(wanted, pledges_of(found.id), asked_on=today()))


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def dollars(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_each_rung_keeps_its_currency_and_is_converted_at_the_rate_of_the_day(app: Any, world: World) -> None:
    rates("EUR,0.92", "XOF,605.25")
    request = opened(world)
    offered(world, request.lines[0], 2)
    committed(world, request.lines[1], 1, unit_value={"typed": "6052500", "currency": "XOF"})
    first, second, whole = worths(request, 1), worths(request, 2), worths(request)
    assert first[Rung.PLEDGED] == Worth([eur("37000")], dollars("40217.39"), 0)
    assert Rung.COMMITTED not in first
    assert second[Rung.COMMITTED] == Worth([Money(6_052_500, "XOF")], dollars("10000"), 0)
    assert whole[Rung.PLEDGED] == Worth([eur("37000"), Money(6_052_500, "XOF")], dollars("50217.39"), 0)
    assert whole[Rung.REQUESTED].given == [eur("277400")], "10 readers and 4 pick-ups"


def test_a_later_rate_does_not_move_what_was_pledged_before(app: Any, world: World) -> None:
    rates("EUR,0.92")
    request = opened(world)
    pledge = offered(world, request.lines[0], 2)
    pledge.pledged_at -= timedelta(days=2)
    import_rates(f"date,currency,rate,source\n{today()},EUR,0.5,UN rates", base="USD", by=SYSTEM, at=now())
    assert worths(request)[Rung.PLEDGED].reported == dollars("40217.39")
    pledge.pledged_at -= timedelta(days=2)
    assert worths(request)[Rung.PLEDGED] == Worth([eur("37000")], None, 1), "no rate had been published on that day"


def test_what_has_no_rate_is_named_and_never_guessed(client: PageClient, world: World) -> None:
    rates("EUR,0.92")
    request = opened(world)
    offered(world, request.lines[0], 2)
    for _ in range(2):
        offered(world, request.lines[1], 1, unit_value={"typed": "1000", "currency": "GEL"})
    assert worths(request)[Rung.PLEDGED] == Worth([eur("37000"), Money.of(2000, "GEL")], dollars("40217.39"), 2)
    visit(client, world, "donor_officer")
    words = words_of(client.get(f"/en/assistance/requests/{request.ref}"))
    assert "4 · EUR 37,000.00 · GEL 2,000.00 converted: USD 40,217.39 not converted: 2 pledges" in words
    assert "1 USD = 0.92 EUR" in words
    assert "UN rates" in words
    assert "1 line has no estimated cost" in words


def test_without_any_rate_there_is_no_sum_in_the_reporting_currency(client: PageClient, world: World) -> None:
    request = opened(world)
    pledge = offered(world, request.lines[0], 2)
    visit(client, world, "donor_officer")
    words = words_of(client.get(f"/en/assistance/requests/{request.ref}"))
    assert "not converted: 1 pledge" in words
    assert "not converted: 2 lines" in words
    assert "USD" not in words.split("How far it has come")[1].split("Where there is no rate")[0]
    assert "Not converted: there is no rate for" in words_of(client.get(f"/en/assistance/pledges/{pledge.ref}"))


def test_amounts_in_the_reporting_currency_stand_once_and_name_no_rate(client: PageClient, world: World) -> None:
    request = opened(world, lines=[readers(unit_cost={"typed": "18500", "currency": "USD"})])
    offered(world, request.lines[0], 2, unit_value={"typed": "18500", "currency": "USD"})
    visit(client, world, "donor_officer")
    words = words_of(client.get(f"/en/assistance/requests/{request.ref}")).split("How far it has come")[1]
    assert "2 · USD 37,000.00 Committed" in words
    assert "computed at the rate" not in words


def test_what_was_delivered_of_a_service_has_its_worth(app: Any, world: World) -> None:
    rates("EUR,0.92")
    request = opened(world, lines=[training()])
    pledge = committed(world, request.lines[0], 20, unit_value={"typed": "92", "currency": "EUR"})
    delivered(world, pledge, 5, confirmed=5)
    assert worths(request)[Rung.RECEIVED] == Worth([eur("460")], dollars("500"), 0)


def test_a_line_that_is_withheld_is_counted_and_not_told(client: PageClient, world: World) -> None:
    rates("EUR,0.92")
    request = opened(world, lines=[readers(), pickups(what="Hidden pick-ups")])
    hide = SetDisclosure(field="line-2", withheld=2)
    set_disclosure(hide, request=request, by=acting(world, "sender_approver"), at=now())
    visit(client, world, "donor_officer")
    page = client.get(f"/en/assistance/requests/{request.ref}")
    assert "Hidden pick-ups" not in page.text
    assert "EUR 277,400.00" in words_of(page)


def test_rates_are_read_in_one_statement_however_many_pledges_there_are(client: PageClient, world: World) -> None:
    rates("EUR,0.92", "GEL,2.7")
    request = opened(world)
    offered(world, request.lines[0], 1)
    visit(client, world, "donor_officer")
    address = f"/en/assistance/requests/{request.ref}"
    client.get(address)
    with counted() as few:
        client.get(address)
    second_donor(world)
    for _ in range(4):
        offered(world, request.lines[0], 1, unit_value={"typed": "1000", "currency": "GEL"})
    db.session.commit()
    with counted() as many:
        client.get(address)
    assert len(many) == len(few)


def test_the_rates_used_are_said_the_way_round_they_were_published(app: Any, world: World) -> None:
    rates("EUR,0.92", "KWD,0.3")
    request = opened(world)
    offered(world, request.lines[0], 1)
    offered(world, request.lines[0], 1, unit_value={"typed": "300", "currency": "KWD"})
    db.session.flush()
    parts = parts_of(request.live_lines, pledges_of(request.id), asked_on=today())
    assert [f"1 {one.of} = {one.rate:f} {one.costs}" for one in used_in(parts)] == [
        "1 USD = 0.92 EUR",
        "1 USD = 0.3 KWD",
    ]
