"""No statement of the list of requests looks at many rows, however many requests there are."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert

from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.domain.vocabulary import LineKind, Priority, Unit
from portal.features.assistance.models import Request, RequestLine, RequestTerm
from portal.features.assistance.queries import listing, readable
from portal.infra import ranges
from portal.infra.db import db
from portal.kernel.labels import Tlp
from portal.kernel.reference import Kind, new_reference
from tests.client import PageClient
from tests.features.exchanges.acting import acting
from tests.site.test_rows_examined import examined
from tests.world import LONG_AGO, NEXT_YEAR, World

REQUESTS, MOST = 6_000, 2_000
BIG = ("request", "request_term", "request_line")
LIST = "/en/assistance/requests"


@pytest.fixture
def many(app: Flask, world: World) -> list[str]:
    """Refs of the open GREEN ones, newest first; as many AMBER ones stand between them."""
    used: set[str] = set()
    while len(used) < REQUESTS:
        used.add(new_reference(Kind.REQUEST, 2026))
    rows = [_row(world, number, ref) for number, ref in enumerate(sorted(used))]
    db.session.execute(insert(Request), rows)
    written = db.session.execute(
        db.select(
            Request.id, Request.ref, Request.stage, Request.reach, Request.opened_at, Request.needed_by, Request.fair_on
        )
        .where(Request.ref.in_(used))
        .order_by(Request.opened_at.desc())
    ).all()
    lines = {"number": 1, "kind": LineKind.EQUIPMENT, "what": "Readers", "quantity": 2, "unit": Unit.PIECE, "spec": {}}
    db.session.execute(insert(RequestLine), [lines | {"request_id": one.id, "version": 1} for one in written])
    db.session.execute(insert(RequestTerm), [term for one in written for term in _terms(one)])
    db.session.commit()
    return [one.ref for one in written if one.reach == 3]


def _row(world: World, number: int, ref: str) -> dict[str, Any]:
    at = LONG_AGO + timedelta(minutes=number)
    return {
        "ref": ref,
        "version": 1,
        "agency_id": world.agencies[("host", "sender")[number % 2]],
        "state": RequestState.OPEN,
        "label": Tlp.GREEN if number % 2 else Tlp.AMBER,
        "title": f"Readers {number}",
        "priority": Priority.HIGH,
        "screening_at": at,
        "opened_at": at,
        "fair_on": at.date() - timedelta(days=219),
        "needed_by": LONG_AGO.date().replace(year=NEXT_YEAR) + timedelta(days=number % 300),
        "draft": {},
    }


def _terms(one: Any) -> Iterator[dict[str, Any]]:
    keys = {name: getattr(one, name) for name in ("stage", "reach", "opened_at", "needed_by", "fair_on")}
    for term in ("w:reader", "line:equipment", f"state:{('IT', 'NE')[one.id % 2]}"):
        yield keys | {"request_id": one.id, "term": term}


def pages(refs: list[str]) -> dict[str, str]:
    deepest, middle = refs[-25], refs[len(refs) // 2]
    return {
        "plain": LIST,
        "deepest": f"{LIST}?after={deepest}",
        "back from the deepest": f"{LIST}?before={deepest}",
        "by day, in the middle": f"{LIST}?sort=soonest&after={middle}",
        "word": f"{LIST}?q=readers",
        "kind of help, in the middle": f"{LIST}?line=equipment&after={middle}",
        "several": f"{LIST}?line=equipment&state=NE&q=readers",
    }


@pytest.mark.parametrize("who", ["stranger_editor", "secretariat"])
def test_a_page_examines_few_rows(app: Flask, client: PageClient, world: World, many: list[str], who: str) -> None:
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    client.sign_in(world.people[who])
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT") and any(f"FROM {table}" in statement for table in BIG):
            seen.append((statement, parameters))

    bad = {}
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for name, address in pages(many).items():
            seen.clear()
            answer = client.get(address)
            assert answer.status_code == 200
            assert "TA-2026" in answer.text or "Readers" in answer.text, name
            for statement, parameters in seen:
                if found := too_many(statement, parameters):
                    bad[name, statement] = found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert bad == {}


def too_many(statement: str, parameters: Any) -> Any:
    """What a statement reads beyond the limit: whole tables on SQLite, rows on PostgreSQL."""
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            return [step[3] for step in plan if step[3].split()[:2] in [["SCAN", table] for table in BIG]]
        answer = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    rows = examined(plan[0]["Plan"])
    return rows if rows > MOST else 0


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.SOONEST])
@pytest.mark.parametrize("who", ["stranger_editor", "sender_editor", "secretariat"])
def test_every_request_stands_on_one_page_also_where_filters_combine(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, who: str, sort: Sort
) -> None:
    """Looking at very few candidates at once, forwards and back again."""
    monkeypatch.setattr(ranges, "CANDIDATES", 24)
    monkeypatch.setattr(ranges, "PAGE", 7)
    used = {new_reference(Kind.REQUEST, 2026) for _ in range(90)}
    db.session.execute(insert(Request), [_row(world, number, ref) for number, ref in enumerate(sorted(used))])
    columns = (Request.id, Request.stage, Request.reach, Request.opened_at, Request.needed_by, Request.fair_on)
    written = db.session.execute(db.select(*columns).where(Request.ref.in_(used))).all()
    db.session.execute(insert(RequestTerm), [term for one in written for term in _terms(one)])
    actor, filters = acting(world, who), Filters(line="equipment", state="NE", q="readers")
    sees = set(db.session.scalars(db.select(Request.id).where(readable(actor))))
    wanted = {one.id for one in written if one.id % 2 and one.id in sees}
    found, pages_seen, place = list[int](), list[tuple[int, ...]](), None
    while True:
        one = listing.page(actor, filters, sort, place)
        found += one.ids
        pages_seen.append(one.ids)
        if one.next is None:
            break
        place = one.next
    assert (len(found), set(found)) == (len(wanted), wanted)
    back = list[int]()
    while place is not None:
        one = listing.page(actor, filters, sort, replace(place, before=True))
        back = [*one.ids, *back]
        place = one.previous
    assert set(back) <= wanted
    assert len(back) == len(set(back))
    assert listing.count(actor, filters).number <= len(wanted)
