"""The eight published rules and the published points, in plain Python: the reference for every faster way."""

from collections.abc import Callable
from typing import NamedTuple

from portal.matching.types import (
    CLEARANCE_RANK,
    LEVEL_RANK,
    Need,
    Offer,
    Score,
    Topics,
    Violation,
    Window,
    days_of,
)

SHARED_TOPIC, RELATED_TOPIC = 30, 20
NO_LANGUAGE_ASKED, ONLY_INTERPRETER = 20, 8
LANGUAGE_POINTS = (14, 17, 20)
"""By how many levels the officers are above what is asked: none, one, two or more."""
DATES_BASE, DATES_EXTRA = 10, 10
PREFERENCE_POINTS = (15, 12, 9)
"""Named first, second, third or later."""
NO_PREFERENCE, NOT_PREFERRED = 9, 0
POINTS_PER_COST = 2
BAND_BEST, BAND_LOSS_LIMIT = 5, 4


class Overlap(NamedTuple):
    """The two windows that overlap longest; `days` is zero or negative when none do (0: they touch)."""

    need_window: Window
    offer_window: Window
    days: int

    @property
    def period(self) -> Window:
        """First and last common day; means something only where `days` is positive."""
        return max(self.need_window[0], self.offer_window[0]), min(self.need_window[1], self.offer_window[1])


def least_days(need: Need, offer: Offer) -> int:
    """L of the rules: the shortest stay that suits both, in days."""
    return max(need.min_days, offer.min_days)


def most_days(need: Need, offer: Offer) -> int:
    """Return the longest stay that suits both, in days."""
    return min(need.max_days, offer.max_days)


def best_overlap(need: Need, offer: Offer) -> Overlap | None:
    """D of the rules with its windows: the longest overlap, the earliest of equal ones; None without windows."""
    pairs = [
        Overlap(ours, theirs, days_of((max(ours[0], theirs[0]), min(ours[1], theirs[1]))))
        for ours in need.windows
        for theirs in offer.windows
    ]
    return min(pairs, key=lambda pair: (-pair.days, pair.period, pair), default=None)


def language_margin(need: Need, offer: Offer, code: str) -> int:
    """CEFR levels of the need above (or, negative, below) what the offer asks for in one of its languages."""
    return LEVEL_RANK.get(need.languages.get(code, ""), 0) - LEVEL_RANK[offer.languages[code]]


def satisfied_languages(need: Need, offer: Offer) -> dict[str, int]:
    """Languages of the offer that the need speaks well enough -> levels above, the best first."""
    margins = {code: language_margin(need, offer, code) for code in offer.languages if code in need.languages}
    return {code: margins[code] for code in sorted(margins, key=lambda c: (-margins[c], c)) if margins[code] >= 0}


# ---------------------------------------------------------------------------------------------------- the rules


def _same_agency_or_state(need: Need, offer: Offer, _topics: Topics) -> Violation | None:
    if need.agency == offer.agency:
        return Violation("same_agency_or_state", 1, {"kind": "agency", "state": need.state})
    if need.state and need.state == offer.state:
        return Violation("same_agency_or_state", 1, {"kind": "state", "state": need.state})
    return None


def _topic(need: Need, offer: Offer, topics: Topics) -> Violation | None:
    if not need.topics.isdisjoint(offer.topics) or topics.pairs(need.topics, offer.topics):
        return None
    return Violation("topic", 1, {"need_topics": sorted(need.topics), "offer_topics": sorted(offer.topics)})


def _language(need: Need, offer: Offer, _topics: Topics) -> Violation | None:
    if offer.interpreter or not offer.languages or satisfied_languages(need, offer):
        return None
    nearest = max(sorted(offer.languages), key=lambda code: language_margin(need, offer, code))
    short = -language_margin(need, offer, nearest)
    params = {"language": nearest, "required": offer.languages[nearest], "has": need.languages.get(nearest)}
    return Violation("language", short, params)


def _dates(need: Need, offer: Offer, _topics: Topics) -> Violation | None:
    least, most = least_days(need, offer), most_days(need, offer)
    if least > most:
        return Violation("dates", least - most, {"kind": "length", "least_days": least, "most_days": most})
    overlap = best_overlap(need, offer)
    if overlap is None:
        return Violation("dates", least, {"kind": "no_windows", "least_days": least})
    if overlap.days >= least:
        return None
    params = {
        "kind": "windows",
        "least_days": least,
        "overlap_days": max(overlap.days, 0),
        "need_window": overlap.need_window,
        "offer_window": overlap.offer_window,
    }
    return Violation("dates", least - overlap.days, params)


def _band(need: Need, offer: Offer, _topics: Topics) -> Violation | None:
    off = max(offer.band_min - need.band, need.band - offer.band_max)
    if off <= 0:
        return None
    return Violation("band", off, {"band": need.band, "band_min": offer.band_min, "band_max": offer.band_max})


def _states(need: Need, offer: Offer, _topics: Topics) -> Violation | None:
    restrictions: list[dict[str, str | None]] = []
    for by, post, other in (("need", need, offer), ("offer", offer, need)):
        if other.state in post.excludes_states:
            restrictions.append({"by": by, "kind": "excluded", "state": other.state})
        if post.accepts_states and other.state not in post.accepts_states:
            restrictions.append({"by": by, "kind": "not_accepted", "state": other.state})
    if not restrictions:
        return None
    return Violation("states", len(restrictions), {"restrictions": restrictions})


def _clearance(need: Need, offer: Offer, _topics: Topics) -> Violation | None:
    short = CLEARANCE_RANK[offer.clearance] - CLEARANCE_RANK[need.clearance]
    if short <= 0:
        return None
    return Violation("clearance", short, {"has": need.clearance, "required": offer.clearance})


def _costs(need: Need, offer: Offer, _topics: Topics) -> Violation | None:
    missing = sorted(need.requires_costs - offer.covers_costs)
    return Violation("costs", len(missing), {"missing": missing}) if missing else None


CHECKS: dict[str, Callable[[Need, Offer, Topics], Violation | None]] = {
    "same_agency_or_state": _same_agency_or_state,
    "topic": _topic,
    "language": _language,
    "dates": _dates,
    "band": _band,
    "states": _states,
    "clearance": _clearance,
    "costs": _costs,
}


def violations(need: Need, offer: Offer, topics: Topics) -> list[Violation]:
    """Every rule that the pair breaks, in the published order; empty for a feasible pair."""
    found = (check(need, offer, topics) for check in CHECKS.values())
    return [violation for violation in found if violation]


def feasible(need: Need, offer: Offer, topics: Topics) -> bool:
    """Whether the pair keeps all rules."""
    return not any(check(need, offer, topics) for check in CHECKS.values())


# --------------------------------------------------------------------------------------------------- the points


def _language_points(need: Need, offer: Offer) -> int:
    if not offer.languages:
        return NO_LANGUAGE_ASKED
    margins = satisfied_languages(need, offer).values()
    if not margins:
        return ONLY_INTERPRETER
    return LANGUAGE_POINTS[min(max(margins), len(LANGUAGE_POINTS) - 1)]


def _dates_points(need: Need, offer: Offer) -> int:
    overlap, least = best_overlap(need, offer), least_days(need, offer)
    days = overlap.days if overlap else 0
    return DATES_BASE + min(DATES_EXTRA, DATES_EXTRA * (days - least) // least)


def _preferred_state_points(need: Need, offer: Offer) -> int:
    if not need.prefers_states:
        return NO_PREFERENCE
    if offer.state not in need.prefers_states:
        return NOT_PREFERRED
    return PREFERENCE_POINTS[min(need.prefers_states.index(offer.state), len(PREFERENCE_POINTS) - 1)]


def score(need: Need, offer: Offer) -> Score:
    """Points of a feasible pair. For a pair that breaks a rule the figures mean nothing: ask `violations` first."""
    off_middle = abs(2 * need.band - offer.band_min - offer.band_max)
    return Score(
        topic=RELATED_TOPIC if need.topics.isdisjoint(offer.topics) else SHARED_TOPIC,
        language=_language_points(need, offer),
        dates=_dates_points(need, offer),
        preferred_state=_preferred_state_points(need, offer),
        costs=POINTS_PER_COST * len(offer.covers_costs),
        band=BAND_BEST - min(BAND_LOSS_LIMIT, off_middle),
    )
