"""Simultaneous acceptances: never more confirmed than there are places, or officers, and everyone else is told."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import and_, create_engine, func, or_, select

from portal import create_app
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostCounterpart
from portal.features.matches.domain.lifecycle import OPEN, PROPOSAL, ProposalState, Side
from portal.features.matches.models import Acceptance, Proposal
from portal.infra.db import db
from portal.infra.history import StateChange
from tests import postgres
from tests.conftest import test_config
from tests.features.matches.acts import propose
from tests.proof import FULL
from tests.proofs.racing import PLACES, accept_all, accept_all_naively, make_naive, mix_all, naive_confirmed, run_race
from tests.world import World, add_post, build_world

pytestmark = pytest.mark.proof
ACCEPTANCES = 200 if FULL else 60
STEPS = 600 if FULL else 150
ROUNDS = 3 if FULL else 1


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'race.db'}"
        return
    try:
        with postgres.fresh_database() as address:
            yield address
    except postgres.PostgresMissing as missing:
        pytest.skip(str(missing))


def many_proposals(world: World, scarce: Side) -> list[tuple[int, int]]:
    """Proposals for one officer each, accepted by one side, that compete for one post; and who may accept them."""
    contested = "offer" if scarce is Side.HOST else "need"
    world.post(contested).capacity = PLACES
    many_kind, many_agency = (PostKind.NEED, "sender") if scarce is Side.HOST else (PostKind.OFFER, "host")
    first, second = ("host", "sender") if scarce is Side.HOST else ("sender", "host")
    waiting = []
    for number in range(ACCEPTANCES):
        world.refs[f"other{number}"] = add_post(world, many_kind, many_agency, capacity=1).ref
        posts = {contested: contested, many_kind.value: f"other{number}"}
        proposal = propose(world, f"{first}_approver", officers=1, **posts)
        waiting.append((proposal.id, world.memberships[f"{second}_approver"]))
    db.session.commit()
    return waiting


@pytest.mark.parametrize("scarce", list(Side))
def test_exactly_ten_are_confirmed(url: str, tmp_path: Path, scarce: Side) -> None:
    for number in range(ROUNDS):
        folder = tmp_path / f"{scarce}-{number}"
        folder.mkdir()
        app = create_app(test_config(url, folder))
        with app.app_context():
            db.drop_all()
            db.create_all()
            world = build_world()
            waiting = many_proposals(world, scarce)
            db.session.remove()
            outcomes = run_race(accept_all, url, folder, waiting)
            assert outcomes == Counter(confirmed=PLACES, waiting=ACCEPTANCES - PLACES)
            check_books(world, scarce)
            db.session.remove()
            db.engine.dispose()


def check_books(world: World, scarce: Side) -> None:
    """Counters, states, history and consents all tell the same story."""
    states = dict(db.session.execute(select(Proposal.state, func.count()).group_by(Proposal.state)).all())
    assert states == {ProposalState.CONFIRMED: PLACES, ProposalState.WAITING: ACCEPTANCES - PLACES}
    contested = world.post("offer" if scarce is Side.HOST else "need")
    assert contested.claimed == PLACES
    others = Post.kind == (PostKind.NEED if scarce is Side.HOST else PostKind.OFFER)
    own = (Post.id == Proposal.need_id) if scarce is Side.HOST else (Post.id == Proposal.offer_id)
    claimed = select(Proposal.state, func.sum(Post.claimed)).join(Post, own).where(others).group_by(Proposal.state)
    assert dict(db.session.execute(claimed).all()) == {ProposalState.CONFIRMED: PLACES, ProposalState.WAITING: 0}
    steps = select(StateChange.transition, func.count()).where(StateChange.lifecycle == PROPOSAL.name)
    written = dict(db.session.execute(steps.group_by(StateChange.transition)).all())
    assert (written["confirm"], written["wait"]) == (PLACES, ACCEPTANCES - PLACES)
    assert db.session.scalar(select(func.count(Acceptance.id))) == 2 * ACCEPTANCES
    seen = db.session.execute(
        select(PostCounterpart.live, PostCounterpart.agreed).where(PostCounterpart.post_id == contested.id)
    ).one()
    assert tuple(seen) == (ACCEPTANCES - PLACES, PLACES)


def test_every_kind_of_step_at_once_leaves_the_books_right(url: str, tmp_path: Path) -> None:
    """Nobody waits in a circle, nothing breaks, and what is claimed is what is confirmed."""
    app = create_app(test_config(url, tmp_path))
    with app.app_context():
        db.create_all()
        world = build_world()
        steps = mixed_steps(world, random.Random(20261124))
        db.session.remove()
        outcomes = run_race(mix_all, url, tmp_path, steps)
        assert set(outcomes) <= {"done", "refused"}, outcomes
        assert outcomes["done"] >= len(steps) // 10
        for post in db.session.scalars(select(Post)):
            ours = or_(Proposal.offer_id == post.id, Proposal.need_id == post.id)
            confirmed = select(func.coalesce(func.sum(Proposal.officers), 0)).where(ours, agreed)
            assert post.claimed == db.session.scalar(confirmed) <= post.capacity
        for row in db.session.scalars(select(PostCounterpart)):
            with_agency = or_(
                and_(Proposal.offer_id == row.post_id, Proposal.sender_agency_id == row.agency_id),
                and_(Proposal.need_id == row.post_id, Proposal.host_agency_id == row.agency_id),
            )
            recount = select(func.count()).select_from(Proposal).where(with_agency)
            assert row.agreed == db.session.scalar(recount.where(agreed))
            assert row.live == db.session.scalar(recount.where(Proposal.state.in_(sorted(OPEN))))
        db.session.remove()
        db.engine.dispose()


agreed = Proposal.state == ProposalState.CONFIRMED


def mixed_steps(world: World, chance: random.Random) -> list[tuple[str, int, int]]:
    """A few offers and needs, a proposal for most pairs, and all kinds of steps on them in no order."""
    offers, needs = [f"offer{n}" for n in range(4)], [f"need{n}" for n in range(6)]
    for name in (*offers, *needs):
        kind, agency = (PostKind.OFFER, "host") if name in offers else (PostKind.NEED, "sender")
        world.refs[name] = add_post(world, kind, agency, capacity=3).ref
    made = [
        propose(world, "host_approver", offer=offer, need=need, officers=1).id for offer in offers for need in needs
    ]
    db.session.commit()
    kinds = ["accept"] * 8 + ["counter", "withdraw", "release", "release", "revise", "revise"]
    both = [world.memberships["host_approver"], world.memberships["sender_approver"]]
    steps = [(chance.choice(kinds), chance.choice(made), chance.choice(both)) for _ in range(STEPS)]
    return [*steps, ("withdraw_post", made[0], both[1]), ("withdraw_post", made[-1], both[0])]


def test_the_naive_twin_confirms_too_many(url: str, tmp_path: Path) -> None:
    """Otherwise the harness proves nothing: it must be able to break what has no guard."""
    engine = create_engine(url)
    make_naive(engine)
    outcomes = run_race(accept_all_naively, url, tmp_path, range(ACCEPTANCES))
    with engine.connect() as connection:
        confirmed = connection.scalar(select(func.count(naive_confirmed.c.id)))
    engine.dispose()
    assert outcomes["confirmed"] == confirmed
    assert confirmed > PLACES
