"""The forms of shipments: what goes where, how far it has come, and what of it arrived."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, HiddenField, StringField, TextAreaField

from portal.features.assistance.domain.vocabulary import Unit
from portal.features.assistance.models import Pledge
from portal.features.shipments.domain.moving import (
    Acknowledge,
    ArriveShipment,
    CancelShipment,
    CloseShipment,
    DispatchShipment,
    LinkLine,
    LoseShipment,
    ReachBorder,
    ReopenShipment,
    ReturnShipment,
)
from portal.features.shipments.domain.preparing import PrepareShipment
from portal.features.shipments.domain.receiving import ReceiveRest, RecordReceipt
from portal.features.shipments.domain.vocabulary import Mode, Outcome, Reason
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.kernel.labels import Tlp
from portal.web.forms import ChoiceField, CommandForm, CountField, DayField, choices
from portal.web.i18n import current_language
from portal.web.i18n import later as _
from portal.web.labels import label
from portal.web.money import MoneyField
from portal.web.uploads import UploadField

_WHY = _("Why?")
_READ = _("The other people concerned will read this.")
_SHORT = {"rows": 2}
GIFTS_DRAWN = 2
UNITS = (Unit.PIECE, Unit.SET)


class CommittedForm(Form):
    pledge = HiddenField()
    quantity = CountField(_("How many are sent?"))
    packages = CountField(_("Packages"))
    weight_kg = CountField(_("Weight in kg"))


class GiftForm(Form):
    category = ChoiceField(_("Kind of equipment"))
    what = StringField(_("What is it?"))
    unit = ChoiceField(_("Unit"), enum=None)
    quantity = CountField(_("How many are sent?"))
    packages = CountField(_("Packages"))
    weight_kg = CountField(_("Weight in kg"))
    unit_value = MoneyField(_("Value of one"), currencies=("EUR", "USD"))


class PrepareForm(CommandForm[PrepareShipment]):
    command = PrepareShipment
    version = HiddenField()
    lines = FieldList(FormField(CommittedForm), _("From commitments"))
    gifts = FieldList(FormField(GiftForm), _("What nobody has asked for yet"))
    mode = ChoiceField(_("How does it travel?"), enum=Mode)
    carrier = StringField(_("Carrier"))
    driver = StringField(_("Driver or plate"), description=_("For the people who receive it."))
    waybill = StringField(_("Waybill number"))
    customs_ref = StringField(_("Customs reference"))
    port_from = StringField(_("Place or port of departure"))
    port_to = StringField(_("Place or port of arrival"))
    destination = TextAreaField(
        _("Destination"), description=_("The two sides see this, nobody else."), render_kw=_SHORT
    )
    contact = TextAreaField(
        _("Who takes it over there?"),
        description=_("Function and official address. Needed before it leaves."),
        render_kw=_SHORT,
    )
    ready_on = DayField(_("Ready on"))
    remarks = TextAreaField(_("Remarks"), render_kw=_SHORT)
    label = ChoiceField(
        _("Who may see it?"), description=_("It is never shared more widely than the requests that it answers.")
    )

    def __init__(
        self, *, pledges: Sequence[Pledge] = (), gives: bool = True, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data={"label": Tlp.AMBER} | dict(data or {}))
        self.pledges = {pledge.ref: pledge for pledge in pledges}
        self.label.choices = choices((one.value, one.shown) for one in Tlp)
        there = {row.form["pledge"].data for row in self.lines.entries}
        for ref in self.pledges:
            if ref not in there:
                self.lines.append_entry({"pledge": ref})
        if gives:
            filled = sum(bool(row.form["what"].data) for row in self.gifts.entries)
            while len(self.gifts.entries) < max(filled + 1, GIFTS_DRAWN):
                self.gifts.append_entry()
        kinds = _kinds() if self.gifts.entries else []
        for row in self.gifts.entries:
            row.form["category"].choices = kinds
            row.form["unit"].choices = choices(_units())

    def leaves_out(self, name: str, row: Mapping[str, Any]) -> bool:
        """A row that was drawn and not filled in: its commitment, unit and currency are there already."""
        given = {key for key, value in row.items() if value not in (None, "", [])}
        return not given - {"pledge", "unit"} if name in {"lines", "gifts"} else super().leaves_out(name, row)


def _kinds() -> list[Any]:
    language = current_language()
    ordered = sorted(EQUIPMENT.values(), key=lambda one: (GROUPS[one.group].name(language), one.name(language)))
    return choices(((one.key, one.name(language)) for one in ordered), empty="")


def _units() -> Iterable[tuple[str, str]]:
    return ((one.value, label(one)) for one in UNITS)


def as_typed(shipment: Shipment) -> dict[str, Any]:
    """A shipment as its form shows it again."""
    names = set(PrepareShipment.model_fields) - {"version", "lines", "gifts", "label", "text_confirmed"}
    return {name: getattr(shipment, name) for name in names} | {
        "version": shipment.version,
        "label": shipment.own_label,
        "lines": [_line(line) | {"pledge": line.pledge.ref} for line in shipment.lines if line.pledge is not None],
        "gifts": [
            _line(line)
            | {"category": line.category, "what": line.what, "unit": line.unit, "unit_value": line.unit_value}
            for line in shipment.lines
            if line.pledge is None
        ],
    }


def _line(line: ShipmentLine) -> dict[str, Any]:
    return {"quantity": line.sent, "packages": line.packages, "weight_kg": line.weight_kg}


class DispatchForm(CommandForm[DispatchShipment]):
    command = DispatchShipment
    version = HiddenField()
    dispatched_on = DayField(_("On which day did it leave?"))


class BorderForm(CommandForm[ReachBorder]):
    command = ReachBorder
    version = HiddenField()
    border_on = DayField(_("On which day did it reach the border?"))


class ArriveForm(CommandForm[ArriveShipment]):
    command = ArriveShipment
    version = HiddenField()
    arrived_on = DayField(_("On which day did it arrive?"))


class _ReasonForm(CommandForm[Any]):
    version = HiddenField()
    reason = TextAreaField(_WHY, description=_READ)


class CancelForm(_ReasonForm):
    command = CancelShipment


class LoseForm(_ReasonForm):
    command = LoseShipment


class ReopenForm(_ReasonForm):
    command = ReopenShipment


class ReturnForm(_ReasonForm):
    command = ReturnShipment


class CloseForm(CommandForm[CloseShipment]):
    command = CloseShipment
    version = HiddenField()


class AcknowledgeForm(CommandForm[Acknowledge]):
    command = Acknowledge
    version = HiddenField()
    answer = TextAreaField(_("What follows from it?"), description=_READ)


class LinkForm(CommandForm[LinkLine]):
    command = LinkLine
    version = HiddenField()
    pledge = ChoiceField(_("On which commitment?"))

    def __init__(self, *, pledges: Sequence[Pledge], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pledge.choices = choices(((one.ref, f"{one.ref} · {one.line.what}") for one in pledges), empty="")


class CountedForm(Form):
    line = HiddenField()
    received = CountField(_("In good order"))
    damaged = CountField(_("Damaged"))
    missing = CountField(_("Missing"))
    refused = CountField(_("Refused"))
    returned = CountField(_("Sent back at once"))
    reason = ChoiceField(_("Why?"), enum=Reason)
    words = TextAreaField(_("In your words"), render_kw=_SHORT)
    photo = UploadField(_("Photo"), render_kw={"accept": "image/*"})


SHORT_FIELDS = ("damaged", "missing", "refused", "returned", "reason", "words")


class ReceiptForm(CommandForm[RecordReceipt]):
    command = RecordReceipt
    after = HiddenField()
    received_on = DayField(_("On which day did you count?"))
    lines = FieldList(FormField(CountedForm))
    remarks = TextAreaField(_("Remarks"), render_kw=_SHORT)

    def __init__(self, *, shipment: Shipment, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data={"after": shipment.receipts} | dict(data or {}))
        there = {row.form["line"].data for row in self.lines.entries}
        for line in shipment.lines:
            if line.open and str(line.number) not in there:
                self.lines.append_entry({"line": str(line.number)})

    def leaves_out(self, name: str, row: Mapping[str, Any]) -> bool:
        given = {key for key, value in row.items() if value not in (None, "", [])}
        return not given - {"line"} if name == "lines" else super().leaves_out(name, row)


class RestForm(CommandForm[ReceiveRest]):
    command = ReceiveRest
    after = HiddenField()
    received_on = HiddenField()
    outcome = ChoiceField(_("What became of it?"), enum=Outcome, empty=None)
    reason = ChoiceField(_("Why?"), enum=Reason)
    words = TextAreaField(_("In your words"), render_kw=_SHORT)
