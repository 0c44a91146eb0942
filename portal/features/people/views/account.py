"""My account: my name and language, what I act for, where I am signed in, my password."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from portal.features.people.forms.account import PasswordForm, ProfileForm
from portal.features.people.policy import People
from portal.features.people.queries import live_sessions
from portal.features.people.services import accounts, sessions
from portal.features.people.views.blueprint import bp
from portal.infra.db import now
from portal.web.access import allows, requires
from portal.web.i18n import COOKIE
from portal.web.i18n import gettext as _
from portal.web.transaction import beforehand

ONE_YEAR = 365 * 24 * 3600
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@bp.get("/account")
@requires(People.ACCOUNT)
def account() -> ResponseReturnValue:
    profile = ProfileForm(data={"name": g.person.name, "language": g.person.language})
    return _page(profile, PasswordForm())


def _page(profile: ProfileForm, password: PasswordForm) -> str:
    return render_template(
        "people/account.html",
        person=g.person,
        profile=profile,
        password=password,
        seats=g.seats,
        manages=allows(People.MEMBERS, g.membership),
        here=g.membership,
        sessions=live_sessions(g.person.id, at=now()),
        this_session=g.user_session.id,
    )


@bp.post("/account/profile")
@requires(People.ACCOUNT)
def save_profile() -> ResponseReturnValue:
    form = ProfileForm()
    person = form.run(accounts.change_profile, person_id=g.person.id)
    if person is None:
        return _page(form, PasswordForm()), form.status
    flash(_("Your name and language are saved."))
    response = redirect(url_for("people.account", lang=person.language), 303)
    response.set_cookie(
        COOKIE, person.language, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


def _count_attempt(connection: Connection) -> None:
    g.refused_attempt = accounts.count_attempt(connection, person_id=g.person.id, at=now())


@bp.post("/account/password")
@requires(People.ACCOUNT)
@beforehand(_count_attempt)
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    changed = form.attempt(g.refused_attempt, person_id=g.person.id, session_id=g.user_session.id, at=now())
    if changed is None:
        profile = ProfileForm(data={"name": g.person.name, "language": g.person.language})
        return _page(profile, form), form.status
    flash(_("Your password is changed. You are signed out everywhere else."))
    return redirect(url_for("people.account"), 303)


@bp.post("/account/sessions/<string(maxlength=16):handle>/end")
@requires(People.ACCOUNT)
def end_session(handle: str) -> ResponseReturnValue:
    sessions.end_one(g.person.id, handle, at=now())
    flash(_("That sign-in has ended."))
    return redirect(url_for("people.account"), 303)


@bp.post("/account/sessions/end-others")
@requires(People.ACCOUNT)
def end_other_sessions() -> ResponseReturnValue:
    sessions.end_sessions(g.person.id, at=now(), but=g.user_session.id)
    flash(_("You are signed out everywhere else."))
    return redirect(url_for("people.account"), 303)


@bp.app_template_filter("browser")
def browser(device: str) -> str:
    """The name of the browser and of the system, as far as the device tells; otherwise what it said."""
    names = [name for sign, name in _BROWSERS if sign in device][:1] + [
        name for sign, name in _SYSTEMS if sign in device
    ][:1]
    return " · ".join(names) or device[:40] or _("unknown device")
