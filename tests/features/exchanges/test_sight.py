"""Who sees what: the SQL of the lists and the Python rule say the same, for everyone, each label and each state."""

from typing import Any

import pytest
from flask import Flask

from portal.features.agencies.domain import AgencyKind, AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import Disclosure, disclosure
from portal.features.exchanges.domain.lifecycles import LIVE, PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit, Post, PostCounterpart, PostRelease
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.queries import exactly_visible, loaded, visible, with_seen
from portal.features.exchanges.queries.sight import readable
from portal.infra.db import db
from portal.kernel.labels import Tlp
from portal.web.access import policy
from tests.features.exchanges.acting import acting, everyone
from tests.world import LONG_AGO, World, add_post

STATES = [
    PostState.DRAFT,
    PostState.SUBMITTED,
    PostState.ENDORSING,
    PostState.PUBLISHED,
    PostState.FULL,
    PostState.CLOSED,
]
S = PostState
PUBLISHED = LIVE | {PostState.CLOSED}
WAYS = ("none", "fit", "others", "live", "over", "agreed", "agency", "person")
"""How the sender may be connected to a post; "others": it fits a need of somebody else; "over": proposals, all ended."""


@pytest.fixture(name="posts")
def _posts(app: Flask, world: World) -> list[Post]:
    """One offer of the host for each label and state; the sender deals with some of them in each way there is."""
    with app.test_request_context("/en/"):
        own = {who: add_post(world, PostKind.NEED, who) for who in ("sender", "stranger", "pending", "donor")}
        own["stranger"].state = PostState.WITHDRAWN  # a fit with what is over opens nothing
        found = [*_needs(world), *_neighbours(world)]
        for label in Tlp:
            for state in STATES:
                ways = WAYS if state in PUBLISHED else ("none", "agency", "person")
                found += [_post(world, label, state, way, own) for way in ways]
        db.session.flush()
        yield found


def _post(world: World, label: Tlp, state: PostState, way: str, own: dict[str, Post]) -> Post:
    post = add_post(
        world,
        PostKind.OFFER,
        "host",
        label=label,
        state=state,
        published_at=LONG_AGO if state in PUBLISHED else None,
        title=f"{label} {state} {way}",
    )
    if way == "fit":
        for who in ("sender", "stranger", "pending"):
            db.session.add(Fit(offer_id=post.id, need_id=own[who].id, score=80, parts={}))
    if way == "others":
        db.session.add(Fit(offer_id=post.id, need_id=own["donor"].id, score=80, parts={}))
    if way in {"live", "over", "agreed"}:
        counts = {"live": int(way == "live"), "agreed": int(way == "agreed")}
        db.session.add(PostCounterpart(post_id=post.id, agency_id=world.agencies["sender"], **counts))
    if way in {"agency", "person"}:
        to = (
            {"agency_id": world.agencies["sender"]} if way == "agency" else {"person_id": world.people["sender_editor"]}
        )
        db.session.add(PostRelease(post_id=post.id, released_by=world.people["host_approver"], at=LONG_AGO, **to))
    return post


def _needs(world: World) -> list[Post]:
    """Needs of the host that fit an offer of the sender: a live one, one that is over, or somebody else's."""
    offers = {
        "need-fit": add_post(world, PostKind.OFFER, "sender"),
        "need-past": add_post(world, PostKind.OFFER, "stranger", state=PostState.WITHDRAWN),
        "need-others": add_post(world, PostKind.OFFER, "donor"),
    }
    found = []
    for way, offer in offers.items():
        found.append(add_post(world, PostKind.NEED, "host", label=Tlp.AMBER, title=f"amber published {way}"))
        db.session.add(Fit(offer_id=offer.id, need_id=found[-1].id, score=80, parts={}))
    return found


def _neighbours(world: World) -> list[Post]:
    """Posts of another agency in the host's State, and of one in no State that anybody here coordinates."""
    agency = Agency(
        key="IT-NEXT", state_iso2="IT", kind=AgencyKind.POLICE, names={"it": "Polizia"}, name_language="it",
        protocol_roles=["destination"], languages=[], time_zone="Europe/Rome", status=AgencyStatus.VERIFIED,
        verified_at=LONG_AGO,
    )  # fmt: skip
    db.session.add(agency)
    db.session.flush()
    world.agencies["neighbour"] = agency.id
    waits: dict[str, Any] = {"published_at": None, "terms_version": 0}
    return [
        add_post(world, PostKind.OFFER, "neighbour", state=S.SUBMITTED, title="green submitted next", **waits),
        add_post(world, PostKind.OFFER, "neighbour", state=S.DRAFT, title="green draft next", **waits),
        add_post(world, PostKind.OFFER, "neighbour", label=Tlp.RED, title="red published next"),
        add_post(world, PostKind.OFFER, "donor", state=S.SUBMITTED, title="green submitted elsewhere", **waits),
    ]


def titles(condition: Any) -> set[str]:
    return set(db.session.scalars(db.select(Post.title).where(condition, Post.title.contains(" "))))


def test_the_twins_agree_for_everyone(world: World, posts: list[Post]):
    for name, actor in everyone(world).items():
        listed, read, exact = titles(visible(actor)), titles(readable(actor)), titles(exactly_visible(actor))
        for post in db.session.scalars(loaded(db.select(Post).where(Post.id.in_([p.id for p in posts])))):
            with_seen(post, actor)
            level = disclosure(actor, post, post.seen)
            said = (post.title in listed, post.title in read, post.title in exact)
            meant = (
                level is not Disclosure.NOTHING,
                level in {Disclosure.SUMMARY, Disclosure.EXACT},
                level is Disclosure.EXACT,
            )
            assert said == meant, (name, post.title, level)
            assert policy().allows(actor, Posts.READ, post) == (actor is not None and meant[0])


def seen_by(world: World, name: str | None) -> set[str]:
    return titles(visible(acting(world, name) if name else None)) - {
        world.post("offer").title,
        world.post("need").title,
    }


def test_visitors_see_only_clear_live_posts(world: World, posts: list[Post]):
    assert all(t.startswith("clear") and t.split()[1] in {"published", "full"} for t in seen_by(world, None))
    assert len(seen_by(world, None)) == 2 * len(WAYS)
    assert seen_by(world, "pending_approver") == seen_by(world, None)


def test_a_stranger_sees_open_labels_alone(world: World, posts: list[Post]):
    seen = seen_by(world, "stranger_approver")
    assert {t.split()[0] for t in seen} == {"clear", "green"}
    assert {t.split()[1] for t in seen} == {"published", "full"}


def test_amber_opens_by_fit_and_live_proposal_strict_and_red_by_name_only(world: World, posts: list[Post]):
    approver = {t for t in seen_by(world, "sender_approver") if t.split()[1] == "published"}
    ways = {label: {t.split()[2] for t in approver if t.split()[0] == label} for label in Tlp}
    assert ways[Tlp.AMBER] == {"fit", "need-fit", "live", "agreed", "agency"}
    assert ways[Tlp.AMBER_STRICT] == {"agreed", "agency"}
    assert ways[Tlp.RED] == set()
    editor = {t for t in seen_by(world, "sender_editor") if t.startswith("red published")}
    assert editor == {"red published person"}


def test_the_secretariat_reads_references_alone_above_amber(world: World, posts: list[Post]):
    actor = acting(world, "secretariat")
    assert {t.split()[0] for t in titles(visible(actor))} >= {"amber_strict", "red"}
    assert not {t for t in titles(readable(actor)) if t.split()[0] in {"amber_strict", "red"}}
    assert not {t for t in titles(visible(actor)) if t.split()[1] in {"draft", "submitted", "endorsing"}}


def test_the_coordinator_sees_what_waits_in_the_own_state(world: World, posts: list[Post]):
    waiting = {t.split()[1] for t in seen_by(world, "host_coordinator")}
    assert {"submitted", "endorsing"} <= waiting
    next_door = {t for t in seen_by(world, "host_coordinator") if t.split()[2] in {"next", "elsewhere"}}
    assert next_door == {"green submitted next"}
    other = {t.split()[1] for t in seen_by(world, "sender_coordinator")}
    assert not {"draft", "submitted", "endorsing"} & other
