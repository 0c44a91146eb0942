"""Agencies bring their posts into a round, or take them out: from the round's page and from the post's own."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.domain.lifecycles import CLAIMABLE
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import find as find_post
from portal.features.rounds import services
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.models import Round
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries.enrolled import place_of
from portal.features.rounds.queries.rounds import find, open_round
from portal.features.rounds.services import Place
from portal.features.rounds.views.blueprint import address, bp
from portal.infra.db import db, now
from portal.kernel.policy import Actor
from portal.web.access import allows, current_actor, optional_actor, requires
from portal.web.labels import label


def load_place(actor: Actor | None, ref: str) -> Place | None:
    """The round, and the post that the form names; None unless this actor may know of both."""
    round_ = find(actor, ref)
    post = find_post(actor, request.form.get("post", ""))
    return Place(round_, post) if round_ and post else None


@bp.post("/rounds/<string(maxlength=20):ref>/enrol")
@requires(Rounds.ENROL, load=load_place)
def enrol(place: Place) -> ResponseReturnValue:
    services.enrol(place, by=current_actor(), at=now())
    flash(label("round.enrol.done"))
    return redirect(_back(place), 303)


@bp.post("/rounds/<string(maxlength=20):ref>/take-out")
@requires(Rounds.ENROL, load=load_place)
def take_out(place: Place) -> ResponseReturnValue:
    services.take_out(place, by=current_actor(), at=now())
    flash(label("round.take_out.done"))
    return redirect(_back(place), 303)


def _back(place: Place) -> str:
    if request.form.get("from") == "post":
        return url_for(f"exchanges.{place.post.kind.value}", ref=place.post.ref)
    return address(place.round)


def part_of_post(post: Post) -> Markup | str:
    """For the slot "post": the round that the post takes part in, or could; for its own agency and for overseers."""
    actor = optional_actor()
    if actor is None or not post.live or not (actor.agency_id == post.agency_id or allows(Rounds.REVIEW)):
        return ""
    place = place_of(post)
    taking_part = place is not None and place.active
    round_ = db.session.get(Round, place.round_id) if place and taking_part else _could_join(actor, post)
    if round_ is None or not round_.disclosed_to(actor):
        return ""
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "rounds/_of_post.html",
            post=post,
            round=round_,
            taking_part=taking_part,
            may=round_.state == RoundState.OPEN and allows(Rounds.ENROL, Place(round_, post)) and not post.frozen,
        )
    )


def _could_join(actor: Actor, post: Post) -> Round | None:
    if actor.agency_id != post.agency_id or post.state not in CLAIMABLE or post.label in NAMED_ONLY:
        return None
    round_ = open_round()
    return round_ if round_ and allows(Rounds.ENROL, Place(round_, post)) else None
