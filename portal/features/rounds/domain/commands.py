"""What people may ask of a round."""

from collections.abc import Iterator

from portal.features.rounds.domain.rules import RoundPolicy
from portal.features.rounds.domain.vocabulary import MarkKind
from portal.kernel.contract import Command, Day, count, prose, words
from portal.kernel.errors import Problem

MOST_ANSWER_DAYS = 60
REASON = prose(1000, min_length=1)
POST = words(20)


class _Policy(RoundPolicy):
    """The rules as fields of a form."""


class PlanRound(Command, _Policy):
    """When a round opens, closes, is reviewed and waits for answers; and the rules that are published with it."""

    opens_on: Day
    closes_on: Day
    review_until: Day
    answer_days: count(1, MOST_ANSWER_DAYS) = 14

    def problems(self) -> Iterator[Problem]:
        if self.closes_on < self.opens_on:
            yield Problem("ends_before_start", "closes_on")
        if self.review_until < self.closes_on:
            yield Problem("review_before_close", "review_until")
        yield from _Policy.problems(self)

    @property
    def policy(self) -> RoundPolicy:
        return RoundPolicy(**self.model_dump(include=set(RoundPolicy.model_fields)))


class StartRun(Command, _Policy):
    """Solve the round with these rules. Without any, those that were published."""

    def problems(self) -> Iterator[Problem]:
        yield from _Policy.problems(self)

    @property
    def policy(self) -> RoundPolicy:
        return RoundPolicy(**self.model_dump())


class MarkPair(Command):
    """Lock a pair, or rule it out, for every run to come. Both agencies may be told why."""

    kind: MarkKind
    offer: POST
    need: POST
    reason: REASON
    seen: count(0, 2**31 - 1) | None = None
    """The number of the mark that was on the screen, 0 for none: what a colleague decided meanwhile is not undone."""


class LiftMark(Command):
    offer: POST
    need: POST


class ChooseRun(Command):
    """The run whose pairs shall be sent."""

    run: count(1, 10_000)


class KeepPair(Command):
    """Somebody looked at this pair of the chosen run, and it stays."""

    run: count(1, 10_000)
    offer: POST
    need: POST


class KeepAll(Command):
    run: count(1, 10_000)


class CancelRound(Command):
    reason: REASON


class Enrol(Command):
    """One post of one's own agency."""

    post: POST
