"""The gap page: its numbers are those of the lists they open, for each reader, and the public learns nothing small."""

import html
import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from portal.features.assistance.domain.acts import CloseRequest, SetDisclosure
from portal.features.assistance.domain.filters import Filters
from portal.features.assistance.domain.gaps import ALL, LEAST, POOLED, WITHHELD, headings, publishable, quarter
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.forms import read_filters
from portal.features.assistance.models import PublicGap, Request, RequestLine, RequestRelease, UnmetCount, UnmetNeed
from portal.features.assistance.queries.gaps import gaps, public_gaps
from portal.features.assistance.queries.listing import count
from portal.features.assistance.queries.rows import tell_all
from portal.features.assistance.services import close, hold, resume, set_disclosure, withdraw
from portal.features.assistance.services.claims import give_back
from portal.features.assistance.services.unmet import add_up, publish_gaps
from portal.features.assistance.services.writing import index_words
from portal.infra.db import db, now
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor
from tests.client import PageClient
from tests.features.assistance.acts import opened, pickups, pledged, readers, reloaded, training
from tests.features.exchanges.acting import acting
from tests.world import World, add_request

MARKER = "Qzxmarker"
READERS_OF = ("stranger_editor", "sender_editor", "donor_officer", "host_approver", "secretariat", "pending_approver")
UNMET = Filters(unmet=True, stage="all")


@pytest.fixture(autouse=True)
def _only_ours(app: Flask, world: World) -> None:
    """The world's own request is not in the way."""
    db.session.execute(db.update(Request).values(state=RequestState.DRAFT))
    db.session.commit()


def add(world: World, agency: str, label: Tlp = Tlp.GREEN, lines: Any = (("Pick-ups", 4),), **changes: Any) -> Request:
    request = add_request(world, agency, label=label, lines=list(lines), **changes)
    for number, line in enumerate(request.lines):
        line.category = ("vehicle-pickup", "passport-reader-full", "computer-server")[number]
    db.session.flush()
    request = reloaded(request)
    index_words(request)
    return request


def many(world: World) -> list[Request]:
    """Requests of three agencies at every label, open, held and closed, in part pledged, withheld and released."""
    draw = random.Random(7)
    made = []
    for number in range(36):
        state = draw.choice([RequestState.OPEN, RequestState.OPEN, RequestState.CLOSED_UNMET, RequestState.ON_HOLD])
        closed = {"closing_cause": "no_donor"} if state == RequestState.CLOSED_UNMET else {}
        lines = [(f"Line {n}", draw.randint(1, 9)) for n in range(draw.randint(1, 3))]
        agency = ("sender", "host", "stranger")[number % 3]
        request = add(world, agency, draw.choice(list(Tlp)), lines, state=state, **closed)
        for line in request.lines:
            line.pledged = draw.choice([0, line.quantity, line.quantity // 2])
        if draw.random() < 0.3:
            rule = {"field": draw.choice(request.lines).field, "withheld": 2}
            set_disclosure(
                SetDisclosure.model_validate(rule), request=request, by=acting(world, "secretariat"), at=now()
            )
        if draw.random() < 0.4:
            released: dict[str, Any] = {"released_by": world.people["secretariat"], "at": now()}
            to = (
                {"person_id": world.people["donor_officer"]}
                if draw.random() < 0.5
                else {"agency_id": world.agencies["donor"]}
            )
            db.session.add(RequestRelease(request_id=request.id, **to, **released))
        db.session.flush()
        index_words(request)
        made.append(request)
    return [reloaded(request) for request in made]


def slowly(actor: Actor | None, requests: list[Request], filters: Filters) -> tuple[Counter[str], Counter[str], int]:
    """By heading, by State, and in all: one request after the other, by the rules that pages ask."""
    tell_all(requests, actor)
    by_heading, by_state = Counter[str](), Counter[str]()
    total = 0
    for request in requests:
        open_ = request.state in {RequestState.OPEN, RequestState.CLOSED_PARTLY, RequestState.CLOSED_UNMET}
        if not request.read_by(actor) or not open_ or (filters.state and request.agency.state_iso2 != filters.state):
            continue
        shown = [line for line in request.lines if line.open and line.field not in request.rules]
        found = {EQUIPMENT[line.category].group for line in shown if line.category}
        by_heading.update(found)
        if not found or (filters.group and filters.group not in found):
            continue
        by_state[request.agency.state_iso2 or ""] += 1
        total += 1
    return by_heading, by_state, total


def test_the_numbers_are_those_of_a_slow_sum_and_of_the_lists_they_open(app: Flask, world: World) -> None:
    requests = many(world)
    ways: list[dict[str, str]] = [{}, {"state": "NE"}, {"group": "vehicles"}, {"group": "vehicles", "state": "NE"}]
    totals = Counter[str]()
    for who in READERS_OF:
        for asked in ways:
            totals[who] += _compared(acting(world, who), requests, asked)
    assert min(totals[who] for who in READERS_OF if who != "pending_approver") > 8


def _compared(actor: Actor, requests: list[Request], asked: dict[str, str]) -> int:
    filters = Filters(unmet=True, stage="all", **asked)  # type: ignore[arg-type]
    by_heading, by_state, total = slowly(actor, requests, filters)
    found = gaps(actor, filters)
    assert {key: one.requests for key, one in found.by_heading.items()} == dict(by_heading)
    of_state = {key: one.requests for key, one in found.by_state.items() if filters.state in {"", key}}
    assert of_state == dict(by_state)
    assert found.total.requests == total == count(actor, filters).number
    return total


@pytest.mark.parametrize("who", ["donor_officer", "secretariat"])
def test_each_number_on_the_page_opens_as_many_records(app: Flask, client: PageClient, world: World, who: str) -> None:
    many(world)
    db.session.commit()
    client.sign_in(world.people[who])
    seen = 0
    for address in (
        "/en/assistance/gaps",
        "/en/assistance/gaps?what=vehicles",
        "/en/assistance/gaps?state=NE&stage=ended",
    ):
        page = client.get(address).text
        for link, number in re.findall(r'<a href="([^"]*requests\?[^"]*)"><b>(\d+)', page):
            listed = client.get(html.unescape(link)).text
            told = re.search(r'role="status"><b>(\d+) request', listed)
            assert told is not None, link
            assert told[1] == number, link
            seen += 1
    assert seen > 10


def test_what_is_pledged_given_back_held_amended_and_closed_is_counted_at_once(app: Flask, world: World) -> None:
    actor = acting(world, "stranger_editor")
    request = reloaded(opened(world, lines=[pickups(), training()]))

    def vehicles() -> int:
        one = gaps(actor, UNMET).by_heading.get("vehicles")
        return one.units if one else 0

    assert (vehicles(), gaps(actor, UNMET).by_heading["training"].units) == (4, 20)
    pledge = pledged(world, request.lines[0], 4)
    assert vehicles() == 0
    assert gaps(actor, UNMET).total.requests == 1
    give_back(pledge.line, 3)
    pledge.quantity = 1
    assert vehicles() == 3
    request = reloaded(request)
    hold(request, by=acting(world, "secretariat"), at=now(), reason="Reorganised.")
    assert gaps(actor, UNMET).total.requests == 0
    resume(request, by=acting(world, "secretariat"), at=now())
    assert vehicles() == 3
    set_disclosure(
        SetDisclosure(field="line-1", withheld=2), request=request, by=acting(world, "sender_approver"), at=now()
    )
    assert vehicles() == 0
    assert gaps(actor, UNMET).withheld == 0
    set_disclosure(
        SetDisclosure(field="line-2", withheld=2), request=request, by=acting(world, "sender_approver"), at=now()
    )
    assert (gaps(actor, UNMET).total.requests, gaps(actor, UNMET).withheld) == (0, 1)
    closing = CloseRequest(cause="too_late", reason="Too dear.", partly=True)  # type: ignore[arg-type]
    close(closing, request=reloaded(request), by=acting(world, "sender_approver"), at=now())
    assert gaps(actor, Filters(unmet=True, stage="")).withheld == 0
    assert gaps(actor, Filters(unmet=True, stage="ended")).withheld == 1


def test_the_sums_are_those_of_the_requests_however_often_changes_are_added_up(app: Flask, world: World) -> None:
    requests = many(world)
    for request in requests[::4]:
        request.state = RequestState.WITHDRAWN
        index_words(request)
    keys = ("heading", "stage", "reach", "state_iso2", "cause")

    def sums() -> dict[Any, Any]:
        columns = [getattr(UnmetCount, name) for name in keys]
        totals = func.sum(UnmetCount.requests), func.sum(UnmetCount.units)
        rows = db.session.execute(select(*columns, *totals).group_by(*columns)).all()
        return {tuple(row[:5]): tuple(map(int, row[5:])) for row in rows if row[5] or row[6]}

    columns = [getattr(UnmetNeed, name) for name in keys]
    needs = db.session.execute(select(*columns, func.count(), func.sum(UnmetNeed.units)).group_by(*columns)).all()
    before = sums()
    assert before == {tuple(row[:5]): tuple(map(int, row[5:])) for row in needs}
    assert add_up(at=now()) > 0
    assert add_up(at=now()) == 0
    assert sums() == before
    assert db.session.scalar(select(func.count()).select_from(UnmetCount)) == len(before)


def test_headings_of_a_line() -> None:
    def line(kind: str, category: str | None) -> RequestLine:
        return RequestLine(kind=kind, category=category)

    assert headings(line("equipment", "vehicle-pickup")) == {"vehicles"}
    assert headings(line("software", "software-licence")) == {"computer_systems", "software"}
    assert headings(line("training", None)) == {"training"}


@pytest.mark.parametrize("who", ["stranger_editor", "host_approver", "pending_approver", None])
def test_requests_that_a_reader_may_not_see_change_nothing_and_say_nothing(
    app: Flask, client: PageClient, world: World, who: str | None
) -> None:
    """The twin worlds differ in requests above GREEN of another agency, with a marker in every field of theirs."""
    for number in range(7):
        add(world, "sender", title=f"Known {number}")
    db.session.commit()
    if who:
        client.sign_in(world.people[who])
    addresses = ["/ar/assistance/gaps/public"]
    addresses += ["/ar/assistance/gaps", "/ar/assistance/gaps?what=vehicles&state=NE"] if who else []

    def pages() -> list[str]:
        return [re.sub(r'value="[\w.-]{20,}"', "", client.get(address).text) for address in addresses]

    publish_gaps(at=now())
    db.session.commit()
    before = pages()
    texts = dict.fromkeys(("title", "end_user_unit", "contact", "problem", "objective", "safeguards"), MARKER)
    for label in (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED):
        for _ in range(6):
            add(world, "sender", label, [(MARKER, 3)], **texts)
    publish_gaps(at=now())
    db.session.commit()
    after = pages()
    assert after == before
    assert MARKER not in "".join(after)


def test_without_the_rule_of_sight_the_twin_test_would_fail(app: Flask, client: PageClient, world: World) -> None:
    """The same page changes for somebody who may see the request."""
    add(world, "sender")
    db.session.commit()
    client.sign_in(world.people["secretariat"])
    before = client.get("/en/assistance/gaps").text
    add(world, "sender", Tlp.AMBER)
    db.session.commit()
    assert client.get("/en/assistance/gaps").text != before


@given(
    counts=st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 12), max_size=12),
    hidden=st.integers(0, 9),
)
def test_no_small_number_is_published_and_what_is_withheld_makes_the_total(counts: dict[str, int], hidden: int) -> None:
    found = publishable(counts, hidden=hidden)
    assert all(number >= LEAST and counts[key] == number for key, number in found.shown.items())
    assert found.withheld == 0 or found.withheld >= LEAST
    assert found.total in {0, sum(counts.values()) + hidden}
    apart = [key for key, number in counts.items() if number and key not in found.shown]
    if apart and found.shown:
        assert len(apart) + bool(hidden) >= POOLED
    if found.total == 0:
        assert sum(counts.values()) + hidden < LEAST


def test_the_public_reads_figures_of_a_quarter_that_make_the_total_of_the_secretariat(
    app: Flask, client: PageClient, world: World
) -> None:
    for agency, requests in (("sender", 9), ("host", 6), ("stranger", 7), ("donor", 2)):
        for number in range(requests):
            add(world, agency, (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER)[number % 3])
    add(world, "sender", Tlp.RED)
    secret = add(world, "sender", Tlp.AMBER)
    rule = SetDisclosure(field="line-1", withheld=5)
    set_disclosure(rule, request=secret, by=acting(world, "sender_approver"), at=now())
    at = datetime(2031, 5, 20, 12, tzinfo=UTC)
    assert publish_gaps(at=at) > 0
    assert publish_gaps(at=at + timedelta(days=3)) == 0
    db.session.commit()
    found = public_gaps()
    assert found is not None
    assert found.quarter_on == date(2031, 4, 1)
    everything = gaps(acting(world, "secretariat"), UNMET)
    assert found.states_total == everything.total.requests + everything.withheld == 25
    assert found.headings_total == sum(one.requests for one in everything.by_heading.values()) + everything.withheld
    assert found.by_state == {"NE": 10}
    assert found.states_withheld == 15
    page = client.get("/en/assistance/gaps/public").text
    assert "Niger" in page
    assert "Denmark" not in page
    assert "/assistance/requests" not in page
    assert publish_gaps(at=datetime(2031, 7, 1, 0, 1, tzinfo=UTC)) > 0


def test_a_quarter_with_too_little_says_nothing_until_the_next_one(
    app: Flask, client: PageClient, world: World
) -> None:
    add(world, "sender")
    publish_gaps(at=now())
    for _ in range(8):
        add(world, "sender")
    publish_gaps(at=now())
    db.session.commit()
    assert "There is no number yet" in client.get("/en/assistance/gaps/public").text
    assert [row.requests for row in db.session.scalars(select(PublicGap))] == [0]


def test_a_quarter_begins_with_its_first_month() -> None:
    starts = [quarter(date(2026, month, 17)).month for month in range(1, 13)]
    assert starts == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10]


def test_an_amendment_and_a_withdrawal_are_counted(app: Flask, world: World) -> None:
    actor = acting(world, "sender_approver")
    request = reloaded(opened(world, lines=[pickups(), readers()]))
    assert set(gaps(actor, UNMET).by_heading) == {"vehicles", "document_readers"}
    assert read_filters(MultiDict({"unmet": "1", "stage": "all"})) == UNMET
    assert {ALL, WITHHELD} == {"", "withheld"}
    withdraw(request, by=actor, at=now(), reason="Not needed.")
    assert gaps(actor, UNMET).total.requests == 0
