"""The published rules of a round: its policy, when a pair needs a look, and the deadline of answers."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from portal.features.rounds.domain.vocabulary import Look, Mode
from portal.kernel.contract import Part, count
from portal.kernel.errors import Problem

MOST_POINTS = 100
MOST_CAP = 100_000
CLOSING_HOUR = time(18, tzinfo=UTC)
"""Enrolment ends at this hour of its last day."""
PATIENCE = timedelta(minutes=1)
"""A run that has given no sign of life for so long was killed."""

_RELATED_TOPIC, _ONLY_INTERPRETER, _JUST_ENOUGH, _NOT_NAMED = 20, 8, 10, 0


class RoundPolicy(Part):
    """What is published with a round, and what a run applied. Points are those of the score, whole numbers."""

    mode: Mode = Mode.OPTIMAL
    look_below: count(0, MOST_POINTS) = 66
    """A pair with fewer points needs a look by the secretariat before it is sent."""
    empty_points: count(0, MOST_POINTS) = 0
    """For each earlier round in which the need's State got nothing."""
    spread_points: count(0, MOST_POINTS) = 0
    """The first officer placed from a State brings so many points, each further one `spread_step` fewer."""
    spread_step: count(1, MOST_POINTS) = 1
    origin_cap: count(1, MOST_CAP) | None = None
    host_cap: count(1, MOST_CAP) | None = None
    stay_points: count(0, MOST_POINTS) = 0
    """For each officer who stays where the run before put them."""

    def problems(self) -> Iterator[Problem]:
        if self.mode is Mode.STABLE:
            for name in ("empty_points", "spread_points", "stay_points"):
                if getattr(self, name):
                    yield Problem("not_in_stable_mode", name)
            for name in ("origin_cap", "host_cap"):
                if getattr(self, name) is not None:
                    yield Problem("not_in_stable_mode", name)


def looks(score: int, parts: Mapping[str, int], *, look_below: int) -> list[Look]:
    """What is thin about a pair, strongest first."""
    checks = (
        (Look.LOW_SCORE, score < look_below),
        (Look.INTERPRETER, parts["language"] == _ONLY_INTERPRETER),
        (Look.JUST_ENOUGH_DAYS, parts["dates"] == _JUST_ENOUGH),
        (Look.OTHER_STATE, parts["preferred_state"] == _NOT_NAMED),
        (Look.RELATED_TOPIC, parts["topic"] == _RELATED_TOPIC),
    )
    return [look for look, holds in checks if holds]


def needs_look(found: Iterable[Look]) -> bool:
    """Few points, or an interpreter for the whole stay: somebody looks at the pair before it is sent."""
    return bool({Look.LOW_SCORE, Look.INTERPRETER} & set(found))


def answers_until(sent_at: datetime, days: int) -> datetime:
    """The deadline of proposals sent now: the end of that day."""
    last = (sent_at + timedelta(days=days)).date()
    return datetime.combine(last, time(23, 59, tzinfo=UTC))


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The names of the rules in which two policies differ, in the order of the form."""
    return [name for name in RoundPolicy.model_fields if one.get(name) != other.get(name)]
