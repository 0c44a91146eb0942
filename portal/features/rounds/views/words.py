"""What rounds say in sentences: rules, reasons, ranks, why a post is left and what would help; names of regions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from portal.features.matches.views import words as match_words
from portal.features.rounds.domain.rules import RoundPolicy
from portal.features.rounds.domain.vocabulary import Look, Mode
from portal.features.rounds.models import Round, RunLeft
from portal.web.formats import number, state_name
from portal.web.i18n import gettext as _
from portal.web.i18n import ngettext
from portal.web.labels import label


def region_name(region: str) -> str:
    if region == "*":
        return _("Other regions, fewer than 5 officers each")
    return label(f"region.{region}") if region else _("Organisations of no State")


def state_or_none(iso2: str | None) -> str:
    return state_name(iso2) or _("Organisations of no State")


def title(round_: Round) -> str:
    return _("Matching round %(number)s", number=round_.number)


def rules(policy: RoundPolicy) -> list[tuple[str, str]]:
    """The rules that are in force, each with its value; what is off is left out."""
    values = policy.model_dump()
    lines = [
        (label("round.rule.mode"), label(policy.mode)),
        (label("round.rule.look_below"), number(policy.look_below)),
    ]
    names = ("empty_points", "spread_points", "spread_step", "origin_cap", "host_cap", "stay_points")
    in_force = [name for name in names if values[name] and (name != "spread_step" or policy.spread_points)]
    return [*lines, *((label(f"round.rule.{name}"), number(values[name])) for name in in_force)]


def rule_value(policy: Mapping[str, Any], name: str) -> str:
    value = policy.get(name)
    if name == "mode":
        return label(Mode(str(value)))
    return number(value) if value else "–"


def looks(found: Sequence[str]) -> str:
    return " · ".join(label(Look(one)) for one in found)


def ranks(of_pair: Mapping[str, int]) -> Iterator[str]:
    """How high the pair stands with each side, among everything in the round that fits."""
    yield ngettext(
        "For the need this is number %(rank)s of %(num)s offer that fits.",
        "For the need this is number %(rank)s of %(num)s offers that fit.",
        of_pair["of_need"],
        rank=of_pair["for_need"],
    )
    yield ngettext(
        "For the offer this is number %(rank)s of %(num)s need that fits.",
        "For the offer this is number %(rank)s of %(num)s needs that fit.",
        of_pair["of_offer"],
        rank=of_pair["for_offer"],
    )


def one_more(of_pair: Mapping[str, int]) -> str:
    """The price of one more place at the offer, for those who may know how much is asked of it."""
    if "one_more" not in of_pair:
        return ""
    if not of_pair["one_more"]:
        return _("One more place at this offer would bring nothing to the round.")
    return ngettext(
        "One more place at this offer would bring the round %(num)s point.",
        "One more place at this offer would bring the round %(num)s points.",
        of_pair["one_more"],
    )


def why_left(left: RunLeft, readable: Collection[str] | None = None) -> list[str]:
    """Why a post got nothing, and what would help. `readable`: the offers that this reader may see; None for all."""
    if left.code == "nothing_fits":
        return [_("Nothing in the round fits it."), *help_for(left, readable)]
    if left.code == "others_better":
        went = ngettext(
            "%(num)s post fits, and went to others.", "%(num)s posts fit, and went to others.", left.params["fits"]
        )
        if not left.params["points"]:
            return [went]
        short = ngettext(
            "%(num)s point more would have been enough.",
            "%(num)s points more would have been enough.",
            left.params["points"],
        )
        return [went, short]
    return [_("It got a part of what it asked for.") if left.kind == "need" else _("Some of its places are taken.")]


def help_for(left: RunLeft, readable: Collection[str] | None = None) -> list[str]:
    """The single change that would open most of the offers that the reader may see."""
    best: tuple[int, Mapping[str, Any]] | None = None
    for change in left.params.get("changes", ()):
        opened = [ref for ref in change["opened"] if readable is None or ref in readable]
        if opened and (best is None or len(opened) > best[0]):
            best = len(opened), change
    if best is None:
        return []
    count, change = best
    read = SimpleNamespace(
        code=change["code"], params={name: _read(name, v) for name, v in change["params"].items()}, opened=range(count)
    )
    return [match_words.change(read), match_words.opens(read)]  # type: ignore[arg-type]


def _read(name: str, value: Any) -> Any:
    """A period comes back from JSON as two texts."""
    return tuple(date.fromisoformat(day) for day in value) if name in {"window", "to_window"} else value


def why_not(answer: Any) -> list[str]:
    """Why the engine did not bring two posts together, in sentences."""
    if answer.code == "breaks_rules":
        return [match_words.rule_broken(violation) for violation in answer.violations]
    words = {
        "vetoed": lambda: _("The pair is ruled out."),
        "no_capacity": lambda: _("One of the two has nothing free in this round."),
        "all_locked": lambda: _("Everything that one of the two brings is locked with others."),
        "points_short": lambda: ngettext(
            "The pair is %(num)s point short: others with more points took what it would need.",
            "The pair is %(num)s points short: others with more points took what it would need.",
            answer.points,
        ),
        "lot": lambda: _("Another answer is just as good, and the published lottery decided."),
        "need_prefers_its_own": lambda: _("The need would rather keep what it has."),
        "offer_prefers_its_own": lambda: _("The offer would rather keep what it has."),
    }
    return [words[answer.code]()] if answer.code in words else []
