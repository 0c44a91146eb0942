"""What everyone may read of donations: enough behind each number, delayed, and adding up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.features.assistance.domain.gaps import LEAST, WITHHELD
from portal.features.assistance.domain.lifecycles import PledgeState, RequestState
from portal.features.assistance.domain.vocabulary import LineKind, Redaction, Unit, Valuation
from portal.features.assistance.models import Pledge, Request, RequestField, RequestLine
from portal.features.portfolios.domain.figures import Figure
from portal.features.portfolios.models import PublicDonation
from portal.features.portfolios.services import Counted, publish_figures, publishable_rows
from portal.infra.db import db
from portal.kernel.labels import Tlp
from portal.kernel.reference import Kind, new_reference
from tests.client import PageClient
from tests.world import World

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
BEFORE = datetime(2026, 8, 3, 9, tzinfo=UTC)
PAGE = "/en/assistance/portfolio/public"
EACH = 1_000_00


def pledge(world: World, number: int = 1, **changes: object) -> None:
    """So many pledges on requests of one agency, in US dollars; `received` units of ten arrived."""
    agency, category = changes.pop("agency", "sender"), changes.pop("category", "vehicle-pickup")
    label, received, at = changes.pop("label", Tlp.GREEN), changes.pop("received", 10), changes.pop("at", BEFORE)
    withheld = changes.pop("withheld", False)
    for _ in range(number):
        request = Request(ref=new_reference(Kind.REQUEST, 2026), agency_id=world.agencies[str(agency)], label=label,
                          state=RequestState.OPEN, title_language="fr", title="Qzxmarker", opened_at=at,
                          screening_at=at)  # fmt: skip
        request.lines = [RequestLine(number=1, kind=LineKind.EQUIPMENT, category=category, what="Qzxmarker", quantity=10,
                                     pledged=10, received=received, unit=Unit.PIECE)]  # fmt: skip
        db.session.add(request)
        db.session.flush()
        if withheld:
            db.session.add(RequestField(request_id=request.id, field="line-1", withheld=Redaction.SAFETY, at=at,
                                        set_by=world.people["sender_approver"]))  # fmt: skip
        db.session.add(Pledge(ref=new_reference(Kind.PLEDGE, 2026), request_id=request.id, line_id=request.lines[0].id,
                              agency_id=world.agencies["donor"], state=PledgeState.COMMITTED, quantity=10,
                              received=received, unit_minor=EACH, currency="USD", valuation=Valuation.INVOICE,
                              available_from=date(2026, 9, 1), valid_until=date(2026, 12, 1),
                              pledged_at=at, anonymous_reason=None))  # fmt: skip
    db.session.flush()


def rows(of: str) -> dict[str, tuple[int, int, int | None]]:
    found = db.session.scalars(db.select(PublicDonation).where(PublicDonation.of == of))
    return {row.heading: (row.pledges, row.pledged, row.received) for row in found}


def test_only_numbers_with_enough_behind_them_are_published_and_all_add_up(
    app: Flask, client: PageClient, world: World
) -> None:
    pledge(world, 6)
    pledge(world, 5, agency="stranger", category="passport-reader-full", received=0)
    pledge(world, 2, agency="host", category="vehicle-suv-4x4")
    pledge(world, 6, agency="pending", category="vehicle-suv-4x4", received=1)
    pledge(world, 3, category="passport-reader-full", withheld=True)
    pledge(world, 7, label=Tlp.RED)
    pledge(world, 7, label=Tlp.AMBER_STRICT)
    pledge(world, 9, at=datetime(2026, 10, 2, tzinfo=UTC))
    publish_figures(at=AT)
    db.session.commit()
    states = rows("state")
    assert sum(number for number, _, _ in states.values()) == 22, "what was pledged since the quarter began waits"
    assert sum(pledged for _, pledged, _ in states.values()) == 22 * 10 * EACH
    assert all(number >= LEAST for of in ("what", "state", "year") for number, _, _ in rows(of).values())
    arrived = (9 * 10 + 2 * 10 + 6 * 1) * EACH
    # Two of Italy alone would tell of Ghana, so that no State's receipts are said; all of them together are.
    assert states == {"NE": (9, 9 * 10 * EACH, None), WITHHELD: (13, 13 * 10 * EACH, arrived)}
    whats = rows("what")
    assert sum(number for number, _, _ in whats.values()) == 22
    text = client.get(PAGE).text
    assert "Qzxmarker" not in text
    assert "Senegal" not in text
    assert "DK" not in text.split("<main")[1].split("</main>")[0]
    assert "Withheld" in text
    nothing_moves_within_a_quarter(client, world, text)


def nothing_moves_within_a_quarter(client: PageClient, world: World, before: str) -> None:
    pledge(world, 20)
    assert publish_figures(at=AT + timedelta(days=20)) == 0
    db.session.commit()
    assert client.get(PAGE).text == before
    assert publish_figures(at=datetime(2027, 1, 2, tzinfo=UTC)) > 0
    db.session.commit()
    assert client.get(PAGE).text != before


def test_with_too_little_nothing_is_said(app: Flask, client: PageClient, world: World) -> None:
    assert "There is no number yet" in client.get(PAGE).text
    pledge(world, 4)
    publish_figures(at=AT)
    db.session.commit()
    assert rows("state") == {}
    assert "There is no number yet" in client.get(PAGE).text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABCDEF"), st.integers(0, 12), st.integers(0, 12), st.integers(0, 9)), max_size=9
    )
)
def test_no_amount_stands_beside_fewer_pledges_than_it_takes(found: list[tuple[str, int, int, int]]) -> None:
    counted = [
        Counted(state=state, heading=state, year="2026", figure=figure, pledges=number, amount=number * amount)
        for state, promised, arrived, amount in found
        for figure, number in ((Figure.PLEDGED, promised), (Figure.RECEIVED, min(arrived, promised)))
        if number
    ]
    written = list(publishable_rows("state", counted, lambda one: one.state, "USD"))
    number_of = {figure: sum(one.pledges for one in counted if one.figure is figure) for figure in Figure}
    amount_of = {figure: sum(one.amount for one in counted if one.figure is figure) for figure in Figure}
    if written:
        assert sum(row["pledges"] for row in written) == number_of[Figure.PLEDGED]
        assert sum(row["pledged"] for row in written) == amount_of[Figure.PLEDGED]
    for row in written:
        behind = [one for one in counted if row["heading"] in {one.state, WITHHELD}]
        arrived = sum(one.pledges for one in behind if one.figure is Figure.RECEIVED)
        assert row["pledges"] >= LEAST
        assert row["received"] is None or arrived >= LEAST
    if written and all(row["received"] is not None for row in written):
        assert sum(row["received"] for row in written) == amount_of[Figure.RECEIVED]


@pytest.mark.parametrize("who", ["stranger_editor", None])
def test_the_page_is_for_everyone(client: PageClient, world: World, who: str | None) -> None:
    if who:
        client.sign_in(world.people[who])
    assert client.get(PAGE).status_code == 200
