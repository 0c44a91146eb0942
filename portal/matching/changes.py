"""For a need without a fit: the single change that would open most offers. Never band or clearance.

A change touches one rule only, so it can open only offers that break that rule and no other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from portal.matching.rules import CHECKS, best_overlap, least_days, violations
from portal.matching.types import LEVEL_RANK, LEVELS, Need, Offer, Topics, Window, days_of

WIDEST = 28
"""Days by which one window may be widened, both ends together."""

CHANGES = (
    *("language_added", "language_raised", "topic_added", "window_widened", "min_days_lowered"),
    *("max_days_raised", "cost_dropped", "excluded_state_lifted", "accepted_states_lifted"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a need: what it is, how large (levels, days; 1 where there is no size), which offers it opens.

    `params` per code: language_added language, level; language_raised language, level, from_level; topic_added topic;
    window_widened window, to_window; min_days_lowered and max_days_raised days, from_days; cost_dropped cost;
    excluded_state_lifted state; accepted_states_lifted states (the list is dropped, any State is accepted).
    """

    code: str
    size: int
    params: Mapping[str, object] = field(hash=False)
    need: Need
    opened: tuple[str, ...] = ()


def single_changes(need: Need, offers: Iterable[Offer], topics: Topics) -> list[Change]:
    """Return the best change of each kind that opens any of the offers, the one that opens most first.

    Equal ones come in the published order: language, topic, window, days, cost, State. Within one kind the smallest
    change that opens as many wins. Give only offers that the reader may see; those that break several rules do no harm.
    """
    near = _near(need, offers, topics)
    proposals = (
        ("language", _languages(need, near["language"])),
        ("topic", _topics(need, topics)),
        ("dates", _windows(need, near["dates"])),
        ("dates", _days(need, near["dates"])),
        ("costs", _costs(need)),
        ("states", _states(need)),
    )
    best = [_best(rule, changes, near[rule], topics) for rule, changes in proposals]
    return sorted((change for change in best if change), key=lambda change: -len(change.opened))


def _near(need: Need, offers: Iterable[Offer], topics: Topics) -> dict[str, list[Offer]]:
    """Rule -> offers that break it alone, by key."""
    near: dict[str, list[Offer]] = {rule: [] for rule in CHECKS}
    for offer in sorted(offers, key=lambda offer: offer.key):
        broken = violations(need, offer, topics)
        if len(broken) == 1:
            near[broken[0].code].append(offer)
    return near


def _best(rule: str, changes: Iterator[Change], offers: list[Offer], topics: Topics) -> Change | None:
    check, best = CHECKS[rule], None
    for change in changes if offers else ():
        opened = tuple(offer.key for offer in offers if not check(change.need, offer, topics))
        rank = (-len(opened), change.size)
        if opened and (best is None or rank < (-len(best.opened), best.size)):
            best = replace(change, opened=opened)
    return best


# ------------------------------------------------------------------------------------------- one kind after another


def _languages(need: Need, offers: list[Offer]) -> Iterator[Change]:
    for code in sorted({code for offer in offers for code in offer.languages}):
        has = LEVEL_RANK.get(need.languages.get(code, ""), 0)
        for level in LEVELS[has:]:
            changed = replace(need, languages={**need.languages, code: level})
            params: dict[str, object] = {"language": code, "level": level}
            if has:
                params["from_level"] = LEVELS[has - 1]
            yield Change("language_raised" if has else "language_added", LEVEL_RANK[level] - has, params, changed)


def _topics(need: Need, topics: Topics) -> Iterator[Change]:
    for topic in sorted(topics.parents.keys() - need.topics):
        yield Change("topic_added", 1, {"topic": topic}, replace(need, topics=need.topics | {topic}))


def _windows(need: Need, offers: list[Offer]) -> Iterator[Change]:
    """For each window the least widening that opens most offers."""
    for window in need.windows:
        opened = sum((_reach(window, need, offer) for offer in offers), np.zeros((WIDEST + 1,) * 2, dtype=np.int32))
        if not opened.any():
            continue
        earlier, later = min(np.argwhere(opened == opened.max()).tolist(), key=lambda days: (sum(days), days))
        wider = (window[0] - timedelta(days=earlier), window[1] + timedelta(days=later))
        others = (other for other in need.windows if other != window)
        changed = replace(need, windows=tuple(sorted({wider, *others})))
        yield Change("window_widened", earlier + later, {"window": window, "to_window": wider}, changed)


def _reach(window: Window, need: Need, offer: Offer) -> NDArray[np.int32]:
    """1 where widening by (days earlier, days later) makes the overlap long enough; shape (29, 29)."""
    earlier, later = np.ogrid[: WIDEST + 1, : WIDEST + 1]
    least = least_days(need, offer)
    reached = np.zeros((WIDEST + 1,) * 2, dtype=np.bool_)
    for theirs in offer.windows:
        if days_of(theirs) >= least:
            reached |= (
                (earlier + later >= least - days_of(window))
                & (later >= (theirs[0] - window[1]).days + least - 1)
                & (earlier >= (window[0] - theirs[1]).days + least - 1)
            )
    return (reached & (earlier + later <= WIDEST)).astype(np.int32)


def _days(need: Need, offers: list[Offer]) -> Iterator[Change]:
    """Try every shorter minimum and longer maximum at which one of the offers could open."""
    overlaps = {overlap.days for offer in offers if (overlap := best_overlap(need, offer))}
    for days in sorted(overlaps | {offer.max_days for offer in offers}, reverse=True):
        if 1 <= days < need.min_days:
            params = {"days": days, "from_days": need.min_days}
            yield Change("min_days_lowered", need.min_days - days, params, replace(need, min_days=days))
    for days in sorted({offer.min_days for offer in offers}):
        if days > need.max_days:
            params = {"days": days, "from_days": need.max_days}
            yield Change("max_days_raised", days - need.max_days, params, replace(need, max_days=days))


def _costs(need: Need) -> Iterator[Change]:
    for cost in sorted(need.requires_costs):
        yield Change("cost_dropped", 1, {"cost": cost}, replace(need, requires_costs=need.requires_costs - {cost}))


def _states(need: Need) -> Iterator[Change]:
    for state in sorted(need.excludes_states):
        changed = replace(need, excludes_states=need.excludes_states - {state})
        yield Change("excluded_state_lifted", 1, {"state": state}, changed)
    if need.accepts_states:
        states = sorted(need.accepts_states)
        yield Change("accepted_states_lifted", 1, {"states": states}, replace(need, accepts_states=frozenset()))
