"""What every check looks up: the posts by key, the pairs of the rules, what locks take, who is sent from where."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.matching.index import of_offers
from portal.matching.lottery import key_number, stirred
from portal.matching.problem import Problem
from portal.matching.result import Result
from portal.matching.types import Need, Offer


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a result: what, and where."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


class Books:
    """One result beside its problem."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result, self.policy = problem, result, problem.policy
        self.needs: dict[str, Need] = {need.key: need for need in problem.needs}
        self.offers: dict[str, Offer] = {offer.key: offer for offer in problem.offers}
        self.locked = {(pair.need, pair.offer): pair.officers for pair in problem.locked}
        self.previous = {(pair.need, pair.offer): pair.officers for pair in problem.previous}
        self.vetoes = set(problem.vetoes)
        self.numbers = {
            kind: {key: key_number(self.policy.seed, kind, key) for key in posts}
            for kind, posts in (("need", self.needs), ("offer", self.offers))
        }

    def sent(self, officers: Mapping[tuple[str, str], int]) -> Counter[str]:
        sent: Counter[str] = Counter()
        for (need, _), count in officers.items():
            state = self.needs[need].state
            if state:
                sent[state] += count
        return sent

    def pairs(self) -> Iterator[tuple[Need, Offer, int, int]]:
        """Every feasible pair that is not vetoed: its posts, its points, and its number in the lottery (64 bits)."""
        index = of_offers(self.problem.offers, self.problem.topics)
        for need in self.problem.needs:
            number = self.numbers["need"][need.key]
            for fit in index.fits(need):
                if (need.key, fit.key) not in self.vetoes:
                    drawn = stirred(number ^ self.numbers["offer"][fit.key])
                    yield need, self.offers[fit.key], fit.total, drawn

    def beyond_locks(self) -> dict[tuple[str, str], int]:
        return {
            match[:2]: match.officers - self.locked.get(match[:2], 0)
            for match in self.result.matches
            if match.officers > self.locked.get(match[:2], 0)
        }

    def free(self) -> tuple[dict[str, dict[str, int]], Counter[str | None], Counter[str | None]]:
        """Officers and places that no lock takes, and what the locks of each State send and host."""
        free = {
            "needs": {key: need.officers for key, need in self.needs.items()},
            "offers": {key: offer.places for key, offer in self.offers.items()},
        }
        sent: Counter[str | None] = Counter()
        hosted: Counter[str | None] = Counter()
        for (need, offer), count in self.locked.items():
            free["needs"][need] -= count
            free["offers"][offer] -= count
            sent[self.needs[need].state] += count
            hosted[self.offers[offer].state] += count
        return free, sent, hosted

    def counted(self, count: int) -> Iterator[Finding]:
        if self.result.pairs != count:
            yield Finding("wrong_pairs", {"claimed": self.result.pairs, "pairs": count})
