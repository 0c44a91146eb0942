"""The forms that put terms on the table: a first proposal, and other terms in answer to the current ones."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges.queries import find
from portal.features.matches import services
from portal.features.matches.domain.rules import Room, suggested_days
from portal.features.matches.forms import CounterForm, ProposeForm
from portal.features.matches.models import Proposal
from portal.features.matches.policy import Matches
from portal.features.matches.queries import proposals as read
from portal.features.matches.services.pairs import Pair, pair_of, room_for
from portal.features.matches.views import showing
from portal.features.matches.views.blueprint import bp
from portal.infra.db import now
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.i18n import gettext as _
from portal.web.labels import label


def load_pair(actor: Actor | None) -> Pair | None:
    """The two posts that the address, or the form, names; None unless this actor may read both."""
    posts = [find(actor, request.values.get(kind, "")) for kind in ("offer", "need")]
    if actor is None or posts[0] is None or posts[1] is None:
        return None
    if not all(showing.readable(post) and post.live for post in posts if post):
        return None
    return pair_of(posts[0], posts[1])


@bp.get("/proposals/new")
@requires(Matches.PROPOSE, load=load_pair)
def propose_page(pair: Pair) -> ResponseReturnValue:
    room = room_for(pair.offer, pair.need)
    standing = read.on_the_pair(current_actor(), pair.offer, pair.need)
    if standing and (standing.open or not room.officers):
        flash(_("These two posts have a proposal already. This is it."))
        return redirect(showing.address(standing))
    days = suggested_days(room, today=now().date())
    data = {
        "offer": pair.offer.ref,
        "need": pair.need.ref,
        "starts_on": days and days[0],
        "ends_on": days and days[1],
        "officers": room.officers or None,
        "costs": list(pair.offer.costs),
    }
    return _propose_form(pair, ProposeForm(data=data, written=showing.written_languages()), room)


@bp.post("/proposals/new")
@requires(Matches.PROPOSE, load=load_pair)
def propose(pair: Pair) -> ResponseReturnValue:
    form = ProposeForm(written=showing.written_languages())
    proposal = form.run(services.propose, pair=pair, by=current_actor(), at=now())
    if proposal is None:
        return _propose_form(pair, form, room_for(pair.offer, pair.need)), form.status
    flash(label("proposal.begin.done"))
    return redirect(showing.address(proposal), 303)


@bp.get("/proposals/<string(maxlength=20):ref>/counter")
@requires(Matches.COUNTER, load=showing.load)
def counter_page(proposal: Proposal) -> str:
    services.require_current(proposal, proposal.terms_version, proposal.terms_hash)
    terms = read.terms(proposal, proposal.terms_version)
    data = {
        "version": proposal.terms_version,
        "hash": proposal.terms_hash,
        "starts_on": proposal.starts_on,
        "ends_on": proposal.ends_on,
        "officers": proposal.officers,
        "costs": list(terms.costs) if terms else [],
        "conditions": terms.conditions if terms else "",
        "conditions_language": terms.conditions_language if terms else None,
    }
    return counter_form(proposal, CounterForm(data=data, written=showing.written_languages()))


@bp.post("/proposals/<string(maxlength=20):ref>/counter")
@requires(Matches.COUNTER, load=showing.load)
def counter(proposal: Proposal) -> ResponseReturnValue:
    form = CounterForm(written=showing.written_languages())
    if form.run(services.counter, proposal=proposal, by=current_actor(), at=now()) is None:
        return counter_form(proposal, form), form.status
    flash(label("proposal.counter.done"))
    return redirect(showing.address(proposal), 303)


def counter_form(proposal: Proposal, form: CounterForm, **more: Any) -> str:
    room = room_for(proposal.offer, proposal.need)
    return render_template(
        "matches/terms.html",
        form=form,
        room=room,
        offer=proposal.offer,
        need=proposal.need,
        proposal=proposal,
        back_url=showing.address(proposal),
        **{"changes": []} | more,
    )


def _propose_form(pair: Pair, form: ProposeForm, room: Room) -> str:
    return render_template(
        "matches/terms.html",
        form=form,
        room=room,
        offer=pair.offer,
        need=pair.need,
        proposal=None,
        back_url=url_for(f"exchanges.{pair.offer.kind}", ref=pair.offer.ref),
        changes=[],
    )
