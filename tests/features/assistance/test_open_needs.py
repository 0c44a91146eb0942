"""Open needs: what donors find, in which order, what they save and are told of, and who learns of their interest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.domain.rungs import fair_day, fair_points
from portal.features.assistance.domain.searching import SaveSearch
from portal.features.assistance.forms import as_args, read_filters
from portal.features.assistance.models import Interest, Request, RequestField, RequestRelease, SavedSearch
from portal.features.assistance.queries.interest import interested
from portal.features.assistance.queries.listing import count, page, passes
from portal.features.assistance.services.interest import show_interest, take_back_interest
from portal.features.assistance.services.searching import save_search, tell_of_new
from portal.features.assistance.services.writing import index_words, recount_fair_share
from portal.features.people.models import Membership
from portal.infra.db import db, now
from portal.infra.outbox import OutboxMail
from portal.kernel.labels import Tlp
from tests.client import PageClient
from tests.features.assistance.acts import opened, pickups, pledged, readers, reloaded, training
from tests.features.exchanges.acting import acting, everyone
from tests.world import NEXT_YEAR, World

A_DAY = timedelta(days=1)
MARKER = "Qzxmarker"
OPEN = Filters(open_only=True)


@pytest.fixture(autouse=True)
def _only_ours(app: Flask, world: World) -> None:
    """The world's own request is not in the way."""
    db.session.execute(db.update(Request).values(state=RequestState.DRAFT))
    db.session.commit()


def found(world: World, who: str, filters: Filters = OPEN, sort: Sort = Sort.NEWEST) -> list[int]:
    return list(page(acting(world, who), filters, sort).ids)


def test_a_request_is_open_until_everything_is_pledged_and_never_for_its_own_agency(app: Flask, world: World) -> None:
    request = reloaded(opened(world, lines=[pickups(quantity="1")]))
    assert found(world, "donor_officer") == [request.id]
    assert found(world, "sender_approver") == []
    pledged(world, request.lines[0], 1)
    db.session.flush()
    assert found(world, "donor_officer") == []


@pytest.mark.parametrize(
    ("filters", "passing"),
    [
        ({"group": "vehicles"}, ["cars"]),
        ({"category": "passport-reader-full"}, ["scanners"]),
        ({"line": "training"}, ["people"]),
        ({"keeps": 60}, ["cars"]),
        ({"needed": date(NEXT_YEAR, 3, 1)}, ["people"]),
        ({"least": Decimal(100_000), "currency": "EUR"}, ["scanners"]),
        ({"most": Decimal(100_000), "currency": "EUR"}, ["cars"]),
        ({"least": Decimal(92_400), "most": Decimal(92_400), "currency": "EUR"}, ["cars"]),
        ({"never_pledged": True}, ["cars", "people"]),
        ({"q": "véhicules"}, ["cars"]),
        ({"q": "سيارة"}, []),
        ({"letter": "14.2.b", "region": "Africa", "state": "NE"}, ["cars", "people", "scanners"]),
    ],
)
def test_each_filter_keeps_what_passes(
    app: Flask, world: World, filters: dict[str, object], passing: list[str]
) -> None:
    good = {**pickups()["sustainment"], "licences": "secured", "insurance": "secured", "spares": "secured"}
    made = {
        "cars": opened(world, lines=[pickups(sustainment=good)]),
        "scanners": opened(world, lines=[readers(sustainment={**good, "power": "open", "licences": "open",
                                                               "spares": "open", "insurance": "open"})]),
        "people": opened(world, lines=[training()], needed_by=f"{NEXT_YEAR}-02-01"),
    }  # fmt: skip
    made["scanners"].first_pledged_at = now()
    db.session.flush()
    asked = Filters(open_only=True, **filters)  # type: ignore[arg-type]
    assert sorted(found(world, "donor_officer", asked)) == sorted(made[name].id for name in passing)
    assert count(acting(world, "donor_officer"), asked).number == len(passing)


def test_the_address_says_all_that_the_filters_ask(app: Flask) -> None:
    typed = MultiDict(
        {"category": "vehicle-pickup", "keeps": "40", "needed": "2027-03-01", "least": "١٠٠٠", "never": "1"}
    )
    filters = read_filters(typed, open_only=True)
    assert filters.least == Decimal(1000)
    assert read_filters(MultiDict(as_args(filters, Sort.NEWEST)), open_only=True) == filters
    assert read_filters(MultiDict({"least": "10,000"})).least is None


def test_the_fair_share_order_is_the_order_of_the_points(app: Flask, world: World) -> None:
    """The order by the day that is kept is the order of the published points, on every later day too."""
    today = now().date()
    ways = [(days, share, small) for days in (0, 30, 400) for share in (0.0, 0.5, 1.0) for small in (False, True)]
    days = {
        way: fair_day(opened_on=today - timedelta(days=way[0]), open_share=way[1], in_special_situation=way[2])
        for way in ways
    }
    for later in (today, today + timedelta(days=900)):
        points = {way: fair_points(days[way], later) for way in ways}
        assert sorted(ways, key=days.__getitem__) == sorted(ways, key=lambda way: (-points[way], days[way]))
    assert fair_points(days[400, 1.0, True], today) == round(50 * 400 / 365 + 30 + 20)


def test_what_is_pledged_moves_a_request_back_in_the_fair_share_order(app: Flask, world: World) -> None:
    first = reloaded(opened(world, lines=[pickups()]))
    second = opened(world, lines=[pickups()])
    assert found(world, "donor_officer", sort=Sort.FAIR) == [first.id, second.id]
    pledged(world, first.lines[0], 3)
    first.first_pledged_at = now()
    db.session.flush()
    assert recount_fair_share(at=now()) == 1
    db.session.expire_all()
    assert recount_fair_share(at=now()) == 0
    assert found(world, "donor_officer", sort=Sort.FAIR) == [second.id, first.id]


def test_a_stranger_finds_nothing_that_was_not_released_to_them(app: Flask, client: PageClient, world: World) -> None:
    """In the list, its count, the search, by amounts, and on the page: before the release and after."""
    closed = [opened(world, label=label.value, title=MARKER, problem=MARKER) for label in (Tlp.AMBER, Tlp.RED)]
    db.session.commit()
    everything = [
        OPEN,
        Filters(q=MARKER, open_only=True),
        Filters(unmet=True),
        Filters(least=Decimal(1), currency="EUR"),
    ]
    for who in ("donor_officer", "stranger_editor", "host_approver"):
        assert [count(acting(world, who), asked).number for asked in everything] == [0, 0, 0, 0], who
    client.sign_in(world.people["donor_officer"])
    for address in ("/en/assistance/open", "/en/assistance/open?sort=fair", f"/en/assistance/open?q={MARKER}"):
        assert not any(request.ref in client.get(address).text for request in closed)
    by = {"released_by": world.people["sender_approver"], "at": now()}
    db.session.add(RequestRelease(request_id=closed[0].id, agency_id=world.agencies["donor"], exact=False, **by))
    db.session.commit()
    assert [count(acting(world, "donor_officer"), asked).number for asked in everything] == [1, 1, 1, 1]
    assert closed[0].ref in client.get(f"/en/assistance/open?q={MARKER}").text


def test_a_line_that_is_withheld_is_not_found_by_its_amount(app: Flask, world: World) -> None:
    request = opened(world, lines=[pickups()])
    asked = Filters(least=Decimal(1), currency="EUR", open_only=True)
    assert found(world, "donor_officer", asked) == [request.id]
    rule = {"label": None, "withheld": 2, "set_by": world.people["sender_approver"], "at": now()}
    db.session.add(RequestField(request_id=request.id, field="line-1", **rule))
    db.session.flush()
    assert found(world, "donor_officer", asked) == []


def test_the_list_and_its_condition_agree_for_everyone(app: Flask, world: World) -> None:
    for label in Tlp:
        opened(world, label=label.value)
    db.session.commit()
    for asked in (OPEN, Filters(group="vehicles"), Filters(q="lecteurs", open_only=True)):
        for name, actor in everyone(world).items():
            query = db.select(Request.id).where(passes(actor, asked))
            assert set(db.session.scalars(query)) == set(page(actor, asked, Sort.NEWEST).ids), name


# ----------------------------------------------------------------------------------------------- saved searches


def tell(at: object) -> int:
    return tell_of_new(lambda args: read_filters(MultiDict(args), open_only=True), at=at)  # type: ignore[arg-type]


def mails() -> list[OutboxMail]:
    db.session.flush()
    return list(db.session.scalars(db.select(OutboxMail).where(OutboxMail.kind == "new_requests")))


def saved_search(world: World) -> SavedSearch:
    command = SaveSearch(name="Readers")
    args = {"category": "passport-reader-full"}
    search = save_search(command, args=args, by=acting(world, "donor_officer"), at=now() - 2 * A_DAY)
    db.session.flush()
    return search


def test_a_saved_search_tells_of_new_requests_once_a_day(app: Flask, world: World) -> None:
    saved_search(world)
    opened(world)
    assert tell(now()) == 1
    assert [mail.person_id for mail in mails()] == [world.people["donor_officer"]]
    assert mails()[0].params.keys() == {"agency_id", "zone"}
    opened(world)
    assert tell(now()) == 0
    assert tell(now() + A_DAY) == 1
    assert tell(now() + 2 * A_DAY) == 0


def test_news_of_a_saved_search_stand_in_the_inbox_until_they_are_looked_at(client: PageClient, world: World) -> None:
    search = saved_search(world)
    opened(world)
    tell(now())
    db.session.commit()
    stranger = search.id
    client.sign_in(world.people["donor_approver"])
    assert "saved search" not in client.get("/en/inbox").text, "it is somebody else's search"
    assert client.get(f"/en/assistance/open/searches/{stranger}").status_code == 404
    client.sign_in(world.people["donor_officer"])
    address = f"/en/assistance/open/searches/{search.id}"
    inbox = client.get("/en/inbox")
    assert "Look at new requests that your saved search found" in inbox.text
    assert f'href="{address}"' in inbox.text
    assert client.get("/en/assistance/open").text.count("new requests</b>") == 1
    answer = client.get(address)
    assert (answer.status_code, answer.location) == (303, "/en/assistance/open?category=passport-reader-full")
    assert "your saved search" not in client.get("/en/inbox").text
    assert client.get(address).status_code == 303
    opened(world)
    tell(now() + A_DAY)
    db.session.execute(db.update(SavedSearch).values(news_at=now()))  # a day later, without waiting for it
    db.session.commit()
    assert "your saved search" in client.get("/en/inbox").text


def test_a_saved_search_says_nothing_of_what_its_owner_may_not_see(app: Flask, world: World) -> None:
    saved_search(world)
    opened(world, label="amber")
    opened(world, lines=[pickups()])
    assert tell(now()) == 0
    assert mails() == []


def test_a_saved_search_ends_with_the_membership(app: Flask, world: World) -> None:
    saved_search(world)
    opened(world)
    db.session.get_one(Membership, world.memberships["donor_officer"]).ends_at = now() - A_DAY
    db.session.flush()
    assert tell(now()) == 0
    assert db.session.scalar(db.select(db.func.count()).select_from(SavedSearch)) == 0


def test_searches_are_kept_and_deleted_on_the_page_of_open_needs(client: PageClient, world: World) -> None:
    client.sign_in(world.people["donor_officer"])
    address = "/en/assistance/open"
    answer = client.send(client.get(f"{address}?group=vehicles"), {"name": "Cars"}, action="/searches")
    assert answer.headers["Location"].endswith("/open?group=vehicles")
    again = client.get(address)
    assert "Cars" in again.text
    number = db.session.scalars(db.select(SavedSearch.id)).one()
    assert client.sign_in(world.people["donor_approver"]).post(f"{address}/searches/{number}/forget").status_code == 404
    client.sign_in(world.people["donor_officer"])
    assert client.send(client.get(address), action="/forget").status_code == 303
    assert "Cars" not in client.get(address).text


# ----------------------------------------------------------------------------------------------- quiet interest


def test_an_agency_is_counted_once_and_may_take_it_back(app: Flask, world: World) -> None:
    request = opened(world)
    for who in ("donor_officer", "donor_approver"):
        show_interest(request, by=acting(world, who), at=now())
        db.session.flush()
    assert interested([request.id]) == {request.id: 1}
    take_back_interest(request, by=acting(world, "donor_approver"))
    db.session.flush()
    assert interested([request.id]) == {}


def test_nobody_learns_who_is_interested(app: Flask, client: PageClient, world: World) -> None:
    request = opened(world)
    db.session.commit()
    address = f"/en/assistance/requests/{request.ref}"
    client.sign_in(world.people["donor_officer"])
    assert client.send(client.get(address), action="/interest").status_code == 303
    assert db.session.scalar(db.select(db.func.count()).select_from(Interest)) == 1
    for who in ("sender_approver", "secretariat", "stranger_editor"):
        text = client.sign_in(world.people[who]).get(address).text
        assert "1 donor interested" in text, who
        assert "DK-DONO" not in text, who
        assert "Udenrigsministeriet" not in text, who


def test_only_donors_who_read_it_may_be_interested(client: PageClient, world: World) -> None:
    request = opened(world)
    hidden = opened(world, label="amber")
    index_words(hidden)
    db.session.commit()
    for who, ref, status in (
        ("stranger_editor", request.ref, 403),
        ("sender_approver", request.ref, 403),
        ("donor_officer", hidden.ref, 404),
    ):
        answer = client.sign_in(world.people[who]).post(f"/en/assistance/requests/{ref}/interest")
        assert answer.status_code == status, who
