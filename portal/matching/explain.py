"""What a comparison page shows of a pair, and why the first fit is first: codes with figures, never prose."""

from dataclasses import dataclass

from portal.matching.reasons import Explainer, Why, WhyNot
from portal.matching.rules import (
    Overlap,
    best_overlap,
    feasible,
    language_margin,
    least_days,
    most_days,
    satisfied_languages,
    score,
    violations,
)
from portal.matching.types import LEVEL_RANK, LEVELS, Need, Offer, Score, Topics, Violation

__all__ = ["Comparison", "Explainer", "LanguageLine", "Why", "WhyFirst", "WhyNot", "compare", "why_first"]


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """One language that the offer asks for: the level asked, what the officers have, levels above (below: negative)."""

    code: str
    asked: str
    has: str | None
    margin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A need beside an offer. `score` is None where a rule is broken; all else is there in any case.

    `language` is the one that counts (None when none is asked, or only the interpreter helps); `overlap` the windows
    that overlap longest; L is `least_days`, D is `overlap.days`; `preferred_rank` is 1 for the State named first, None
    when it is not named.
    """

    violations: tuple[Violation, ...]
    score: Score | None
    shared_topics: tuple[str, ...]
    related_topics: tuple[tuple[str, str], ...]
    language: str | None
    only_interpreter: bool
    languages: tuple[LanguageLine, ...]
    overlap: Overlap | None
    least_days: int
    most_days: int
    names_preferences: bool
    preferred_rank: int | None
    costs_required: tuple[str, ...]
    costs_covered: tuple[str, ...]
    twice_off_middle_band: int


@dataclass(frozen=True, slots=True)
class WhyFirst:
    """Why the first fit stands before the second.

    `code`: "only" (no second), "equal" (same total, placed by key), "ahead". `parts`: (part, points more) where the
    first has more, the largest gain first; `points`: how much the totals differ.
    """

    code: str
    points: int = 0
    parts: tuple[tuple[str, int], ...] = ()


def compare(need: Need, offer: Offer, topics: Topics) -> Comparison:
    """Return everything that the two sides are told about a pair."""
    satisfied = satisfied_languages(need, offer)
    named = need.prefers_states
    return Comparison(
        violations=tuple(violations(need, offer, topics)),
        score=score(need, offer) if feasible(need, offer, topics) else None,
        shared_topics=tuple(sorted(need.topics & offer.topics)),
        related_topics=topics.pairs(need.topics, offer.topics),
        language=next(iter(satisfied), None),
        only_interpreter=offer.interpreter and bool(offer.languages) and not satisfied,
        languages=_language_lines(need, offer),
        overlap=best_overlap(need, offer),
        least_days=least_days(need, offer),
        most_days=most_days(need, offer),
        names_preferences=bool(named),
        preferred_rank=named.index(offer.state) + 1 if offer.state and offer.state in named else None,
        costs_required=tuple(sorted(need.requires_costs)),
        costs_covered=tuple(sorted(offer.covers_costs)),
        twice_off_middle_band=abs(2 * need.band - offer.band_min - offer.band_max),
    )


def _language_lines(need: Need, offer: Offer) -> tuple[LanguageLine, ...]:
    lines = [
        LanguageLine(code, LEVELS[LEVEL_RANK[asked] - 1], need.languages.get(code), language_margin(need, offer, code))
        for code, asked in offer.languages.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.margin, line.code)))


def why_first(first: Score, second: Score | None) -> WhyFirst:
    """Say why a fit with the points `first` stands before the next one, from either side's list."""
    if second is None:
        return WhyFirst("only")
    gains = {part: points - second.parts[part] for part, points in first.parts.items()}
    ahead = sorted(((part, gain) for part, gain in gains.items() if gain > 0), key=lambda item: -item[1])
    points = first.total - second.total
    return WhyFirst("ahead" if points > 0 else "equal", points, tuple(ahead))
