"""What the tests of rounds do again and again: a round brought as far as a test needs it."""

from datetime import timedelta
from typing import Any

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.queries import by_id
from portal.features.rounds import services
from portal.features.rounds.domain.commands import ChooseRun, PlanRound, StartRun
from portal.features.rounds.models import Round, Run
from portal.features.rounds.queries.rounds import find
from portal.features.rounds.queries.runs import run_of
from portal.features.rounds.services import Place
from portal.infra.db import db
from portal.kernel.languages import Level
from tests.features.matches.acts import NOW, actor
from tests.world import World, add_post

DAY = timedelta(days=1)
OWNERS = {"offer": "host_approver", "need": "sender_approver"}


def plan(**changes: Any) -> PlanRound:
    dates = {
        "opens_on": (NOW - DAY).date(),
        "closes_on": (NOW + 10 * DAY).date(),
        "review_until": (NOW + 15 * DAY).date(),
    }
    return PlanRound(**dates | changes)


def planned(world: World, **changes: Any) -> Round:
    return services.plan(plan(**changes), by=actor(world, "secretariat"), at=NOW)


def opened(world: World, **changes: Any) -> Round:
    return services.open_enrolment(planned(world, **changes), by=actor(world, "secretariat"), at=NOW)


def place(world: World, round_: Round, name: str) -> Place:
    post = by_id(world.post(name).id)
    assert post
    return Place(round_, post)


def enrol(world: World, round_: Round, *names: str) -> None:
    for name in names:
        found = place(world, round_, name)
        who = next(who for who in OWNERS.values() if actor(world, who).agency_id == found.post.agency_id)
        services.enrol(found, by=actor(world, who), at=NOW)


def closed(world: World, *names: str, **changes: Any) -> Round:
    round_ = opened(world, **changes)
    enrol(world, round_, *(names or ("offer", "need")))
    return services.close(round_, by=actor(world, "secretariat"), at=NOW)


def start(world: World, round_: Round, who: str = "secretariat", **rules: Any) -> Run:
    return services.start(StartRun(**rules), round_, by=actor(world, who), at=NOW)


def run(world: World, round_: Round, **rules: Any) -> Run:
    """A whole run, as a person wants it and the job does it."""
    wanted = start(world, round_, **rules)
    db.session.commit()
    assert services.work_off(at=NOW) == 1
    done = run_of(again(round_), wanted.number)
    assert done
    return done


def again(round_: Round) -> Round:
    """As the database has it now."""
    db.session.expire_all()
    return db.session.get_one(Round, round_.id)


def matched(world: World, *names: str, rules: dict[str, Any] | None = None, **changes: Any) -> Round:
    round_ = closed(world, *names, **changes)
    done = run(world, round_, **(rules or {}))
    assert done.problem is None, (done.problem, done.problem_details)
    return again(round_)


def chosen(world: World, *names: str, **changes: Any) -> Round:
    round_ = matched(world, *names, **changes)
    number = db.session.scalars(db.select(db.func.max(Run.number)).where(Run.round_id == round_.id)).one()
    services.choose(ChooseRun(run=number), round_, by=actor(world, "secretariat"), at=NOW)
    return round_


def sent(world: World, *names: str, **changes: Any) -> Round:
    round_ = chosen(world, *names, **changes)
    services.send_now(round_, by=actor(world, "second_secretariat"), at=NOW)
    db.session.commit()
    return again(round_)


def seen_by(world: World, who: str, round_: Round) -> Round | None:
    return find(actor(world, who), round_.ref)


def more_needs(world: World, number: int, **changes: Any) -> list[str]:
    """Needs of the sender for one officer each, less well off than the first: they fit with fewer points."""
    names = []
    for index in range(number):
        name = f"need{index}"
        values = {"capacity": 1, "languages": [("fr", Level.B1)], "prefers_states": ["FR"], "title": f"Besoin {index}"}
        world.refs[name] = add_post(world, PostKind.NEED, "sender", **values | changes).ref
        names.append(name)
    db.session.flush()
    return names
