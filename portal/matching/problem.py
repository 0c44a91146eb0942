"""What one run of a round depends on: posts, published policy, pairs locked, vetoed and kept; checked when it is made."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.matching.fields import MOST, BadSource, is_text, require_whole, shown
from portal.matching.rules import violations
from portal.matching.types import Need, Offer, Topics

MODES = ("optimal", "stable")
MOST_POINTS = 1000
"""No single bonus of a policy is larger: a round's own rules may outweigh the published points, never drown them."""


class Pair(NamedTuple):
    """So many officers of a need at an offer."""

    need: str
    offer: str
    officers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of a round, published with it.

    `empty_round_points` go to each officer for each of the `empty_rounds` that the State of the need had before. The
    first officer placed from a State brings `spread_points`, each further one `spread_step` fewer, down to none. Caps
    hold the officers that a State sends (origin) and hosts. `stay_points` go to each officer who stays where an
    earlier run had put them. `seed` is the seed of the lottery among equals. A post without a State has no cap, no
    empty rounds and no spread.
    """

    mode: str = "optimal"
    seed: str = ""
    empty_round_points: int = 0
    empty_rounds: Mapping[str, int] = field(default_factory=dict, hash=False)
    spread_points: int = 0
    spread_step: int = 1
    origin_caps: Mapping[str, int] = field(default_factory=dict, hash=False)
    host_caps: Mapping[str, int] = field(default_factory=dict, hash=False)
    stay_points: int = 0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise BadSource(f"policy, mode: {shown(self.mode)} is none of: {', '.join(MODES)}")
        if not is_text(self.seed):
            raise BadSource(f"policy, seed: {shown(self.seed)} is not a text")
        for name, lowest in (("empty_round_points", 0), ("spread_points", 0), ("spread_step", 1), ("stay_points", 0)):
            require_whole(f"policy, {name}", getattr(self, name), lowest, MOST_POINTS)
        for name in ("empty_rounds", "origin_caps", "host_caps"):
            figures = getattr(self, name)
            if not isinstance(figures, Mapping):
                raise BadSource(f"policy, {name}: {shown(figures)} is not an object of States and numbers")
            for state, figure in figures.items():
                require_whole(
                    f"policy, {name}, {shown(state)}", figure, 0, MOST_POINTS if name == "empty_rounds" else MOST
                )
            object.__setattr__(self, name, dict(sorted(figures.items())))
        if self.mode == "stable":
            self._refuse_what_stability_cannot_keep()

    def _refuse_what_stability_cannot_keep(self) -> None:
        for name in ("origin_caps", "host_caps"):
            if getattr(self, name):
                raise BadSource(
                    f"policy, {name}: the stable mode has no caps on States, for with them a matching without blocking"
                    " pairs may not exist; use the optimal mode, or take the caps out"
                )
        for name in ("empty_round_points", "spread_points", "stay_points"):
            if getattr(self, name):
                raise BadSource(
                    f"policy, {name}: the stable mode has no extra points, for it follows the order in which each side"
                    " ranks the other and adds nothing up; use the optimal mode, or set this to 0"
                )

    def bonus(self, need: Need) -> int:
        """Points that each officer of the need has for the empty rounds of their State."""
        return self.empty_round_points * self.empty_rounds.get(need.state, 0) if need.state else 0

    def spread(self, already: int) -> list[int]:
        """Return the points of each next officer placed from a State that has so many already, while there are any."""
        first = self.spread_points - already * self.spread_step
        return list(range(first, 0, -self.spread_step))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rankings:
    """Explicit ranks for the stable mode, best first; feasible partners that are not named follow by points."""

    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    offers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that a run depends on, in order of keys, whatever the order it came in."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    topics: Topics
    policy: Policy = field(default_factory=Policy)
    locked: tuple[Pair, ...] = ()
    vetoes: tuple[tuple[str, str], ...] = ()
    previous: tuple[Pair, ...] = ()
    rankings: Rankings = field(default_factory=Rankings)

    def __post_init__(self) -> None:
        for name in ("needs", "offers"):
            posts = sorted(getattr(self, name), key=lambda post: post.key)
            _no_repetition(name, (post.key for post in posts))
            object.__setattr__(self, name, tuple(posts))
        for post in self.needs:
            require_whole(f"needs {shown(post.key)}, officers", post.officers, 0, MOST)
        for offer in self.offers:
            require_whole(f"offers {shown(offer.key)}, places", offer.places, 0, MOST)
        for name in ("locked", "previous"):
            object.__setattr__(self, name, _pairs(name, getattr(self, name)))
        object.__setattr__(self, "vetoes", _vetoes(self.vetoes))
        self._check_references()
        self._check_locks()
        self._check_rankings()

    def _check_references(self) -> None:
        known = {"needs": {post.key for post in self.needs}, "offers": {post.key for post in self.offers}}
        for name, pairs in (("locked", self.locked), ("vetoes", self.vetoes)):
            for need, offer, *_ in pairs:
                _known(f"{name}, {shown_pair(need, offer)}", need, known["needs"], "need")
                _known(f"{name}, {shown_pair(need, offer)}", offer, known["offers"], "offer")
        for side, others in (("needs", "offers"), ("offers", "needs")):
            for key, ranks in getattr(self.rankings, side).items():
                _known(f"rankings, {side}", key, known[side], side[:-1])
                for other in ranks:
                    _known(f"rankings, {side} {shown(key)}", other, known[others], others[:-1])

    def _check_locks(self) -> None:
        vetoed = set(self.vetoes)
        for pair in self.locked:
            if (pair.need, pair.offer) in vetoed:
                raise BadSource(f"locked, {shown_pair(*pair[:2])}: the pair is vetoed as well")
        limits = (
            ("officers of the need", {post.key: post.officers for post in self.needs}, lambda pair: pair.need),
            ("places of the offer", {post.key: post.places for post in self.offers}, lambda pair: pair.offer),
            ("officers that its State may send", self.policy.origin_caps, self._states("needs", 0)),
            ("officers that its State may host", self.policy.host_caps, self._states("offers", 1)),
        )
        for what, limit, of in limits:
            used: Counter[str | None] = Counter()
            for pair in self.locked:
                used[of(pair)] += pair.officers
                most = limit.get(of(pair) or "")
                if most is not None and used[of(pair)] > most:
                    raise BadSource(
                        f"locked, {shown_pair(*pair[:2])}: with the other locks that is {used[of(pair)]},"
                        f" more than the {what} {shown(of(pair))}: {most}"
                    )

    def _states(self, side: str, place: int) -> Callable[[Pair], str | None]:
        states = {post.key: post.state for post in getattr(self, side)}
        return lambda pair: states[pair[:2][place]]

    def _check_rankings(self) -> None:
        for side in ("needs", "offers"):
            ranks = getattr(self.rankings, side)
            if ranks and self.policy.mode != "stable":
                raise BadSource(
                    f"rankings, {side}: only the stable mode follows ranks; the optimal mode adds points up"
                )
            for key, others in ranks.items():
                _no_repetition(f"rankings, {side} {shown(key)}", sorted(others))


def check_locks(problem: Problem) -> None:
    """Raise BadSource for a locked pair that breaks a published rule, with the rule."""
    needs = {post.key: post for post in problem.needs}
    offers = {post.key: post for post in problem.offers}
    for pair in problem.locked:
        broken = violations(needs[pair.need], offers[pair.offer], problem.topics)
        if broken:
            rules = ", ".join(violation.code for violation in broken)
            raise BadSource(f"locked, {shown_pair(*pair[:2])}: the pair breaks the rules: {rules}")


def shown_pair(need: str, offer: str) -> str:
    """Quote the two keys of a pair for a message."""
    return f"{shown(need)} with {shown(offer)}"


def _known(where: str, key: str, known: Container[str], kind: str) -> None:
    if key not in known:
        raise BadSource(f"{where}: there is no {kind} {shown(key)}")


def _no_repetition(where: str, ordered: Iterable[str]) -> None:
    last = None
    for key in ordered:
        if key == last:
            raise BadSource(f"{where}: {shown(key)} appears twice")
        last = key


def _pairs(name: str, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    ordered = sorted(Pair(*pair) for pair in pairs)
    for before, pair in zip([None, *ordered], ordered, strict=False):
        require_whole(f"{name}, {shown_pair(*pair[:2])}, officers", pair.officers, 1, MOST)
        if before and before[:2] == pair[:2]:
            raise BadSource(f"{name}: the pair {shown_pair(*pair[:2])} appears twice")
    return tuple(ordered)


def _vetoes(vetoes: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Order the vetoes; one that two people gave is one veto."""
    return tuple(sorted({(need, offer) for need, offer in vetoes}))
