"""Simultaneous pledges, acceptances, withdrawals, amendments and lapses: never more promised than asked."""

import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, update

from portal import create_app
from portal.features.assistance.domain.lifecycles import AGREED, PLEDGE_LIVE
from portal.features.assistance.domain.rungs import held
from portal.features.assistance.models import Pledge, Request, RequestCounterpart, RequestLine
from portal.infra.db import db, now
from portal.infra.history import StateChange
from tests.conftest import test_config
from tests.features.assistance.acts import opened
from tests.features.assistance.pledging import offered, second_donor
from tests.proof import FULL
from tests.proofs.pledge_racing import ASKED, Step, make_naive, naive_pledge, pledge_all, pledge_all_naively
from tests.proofs.racing import run_race
from tests.proofs.test_races import url  # noqa: F401 - the fixture of both databases
from tests.world import World, build_world

pytestmark = pytest.mark.proof
OPERATIONS = 10_000 if FULL else 1_000
REPEATS = OPERATIONS // 20
KINDS = ["offer"] * 9 + ["accept"] * 3 + ["withdraw"] * 4 + ["decline"] * 2 + ["amend", "lapse"]


def steps_of(world: World, lines: list[int], chance: random.Random) -> list[Step]:
    who = {"offer": ["donor_officer", "host_donor"], "withdraw": ["donor_officer"], "lapse": ["secretariat"]}
    steps: list[Step] = []
    for number in range(OPERATIONS - REPEATS):
        kind = chance.choice(KINDS)
        name = chance.choice(who.get(kind, ["sender_approver"]))
        steps.append((kind, chance.choice(lines), world.memberships[name], f"form-{number}", chance.randrange(1_000)))
    steps += [chance.choice([step for step in steps if step[0] == "offer"]) for _ in range(REPEATS)]
    chance.shuffle(steps)
    return steps


def test_never_more_is_promised_than_asked(url: str, tmp_path: Path) -> None:  # noqa: F811
    app = create_app(test_config(url, tmp_path))
    with app.app_context():
        db.create_all()
        world = build_world()
        second_donor(world)
        requests = [opened(world) for _ in range(2)]
        for number in range(4):
            offered(world, requests[number % 2].lines[0], 1)
        # Two that nobody accepted in time: the clock ends them once, whoever asks.
        first = select(Pledge.id).order_by(Pledge.id).limit(2)
        db.session.execute(
            update(Pledge).where(Pledge.id.in_(first)).values(valid_until=now().date().replace(year=2020))
        )
        lines = [line.id for request in requests for line in request.lines[:2]]
        db.session.commit()
        steps = steps_of(world, lines, random.Random(20261125))
        db.session.remove()
        outcomes = run_race(pledge_all, url, tmp_path, steps)
        check_answers(outcomes, steps)
        check_books()
        check_acknowledged(outcomes)
        db.session.remove()
        db.engine.dispose()


def check_answers(outcomes: Counter[str], steps: list[Step]) -> None:
    """Each request was answered, with what was done or with a refusal; a form sent twice had one effect."""
    assert outcomes.total() == len(steps)
    known = {"offer", "accept", "withdraw", "decline", "amend", "lapse"}
    strange = {said for said in outcomes if said.split()[0] not in known and said not in {"repeat", "nothing to do"}}
    assert not strange, strange
    done = Counter(said.split()[0] for said in outcomes.elements() if not said.endswith("refused"))
    assert min(done[kind] for kind in known) > 0, done
    ended = sum(int(said.split()[1]) for said in outcomes.elements() if re.fullmatch(r"lapse \d+", said))
    lapses = select(func.count()).select_from(StateChange).where(StateChange.transition == "lapse")
    assert ended == db.session.scalar(lapses)
    left = select(func.count()).select_from(Pledge).where(Pledge.state == "offered", Pledge.valid_until < now().date())
    assert db.session.scalar(left) == 0


def check_books() -> None:
    """Counters, states, history and who sees the request all tell the same story."""
    for line in db.session.scalars(select(RequestLine)):
        pledges = db.session.scalars(select(Pledge).where(Pledge.line_id == line.id)).all()
        assert 0 <= sum(held(pledge) for pledge in pledges) == line.pledged <= line.quantity
    for pledge in db.session.scalars(select(Pledge)):
        steps = select(StateChange).filter_by(lifecycle="pledge", subject_id=pledge.id).order_by(StateChange.id)
        history = db.session.scalars(steps).all()
        assert history[0].transition == "begin"
        assert history[-1].went_to == pledge.state
        assert all(a.went_to == b.came_from for a, b in pairwise(history))
    for row in db.session.scalars(select(RequestCounterpart)):
        states = db.session.scalars(
            select(Pledge.state).filter_by(request_id=row.request_id, agency_id=row.agency_id)
        ).all()
        assert row.live == sum(state in PLEDGE_LIVE for state in states)
        assert row.agreed == sum(state in AGREED for state in states)
    assert db.session.scalar(select(func.count(Request.id)).where(Request.first_pledged_at.is_not(None))) == 2


def check_acknowledged(outcomes: Counter[str]) -> None:
    """Whatever was answered with "done" is in the history, once; and nothing else is."""
    for step in ("offer", "accept", "withdraw", "decline"):
        said = Counter(
            out.split()[1] for out in outcomes.elements() if out.startswith(f"{step} ") and "refused" not in out
        )
        name = "begin" if step == "offer" else step
        rows = select(Pledge.ref).join(StateChange, StateChange.subject_id == Pledge.id)
        rows = rows.where(StateChange.lifecycle == "pledge", StateChange.transition == name).order_by(StateChange.id)
        written = list(db.session.scalars(rows))
        assert Counter(written[4:] if step == "offer" else written) == said, step


def test_the_naive_twin_promises_too_much(url: str, tmp_path: Path) -> None:  # noqa: F811
    """Otherwise the harness proves nothing: it must be able to break what has no guard."""
    engine = create_engine(url)
    make_naive(engine)
    outcomes = run_race(pledge_all_naively, url, tmp_path, range(60))
    with engine.connect() as connection:
        promised = connection.scalar(select(func.count(naive_pledge.c.id)))
    engine.dispose()
    assert outcomes["offer"] == promised
    assert promised > ASKED
