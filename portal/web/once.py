"""A one-time id in every form: sent twice, the second time shows the result of the first and does nothing more."""

import hashlib
import re
from secrets import token_urlsafe

from flask import Flask, Response, abort, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.infra.db import now
from portal.infra.submissions import claim, earlier
from portal.kernel.errors import Conflict, Problem
from portal.web.access import READS, optional_actor
from portal.web.csrf import FIELD as CSRF_FIELD
from portal.web.csrf import csrf_field

FIELD = "_once"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def once_field() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token_urlsafe(16))


def form_tokens() -> Markup:
    """The two hidden fields that every form carries."""
    return csrf_field() + once_field()


def what_was_sent() -> str:
    """The address, and a digest of the answers and files: other answers are no repeat, and must not pass for one."""
    total = hashlib.sha256()
    for name, values in request.form.lists():
        if name not in {FIELD, CSRF_FIELD}:
            for value in values:
                total.update(repr((name, value)).encode(errors="backslashreplace"))
    for name, files in request.files.lists():
        for file in files:
            content = hashlib.file_digest(file.stream, "sha256")  # type: ignore[arg-type]
            file.stream.seek(0)
            total.update(repr((name, file.filename, content.digest())).encode(errors="backslashreplace"))
    return f"{request.path}#{total.hexdigest()}"


def register_once(app: Flask) -> None:
    app.jinja_env.globals |= {"once_field": once_field, "form_tokens": form_tokens}

    @app.before_request
    def repeat_shows_first_result() -> ResponseReturnValue | None:
        actor, token = optional_actor(), "" if request.method in READS else request.form.get(FIELD, "")
        if not token or not actor or actor.person_id is None:
            return None
        if not _TOKEN.fullmatch(token):
            abort(400)
        sent = what_was_sent()
        g.submission = claim(person_id=actor.person_id, token=token, path=sent, at=now())
        if g.submission is None:
            first = earlier(person_id=actor.person_id, token=token)
            if first is None or first.path != sent or not first.location:
                raise Conflict(Problem("sent_before"))
            return redirect(first.location, 303)
        return None

    @app.after_request
    def remember_result(response: Response) -> Response:
        """Registered so that it runs before the transaction ends: the two succeed or fail together."""
        if g.get("submission") is not None:
            g.submission.location = response.location or request.path
        return response
