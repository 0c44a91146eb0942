"""A one-time id in every form: sent twice, the second time shows the result of the first and does nothing more."""

from secrets import token_urlsafe

from flask import Flask, Response, abort, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.infra.db import now
from portal.infra.submissions import claim, earlier
from portal.web.access import READS, optional_actor
from portal.web.csrf import csrf_field

FIELD = "_once"
_LONGEST = 64


def once_field() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token_urlsafe(16))


def form_tokens() -> Markup:
    """The two hidden fields that every form carries."""
    return csrf_field() + once_field()


def register_once(app: Flask) -> None:
    app.jinja_env.globals |= {"once_field": once_field, "form_tokens": form_tokens}

    @app.before_request
    def repeat_shows_first_result() -> ResponseReturnValue | None:
        actor, token = optional_actor(), "" if request.method in READS else request.form.get(FIELD, "")
        if not token or not actor or actor.person_id is None:
            return None
        if len(token) > _LONGEST:
            abort(400)
        g.submission = claim(person_id=actor.person_id, token=token, path=request.path, at=now())
        if g.submission is None:
            first = earlier(person_id=actor.person_id, token=token)
            if first is None or first.path != request.path or not first.location:
                abort(409)
            return redirect(first.location, 303)
        return None

    @app.after_request
    def remember_result(response: Response) -> Response:
        """Registered so that it runs before the transaction ends: the two succeed or fail together."""
        if g.get("submission") is not None:
            g.submission.location = response.location or request.path
        return response
