"""What time brings about in rounds: they open and close at their dates, and a refusal has the rest solved again."""

from datetime import datetime

from portal.features.rounds.queries.runs import unfinished
from portal.features.rounds.services.answering import rounds_to_follow
from portal.features.rounds.services.planning import follow_dates
from portal.features.rounds.services.running import failed_lately, want_follow_up


def run_due(*, at: datetime) -> int:
    """Everything that is due now. Safe to run twice. Returns how many rounds moved."""
    return follow_dates(at=at) + follow_refusals(at=at)


def follow_refusals(*, at: datetime) -> int:
    """Want a follow-up for each round in which somebody refused; the job of runs does it."""
    wanted = 0
    for round_ in rounds_to_follow():
        current = unfinished(round_)
        if (current is None or current.silent(at)) and not failed_lately(round_, at):
            want_follow_up(round_, at=at)
            wanted += 1
    return wanted
