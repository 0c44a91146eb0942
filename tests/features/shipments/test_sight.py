"""Who sees which shipment: the SQL and the Python rule agree on every persona and every shipment."""

from itertools import product

import pytest
from flask import Flask

from portal.features.assistance.models import Request, RequestRelease
from portal.features.shipments.models import Shipment
from portal.features.shipments.queries import seen_by, visible
from portal.features.shipments.queries.records import WITH_PARTIES
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from tests.features.assistance.pledging import committed
from tests.features.exchanges.acting import acting, everyone
from tests.features.shipments.acts import a_gift, a_line, dispatched
from tests.world import World

SIDES = {"sender_officer", "sender_editor", "sender_approver", "sender_coordinator"} | {
    "donor_officer",
    "donor_approver",
    "inspector",
}
OVERSEERS = {"secretariat", "second_secretariat", "auditor"}


def relabelled(shipment: Shipment, label: Tlp) -> None:
    """The owner closed the request after it was committed to."""
    [request_id] = {line.pledge.request_id for line in shipment.lines if line.pledge is not None}
    db.session.execute(db.update(Request).where(Request.id == request_id).values(label=label))


def of_request(world: World, label: Tlp, *, own: Tlp = Tlp.GREEN, implementer: str | None = None) -> Shipment:
    line = a_line(world, label="green")
    changes = {"implementer": world.agency(implementer).key} if implementer else {}
    shipment = dispatched(world, committed(world, line, 2, **changes), label=own.value)
    relabelled(shipment, label)
    return shipment


@pytest.fixture
def shipments(app: Flask, world: World) -> list[int]:
    """For each label of a request and of a gift; with an implementer; and some released by name."""
    made = [of_request(world, label) for label in Tlp]
    made += [of_request(world, label, implementer="host") for label in Tlp]
    made += [dispatched(world, gifts=[a_gift()], label=label.value) for label in Tlp]
    common = {"released_by": world.people["sender_approver"], "at": now()}
    for label, who in product((Tlp.AMBER_STRICT, Tlp.RED), ("donor_officer", "secretariat", "host_officer")):
        one = of_request(world, label, implementer="host")
        pledge = one.lines[0].pledge
        assert pledge is not None
        db.session.add(RequestRelease(request_id=pledge.request_id, person_id=world.people[who], **common))
        made.append(one)
    db.session.commit()
    return [one.id for one in made]


def test_the_sql_and_the_rule_agree_for_everyone(app: Flask, world: World, shipments: list[int]) -> None:
    seen_somewhere = 0
    for name, actor in everyone(world).items():
        found = set(db.session.scalars(db.select(Shipment.id).where(visible(actor))))
        for shipment in db.session.scalars(db.select(Shipment).options(*WITH_PARTIES)).unique():
            said = seen_by(shipment, actor).disclosed_to(actor)
            assert (shipment.id in found) == said, (name, shipment.own_label, shipment.label)
            seen_somewhere += said
    assert seen_somewhere > len(shipments)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (Tlp.GREEN, SIDES | OVERSEERS),
        (Tlp.AMBER, SIDES | OVERSEERS),
        (Tlp.AMBER_STRICT, SIDES),
        (Tlp.RED, {"sender_officer", "sender_editor", "sender_approver", "sender_coordinator"}),
    ],
)
def test_the_labels_of_the_request_hold_for_its_shipments(
    app: Flask, world: World, label: Tlp, expected: set[str]
) -> None:
    """By hand, so that a mistake made twice in the same way does not pass for agreement."""
    shipment = of_request(world, label)
    db.session.commit()
    query = db.select(Shipment.id).where(Shipment.id == shipment.id)
    found = {name for name, actor in everyone(world).items() if db.session.scalar(query.where(visible(actor)))}
    assert found == expected


def test_a_gift_is_for_its_sides_and_overseers_as_far_as_its_own_label_lets_it(app: Flask, world: World) -> None:
    open_one, closed_one = (dispatched(world, gifts=[a_gift()], label=label) for label in ("amber", "amber_strict"))
    db.session.commit()
    for shipment, expected in ((open_one, SIDES | OVERSEERS), (closed_one, SIDES)):
        query = db.select(Shipment.id).where(Shipment.id == shipment.id)
        found = {name for name, actor in everyone(world).items() if db.session.scalar(query.where(visible(actor)))}
        assert found == expected, shipment.own_label


def test_exact_places_and_names_are_for_the_sides(app: Flask, world: World) -> None:
    shipment = of_request(world, Tlp.GREEN)
    assert shipment.exact_for(acting(world, "sender_editor"))
    assert not shipment.exact_for(acting(world, "secretariat"))
    assert not shipment.exact_for(None)


def test_its_label_is_the_strictest_of_what_it_carries(app: Flask, world: World) -> None:
    shipment = of_request(world, Tlp.AMBER, own=Tlp.CLEAR)
    db.session.commit()
    db.session.expire_all()
    again = db.session.scalars(db.select(Shipment).options(*WITH_PARTIES).filter_by(id=shipment.id)).unique().one()
    assert again.label is Tlp.AMBER
