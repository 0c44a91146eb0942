"""Sentences by code: the rule that a pair breaks, the change that would open offers, what another version says."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from portal.features.exchanges.domain.vocabulary import Clearance
from portal.features.matches.domain.terms import Difference
from portal.features.matches.views.comparing import costs
from portal.kernel.topics import TOPICS
from portal.matching.changes import Change
from portal.matching.types import Violation
from portal.web.formats import day_text, language_name, locale, period_text, state_name
from portal.web.i18n import current_language, ngettext
from portal.web.i18n import gettext as _
from portal.web.labels import label


def rule_broken(violation: Violation) -> str:
    """Why two posts do not fit, as one sentence."""
    words = {
        "same_agency_or_state": _same,
        "topic": lambda _p: _("They share no topic."),
        "language": _language,
        "dates": _dates,
        "band": _band,
        "states": _states,
        "clearance": _clearance,
        "costs": lambda p: _("The offer does not cover: %(costs)s.", costs=costs(p["missing"])),
    }
    return words[violation.code](violation.params)


def _same(params: Mapping[str, Any]) -> str:
    if params["kind"] == "agency":
        return _("Both posts are of the same agency.")
    return _("Both agencies are of the same State.")


def _language(params: Mapping[str, Any]) -> str:
    name, asked, has = language_name(params["language"]), params["required"], params["has"]
    if has is None:
        return _("The offer asks for %(language)s at level %(level)s, which the need does not name.", language=name,
                 level=asked)  # fmt: skip
    return _(
        "The offer asks for %(language)s at level %(level)s, the need has %(has)s.", language=name, level=asked, has=has
    )


def _dates(params: Mapping[str, Any]) -> str:
    if params["kind"] == "length":
        return _(
            "The shortest stay of one side, %(least)s days, is longer than the longest of the other, %(most)s days.",
            least=params["least_days"],
            most=params["most_days"],
        )
    if params["kind"] == "no_windows" or not params["overlap_days"]:
        return _("They have no common days.")
    return ngettext(
        "They have %(num)s common day, and at least %(least)s are needed.",
        "They have %(num)s common days, and at least %(least)s are needed.",
        params["overlap_days"],
        least=params["least_days"],
    )


def _band(params: Mapping[str, Any]) -> str:
    return _(
        "The offer is for levels of post %(first)s to %(last)s, the need is for level %(level)s.",
        first=params["band_min"],
        last=params["band_max"],
        level=params["band"],
    )


def _states(params: Mapping[str, Any]) -> str:
    return " ".join(_restriction(one) for one in params["restrictions"])


def _restriction(one: Mapping[str, Any]) -> str:
    state = state_name(one["state"])
    if not state:
        by_need = _("The need is only for agencies of States that it names.")
        return by_need if one["by"] == "need" else _("The offer is only for agencies of States that it names.")
    words = {
        ("need", "excluded"): _("The need excludes this State: %(state)s.", state=state),
        ("need", "not_accepted"): _("The need does not accept this State: %(state)s.", state=state),
        ("offer", "excluded"): _("The offer excludes this State: %(state)s.", state=state),
        ("offer", "not_accepted"): _("The offer does not accept this State: %(state)s.", state=state),
    }
    return words[one["by"], one["kind"]]


def _clearance(params: Mapping[str, Any]) -> str:
    return _(
        "The offer asks for another security clearance: “%(required)s” instead of “%(has)s”.",
        required=label(Clearance(params["required"])),
        has=label(Clearance(params["has"])),
    )


def change(one: Change) -> str:
    """What a need could change, and how many offers that would open."""
    told: Mapping[str, Any] = one.params
    words = {
        "language_added": lambda: _("Add %(language)s at level %(level)s.", language=language_name(told["language"]),
                                    level=told["level"]),
        "language_raised": lambda: _("Raise %(language)s from level %(before)s to %(level)s.",
                                     language=language_name(told["language"]), before=told["from_level"],
                                     level=told["level"]),
        "topic_added": lambda: _("Add the topic “%(topic)s”.", topic=TOPICS[told["topic"]].name(current_language())),
        "window_widened": lambda: _("Widen the period %(before)s to %(after)s.", before=_period(told["window"]),
                                    after=_period(told["to_window"])),
        "min_days_lowered": lambda: _("Shorten the shortest stay from %(before)s to %(after)s days.",
                                      before=told["from_days"], after=told["days"]),
        "max_days_raised": lambda: _("Lengthen the longest stay from %(before)s to %(after)s days.",
                                     before=told["from_days"], after=told["days"]),
        "cost_dropped": lambda: _("Do without this cost being covered: %(cost)s.", cost=costs([told["cost"]])),
        "excluded_state_lifted": lambda: _("No longer exclude this State: %(state)s.",
                                           state=state_name(told["state"])),
        "accepted_states_lifted": lambda: _("Accept agencies of any State."),
    }  # fmt: skip
    return words[one.code]()


def opens(one: Change) -> str:
    return ngettext("This would open %(num)s offer.", "This would open %(num)s offers.", len(one.opened))


def _period(window: Any) -> str:
    return period_text(*window)


def difference(one: Difference) -> str:
    """What another version of the terms says differently: `Start: 8 → 15 March 2027`."""
    words = {
        "starts_on": lambda: _("Start: %(before)s → %(after)s", **_days(one)),
        "ends_on": lambda: _("End: %(before)s → %(after)s", **_days(one)),
        "officers": lambda: _("Officers: %(before)s → %(after)s", before=one.before, after=one.after),
        "costs": lambda: _("Costs the host covers: %(before)s → %(after)s", before=_covered(one.before),
                           after=_covered(one.after)),
        "conditions": lambda: _("The conditions are worded differently."),
        "offer": lambda: _("The offer was revised."),
        "need": lambda: _("The need was revised."),
    }  # fmt: skip
    return words[one.code]()


def _days(one: Difference) -> dict[str, str]:
    """Two days of one month need its name only once: `8 → 15 March 2027`."""
    before, after = one.before, one.after
    if not isinstance(before, date) or not isinstance(after, date):
        raise TypeError(one.code)
    whole = {"before": day_text(before), "after": day_text(after)}
    one_month = (before.year, before.month) == (after.year, after.month)
    if current_language() == "zh" or not one_month:
        return whole
    shown = "d MMMM y" if current_language() == "en" else "long"
    return {"before": str(before.day), "after": format_date(after, shown, locale=locale())}


def _covered(kinds: object) -> str:
    chosen = [str(kind) for kind in kinds] if isinstance(kinds, tuple | list) else []
    return costs(chosen) if chosen else _("none")
