"""Accepting an invitation: with a new account, or with the account one already has."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.features.people.domain import normal_email
from portal.features.people.forms.members import AcceptForm
from portal.features.people.models import Invitation
from portal.features.people.services import invitations, sessions
from portal.features.people.views.acting import device, start
from portal.features.people.views.blueprint import bp
from portal.infra.db import now
from portal.web.access import open_to_everyone
from portal.web.i18n import gettext as _

TOKEN = "<string(maxlength=60):token>"  # noqa: S105 - a part of an address


@bp.get(f"/invitations/{TOKEN}")
@open_to_everyone
def invitation(token: str) -> ResponseReturnValue:
    found = invitations.find(token, at=now())
    if found is None:
        return _link_over()
    form = AcceptForm(data={"name": found.name, "language": found.language})
    return _page(found, form, token)


@bp.post(f"/invitations/{TOKEN}")
@open_to_everyone
def accept_invitation(token: str) -> ResponseReturnValue:
    """Makes the account, and signs its owner in with a session of their own."""
    found = invitations.find(token, at=now())
    if found is None:
        return _link_over()
    form = AcceptForm()
    person = form.run(invitations.accept_as_new, invitation=found, at=now())
    if person is None:
        return _page(found, form, token), form.status
    start(sessions.begin_session(person.id, device=device(), at=now()).token)
    flash(_("Welcome. Your account is ready."))
    return redirect(url_for("pages.home", lang=person.language), 303)


@bp.post(f"/invitations/{TOKEN}/accept")
@open_to_everyone
def accept_with_account(token: str) -> ResponseReturnValue:
    found = invitations.find(token, at=now())
    if found is None or not _is_mine(found):
        return _link_over()
    invitations.accept_as(g.person, invitation=found, at=now())
    flash(_("You now have one more role. Choose what to act for."))
    sessions.release(g.user_session.id)
    return redirect(url_for("people.choose"), 303)


def _is_mine(found: Invitation) -> bool:
    return g.user_session is not None and bool(g.seats) and normal_email(g.person.email) == found.email


def _page(found: Invitation, form: AcceptForm, token: str) -> str:
    return render_template(
        "people/invitation.html",
        invitation=found,
        form=form,
        token=token,
        has_account=invitations.account_of(found) is not None,
        mine=_is_mine(found),
        signed_in_as=g.person.email if g.user_session is not None and g.seats else "",
        back=url_for("people.invitation", token=token),
    )


def _link_over() -> ResponseReturnValue:
    words = _("Invitations work once, for seven days. Ask the person who invited you, or your approver, for a new one.")
    return render_template("people/link_over.html", words=words), 410
