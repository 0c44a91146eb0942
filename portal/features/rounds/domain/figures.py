"""The figures of a round: how good the pairs are, and how places are spread over regions and States. Whole numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from portal.kernel.states import STATES

FEWEST = 5
"""Behind each count that agencies read stand at least so many; smaller ones are shown together."""
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """A need, or an offer, that takes part: whose State, and how many officers or places."""

    state: str | None
    wanted: int


@dataclass(frozen=True, slots=True)
class Placed:
    """So many officers of one State hosted by another, with the points of the pair."""

    host_state: str | None
    state: str | None
    officers: int
    score: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a region, or a State, wanted and what it got. Percentages of the whole, rounded."""

    name: str
    wanted: int
    placed: int
    wanted_share: int
    placed_share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that the page of a run, its report and its publication say in numbers."""

    places: int
    host_states: int
    offers: int
    needs: int
    officers: int
    origin_states: int
    pairs: int
    placed: int
    median: int | None
    lowest: int | None
    highest: int | None
    scores: Mapping[str, int] = field(default_factory=dict)
    """Points of a pair (as text, because JSON has no other keys) -> how many pairs have them."""
    regions: Sequence[Mapping[str, Any]] = ()
    states: Sequence[Mapping[str, Any]] = ()
    spread: int = 0
    """Points between the region that got most beyond its share and the one that got least."""
    empty_states: Sequence[str] = ()
    """States that wanted something and got nothing."""

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)


def figures_of(offers: Sequence[Wish], needs: Sequence[Wish], pairs: Sequence[Placed]) -> Figures:
    scores = sorted(pair.score for pair in pairs)
    regions = shares(needs, pairs, region_of)
    states = shares(needs, pairs, lambda state: state or "")
    return Figures(
        places=sum(one.wanted for one in offers),
        host_states=len({one.state for one in offers if one.state}),
        offers=len(offers),
        needs=len(needs),
        officers=sum(one.wanted for one in needs),
        origin_states=len({one.state for one in needs if one.state}),
        pairs=len(pairs),
        placed=sum(pair.officers for pair in pairs),
        median=scores[(len(scores) - 1) // 2] if scores else None,
        lowest=scores[0] if scores else None,
        highest=scores[-1] if scores else None,
        scores={str(score): n for score, n in sorted(Counter(scores).items())},
        regions=[asdict(one) for one in regions],
        states=[asdict(one) for one in states],
        spread=spread_of(regions),
        empty_states=[one.name for one in states if one.name and not one.placed],
    )


def region_of(state: str | None) -> str:
    """The region of the United Nations that a State lies in; "" for organisations of no State."""
    info = STATES.get(state or "")
    return info.subregion if info else ""


def states_of(region: str) -> list[str]:
    """The States of a region, by their codes."""
    return sorted(iso2 for iso2, info in STATES.items() if info.subregion == region)


def shares(needs: Iterable[Wish], pairs: Iterable[Placed], name_of: Any) -> list[Share]:
    """By region or State, the largest wish first."""
    wanted, placed = Counter[str](), Counter[str]()
    for need in needs:
        wanted[name_of(need.state)] += need.wanted
    for pair in pairs:
        placed[name_of(pair.state)] += pair.officers
    return _shared(wanted, placed)


def _shared(wanted: Counter[str], placed: Counter[str]) -> list[Share]:
    all_wanted, all_placed = wanted.total(), placed.total()
    found = [
        Share(name, n, placed[name], percent(n, all_wanted), percent(placed[name], all_placed))
        for name, n in wanted.items()
    ]
    return sorted(found, key=lambda one: (-one.wanted, one.name))


def spread_of(found: Sequence[Share]) -> int:
    """In points of per cent; 0 when nobody got anything."""
    ahead = [one.placed_share - one.wanted_share for one in found]
    return max(ahead) - min(ahead) if ahead and any(one.placed for one in found) else 0


def percent(part: int, whole: int) -> int:
    return round(HUNDRED * part / whole) if whole else 0


def for_everyone(figures: Mapping[str, Any]) -> dict[str, Any]:
    """What agencies read: no State, and no region with fewer than five officers; those stand together under "*".

    The points of fewer than five pairs, and the regions of fewer than five officers with a place, are not told: they
    would say who agreed.
    """
    wanted, placed = Counter[str](), Counter[str]()
    for region in figures["regions"]:
        name = region["name"] if region["wanted"] >= FEWEST else "*"
        wanted[name] += region["wanted"]
        placed[name] += region["placed"]
    if 0 < wanted["*"] < FEWEST and len(wanted) > 1:
        least = min((name for name in wanted if name != "*"), key=lambda name: (wanted[name], name))
        wanted["*"] += wanted.pop(least)
        placed["*"] += placed.pop(least, 0)
    regions = _shared(+wanted, placed)
    few, alone = figures["pairs"] < FEWEST, 0 < figures["placed"] < FEWEST
    kept = {
        name: figures[name]
        for name in ("places", "offers", "needs", "officers", "host_states", "origin_states", "pairs", "placed")
    }
    scores = {name: None if few else figures[name] for name in ("median", "lowest", "highest")}
    return {
        **kept,
        **scores,
        "scores": {} if few else figures["scores"],
        "regions": [asdict(one) for one in regions] if sum(wanted.values()) >= FEWEST and not alone else [],
        "spread": 0 if alone else spread_of(regions),
    }
