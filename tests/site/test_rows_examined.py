"""No statement of a list page looks at more than 2,000 rows, however many posts there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from benchmarks.many_posts import portal_with
from benchmarks.requests import portal_with_requests
from portal.infra.db import db
from tests import postgres

POSTS, MOST = 20_000, 2_000
LIST = "/en/exchanges/offers"
OPEN = "/en/assistance/open"
GAPS = "/en/assistance/gaps"
BIG = ("post", "post_term", "post_topic", "post_language", "post_window", "request", "request_term", "request_line")
READS_BIG = re.compile(rf"^(?:SCAN|SEARCH) (?:{'|'.join(BIG)})\b")
SEARCHES = re.compile(r"^SEARCH \w+ USING .*\(\w+[=<>]\?")
OF_FEW = re.compile(r"^SEARCH \w+ USING .*\((?:rowid|post_id|agency_id|request_id)=\?")
"""By the ids of one page, or the posts of one agency: few enough to be sorted."""


class Watched:
    """A portal with many posts, and every SELECT that its pages send."""

    def __init__(self, client: Any, refs: list[str], of: str) -> None:
        self.client, self.refs, self.of = client, refs, of
        self.seen: list[tuple[str, Any]] = []
        event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            self.seen.append((statement, parameters))

    def pages(self) -> dict[str, str]:
        deepest, middle = self.refs[-25], self.refs[len(self.refs) // 2]
        return _of_requests(deepest, middle) if self.of == "requests" else _of_posts(deepest, middle)

    def statements(self, address: str) -> list[tuple[str, Any]]:
        self.seen.clear()
        answer = self.client.get(address)
        assert answer.status_code == 200
        known = "10,000" if address == GAPS else "TA-2026" if self.of == "requests" else "EX-2026"
        assert known in answer.text, address
        return list(self.seen)


def _of_posts(deepest: str, middle: str) -> dict[str, str]:
    return {
        "plain": LIST,
        "deepest": f"{LIST}?after={deepest}",
        "back from the deepest": f"{LIST}?before={deepest}",
        "by day": f"{LIST}?sort=soonest",
        "by day, in the middle": f"{LIST}?sort=soonest&after={middle}",
        "topic": f"{LIST}?topic=art14-2b",
        "topic, in the middle": f"{LIST}?topic=art14-2b&after={middle}",
        "two topics": f"{LIST}?topic=art14-2b&topic=art14-2c",
        "word": f"{LIST}?q=inspection",
        "State": f"{LIST}?state=IT",
        "several": f"{LIST}?state=IT&topic=art14-2b&free=1",
    }


def _of_requests(deepest: str, middle: str) -> dict[str, str]:
    return {
        "plain": OPEN,
        "deepest": f"{OPEN}?after={deepest}",
        "back from the deepest": f"{OPEN}?before={deepest}",
        "by day": f"{OPEN}?sort=soonest",
        "by fair share, in the middle": f"{OPEN}?sort=fair&after={middle}",
        "category, in the middle": f"{OPEN}?category=vehicle-pickup&after={middle}",
        "word": f"{OPEN}?q=corridor",
        "amount": f"{OPEN}?least=1000&most=9000000&never=1",
        "several": f"{OPEN}?state=IT&category=passport-reader-full&needed=2027-09-01",
        "all requests": "/en/assistance/requests?stage=all",
        "unmet ones": "/en/assistance/requests?unmet=1&group=vehicles",
        "what is not met": GAPS,
    }


PORTALS = {"posts": portal_with, "requests": portal_with_requests}


@pytest.fixture(scope="module", name="on_sqlite", params=PORTALS)
def _on_sqlite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder: Path = tmp_path_factory.mktemp("many")
    filled = PORTALS[request.param](POSTS, f"sqlite:///{folder / 'portal.db'}", folder)
    with filled as (app, client, refs), app.app_context():
        yield Watched(client, refs, request.param)


@pytest.fixture(scope="module", name="on_postgresql", params=PORTALS)
def _on_postgresql(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with (
        postgres.fresh_database() as url,
        PORTALS[request.param](POSTS, url, tmp_path_factory.mktemp("many")) as (app, client, refs),
        app.app_context(),
    ):
        yield Watched(client, refs, request.param)


def test_sqlite_walks_indexes_and_sorts_no_big_table(on_sqlite: Watched) -> None:
    """Through the driver: its parameters are as the page sent them."""
    bad = []
    for name, address in on_sqlite.pages().items():
        for statement, parameters in on_sqlite.statements(address):
            with db.engine.connect() as connection:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [row[3] for row in plan]
            big = [step for step in steps if READS_BIG.match(step)]
            sorts = any("TEMP B-TREE FOR" in step and "ORDER BY" in step for step in steps)
            if not all((OF_FEW if sorts else SEARCHES).match(step) for step in big):
                bad.append((name, statement, steps))
    assert bad == []


@pytest.mark.postgres
def test_postgresql_examines_few_rows(on_postgresql: Watched) -> None:
    found = {}
    for name, address in on_postgresql.pages().items():
        for statement, parameters in on_postgresql.statements(address):
            with db.engine.connect() as connection:
                answer = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar()
            plan = json.loads(answer) if isinstance(answer, str) else answer
            if (rows := examined(plan[0]["Plan"])) > MOST:
                found[name, statement] = rows
    assert found == {}


def examined(plan: dict[str, Any]) -> int:
    """Rows that the leaves of a plan read, also those they threw away."""
    if below := plan.get("Plans"):
        return sum(map(examined, below))
    rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return round(rows * plan["Actual Loops"])
