"""The people of an agency: who they are, inviting them, ending memberships, naming deputies."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.features.agencies import queries as agencies
from portal.features.agencies.models import Agency
from portal.features.people.forms.members import DeputyForm, EndForm, InviteForm
from portal.features.people.models import Membership
from portal.features.people.policy import People
from portal.features.people.queries import belonging as queries
from portal.features.people.services import invitations, membership
from portal.features.people.views.blueprint import bp
from portal.infra.db import now
from portal.kernel.policy import Actor
from portal.web.access import allows, current_actor, requires
from portal.web.i18n import current_language
from portal.web.i18n import gettext as _

KEY = "<string(maxlength=20):key>"
HANDLE = "<string(maxlength=16):handle>"


def _load_membership(actor: Actor | None, handle: str) -> Membership | None:
    """One that the actor may know of: their own agency's, and every one for the secretariat."""
    found = queries.membership_by_handle(handle, at=now())
    seen = found is not None and (allows(People.MEMBERS, found) or allows(People.LEAVE, found))
    return found if actor is not None and seen else None


def _load_agency(actor: Actor | None, key: str, handle: str) -> Agency | None:
    """The agency of a part that the address names by its handle."""
    return agencies.load(actor, key) if handle else None


@bp.get("/members")
@requires(People.MEMBERS, load=agencies.load_own)
def members(agency: Agency) -> ResponseReturnValue:
    return _page(agency, DeputyForm(members=queries.members(agency.id, at=now())))


@bp.get(f"/members/{KEY}")
@requires(People.MEMBERS, load=agencies.load)
def members_of(agency: Agency) -> ResponseReturnValue:
    return _page(agency, DeputyForm(members=queries.members(agency.id, at=now())))


def _page(agency: Agency, form: DeputyForm) -> str:
    return render_template(
        "people/members.html",
        agency=agency,
        members=queries.members(agency.id, at=now()),
        deputies=queries.deputies(agency, at=now()),
        invitations=queries.open_invitations(agency.id, at=now()),
        form=form,
        permissions=People,
    )


@bp.get(f"/members/{KEY}/invite")
@requires(People.INVITE, load=agencies.load)
def invite(agency: Agency) -> ResponseReturnValue:
    return render_template("people/invite.html", agency=agency, form=_invite_form(agency, data=_blank()))


def _blank() -> dict[str, Any]:
    return {"language": current_language()}


def _invite_form(agency: Agency, **kwargs: Any) -> InviteForm:
    return InviteForm(roles=invitations.roles_for(agency, current_actor()), **kwargs)


@bp.post(f"/members/{KEY}/invite")
@requires(People.INVITE, load=agencies.load)
def invite_post(agency: Agency) -> ResponseReturnValue:
    form = _invite_form(agency)
    invitation = form.run(invitations.invite, agency=agency, by=current_actor(), at=now())
    if invitation is None:
        return render_template("people/invite.html", agency=agency, form=form), form.status
    flash(_("The invitation is on its way to %(address)s.", address=invitation.email))
    return redirect(url_for("people.members_of", key=agency.key), 303)


@bp.post(f"/members/{KEY}/invitations/{HANDLE}/cancel")
@requires(People.INVITE, load=_load_agency)
def cancel_invitation(agency: Agency) -> ResponseReturnValue:
    invitations.cancel(agency.id, _handle(), at=now())
    flash(_("The invitation is cancelled. Its link works no more."))
    return redirect(url_for("people.members_of", key=agency.key), 303)


def _handle() -> str:
    return str((request.view_args or {})["handle"])


@bp.get(f"/membership/{HANDLE}/end")
@requires(People.END, load=_load_membership)
def end_membership_page(found: Membership) -> ResponseReturnValue:
    return _end_page(found, EndForm(), "people.end_membership")


@bp.post(f"/membership/{HANDLE}/end")
@requires(People.END, load=_load_membership)
def end_membership(found: Membership) -> ResponseReturnValue:
    form = EndForm()
    if form.run(membership.end_membership, membership=found, by=current_actor(), at=now()) is None:
        return _end_page(found, form, "people.end_membership"), form.status
    flash(_("The membership has ended, and access with it."))
    return redirect(url_for("people.members_of", key=found.agency.key), 303)


@bp.get(f"/membership/{HANDLE}/leave")
@requires(People.LEAVE, load=_load_membership)
def leave_page(found: Membership) -> ResponseReturnValue:
    return _end_page(found, EndForm(), "people.leave")


@bp.post(f"/membership/{HANDLE}/leave")
@requires(People.LEAVE, load=_load_membership)
def leave(found: Membership) -> ResponseReturnValue:
    form = EndForm()
    if form.run(membership.end_membership, membership=found, by=current_actor(), at=now()) is None:
        return _end_page(found, form, "people.leave"), form.status
    flash(_("You have left the agency."))
    return redirect(url_for("pages.home"), 303)


def _end_page(found: Membership, form: EndForm, endpoint: str) -> str:
    return render_template(
        "people/end_membership.html",
        membership=found,
        form=form,
        last=queries.is_last_approver(found, at=now()),
        mine=found.person_id == g.person.id,
        url=url_for(endpoint, handle=found.handle),
        back_url=url_for("people.account")
        if endpoint == "people.leave"
        else url_for("people.members_of", key=found.agency.key),
    )


@bp.post(f"/members/{KEY}/deputies")
@requires(People.DEPUTY, load=agencies.load)
def name_deputy(agency: Agency) -> ResponseReturnValue:
    form = DeputyForm(members=queries.members(agency.id, at=now()))
    if form.run(membership.name_deputy, agency=agency, by=current_actor(), at=now()) is None:
        return _page(agency, form), form.status
    flash(_("The deputy is named."))
    return redirect(url_for("people.members_of", key=agency.key), 303)


@bp.post(f"/members/{KEY}/deputies/{HANDLE}/end")
@requires(People.DEPUTY, load=_load_agency)
def end_deputy(agency: Agency) -> ResponseReturnValue:
    found = queries.deputy(agency.id, _handle())
    if found is not None:
        membership.end_deputy(found, agency=agency, by=current_actor(), at=now())
    flash(_("The deputy’s time has ended."))
    return redirect(url_for("people.members_of", key=agency.key), 303)


def members_link(agency: Agency) -> Markup | str:
    """For the slot of an agency's page: the way to its people, for those who look after them."""
    if not allows(People.MEMBERS, agency):
        return ""
    words = _("People of the agency")
    return Markup('<a class="btn alt" href="{}">{}</a>').format(url_for("people.members_of", key=agency.key), words)
