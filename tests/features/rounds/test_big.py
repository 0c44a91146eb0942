"""The pages of a round with very many pairs: light, with few statements, and none that looks at many rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
from sqlalchemy import event

from portal.features.exchanges.models import Post
from portal.features.rounds import services
from portal.features.rounds.domain.commands import ChooseRun, KeepAll
from portal.features.rounds.models import Round, RunPair
from portal.infra.db import db
from portal.web import assets
from tests.client import PageClient
from tests.features.matches.acts import NOW, actor
from tests.features.rounds.acts import again, run
from tests.features.rounds.big import closed, enrolled
from tests.proof import FULL
from tests.site.test_query_counts import statements
from tests.site.test_rows_examined import examined
from tests.world import World

HEAVIEST, MOST_ROWS = 14_600, 2_000
PAIRS = 500 if FULL else 40
FEW, MANY, MOST_STATEMENTS = 3, 12, 40
AGENCIES = ("host_approver", "sender_approver")


def matched(world: World, pairs: int, *, of_two: bool = False) -> Round:
    """Two runs with different rules, the second of them chosen, with every pair looked at."""
    round_ = closed(world, pairs, pairs + pairs // 5 + 1, of_two=of_two)
    run(world, round_)
    run(world, again(round_), look_below=85)
    return again(round_)


def choose_and_send(world: World, round_: Round) -> Round:
    by = actor(world, "secretariat")
    services.choose(ChooseRun(run=2), round_, by=by, at=NOW)
    services.keep_all(KeepAll(run=2), round_, by=by, at=NOW)
    services.send_now(round_, by=actor(world, "second_secretariat"), at=NOW)
    db.session.commit()
    return again(round_)


def pages_of_the_secretariat(round_: Round, language: str) -> dict[str, str]:
    pair = db.session.scalars(db.select(RunPair).order_by(RunPair.id.desc())).first()
    assert pair
    offer, need = (db.session.get_one(Post, post_id).ref for post_id in (pair.offer_id, pair.need_id))
    names = (
        "", "report", "report/whole", "states", "marks", "runs", "runs/2", "pairs", "pairs?look=1", "pairs?score=84",
        "posts?kind=offer", "posts?kind=need", "left?kind=need", "compare?one=1&other=2",
        f"pair?offer={offer}&need={need}&run=2",
    )  # fmt: skip
    return {name.partition("=EX")[0]: f"/{language}/exchanges/rounds/{round_.ref}/{name}".rstrip("/") for name in names}


def pages_of_an_agency(round_: Round, language: str) -> dict[str, str]:
    names = ("", "report", "report/whole", "mine/proposals", "mine/left", "mine/posts")
    return {name: f"/{language}/exchanges/rounds/{round_.ref}/{name}".rstrip("/") for name in names}


def faults(client: PageClient, pages: dict[str, str]) -> list[str]:
    """Pages that are too heavy, and on PostgreSQL statements that look at too many rows."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, parameters))

    css = len(brotli.compress((Path(assets.__file__).parent / "static" / "app.css").read_bytes()))
    found = []
    for name, address in pages.items():
        seen.clear()
        event.listen(db.engine, "before_cursor_execute", note)
        page = client.get(address)
        event.remove(db.engine, "before_cursor_execute", note)
        assert page.status_code == 200, address
        weight = css + len(brotli.compress(page.data))
        if weight > HEAVIEST and name != "report/whole":  # the one page that may: docs/decisions/0008
            found.append(f"{name}: {weight} bytes")
        found += [f"{name}: {n} rows: {statement}" for statement, n in rows_of(seen) if n > MOST_ROWS]
    return found


def rows_of(seen: list[tuple[str, Any]]) -> Iterator[tuple[str, int]]:
    if db.engine.dialect.name != "postgresql":
        return
    for statement, parameters in seen:
        with db.engine.connect() as connection:
            answer = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar()
        plan = json.loads(answer) if isinstance(answer, str) else answer
        yield statement, examined(plan[0]["Plan"])


def analysed() -> None:
    """The database knows what it has, as it does in the long run."""
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def test_every_page_of_the_secretariat_is_light_and_looks_at_few_rows(client: PageClient, world: World) -> None:
    round_ = matched(world, PAIRS)
    analysed()
    client.sign_in(world.people["secretariat"])
    assert faults(client, pages_of_the_secretariat(round_, "ar")) == []
    round_ = choose_and_send(world, again(round_))
    analysed()
    assert faults(client, pages_of_the_secretariat(round_, "ar")) == []


def test_an_agency_with_many_posts_reads_light_pages_that_look_at_few_rows_and_a_whole_report_with_all_of_them(
    client: PageClient, world: World
) -> None:
    round_ = enrolled(world, PAIRS // 2 + 4, PAIRS // 2 + 9, of_two=True)
    db.session.commit()
    analysed()
    for who in AGENCIES:
        client.sign_in(world.people[who])
        assert faults(client, pages_of_an_agency(round_, "ar")) == [], who
    round_ = again(round_)
    services.close(round_, by=actor(world, "secretariat"), at=NOW)
    db.session.commit()
    run(world, again(round_))
    run(world, again(round_), look_below=85)
    round_ = choose_and_send(world, again(round_))
    analysed()
    for who in AGENCIES:
        client.sign_in(world.people[who])
        assert faults(client, pages_of_an_agency(round_, "ar")) == [], who
    _the_whole_report_has_every_pair_and_every_post_that_is_left(client, world, round_)


def _the_whole_report_has_every_pair_and_every_post_that_is_left(
    client: PageClient, world: World, round_: Round
) -> None:
    address = f"/en/exchanges/rounds/{round_.ref}/report"
    refs = set(
        db.session.scalars(db.select(Post.ref).where(Post.title.like("%group %") | Post.title.like("%équipe %")))
    )
    for who, mine in (("secretariat", refs), ("host_approver", {ref for ref in refs if ref.startswith("EX")})):
        client.sign_in(world.people[who])
        first, whole = client.get(address).text, client.get(f"{address}/whole").text
        assert "/report/whole" in first
        assert [ref for ref in sorted(mine) if ref not in whole] == []
        assert sum(ref in first for ref in mine) < len(mine)


def test_a_page_takes_as_many_statements_for_many_pairs_as_for_few(client: PageClient, world: World) -> None:
    counts: dict[str, list[dict[str, int]]] = {who: [] for who in ("secretariat", *AGENCIES)}
    for number in (FEW, MANY):
        round_ = choose_and_send(world, matched(world, number, of_two=True))
        for who, found in counts.items():
            client.sign_in(world.people[who])
            pages = (pages_of_the_secretariat if who == "secretariat" else pages_of_an_agency)(round_, "en")
            pages.pop("report/whole")
            found.append({name: len(statements(client, address)) for name, address in pages.items()})
    for who, (few, many) in counts.items():
        assert {name: (few[name], n) for name, n in many.items() if n > few[name]} == {}, who
        assert max(many.values()) <= MOST_STATEMENTS, (who, many)
