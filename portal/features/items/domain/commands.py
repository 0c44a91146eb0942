"""What people may ask for about an item."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from portal.features.items.domain.serials import normal_maker, normal_serial, vin_problem
from portal.features.items.domain.vocabulary import Condition, Method, RiskClass, SiteKind, risk_class_of
from portal.kernel.contract import Command, Day, GuardedTexts, count, prose, words
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.money import money

FIRST_YEAR = 1980
MOST_UNITS = 100_000
MOST_OPERATORS = 10_000
REASON = prose(1000, min_length=3)
DESCRIBED = (
    *("manufacturer", "model", "serial", "vin", "engine_no", "tag", "made_year", "received_on", "warranty_until"),
    *("licence_until", "stores_data", "operators_required", "label", "attributes"),
)
"""What may be mended. Value, condition, quantity and place change by steps of their own, which the ledger records."""
ELSEWHERE = frozenset({"vin", "make", "model", "serial_number", "quantity", "year", "asset_tag", "operators_trained"})
"""Attributes of a category that have a field of their own."""
_WHOLE_ORDER = (RiskClass.A, RiskClass.B, RiskClass.C)


@cache
def attributes_of(category: str) -> tuple[str, ...]:
    """What is recorded of an item of this category besides what every item has."""
    kind = EQUIPMENT.get(category)
    return tuple(name for name in kind.attributes if name not in ELSEWHERE) if kind else ()


def is_counted(category: str) -> bool:
    """Consumables are recorded by quantity, without a serial number."""
    kind = EQUIPMENT.get(category)
    return kind is not None and "quantity" in kind.attributes


def has_vin(category: str) -> bool:
    kind = EQUIPMENT.get(category)
    return kind is not None and "vin" in kind.attributes


def _category(value: str) -> str:
    if value not in EQUIPMENT:
        raise PydanticCustomError("not_in_list", "")
    return value


def _vin(value: str) -> str:
    vin = normal_serial(value)
    if vin and (problem := vin_problem(vin)):
        raise PydanticCustomError(problem, "")
    return vin


Category = Annotated[words(40), AfterValidator(_category)]
Vin = Annotated[words(40, min_length=0), AfterValidator(_vin)]


class _Place(Command):
    """Where an item is: the unit that uses it, and the exact site."""

    unit: words(120, min_length=2)
    site: words(120, min_length=2)
    site_kind: SiteKind


class _Described(Command):
    """What is written down of an item."""

    manufacturer: words(80)
    model: words(80)
    serial: words(60, min_length=0) = ""
    vin: Vin = ""
    engine_no: words(60, min_length=0) = ""
    tag: words(40, min_length=0) = ""
    """The agency's own number of it."""
    made_year: count(FIRST_YEAR, 2100) | None = None
    received_on: Day | None = None
    warranty_until: Day | None = None
    licence_until: Day | None = None
    stores_data: bool = False
    operators_required: count(0, MOST_OPERATORS) = 0
    label: Tlp = Tlp.AMBER
    attributes: dict[str, words(80, min_length=0)] = {}  # noqa: RUF012 - pydantic copies it
    same_serial_reason: prose(300) = ""
    """Why another item of this manufacturer may carry the same serial number."""

    def wrong_for(self, category: str, *, quantity: int) -> Iterator[Problem]:
        """What does not go with the category."""
        known = attributes_of(category)
        for name in self.attributes:
            if name not in known:
                yield Problem("unknown_field", f"attributes-{name}")
        if quantity > 1:
            yield from self._wrong_for_many(category)
        elif not is_counted(category) and not (self.serial or self.vin or self.same_serial_reason):
            yield Problem("required", "vin" if has_vin(category) else "serial")
        if self.vin and not has_vin(category):
            yield Problem("vin_of_no_vehicle", "vin")
        if self.serial and not normal_serial(self.serial):
            yield Problem("serial_without_signs", "serial")
        if not normal_maker(self.manufacturer):
            yield Problem("serial_without_signs", "manufacturer")

    def _wrong_for_many(self, category: str) -> Iterator[Problem]:
        if self.serial or self.vin:
            yield Problem("serial_of_many", "quantity")
        if not is_counted(category):
            yield Problem("one_by_one", "quantity")

    def out_of_time(self, *, today: date) -> Iterator[Problem]:
        if self.received_on and self.received_on > today:
            yield Problem("day_ahead", "received_on")
        if self.made_year and self.made_year > today.year + 1:
            yield Problem("too_large", "made_year", {"max": today.year + 1})


class RegisterItem(_Described, _Place):
    """A donated unit, or a number of consumables, that the portal shall follow."""

    category: Category
    quantity: count(1, MOST_UNITS) = 1
    value: money(zero=True)
    condition: Condition
    holder: words(20, min_length=0) = ""
    """The code of the agency that receives it; the writer's own when the writer does not give it."""
    funder: words(20, min_length=0) = ""
    """The code of the agency that donated it; known already of what was received through the portal."""
    implementer: words(20, min_length=0) = ""
    request: words(20, min_length=0) = ""
    """The reference of the request that it answers, and the number of the line."""
    line: count(1, 1_000) | None = None
    shipment: words(20, min_length=0) = ""
    """The reference of the shipment that brought it, with the number of its receipt and of its line."""
    receipt: count(1, 10_000) | None = None
    shipment_line: count(1, 10_000) | None = None
    risk_class: RiskClass | None = None

    def problems(self) -> Iterator[Problem]:
        yield from self.wrong_for(self.category, quantity=self.quantity)
        if bool(self.request) != (self.line is not None):
            yield Problem("required", "line" if self.request else "request")
        if not self.shipment and not self.funder:
            yield Problem("required", "funder")
        if self.shipment and (self.receipt is None or self.shipment_line is None):
            yield Problem("required", "shipment")
        least = risk_class_of(self.category)
        if self.risk_class and _WHOLE_ORDER.index(self.risk_class) > _WHOLE_ORDER.index(least):
            yield Problem("risk_class_too_low", "risk_class", {"least": least.value.upper()})

    @property
    def risk(self) -> RiskClass:
        return self.risk_class or risk_class_of(self.category)


class EditItem(_Described):
    """The same description, mended; what changes stands in the history. The category stays."""

    version: count(1, 1_000_000)


class OfferHandover(_Place, GuardedTexts):
    """Give the item into the hands of a colleague, who confirms it."""

    guarded = ("note",)
    to: words(16)
    """The handle of the receiver's membership."""
    condition: Condition
    note: prose(600) = ""


class ConfirmHandover(Command):
    """The receiver's signature."""

    number: count(1, 100_000)
    received: bool = False
    undertaking: bool = False

    def problems(self) -> Iterator[Problem]:
        if not self.received:
            yield Problem("handover_unread", "received")
        if not self.undertaking:
            yield Problem("undertaking_unread", "undertaking")


class RefuseHandover(GuardedTexts):
    guarded = ("reason",)
    number: count(1, 100_000)
    reason: REASON


class AskTransfer(_Place, GuardedTexts):
    """The holder asks to give the item to another agency."""

    guarded = ("reason",)
    to_agency: words(20)
    ownership: bool = False
    """Whether the other agency shall own it, too."""
    reason: REASON


class AskRetirement(GuardedTexts):
    """The holder asks to end the item's use for good."""

    guarded = ("reason",)
    method: Method
    data_wiped: bool | None = None
    """Whether all data on it was wiped; None where it stores none."""
    reason: REASON


class AskReturn(GuardedTexts):
    """The holder asks to give the item back to its donor."""

    guarded = ("reason",)
    data_wiped: bool | None = None
    reason: REASON


class Consent(Command):
    """The donor's yes to what the holder asked for, as it stood on the screen."""

    number: count(1, 100_000)


class TakeOver(Command):
    """The new holder takes the item and gives the undertaking."""

    number: count(1, 100_000)
    received: bool = False
    undertaking: bool = False

    def problems(self) -> Iterator[Problem]:
        if not self.received:
            yield Problem("handover_unread", "received")
        if not self.undertaking:
            yield Problem("undertaking_unread", "undertaking")


class RefuseMove(GuardedTexts):
    guarded = ("reason",)
    number: count(1, 100_000)
    reason: REASON


class ReportStolen(GuardedTexts):
    guarded = ("reason",)
    report_number: words(60, min_length=2)
    """Of the report to the police."""
    reason: REASON


class ReportDestroyed(GuardedTexts):
    guarded = ("reason",)
    record: words(60, min_length=2)
    """The number of the official record."""
    reason: REASON


class FindItem(GuardedTexts):
    """It is there again."""

    guarded = ("evidence",)
    stored: bool
    """Whether it goes to the store, and not back into use."""
    condition: Condition
    evidence: REASON


class RecordTraining(Command):
    """How many operators of the item are trained now."""

    trained: count(0, MOST_OPERATORS)
    on: Day
    training: words(160, min_length=3)
    """Which training it was."""
