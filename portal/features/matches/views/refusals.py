"""What people read when the terms they answered have moved, or when there is nothing left to answer."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.features.matches.domain.errors import NotOpen, TermsMoved
from portal.features.matches.forms import CounterForm
from portal.features.matches.queries import proposals as read
from portal.features.matches.views import showing
from portal.features.matches.views.blueprint import bp
from portal.features.matches.views.forms_of_terms import counter_form
from portal.web.access import current_actor


@bp.errorhandler(TermsMoved)
def terms_moved(refusal: TermsMoved) -> ResponseReturnValue:
    """The difference in plain words, and the way on: consent to what stands now, or the form with what was typed."""
    proposal = read.proposal(current_actor(), refusal.ref)
    if proposal is None:
        raise LookupError(refusal.ref)
    changes = showing.changed_since(proposal, refusal.seen)
    if request.endpoint == "matches.counter" and proposal.offer.live and proposal.need.live:
        form = CounterForm(written=showing.written_languages())
        form["version"].data, form["hash"].data = proposal.terms_version, proposal.terms_hash
        return counter_form(proposal, form, changes=changes), 409
    return render_template("matches/moved.html", proposal=proposal, changes=changes, seen=refusal.seen), 409


@bp.errorhandler(NotOpen)
def not_open(refusal: NotOpen) -> ResponseReturnValue:
    """Who ended it, and when."""
    proposal = read.proposal(current_actor(), refusal.ref)
    if proposal is None:
        raise LookupError(refusal.ref)
    last = read.last_change(proposal)
    side = next((s for s in (proposal.host, proposal.sender) if s.id == last.agency_id), None)
    return render_template("matches/ended.html", proposal=proposal, change=last, agency=side), 409
