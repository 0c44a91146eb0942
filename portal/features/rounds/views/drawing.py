"""What the templates of rounds draw with, and the route of a round with its dates."""

from typing import Any

from flask import Response, make_response

from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.models import Round, Run
from portal.features.rounds.policy import Rounds
from portal.features.rounds.views import words
from portal.features.rounds.views.blueprint import bp
from portal.web.charts import pairbar, strip
from portal.web.formats import day_text, instant_text, period_text
from portal.web.i18n import gettext as _
from portal.web.i18n import ngettext, pgettext

S = RoundState
REFRESH = 4
"""Seconds after which a page that shows work on its way asks for itself again."""
ORDER = (S.OPEN, S.CLOSED, S.MATCHED, S.REVIEW, S.CONSENT, S.PUBLISHED)


@bp.record_once
def install(state: Any) -> None:
    state.app.jinja_env.globals |= {
        "Rounds": Rounds,
        "round_title": words.title,
        "round_region": words.region_name,
        "round_rules": words.rules,
        "rule_value": words.rule_value,
        "look_words": words.looks,
        "rank_words": words.ranks,
        "one_more_words": words.one_more,
        "why_left": words.why_left,
        "state_or_none": words.state_or_none,
        "strip": strip,
        "pairbar": pairbar,
    }


def asks_again(page: str) -> Response:
    """The page comes again by itself, also without JavaScript."""
    response = make_response(page)
    response.headers["Refresh"] = str(REFRESH)
    return response


def route(round_: Round, run: Run | None) -> tuple[list[tuple[str, str]], int]:
    """Where the round stands, with what is known of each stage."""
    details = {
        S.OPEN: period_text(round_.opens_at.date(), round_.closes_at.date()),
        S.CLOSED: instant_text(round_.closes_at),
        S.MATCHED: _run(run),
        S.REVIEW: _("Until %(day)s", day=day_text(round_.review_until)),
        S.CONSENT: _consent(round_),
        S.PUBLISHED: day_text(round_.published_at.date()) if round_.published_at else "",
    }
    return [(_stage(state), details[state]) for state in ORDER], _now(round_)


def _stage(state: RoundState) -> str:
    return {
        S.OPEN: pgettext("stage of a round", "Open"),
        S.CLOSED: pgettext("stage of a round", "Closed"),
        S.MATCHED: pgettext("stage of a round", "Matched"),
        S.REVIEW: pgettext("stage of a round", "Review"),
        S.CONSENT: pgettext("stage of a round", "Consent"),
        S.PUBLISHED: pgettext("stage of a round", "Published"),
    }[state]


def _now(round_: Round) -> int:
    """While planned, and once cancelled, no stage is the current one."""
    if round_.state in ORDER:
        return ORDER.index(round_.state) + (round_.state == S.PUBLISHED)
    return -1


def _run(run: Run | None) -> str:
    if run is None or run.ended_at is None:
        return ""
    return _("Run %(number)s, %(day)s", number=run.number, day=day_text(run.ended_at.date()))


def _consent(round_: Round) -> str:
    if round_.answer_by:
        return _("Until %(day)s", day=day_text(round_.answer_by.date()))
    return ngettext("%(num)s day", "%(num)s days", round_.answer_days)
