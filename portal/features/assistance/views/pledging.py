"""Offering a pledge on a line; and for who came too late, what is left, or a place in the list of those told."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.assistance import services
from portal.features.assistance.forms.pledging import OfferForm, TellMeForm
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries.places import Place, load_place
from portal.features.assistance.queries.pledges import own_on, waits
from portal.features.assistance.views.pledge_blueprint import LINE, address, bp
from portal.infra.db import db, now
from portal.kernel.errors import NothingLeft
from portal.web.access import current_actor, requires
from portal.web.i18n import gettext as _
from portal.web.labels import label


def _written() -> list[str]:
    return [spoken["language"] for spoken in g.membership.agency.languages]


def _page(place: Place, form: OfferForm) -> str:
    waiting = waits(place.line.id, current_actor().person_id)
    own = own_on(place.line.id, current_actor().agency_id)
    return render_template("assistance/pledges/offer.html", place=place, form=form, waiting=waiting, own=own)


@bp.get(f"{LINE}/pledge")
@requires(Pledges.OFFER, load=load_place)
def offer(place: Place) -> ResponseReturnValue:
    # Who comes back to the form after sending it has to type a number again: nothing is pledged twice by one press.
    open_units = None if own_on(place.line.id, current_actor().agency_id) else place.line.open or None
    start = {"quantity": open_units, "unit_value": place.line.unit_cost}
    return _page(place, OfferForm(written=_written(), data=start))


@bp.post(f"{LINE}/pledge")
@requires(Pledges.OFFER, load=load_place)
def offer_post(place: Place) -> ResponseReturnValue:
    form = OfferForm(written=_written())
    pledge = form.run(services.offer, line=place.line, by=current_actor(), at=now())
    if pledge is None:
        return _page(place, form), form.status
    flash(label("pledge.begin.done"))
    return redirect(address(pledge), 303)


@bp.post(f"{LINE}/tell-me")
@requires(Pledges.OFFER, load=load_place)
def tell_me(place: Place) -> ResponseReturnValue:
    form = TellMeForm()
    if form.run(services.tell_me, line=place.line, by=current_actor(), at=now()) is None:
        return render_template(
            "assistance/pledges/left.html", place=place, remaining=0, kept=[], form=form
        ), form.status
    flash(_("You will be told when some of it is open again."))
    return redirect(url_for("assistance.request", ref=place.request.ref), 303)


@bp.errorhandler(NothingLeft)
def too_late(refusal: NothingLeft) -> ResponseReturnValue:
    """What is left can be pledged with one press: everything that was typed is in the form already."""
    db.session.rollback()
    place = load_place(current_actor(), **(request.view_args or {}))
    if place is None:
        raise LookupError(request.path)
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT]
    form = TellMeForm()
    page = render_template(
        "assistance/pledges/left.html", place=place, remaining=refusal.remaining, kept=kept, form=form
    )
    return page, 409


LEFT_OUT = {"csrf_token", "_once", "quantity"}
