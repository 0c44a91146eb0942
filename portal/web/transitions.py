"""Gives each transition of a lifecycle its own POST route, guarded by its own permission."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from portal.infra.db import now
from portal.infra.history import advance
from portal.kernel.contract import Why
from portal.kernel.lifecycle import Lifecycle, Transition
from portal.web.access import Loader, View, current_actor, requires
from portal.web.forms import CommandForm
from portal.web.i18n import later as _
from portal.web.labels import has_label, label

Step = Callable[..., Any]
"""A service that takes a step with its side effects: `(record, *, by, at, reason)`."""


@dataclass(frozen=True, slots=True)
class Records:
    """How records of one kind are found by their reference, and where each of them stands."""

    load: Loader
    address: Callable[[Any], str]

    def onwards(self, subject: Any) -> str:
        """Back to it; home when the step took it out of the reader's sight, as an endorsement does."""
        return self.address(subject) if self.load(current_actor(), ref=subject.ref) else url_for("pages.home")


class WhyForm(CommandForm[Why]):
    command = Why

    reason = TextAreaField(_("Why?"), description=_("The other people concerned will read this."))

    def __init__(self, *, asks: bool) -> None:
        super().__init__()
        self.reason.flags.required = asks


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
        url = f"{bp.name}.{lifecycle.name}_{transition.name}"
        take = _view(lifecycle, transition, Records(load, address), url, (services or {}).get(transition.name))
        endpoint = f"{lifecycle.name}_{transition.name}"
        bp.add_url_rule(rule, endpoint=endpoint, view_func=guarded(take), methods=["POST"])
        if transition.final_step:
            ask = _page(lifecycle, transition, address, url)
            bp.add_url_rule(rule, endpoint=f"{endpoint}_page", view_func=guarded(ask))


def _page(lifecycle: Lifecycle[Any], transition: Transition[Any], address: Callable[[Any], str], endpoint: str) -> View:
    def ask(subject: Any) -> str:
        lifecycle.step(subject.state, transition.name)
        return _asks(lifecycle, transition, subject, WhyForm(asks=transition.asks_reason), (endpoint, address(subject)))

    return ask


def _asks(
    lifecycle: Lifecycle[Any], transition: Transition[Any], subject: Any, form: WhyForm, ways: tuple[str, str]
) -> str:
    """The page before the step, and after one that was refused: with what was typed, and what is wrong with it."""
    name, (endpoint, back_url) = f"{lifecycle.name}.{transition.name}", ways
    effect = label(f"{name}.effect") if has_label(f"{name}.effect") else ""
    return render_template(
        "confirm.html",
        title=label(name),
        effect=effect,
        subject=subject,
        form=form,
        url=url_for(endpoint, ref=subject.ref),
        back_url=back_url,
        asks_reason=transition.asks_reason,
    )


def _view(
    lifecycle: Lifecycle[Any],
    transition: Transition[Any],
    records: Records,
    endpoint: str,
    service: Step | None,
) -> View:
    def step(why: Why, *, subject: Any, **context: Any) -> bool:
        context |= {"reason": why.reason or None}
        if service:
            service(subject, **context)
        else:
            advance(lifecycle, subject, transition.name, **context)
        return True

    def take(subject: Any) -> ResponseReturnValue:
        form = WhyForm(asks=transition.asks_reason)
        if not form.run(step, subject=subject, by=current_actor(), at=now()):
            return _asks(lifecycle, transition, subject, form, (endpoint, records.address(subject))), form.status
        flash(label(f"{lifecycle.name}.{transition.name}.done"))
        return redirect(records.onwards(subject), 303)

    return take
