"""A round shows nobody more of AMBER and RED posts than their labels allow: on no page, report, export, task or mail."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.notices.services.composing import compose
from portal.features.rounds import services
from portal.features.rounds.models import Enrolment, Round, RunLeft, RunPair
from portal.infra.db import db
from portal.infra.outbox import OutboxMail
from portal.kernel.labels import Tlp
from tests.client import PageClient
from tests.features.matches.acts import NOW, actor
from tests.features.rounds.acts import again, opened, place, run
from tests.features.rounds.test_big import choose_and_send
from tests.proof import walked_by
from tests.site.addresses import address_of
from tests.site.test_disclosure import OOXML, _workbook
from tests.world import World, add_post

EXACT, TEXTS = ("site", "contact"), ("title", "programme", "conditions")
STRANGERS = ("stranger_approver", "donor_officer", "pending_approver", None)
OVERSEERS = ("secretariat", "auditor")


@dataclass
class Planted:
    """A post with one marker where its summary stands, and another where only its owner may look."""

    ref: str

    @property
    def text(self) -> str:
        return f"Qzxtext{self.ref[8:]}"

    @property
    def exact(self) -> str:
        return f"Qzxexact{self.ref[8:]}"


def plant(world: World, name: str, kind: PostKind, agency: str, **changes: object) -> Planted:
    post = add_post(world, kind, agency, **changes)
    planted = Planted(post.ref)
    for field in TEXTS:
        setattr(post, field, f"{planted.text} {field}")
    for field in EXACT:
        setattr(post, field, f"{planted.exact} {field}")
    world.refs[name] = post.ref
    return planted


@pytest.fixture(params=["matched", "consent"])
def planted(request: pytest.FixtureRequest, world: World) -> dict[str, Planted]:
    """An AMBER offer and an AMBER need that the round brings together, an AMBER need that nothing fits, a need that
    became RED after it was enrolled, and a need of the stranger that nothing fits but for one topic.
    """
    other = {"topics": ["art14-2e"], "languages": []}
    posts = {
        "amber_offer": plant(world, "amber_offer", PostKind.OFFER, "host", label=Tlp.AMBER, capacity=1),
        "amber_need": plant(world, "amber_need", PostKind.NEED, "sender", label=Tlp.AMBER, capacity=1),
        "alone": plant(world, "alone", PostKind.NEED, "sender", label=Tlp.AMBER, **other),
        "red": plant(world, "red", PostKind.NEED, "sender"),
    }
    # what a round left out and what it left over are lists of their own
    world.refs["strange"] = add_post(world, PostKind.NEED, "stranger", topics=["art14-2c"]).ref
    db.session.flush()
    round_ = opened(world)
    for name, who in (
        ("amber_offer", "host_approver"),
        ("amber_need", "sender_approver"),
        ("alone", "sender_approver"),
        ("red", "sender_approver"),
        ("strange", "stranger_approver"),
    ):
        services.enrol(place(world, round_, name), by=actor(world, who), at=NOW)
    world.post("red").label = Tlp.RED
    db.session.flush()
    services.close(round_, by=actor(world, "secretariat"), at=NOW)
    db.session.commit()
    run(world, round_)
    run(world, again(round_))
    if request.param == "consent":
        choose_and_send(world, again(round_))
    world.refs["round"] = round_.ref
    return posts


def everything_about_rounds(app: Flask, client: PageClient, world: World) -> Iterator[tuple[str, str]]:
    """Every page, list, report, export and JSON answer that a round, or a post or proposal in it, appears on."""
    client.checks_pages = False
    ref = world.refs["round"]
    for rule in app.url_map.iter_rules():
        about = any(
            part in rule.rule for part in ("/rounds", "/exchanges", "/inbox", "/proposals", "/tasks", "history")
        )
        if about and "GET" in (rule.methods or ()):
            yield from said(client, address_of(rule, world))
    pair = f"offer={world.refs['amber_offer']}&need={world.refs['amber_need']}"
    for more in (
        *(f"mine/{what}" for what in ("left", "posts", "able")),
        *(f"posts?kind={kind}{out}" for kind in ("offer", "need") for out in ("", "&out=1")),
        "left?kind=offer&all=1",
        "compare?one=1&other=2",
        f"pair?{pair}",
        f"pair?{pair.replace(world.refs['amber_need'], world.refs['alone'])}",
        "runs/2",
    ):
        yield from said(client, f"/en/exchanges/rounds/{ref}/{more}")


def said(client: PageClient, address: str) -> Iterator[tuple[str, str]]:
    answer = client.get(address)
    body = answer.get_data(as_text=True) if answer.mimetype != OOXML else _workbook(answer.get_data())
    yield address, body + str(answer.headers)


def leaks(pages: Iterator[tuple[str, str]], secrets: list[str]) -> list[tuple[str, str]]:
    return [(address, secret) for address, body in pages for secret in secrets if secret in without_echo(body, secret)]


def without_echo(body: str, secret: str) -> str:
    """The links to other languages carry the address on, with what this person typed into it."""
    for typed in (f"{name}{sign}{secret}" for name in ("offer", "need") for sign in ("=", "%3D")):
        body = body.replace(typed, "")
    return body


@walked_by("persona", *STRANGERS)
def test_others_meet_no_closed_post_of_a_round_anywhere(
    app: Flask, client: PageClient, world: World, planted: dict[str, Planted], persona: str | None
) -> None:
    """Neither its words nor its reference, also for an agency with a post of its own in the round."""
    if persona:
        client.sign_in(world.people[persona])
    secrets = [secret for one in planted.values() for secret in (one.ref, one.text, one.exact)]
    assert leaks(everything_about_rounds(app, client, world), secrets) == []


@pytest.mark.parametrize(
    ("persona", "own"),
    [
        ("host_approver", {"amber_offer"}),
        ("host_coordinator", {"amber_offer"}),
        ("sender_approver", {"amber_need", "alone", "red"}),
    ],
)
def test_agencies_of_the_round_meet_the_summary_of_their_counterpart_and_nothing_else(
    app: Flask, client: PageClient, world: World, planted: dict[str, Planted], persona: str, own: set[str]
) -> None:
    client.sign_in(world.people[persona])
    sent = db.session.scalars(db.select(Round)).one().sent
    others = {name: one for name, one in planted.items() if name not in own}
    secrets = [one.exact for one in others.values()]
    secrets += [
        secret
        for name, one in others.items()
        if not (sent and name in {"amber_offer", "amber_need"})
        for secret in (one.ref, one.text)
    ]
    pages = list(everything_about_rounds(app, client, world))
    assert leaks(iter(pages), secrets) == []
    assert leaks(iter(pages), [planted[name].ref for name in own]), "the pages are not empty"


@pytest.mark.parametrize("persona", OVERSEERS)
def test_whoever_reviews_a_round_reads_no_words_of_a_red_post_and_no_exact_place(
    app: Flask, client: PageClient, world: World, planted: dict[str, Planted], persona: str
) -> None:
    client.sign_in(world.people[persona])
    pages = list(everything_about_rounds(app, client, world))
    assert leaks(iter(pages), [planted["red"].text, *(one.exact for one in planted.values())]) == []
    assert leaks(iter(pages), [planted["amber_need"].text]), "the pages are not empty"


def test_what_is_kept_and_mailed_names_no_words_of_a_post(
    app: Flask, world: World, planted: dict[str, Planted]
) -> None:
    with app.test_request_context():
        mails = [str(mail.params) + str(compose(mail)) for mail in db.session.scalars(db.select(OutboxMail))]
    assert mails
    secrets = [secret for one in planted.values() for secret in (one.text, one.exact)]
    assert [secret for secret in secrets for mail in mails if secret in mail] == []
    left = {one.post_id for one in db.session.scalars(db.select(RunLeft))}
    pairs = db.session.scalars(db.select(RunPair)).all()
    red = world.post("red").id
    assert red not in left | {post_id for pair in pairs for post_id in (pair.offer_id, pair.need_id)}
    assert db.session.scalars(db.select(Enrolment).filter_by(post_id=red)).one().left_out == "too_closed"
