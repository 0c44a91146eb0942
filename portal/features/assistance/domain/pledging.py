"""What people may ask for about pledges. Values are added by the pledge forms with the kernel's money."""

from collections.abc import Iterator

from portal.features.assistance.domain.vocabulary import FlowType
from portal.kernel.contract import Command, Day, count, prose, words
from portal.kernel.errors import Problem


class AcceptPledge(Command):
    """The requester's yes, to the version of the pledge that was read."""

    version: count(1, 1_000_000)
    conditions_read: bool = False

    def problems(self) -> Iterator[Problem]:
        if not self.conditions_read:
            yield Problem("conditions_unread", "conditions_read")


class CommitPledge(Command):
    """The donor's agreement, in force."""

    agreement: words(200)
    agreement_on: Day


class ReducePledge(Command):
    quantity: count(1, 100_000)
    reason: prose(1000, min_length=1)


class TellMe(Command):
    """Someone who came too late asks to be told when something is free again."""

    quantity: count(1, 100_000)


class AnswerOda(Command):
    """Five questions about a pledge, and what the donor decides in the end."""

    primarily_development: bool
    recipient_is_eligible: bool
    official_funds: bool
    safeguards_in_place: bool
    coercive_use: bool
    flow_type: FlowType
    note: prose(600) = ""


class RecordService(Command):
    """Training held, experts sent or licences given."""

    starts_on: Day
    ends_on: Day
    quantity: count(1, 100_000)
    attended: count(0, 100_000) | None = None
    note: prose(600) = ""

    def problems(self) -> Iterator[Problem]:
        if self.ends_on < self.starts_on:
            yield Problem("ends_before_start", "ends_on")
