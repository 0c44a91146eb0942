"""Who sees a proposal: both agencies, the secretariat up to AMBER; with a RED post only people it names."""

from typing import Any

import pytest

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostRelease
from portal.features.exchanges.queries import find
from portal.features.matches import services
from portal.features.matches.domain.commands import Withdraw
from portal.features.matches.models import Proposal
from portal.features.matches.queries import proposal, strong_fits, visible
from portal.features.matches.services.fits import forget_fits
from portal.infra.db import db
from portal.kernel.labels import Tlp
from tests.features.matches.acts import NOW, actor, propose
from tests.world import PERSONAS, World, add_post

PARTIES = {name for name, (agency, _role) in PERSONAS.items() if agency in {"host", "sender"}}
OVERSEERS = {"secretariat", "second_secretariat", "auditor"}


def labelled(world: World, label: Tlp) -> Proposal:
    need = world.post("need")
    need.label = label
    for released in ({"agency_id": world.agencies["host"]}, {"person_id": world.people["host_officer"]}):
        db.session.add(PostRelease(post_id=need.id, released_by=world.people["sender_approver"], at=NOW, **released))
    services.rebuild_all(at=NOW)
    db.session.flush()
    return propose(world, "host_officer")


@pytest.mark.parametrize("label", list(Tlp))
def test_who_sees_it(world: World, label: Tlp) -> None:
    made = labelled(world, label)
    expected = PARTIES | (OVERSEERS if label in {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER} else set())
    if label == Tlp.RED:
        expected = {name for name in PARTIES if name.startswith("sender")} | {"host_officer"}
    assert {name for name in PERSONAS if proposal(actor(world, name), made.ref)} == expected
    assert made.label == max(label, Tlp.GREEN, key=list(Tlp).index)


@pytest.mark.parametrize("label", [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT])
def test_the_rule_in_python_says_the_same_as_the_query(world: World, label: Tlp) -> None:
    made = labelled(world, label)
    for name in PERSONAS:
        by = actor(world, name)
        assert made.disclosed_to(by) is bool(db.session.scalars(visible(by)).all()), name


def test_nobody_hears_of_a_strong_fit_that_they_may_not_see(world: World) -> None:
    def told(name: str, **changes: Any) -> int:
        db.session.execute(db.update(Post).where(Post.id == world.post("need").id).values(**changes))
        db.session.expire_all()
        return len(strong_fits(actor(world, name), at=NOW))

    services.rebuild_all(at=NOW)
    assert told("host_officer", label=Tlp.AMBER) == 1, "a fit opens an AMBER post to the other side"
    assert told("host_officer", label=Tlp.AMBER_STRICT) == told("host_officer", label=Tlp.RED) == 0
    assert told("sender_officer", label=Tlp.RED) == 1, "the offer is open to the owner of the need"


def test_while_a_proposal_lives_an_amber_post_is_open_to_its_counterpart(world: World) -> None:
    world.refs["closed"] = add_post(world, PostKind.NEED, "sender", label=Tlp.AMBER).ref
    services.rebuild_all(at=NOW)
    db.session.flush()
    made = propose(world, "host_approver", need="closed")
    forget_fits(world.post("closed").id)
    assert find(actor(world, "host_editor"), world.refs["closed"])
    services.withdraw(Withdraw(reason="Plans have changed."), made, by=actor(world, "host_approver"), at=NOW)
    assert not find(actor(world, "host_editor"), world.refs["closed"])
