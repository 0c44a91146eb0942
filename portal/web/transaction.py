"""One transaction per request: a success commits before it is answered, everything else leaves no trace.

What must survive a refusal (last-seen time, audit of denials) is handed to `afterwards` and runs in a bookkeeping
transaction of its own, when the request's has ended. What must also be known before anything is done (an attempt that
counts) stands in `beforehand`: once the request's own has begun to write, SQLite lets nothing else write beside it.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Connection

from portal.infra.db import bookkeeping, db, reading
from portal.web.access import READS, View, optional_actor

Task = Callable[[Connection], None]


def beforehand(task: Task) -> Callable[[View], View]:
    """Run `task` for whoever is signed in, in a bookkeeping transaction, before the view's one-time id is taken."""

    def decorate(view: View) -> View:
        view.beforehand = task  # type: ignore[attr-defined]
        return view

    return decorate


def afterwards(task: Task) -> None:
    """Run `task` in a bookkeeping transaction once the request's own has ended, whatever its answer."""
    g.setdefault("afterwards", []).append(task)


def register_transaction(app: Flask) -> None:
    @app.after_request
    def finish(response: Response) -> Response:
        if request.method in READS or response.status_code >= HTTPStatus.BAD_REQUEST:
            db.session.rollback()
        else:
            db.session.commit()
        if tasks := g.pop("afterwards", None):
            with bookkeeping() as connection:
                for task in tasks:
                    task(connection)
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        db.session.rollback()
        reading(only=False)


def register_beforehand(app: Flask) -> None:
    """Registered after who acts is known and the form's token is checked, and before its one-time id is taken."""

    @app.before_request
    def run_beforehand() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        task: Task | None = getattr(view, "beforehand", None)
        if task is not None and optional_actor() is not None:
            with bookkeeping() as connection:
                task(connection)
