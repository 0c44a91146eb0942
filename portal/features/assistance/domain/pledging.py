"""What people may ask for about pledges."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.features.assistance.domain.asking import MOST_UNITS, Language
from portal.features.assistance.domain.vocabulary import (
    ExportLicence,
    FlowType,
    Means,
    Procurer,
    Redaction,
    Tied,
    Valuation,
)
from portal.kernel.contract import Command, Day, GuardedTexts, count, prose, words
from portal.kernel.errors import Problem
from portal.kernel.files import attachment
from portal.kernel.languages import SOURCE_LANGUAGE
from portal.kernel.money import money

LONGEST = timedelta(days=3 * 366)
"""No pledge stays open longer than this, and nothing is promised for later."""
REMIND_BEFORE = timedelta(days=7)
"""When a donor is reminded that nobody has accepted yet."""
REASON = prose(1000, min_length=1)
VERSION = count(1, 1_000_000)
"""Of the pledge that was on the screen: what was decided on must be what stands."""


class OfferPledge(GuardedTexts):
    """A donor's promise on one line."""

    guarded = ("conditions",)
    quantity: count(1, MOST_UNITS)
    unit_value: money()
    means: Means
    valuation: Valuation | None = None
    procurer: Procurer | None = None
    implementer: words(20, min_length=0) = ""
    """The code of the agency that carries it out, when it is not the donor itself."""
    available_from: Day
    valid_until: Day
    conditions: prose(2000) = ""
    conditions_language: Language = SOURCE_LANGUAGE
    tied: Tied = Tied.UNTIED
    export_licence: ExportLicence | None = None
    anonymous_reason: count(1, len(Redaction)) | None = None
    """Why others are not told who the donor is: a code of `Redaction`."""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if self.means is Means.IN_KIND and self.valuation is None:
            yield Problem("required", "valuation")
        if self.means is Means.FUNDS and self.procurer is None:
            yield Problem("required", "procurer")
        if self.procurer is Procurer.IMPLEMENTER and not self.implementer and self.means is Means.FUNDS:
            yield Problem("required", "implementer")

    def late(self, *, today: date) -> Iterator[Problem]:
        """The days of a pledge lie ahead, and not too far."""
        if self.valid_until <= today:
            yield Problem("day_over", "valid_until")
        if self.available_from < today:
            yield Problem("needed_by_over", "available_from")
        for name in ("valid_until", "available_from"):
            if getattr(self, name) > today + LONGEST:
                yield Problem("day_too_far", name)


class AcceptPledge(Command):
    """The requester's yes, to the version of the pledge that was read."""

    version: VERSION
    conditions_read: bool = False
    end_user_certificate: bool = False
    """The agency gives the end-user certificate that its request promised."""

    def problems(self) -> Iterator[Problem]:
        if not self.conditions_read:
            yield Problem("conditions_unread", "conditions_read")


class CommitPledge(Command):
    """The donor's agreement, in force: its file is sent along, or is a document of the pledge already."""

    version: VERSION
    agreement: words(200, min_length=3)
    agreement_on: Day
    file: attachment() | None = None
    document: words(24, min_length=0) = ""
    """The key of a document that is attached to the pledge."""


class _WithReason(GuardedTexts):
    guarded = ("reason",)
    version: VERSION
    reason: REASON


class DeclinePledge(_WithReason):
    """The requester does not want it."""


class WithdrawPledge(_WithReason):
    """The donor takes it back."""


class DisputePledge(_WithReason):
    """One side says that it is not kept."""


class SettlePledge(_WithReason):
    """The secretariat says how the dispute ended."""


class ReducePledge(_WithReason):
    """The donor asks to promise less."""

    quantity: count(1, MOST_UNITS)


class AnswerReduction(GuardedTexts):
    """The secretariat agrees to a reduction, or does not."""

    guarded = ("reason",)
    version: VERSION
    agreed: bool
    reason: prose(1000) = ""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if not self.agreed and not self.reason:
            yield Problem("required", "reason")


class ClosePledge(_WithReason):
    """One side asks to end it with what was received; the other one confirms with the same command."""


class TellMe(Command):
    """Someone who came too late asks to be told when something is free again."""

    quantity: count(1, MOST_UNITS)


class RecordService(GuardedTexts):
    """Training held, experts sent or licences given."""

    guarded = ("note",)
    starts_on: Day
    ends_on: Day
    quantity: count(1, MOST_UNITS)
    attended: count(0, MOST_UNITS) | None = None
    note: prose(600) = ""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if self.ends_on < self.starts_on:
            yield Problem("ends_before_start", "ends_on")


class ConfirmService(GuardedTexts):
    """What the recipient says about delivery number `number`: how much of it they received."""

    guarded = ("reason",)
    number: count(1, 10_000)
    accepted: count(0, MOST_UNITS)
    reason: prose(1000) = ""


class AskOda(Command):
    """Five questions about a pledge, each yes or no."""

    official_funds: bool
    eligible_recipient: bool
    development_purpose: bool
    provider_interest: bool
    safeguards: bool

    @property
    def suggestion(self) -> FlowType:
        """What the answers speak for. The donor decides: nothing here is ever recorded by itself.

        Official development assistance has development as its main purpose, and the text of sector 15190 excludes
        what serves the provider's interest first and foremost.
        """
        if not self.official_funds:
            return FlowType.OTHER
        for_development = self.eligible_recipient and self.development_purpose and self.safeguards
        return FlowType.ODA if for_development and not self.provider_interest else FlowType.OTHER_OFFICIAL


class AnswerOda(AskOda, GuardedTexts):
    """The answers, and what the donor decides in the end."""

    guarded = ("note",)
    flow_type: FlowType
    note: prose(600) = ""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if self.flow_type != self.suggestion and not self.note:
            yield Problem("override_needs_note", "note")


QUESTIONS = tuple(AskOda.model_fields)


def ends_at(valid_until: date, time_zone: str) -> datetime:
    """The instant at which a pledge lapses: the end of its last day, where the donor is."""
    return datetime.combine(valid_until + timedelta(days=1), time(), ZoneInfo(time_zone))
