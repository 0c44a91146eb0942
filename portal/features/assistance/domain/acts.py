"""What people may ask for about a request that is written: screening, due diligence, questions, closing, disclosure."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from portal.features.assistance.domain.asking import TEXTS, Language
from portal.features.assistance.domain.vocabulary import ClosingCause, Factor, Outcome, Redaction, Risk
from portal.kernel.contract import Command, Day, GuardedTexts, count, prose, words
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp

LINE = "line-"
"""`line-3` names the third line as a field."""
FIELDS = tuple(name for name in TEXTS if name not in {"title", "contact", "restricted"})
"""Fields that may carry a stricter label than their request, or be withheld with a reason; and each line."""


def _known_field(value: str) -> str:
    if value in FIELDS or (value.startswith(LINE) and value.removeprefix(LINE).isdecimal() and len(value) <= 9):  # noqa: PLR2004
        return value
    raise PydanticCustomError("no_such_field", "")


class SendRequest(Command):
    """The last answers before a request leaves its author's hands."""

    authority: bool = False

    def problems(self) -> Iterator[Problem]:
        if not self.authority:
            yield Problem("request_authority", "authority")


class RecordDiligence(GuardedTexts):
    """What the reviewer of the secretariat found."""

    guarded = ("mitigation",)
    outcome: Outcome
    risk: Risk | None = None
    factors: Annotated[tuple[Factor, ...], Field(max_length=len(Factor))] = ()
    mitigation: prose(2000) = ""
    valid_until: Day | None = None

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if self.outcome == Outcome.PENDING:
            return
        if self.risk is None:
            yield Problem("required", "risk")
        if self.risk == Risk.BLOCKED and self.outcome == Outcome.CLEARED:
            yield Problem("blocked_is_not_cleared", "outcome")
        if self.risk in {Risk.MEDIUM, Risk.HIGH} and not self.mitigation:
            yield Problem("mitigation_needed", "mitigation")
        if self.valid_until is None:
            yield Problem("required", "valid_until")


class AskRequester(GuardedTexts):
    """A question of the secretariat or of a donor."""

    guarded = ("text",)
    text: prose(1000, min_length=1)
    language: Language


class AnswerQuestion(GuardedTexts):
    """The requester's answer to question number `question`."""

    guarded = ("text",)
    question: count(1, 10_000)
    text: prose(2000, min_length=1)
    language: Language


class CloseRequest(GuardedTexts):
    """Ends a request that is not met in full."""

    guarded = ("reason",)
    cause: ClosingCause
    reason: prose(1000, min_length=1)
    partly: bool


class ReleaseRequest(Command):
    """Names who may see a request above GREEN: an agency by its code, or a person by their address.

    `exact` shows an agency site, contact and names too.
    """

    to: words(254)
    exact: bool = False


class TakeBackRelease(Command):
    """Takes back the release with this number, as the page or the JSON of the request gives it."""

    number: count(1, 2**31 - 1)


class SetDisclosure(Command):
    """Gives one field a stricter label, withholds it for a reason, or neither."""

    field: Annotated[str, Field(max_length=40), AfterValidator(_known_field)]
    label: Tlp | None = None
    withheld: count(1, len(Redaction)) | None = None
    """A reason code, `Redaction`."""

    def problems(self) -> Iterator[Problem]:
        if self.label is not None and self.withheld is not None:
            yield Problem("label_or_reason", "withheld")
