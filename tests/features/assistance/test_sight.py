"""Who sees which request: the SQL and the Python rule agree on every persona and every request, also field by field."""

from itertools import product

import pytest
from flask import Flask

from portal.features.assistance.domain.disclosure import Disclosure, disclosure
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.models import Request, RequestCounterpart, RequestField, RequestRelease
from portal.features.assistance.policy import Requests
from portal.features.assistance.queries import exactly_visible, loaded, readable, visible, with_seen
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role
from portal.web.access import policy
from tests.features.assistance.acts import draft, opened, screening, submitted
from tests.features.exchanges.acting import acting, everyone
from tests.world import World, add_person

WAYS = ("nothing", "live", "agreed", "agency", "exactly", "agency and agreed", "person", "person of the secretariat")


@pytest.fixture
def requests(app: Flask, world: World) -> list[int]:
    """One request for each state and label, and for each way in which a donor can be connected to an open one."""
    makers = {
        RequestState.DRAFT: draft,
        RequestState.SUBMITTED: submitted,
        RequestState.SCREENING: screening,
        RequestState.OPEN: opened,
    }
    made = [maker(world, label=label.value).id for maker, label in product(makers.values(), Tlp)]
    for state, label in product(set(RequestState) - makers.keys(), Tlp):
        request = opened(world, label=label.value)
        db.session.execute(db.update(Request).where(Request.id == request.id).values(state=state))
        if state in {RequestState.ENDORSING, RequestState.DECLINED}:
            db.session.execute(db.update(Request).where(Request.id == request.id).values(opened_at=None))
        made.append(request.id)
    made += [_connected(world, maker, label, way) for maker, label, way in product((opened, screening), Tlp, WAYS)]
    db.session.commit()
    return made


def _connected(world: World, maker: object, label: Tlp, way: str) -> int:
    request: Request = maker(world, label=label.value)  # type: ignore[operator]
    donor, by = world.agencies["donor"], world.people["sender_approver"]
    if "live" in way or "agreed" in way:
        agreed = int("agreed" in way)
        db.session.add(RequestCounterpart(request_id=request.id, agency_id=donor, live=1, agreed=agreed))
    common = {"request_id": request.id, "released_by": by, "at": now()}
    if "agency" in way or way == "exactly":
        db.session.add(RequestRelease(agency_id=donor, exact=way == "exactly", **common))
        db.session.add(RequestRelease(agency_id=world.agencies["secretariat"], exact=False, **common))
    if way == "person":
        db.session.add(RequestRelease(person_id=world.people["donor_officer"], **common))
    if way == "person of the secretariat":
        db.session.add(RequestRelease(person_id=world.people["secretariat"], **common))
    return request.id


def actors(world: World) -> dict[str, Actor | None]:
    add_person(world, "secretariat_of_none", "secretariat", Role.SECRETARIAT)
    return everyone(world)


def test_the_sql_and_the_rule_agree_for_everyone(app: Flask, world: World, requests: list[int]) -> None:
    for name, actor in actors(world).items():
        sights = [set(db.session.scalars(db.select(Request.id).where(s(actor)))) for s in SIGHTS]
        for request in db.session.scalars(loaded(db.select(Request))):
            level = disclosure(actor, with_seen(request, actor), request.seen)
            expected = [level in LEVELS[place] for place in range(3)]
            assert [request.id in sight for sight in sights] == expected, (name, request.state, request.label, level)
            if actor is not None:
                assert policy().allows(actor, Requests.READ, request) == (level is not Disclosure.NOTHING)


SIGHTS = (visible, readable, exactly_visible)
LEVELS = (
    {Disclosure.REFERENCE, Disclosure.SUMMARY, Disclosure.EXACT},
    {Disclosure.SUMMARY, Disclosure.EXACT},
    {Disclosure.EXACT},
)


def test_the_table_of_the_domain_line_by_line(app: Flask, world: World) -> None:
    """By hand, so that a mistake made twice in the same way does not pass for agreement."""
    expected = {
        (Tlp.CLEAR, None): "summary",
        (Tlp.GREEN, None): "nothing",
        (Tlp.CLEAR, "pending_approver"): "summary",
        (Tlp.GREEN, "pending_approver"): "nothing",
        (Tlp.GREEN, "stranger_editor"): "summary",
        (Tlp.AMBER, "stranger_editor"): "nothing",
        (Tlp.AMBER, "donor_officer"): "nothing",
        (Tlp.AMBER, "secretariat"): "summary",
        (Tlp.AMBER_STRICT, "secretariat"): "reference",
        (Tlp.RED, "secretariat"): "reference",
        (Tlp.RED, "auditor"): "reference",
        (Tlp.RED, "donor_officer"): "nothing",
        (Tlp.RED, "sender_officer"): "exact",
    }
    made = {label: opened(world, label=label.value) for label in Tlp}
    for (label, who), level in expected.items():
        actor = acting(world, who) if who else None
        request = with_seen(made[label], actor)
        assert disclosure(actor, request, request.seen) == level, (label, who)


def test_nobody_sees_a_request_before_it_leaves_its_country(app: Flask, world: World) -> None:
    request = submitted(world, label="clear")
    sees = {n for n, a in everyone(world).items() if disclosure(a, with_seen(request, a), request.seen) != "nothing"}
    assert sees == {"sender_officer", "sender_editor", "sender_approver", "sender_coordinator"}


@pytest.mark.parametrize(
    ("who", "field", "rule", "shown"),
    [
        ("stranger_editor", "problem", {}, True),
        ("stranger_editor", "problem", {"label": Tlp.AMBER}, False),
        ("secretariat", "problem", {"label": Tlp.AMBER}, True),
        ("secretariat", "problem", {"label": Tlp.RED}, False),
        ("secretariat", "problem", {"withheld": 2}, False),
        ("sender_editor", "problem", {"withheld": 2}, True),
        ("stranger_editor", "sites", {}, False),
        ("sender_editor", "sites", {}, True),
        (None, "problem", {}, False),
    ],
)
def test_a_single_field_may_be_closed_more_than_its_request(
    app: Flask, world: World, who: str | None, field: str, rule: dict[str, object], shown: bool
) -> None:
    request = opened(world, label="green")
    if rule:
        by = {"set_by": world.people["sender_approver"], "at": now()}
        request.fields.append(RequestField(field=field, **({"label": None, "withheld": None} | rule), **by))
    actor = acting(world, who) if who else None
    assert with_seen(request, actor).shows(actor, field) is shown
