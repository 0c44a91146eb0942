"""Signing in, choosing what to act for, and signing out."""

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.features.people.domain import own_path
from portal.features.people.forms.signing_in import SignInForm
from portal.features.people.services import kept_forms, sessions
from portal.features.people.views.acting import TOKEN, device, start
from portal.features.people.views.blueprint import bp
from portal.infra.db import now
from portal.web.access import open_to_everyone, optional_actor
from portal.web.i18n import gettext as _


@bp.get("/sign-in")
@open_to_everyone
def sign_in() -> ResponseReturnValue:
    target = own_path(request.args.get("next"))
    if optional_actor():
        return redirect(target or url_for("pages.home"))
    if g.user_session is not None and g.seats:
        return redirect(url_for("people.choose", next=target))
    if target is None and "next" in request.args:
        return redirect(url_for("people.sign_in"))
    return render_template("people/sign_in.html", form=SignInForm(), next=target or "")


@bp.post("/sign-in")
@open_to_everyone
def sign_in_post() -> ResponseReturnValue:
    form, target = SignInForm(), own_path(request.form.get("next"))
    signed_in = form.attempt(address=request.remote_addr, device=device(), at=now())
    if signed_in is None:
        return render_template("people/sign_in.html", form=form, next=target or ""), form.status
    start(signed_in.token)
    if signed_in.must_choose:
        return redirect(url_for("people.choose", next=target), 303)
    return redirect(_onwards(target, signed_in.person_id), 303)


def _onwards(target: str | None, person_id: int | None = None) -> str:
    """To what was sent when the last sign-in had ended, to where the person wanted to go, or home."""
    if kept_forms.kept_for(person_id or g.person.id, at=now()):
        return url_for("people.kept")
    return target or url_for("pages.home")


@bp.get("/act-for")
@open_to_everyone
def choose() -> ResponseReturnValue:
    """Asks a person with several memberships which one to act in; leads everyone else on."""
    target = own_path(request.args.get("next"))
    if g.user_session is None or not g.seats:
        return redirect(url_for("people.sign_in", next=target))
    if optional_actor():
        return redirect(_onwards(target))
    return render_template("people/choose.html", seats=g.seats, next=target or "")


@bp.post("/act-for")
@open_to_everyone
def choose_post() -> ResponseReturnValue:
    target = own_path(request.form.get("next"))
    seat = next((s for s in g.seats if s.key == request.form.get("seat")), None)
    if g.user_session is None or seat is None:
        return redirect(url_for("people.choose", next=target), 303)
    sessions.act_for(g.user_session.id, seat)
    return redirect(_onwards(target), 303)


@bp.post("/sign-out")
@open_to_everyone
def sign_out() -> ResponseReturnValue:
    if g.user_session is not None:
        sessions.end_session(g.user_session.id, at=now())
    session.pop(TOKEN, None)
    session.clear()
    flash(_("You are signed out."))
    return redirect(own_path(request.form.get("next")) or url_for("pages.home"), 303)
