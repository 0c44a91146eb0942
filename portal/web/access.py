"""Who may open which route. Every endpoint declares it for each method, or the application refuses to start."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.infra.db import db, reading
from portal.kernel.policy import Actor, Permission, Policy

Loader = Callable[..., Any]
View = Callable[..., Any]
OPEN = "open to everyone"
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def optional_actor() -> Actor | None:
    return g.get("actor")


def current_actor() -> Actor:
    actor = optional_actor()
    if actor is None:
        abort(401)
    return actor


def policy() -> Policy:
    return current_app.extensions["policy"]


def allows(permission: Permission, subject: object = None) -> bool:
    """For templates: may the person looking at this page do that?"""
    return policy().allows(optional_actor(), permission, subject)


def paused() -> bool:
    """For templates: is the work of the agency that the reader acts for frozen, so that every change is refused?"""
    actor = optional_actor()
    return actor is not None and actor.suspended


def requires(permission: Permission, *, load: Loader | None = None, public: bool = False) -> Callable[[View], View]:
    """Open the view to those granted `permission`.

    With `load`, the URL's values become the record itself: 404 when this actor cannot see it (so that
    nobody learns what exists), 403 when they see it and may not do this. With `public`, a visitor who is
    not signed in is shown what `load` lets everyone see; the loader is then called with None.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**url_args: Any) -> Any:
            actor = optional_actor()
            if actor is None:
                found = load(None, **url_args) if public and load else None
                return view(found) if found else ask_to_sign_in()
            if load is None:
                policy().require(actor, permission)
                return view(**url_args)
            subject = load(actor, **url_args)
            if subject is None:
                abort(404)
            policy().require(actor, permission, subject)
            return view(subject)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def open_to_everyone(view: View) -> View:
    view.access = OPEN  # type: ignore[attr-defined]
    return view


def ask_to_sign_in() -> ResponseReturnValue:
    """Sends a visitor to the sign-in page; what they typed may be kept for them (`before_asking`)."""
    if request.path.startswith("/api/"):
        abort(401)
    for task in current_app.extensions.get("before_asking", ()):
        task()
    back = request.full_path.rstrip("?") if request.method in READS else None
    return redirect(url_for("people.sign_in", next=back), 303)


def register_access(app: Flask, policy: Policy, load_actor: Callable[[], Actor | None]) -> None:
    """Install the policy; find out who is acting first: in the transaction of what only reads, before any other."""
    app.extensions["policy"] = policy
    app.jinja_env.globals |= {"allows": allows, "paused": paused}

    @app.before_request
    def who_acts() -> None:
        reading(only=True)
        g.actor = load_actor()
        if request.method not in READS:
            db.session.rollback()
            reading(only=False)


def check_every_route(app: Flask) -> None:
    """Raise when a route does not say who may open it, or lets one declaration serve GET and POST."""
    undeclared, shared = [], []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not hasattr(view, "access"):
            undeclared.append(rule.endpoint)
        if {"GET", "POST"} <= (rule.methods or set()):
            shared.append(rule.endpoint)
    if undeclared:
        raise RuntimeError(f"routes without @requires or @open_to_everyone: {sorted(undeclared)}")
    if shared:
        raise RuntimeError(f"GET and POST must be declared separately: {sorted(shared)}")
