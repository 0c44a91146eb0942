"""A forgotten password: asking for a link, and choosing a new one."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.features.people.forms.account import ForgottenForm, NewPasswordForm
from portal.features.people.services import resets
from portal.features.people.views.blueprint import bp
from portal.infra.db import now
from portal.web.access import open_to_everyone
from portal.web.i18n import gettext as _


@bp.get("/forgotten-password")
@open_to_everyone
def forgotten() -> ResponseReturnValue:
    return render_template("people/forgotten.html", form=ForgottenForm())


@bp.post("/forgotten-password")
@open_to_everyone
def forgotten_post() -> ResponseReturnValue:
    form = ForgottenForm()
    if not form.attempt(address=request.remote_addr, at=now()):
        return render_template("people/forgotten.html", form=form), form.status
    return redirect(url_for("people.forgotten_done"), 303)


@bp.get("/forgotten-password/done")
@open_to_everyone
def forgotten_done() -> ResponseReturnValue:
    return render_template("people/forgotten_done.html")


@bp.get("/new-password/<string(maxlength=60):token>")
@open_to_everyone
def new_password(token: str) -> ResponseReturnValue:
    if resets.find(token, at=now()) is None:
        return _link_over()
    return render_template("people/new_password.html", form=NewPasswordForm(), token=token)


@bp.post("/new-password/<string(maxlength=60):token>")
@open_to_everyone
def new_password_post(token: str) -> ResponseReturnValue:
    if resets.find(token, at=now()) is None:
        return _link_over()
    form = NewPasswordForm()
    if form.run(resets.reset, token=token, at=now()) is None:
        return render_template("people/new_password.html", form=form, token=token), form.status
    session.clear()
    flash(_("Your new password is set. Sign in with it."))
    return redirect(url_for("people.sign_in"), 303)


def _link_over() -> ResponseReturnValue:
    words = _("Links for a new password work once and for one hour. Ask for a new one on the sign-in page.")
    return render_template("people/link_over.html", words=words), 410
