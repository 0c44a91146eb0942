"""Stored fits follow the posts, and strong new ones are told once a day."""

from datetime import timedelta

import pytest

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit, Post
from portal.features.exchanges.queries import by_id
from portal.features.matches import services
from portal.features.matches.models import FitNotice
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.policy import SYSTEM
from tests.features.matches.acts import NOW, actor
from tests.world import World, add_post

services.listen()


def stored() -> set[tuple[int, int, int]]:
    return {tuple(row) for row in db.session.execute(db.select(Fit.offer_id, Fit.need_id, Fit.score))}  # type: ignore[misc]


def move(post: Post, step: str, world: World, who: str = "host_approver") -> None:
    found = by_id(post.id)
    assert found
    advance(found.lifecycle, found, step, by=actor(world, who), at=NOW, reason="Because.")
    db.session.commit()


def test_fits_come_and_go_with_the_posts(world: World) -> None:
    services.rebuild_all(at=NOW)
    offer, need = world.post("offer"), world.post("need")
    score = 30 + 14 + 20 + 12 + 4 + 4
    assert stored() == {(offer.id, need.id, score)}
    move(offer, "withdraw", world)
    assert stored() == set()


@pytest.mark.parametrize("step", ["publish", "endorse", "import"])
def test_publishing_one_post_finds_what_a_rebuild_finds(world: World, step: str) -> None:
    source = {"publish": "submitted", "endorse": "endorsing", "import": "draft"}[step]
    fresh = add_post(world, PostKind.NEED, "stranger", state=source, topics=["fraudulent-documents"])
    add_post(world, PostKind.NEED, "stranger", state=source, topics=["art14-1"])
    add_post(world, PostKind.NEED, "host")
    db.session.commit()
    move(fresh, step, world, "sender_approver")
    alone = stored()
    services.rebuild_all(at=NOW)
    assert {pair[:2] for pair in alone} == {(world.post("offer").id, fresh.id)}
    assert alone < stored()


def test_many_posts_in_one_transaction_give_the_same_fits(world: World) -> None:
    posts = [add_post(world, PostKind.NEED, "stranger", state="draft") for _ in range(25)]
    for post in posts:
        found = by_id(post.id)
        assert found
        advance(found.lifecycle, found, "import", by=SYSTEM, at=NOW)
    db.session.commit()
    assert {need for _, need, _ in stored()} == {p.id for p in posts} | {world.post("need").id}


def test_a_revision_replaces_the_points(world: World) -> None:
    services.rebuild_all(at=NOW)
    offer = by_id(world.post("offer").id)
    assert offer
    offer.costs = ["lodging", "travel", "insurance"]
    advance(offer.lifecycle, offer, "revise", by=actor(world, "host_approver"), at=NOW)
    db.session.commit()
    [(_, _, score)] = stored()
    assert score == 30 + 14 + 20 + 12 + 6 + 4


def test_a_strong_new_fit_is_told_to_both_owners_once_a_day(world: World) -> None:
    services.rebuild_all(at=NOW)
    offer, need = world.post("offer"), world.post("need")
    told = db.session.scalars(db.select(FitNotice)).all()
    assert {(n.post_id, n.other_id, n.score) for n in told} == {(offer.id, need.id, 84), (need.id, offer.id, 84)}
    db.session.execute(db.delete(Fit))
    services.rebuild_all(at=NOW + timedelta(hours=1))
    assert len(db.session.scalars(db.select(FitNotice)).all()) == 2
    db.session.execute(db.delete(Fit))
    services.rebuild_all(at=NOW + timedelta(days=1))
    assert len(db.session.scalars(db.select(FitNotice)).all()) == 4


def test_a_known_or_a_weak_fit_is_no_news(world: World) -> None:
    services.rebuild_all(at=NOW)
    services.rebuild_all(at=NOW + timedelta(days=1))
    world.refs["weak"] = add_post(world, PostKind.NEED, "stranger", prefers_states=["FR"]).ref
    services.rebuild_all(at=NOW + timedelta(days=2))
    assert len(db.session.scalars(db.select(FitNotice)).all()) == 2
    assert min(score for *_, score in stored()) == 72
