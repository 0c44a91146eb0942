"""Gives each transition of a lifecycle its own POST route, guarded by its own permission."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.infra.db import now
from portal.infra.history import advance
from portal.kernel.lifecycle import Lifecycle, Transition
from portal.web.access import Loader, View, current_actor, requires
from portal.web.labels import label

Step = Callable[..., Any]
"""A service that takes a step with its side effects: `(record, *, by, at, reason)`."""


def add_transition_routes(
    bp: Blueprint,
    lifecycle: Lifecycle[Any],
    *,
    load: Loader,
    address: Callable[[Any], str],
    services: dict[str, Step] | None = None,
    prefix: str = "",
) -> None:
    """POST `/<ref>/<transition>` for every manual transition; those with side effects name their service.

    Endpoints are `<lifecycle>_<transition>`. A final step has a page of its own before it, GET at the same address, that names the effect.
    """
    for transition in lifecycle.transitions.values():
        if not transition.manual:
            continue
        guarded = requires(transition.permission, load=load)
        rule = f"{prefix}/<string(maxlength=20):ref>/{transition.name.replace('_', '-')}"
        take = _view(lifecycle, transition, address, (services or {}).get(transition.name))
        endpoint = f"{lifecycle.name}_{transition.name}"
        bp.add_url_rule(rule, endpoint=endpoint, view_func=guarded(take), methods=["POST"])
        if transition.final_step:
            ask = _page(lifecycle, transition, address, f"{bp.name}.{endpoint}")
            bp.add_url_rule(rule, endpoint=f"{endpoint}_page", view_func=guarded(ask))


def _page(lifecycle: Lifecycle[Any], transition: Transition[Any], address: Callable[[Any], str], endpoint: str) -> View:
    def ask(subject: Any) -> str:
        lifecycle.step(subject.state, transition.name)
        return render_template(
            "confirm.html",
            title=label(f"{lifecycle.name}.{transition.name}"),
            effect=label(f"{lifecycle.name}.{transition.name}.effect"),
            subject=subject,
            url=url_for(endpoint, ref=subject.ref),
            back_url=address(subject),
            asks_reason=transition.asks_reason,
        )

    return ask


def _view(
    lifecycle: Lifecycle[Any], transition: Transition[Any], address: Callable[[Any], str], service: Step | None
) -> View:
    def take(subject: Any) -> ResponseReturnValue:
        context: dict[str, Any] = {"by": current_actor(), "at": now(), "reason": request.form.get("reason")}
        if service:
            service(subject, **context)
        else:
            advance(lifecycle, subject, transition.name, **context)
        flash(label(f"{lifecycle.name}.{transition.name}.done"))
        return redirect(address(subject), 303)

    return take
