"""What storekeepers enter: for each line what became of its units, or one word for all that is left."""

from collections.abc import Iterator

from portal.features.assistance.domain.asking import MOST_UNITS
from portal.features.shipments.domain.vocabulary import SHORTFALLS, Outcome, Reason
from portal.kernel.contract import Day, GuardedTexts, Part, count, prose
from portal.kernel.errors import Problem
from portal.kernel.files import attachment

AFTER = count(0, 10_000)
"""How many receipts there were when this person began to count: whoever comes second is told."""
UNITS = count(0, MOST_UNITS)


class CountedLine(Part):
    """What was found of one line, without what earlier receipts say."""

    line: count(1, 1_000)
    received: UNITS = 0
    damaged: UNITS = 0
    missing: UNITS = 0
    refused: UNITS = 0
    returned: UNITS = 0
    reason: Reason | None = None
    words: prose(600) = ""
    photo: attachment() | None = None

    @property
    def short(self) -> int:
        return sum(getattr(self, one.value) for one in SHORTFALLS)

    @property
    def total(self) -> int:
        return self.received + self.short


class RecordReceipt(GuardedTexts):
    """One count, of all lines or some."""

    guarded = ("remarks",)
    after: AFTER
    received_on: Day
    lines: tuple[CountedLine, ...]
    remarks: prose(1000) = ""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if not any(line.total for line in self.lines):
            yield Problem("nothing_counted")
        seen: set[int] = set()
        for place, line in enumerate(self.lines):
            if line.line in seen:
                yield Problem("line_twice", f"lines-{place}-received")
            seen.add(line.line)
            if line.short and line.reason is None:
                yield Problem("required", f"lines-{place}-reason")


class ReceiveRest(GuardedTexts):
    """Everything that is not accounted for yet, in one press: it obeys the same rules as a count by hand."""

    guarded = ("words",)
    after: AFTER
    received_on: Day
    outcome: Outcome = Outcome.RECEIVED
    reason: Reason | None = None
    words: prose(600) = ""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if self.outcome is not Outcome.RECEIVED and self.reason is None:
            yield Problem("required", "reason")
