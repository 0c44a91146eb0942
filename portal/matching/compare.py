"""Two runs side by side, and the problem that is left when some of a run's proposals were agreed and some refused."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from portal.matching.problem import Pair, Policy, Problem
from portal.matching.result import Result

Two = tuple[int, int]
THOUSAND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What a second run does otherwise than a first; figures come in twos, first and second.

    `kept`, `gone` and `new` count officers; needs gain and lose points (officers times score); `states` are officers
    placed per origin State; `spread` is `spread_index`.
    """

    policy: Mapping[str, tuple[object, object]] = field(hash=False)
    value: Two
    objective: Two
    officers: Two
    kept: tuple[Pair, ...]
    gone: tuple[Pair, ...]
    new: tuple[Pair, ...]
    gainers: Mapping[str, Two] = field(hash=False)
    losers: Mapping[str, Two] = field(hash=False)
    states: Mapping[str, Two] = field(hash=False)
    spread: Two


def compare_results(first: tuple[Problem, Result], second: tuple[Problem, Result]) -> Differences:
    """Compare two runs, each with the problem that it solved."""
    before, after = (_officers(result) for _, result in (first, second))
    points = _twos(*(_points(result) for _, result in (first, second)))
    policies = {name.name: (getattr(first[0].policy, name.name), getattr(second[0].policy, name.name))
                for name in fields(Policy)}  # fmt: skip
    return Differences(
        policy={name: values for name, values in policies.items() if values[0] != values[1]},
        value=(first[1].value, second[1].value),
        objective=(first[1].objective, second[1].objective),
        officers=(before.total(), after.total()),
        kept=_pairs(before & after),
        gone=_pairs(before - after),
        new=_pairs(after - before),
        gainers={need: two for need, two in points.items() if two[0] < two[1]},
        losers={need: two for need, two in points.items() if two[0] > two[1]},
        states=_twos(placed(*first), placed(*second)),
        spread=(spread_index(*first), spread_index(*second)),
    )


def _officers(result: Result) -> Counter[tuple[str, str]]:
    return Counter({(match.need, match.offer): match.officers for match in result.matches})


def _points(result: Result) -> Counter[str]:
    points: Counter[str] = Counter()
    for match in result.matches:
        points[match.need] += match.officers * match.score
    return points


def _pairs(officers: Counter[tuple[str, str]]) -> tuple[Pair, ...]:
    return tuple(sorted(Pair(need, offer, count) for (need, offer), count in officers.items()))


def _twos(first: Counter[str], second: Counter[str]) -> dict[str, Two]:
    return {key: (first[key], second[key]) for key in sorted(first.keys() | second.keys())}


def placed(problem: Problem, result: Result) -> Counter[str]:
    """Return the officers placed per origin State; every State with a need is there."""
    states = {need.key: need.state for need in problem.needs}
    sent = Counter({state: 0 for state in states.values() if state})
    for match in result.matches:
        state = states[match.need]
        if state:
            sent[state] += match.officers
    return sent


def spread_index(problem: Problem, result: Result) -> int:
    """Return Jain's index over origin States of officers placed per officer wanted, in thousandths.

    1000: every State has the same part of its officers placed; 1000/n: one of n States has everything. States that
    want no officer do not count; with nobody placed at all the index is 0.
    """
    wanted: Counter[str] = Counter()
    for need in problem.needs:
        if need.state:
            wanted[need.state] += need.officers
    sent = placed(problem, result)
    whole = 1
    for count in set(wanted.values()) - {0}:
        whole *= count
    # parts in whole numbers: sent / wanted, times the product of all denominators that occur
    parts = [sent[state] * (whole // count) for state, count in wanted.items() if count]
    squares = len(parts) * sum(part * part for part in parts)
    return THOUSAND * sum(parts) ** 2 // squares if squares else 0


def refuse(problem: Problem, result: Result, agreed: Iterable[Pair], refused: Iterable[tuple[str, str]]) -> Problem:
    """Return what is left to solve after answers came: agreed pairs locked, refused ones vetoed, the result kept in mind.

    The agreed pairs take the place of earlier locks. The rest of the result moves only where points outweigh the
    policy's `stay_points`.
    """
    return replace(
        problem,
        locked=tuple(agreed),
        vetoes=(*problem.vetoes, *refused),
        previous=tuple(Pair(match.need, match.offer, match.officers) for match in result.matches),
    )
