"""What was sent after a sign-in had ended: kept, shown back to the same person, sent only when they press."""

from flask import Flask, Response, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.features.people.policy import People
from portal.features.people.services import kept_forms
from portal.features.people.views.acting import TOKEN
from portal.features.people.views.blueprint import bp
from portal.infra.db import now
from portal.web.access import READS, optional_actor, requires
from portal.web.i18n import gettext as _

CONFIRMED = "_kept"
_REFUSED = 400


@bp.get("/kept")
@requires(People.ACCOUNT)
def kept() -> ResponseReturnValue:
    found = kept_forms.kept_for(g.person.id, at=now())
    if found is None:
        return redirect(url_for("pages.home"))
    return render_template("people/kept.html", kept=found, shown=[v for _n, v in found.fields if v.strip()])


@bp.post("/kept/discard")
@requires(People.ACCOUNT)
def discard_kept() -> ResponseReturnValue:
    kept_forms.discard(g.person.id)
    flash(_("What you typed is thrown away."))
    return redirect(url_for("pages.home"), 303)


def keep_what_was_typed() -> None:
    """Called where someone who is not signed in is sent to the sign-in page."""
    token = session.get(TOKEN)
    if (request.endpoint or "").startswith("people."):
        return  # an account, or people of an agency: nothing long is typed there, and passwords are
    if token and request.method not in READS and g.get("user_session") is None and not request.files:
        pairs = [(name, value) for name, values in request.form.lists() for value in values]
        kept_forms.keep(token, request.path, pairs, at=now())


def forget_kept_once_sent(app: Flask) -> None:
    @app.after_request
    def forget(response: Response) -> Response:
        done = request.method not in READS and optional_actor() is not None and response.status_code < _REFUSED
        # In this order: a form that was refused for its size cannot be read here either.
        if done and CONFIRMED in request.form:
            kept_forms.discard(g.person.id)
        return response
