"""Registers items and mends their description. The unique constraint decides who was first with a serial number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.features.agencies.models import Agency
from portal.features.assistance.models import Pledge, RequestLine
from portal.features.assistance.queries import find as find_request
from portal.features.items.domain.commands import DESCRIBED, EditItem, RegisterItem
from portal.features.items.domain.disclosure import LABELS
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import GONE, ITEM
from portal.features.items.domain.serials import normal_maker, normal_serial
from portal.features.items.models import Item
from portal.features.items.queries.records import agency_by_key
from portal.features.items.services.booking import book
from portal.features.items.services.holding import follow, held, pass_into_hands
from portal.features.items.services.receipts import claim
from portal.features.shipments.models import ReceiptLine
from portal.features.shipments.queries import find_receipt_line
from portal.infra.db import db
from portal.infra.history import begin, note
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.errors import Conflict, Frozen, Problem, Rejected, Stale
from portal.kernel.policy import Actor
from portal.kernel.reference import Kind, new_reference


def register(command: RegisterItem, *, by: Actor, at: datetime) -> Item:
    """Write down a unit that was donated: by its holder, or by its donor or implementer for the holder."""
    problems: list[Problem] = [*command.out_of_time(today=at.date()), *_label_problems(command)]
    origin = origin_of(command, by=by, problems=problems)
    copy = _copy(command, problems)
    if problems or origin.holder is None or origin.funder is None:
        raise Rejected(*problems)
    if by.suspended or origin.holder.suspended or origin.funder.suspended:
        raise Frozen
    if origin.receipt_line is not None:
        claim(origin.receipt_line, command.quantity)
    item = _new(command, origin, origin.holder.id, origin.funder.id)
    item.serial_copy, item.registered_by, item.registered_at = copy, by.person_id, at
    item.ref = new_reference(Kind.ITEM, at.year)
    with _SerialsAreFree():
        begin(ITEM, item, by=by, at=at, details={"quantity": item.quantity})
    giver = item.agency_id if item.received_on or by.agency_id == item.agency_id else (by.agency_id or item.funder_id)
    place = (item.unit, item.site, item.site_kind)
    pass_into_hands(item, at=at, agency_id=giver, person_id=None, place=place, condition=item.condition)
    item = held(item.id, by=by)
    follow(item)
    custody = giver if giver != item.agency_id else None
    book(item, ItemEntry.REGISTERED, by=by, at=at, category=item.category, with_agency=custody)
    return item


def _new(command: RegisterItem, origin: "Origin", holder_id: int, funder_id: int) -> Item:
    receipt_line = origin.receipt_line
    values = _described(command)
    if receipt_line is not None and values["received_on"] is None:
        values["received_on"] = receipt_line.receipt.received_on
    return Item(
        owner_id=holder_id,
        agency_id=holder_id,
        funder_id=funder_id,
        implementer_id=origin.implementer.id if origin.implementer else None,
        line_id=origin.line_id,
        receipt_line_id=receipt_line.id if receipt_line else None,
        category=command.category,
        category_group=EQUIPMENT[command.category].group,
        quantity=command.quantity,
        risk_class=command.risk,
        value_minor=command.value.minor,
        currency=command.value.currency,
        condition=command.condition,
        unit=command.unit,
        site=command.site,
        site_kind=command.site_kind,
        handovers=[],
        moves=[],
        **values,
    )


def edit(command: EditItem, *, item: Item, by: Actor, at: datetime) -> Item:
    """Mend the description of an item. What identifies it obeys the same rules as when it was registered."""
    item = held(item.id, by=by)
    if item.version != command.version:
        raise Stale(Problem("changed_meanwhile"))
    if item.state in GONE:
        raise Conflict(Problem("item_ended"))
    problems = [*command.wrong_for(item.category, quantity=item.quantity), *_label_problems(command)]
    problems += command.out_of_time(today=at.date())
    after = _described(command)
    if (item.maker_norm, item.serial_norm) != (after["maker_norm"], after["serial_norm"]):
        item.serial_copy = _copy(command, problems)
    if problems:
        raise Rejected(*problems)
    changed = [name for name in DESCRIBED if getattr(item, name) != after[name]]
    with _SerialsAreFree():
        for name, value in after.items():
            setattr(item, name, value)
        db.session.flush()
    if changed:
        note(ITEM, item, "edit", by=by, at=at, details={"fields": changed})
        follow(item)
    return item


def _described(command: RegisterItem | EditItem) -> dict[str, Any]:
    """The columns that both commands fill, identifiers also in the form in which they are compared."""
    values = {name: getattr(command, name) for name in DESCRIBED if hasattr(command, name)}
    return values | {
        "serial": command.serial or None,
        "vin": command.vin or None,
        "maker_norm": normal_maker(command.manufacturer),
        "serial_norm": normal_serial(command.serial) or None,
        "serial_reason": command.same_serial_reason,
        "attributes": {name: value for name, value in command.attributes.items() if value},
    }


class _SerialsAreFree:
    """A savepoint in which a serial or vehicle number that somebody else has just written becomes a refusal."""

    def __enter__(self) -> None:
        self.nested = db.session.begin_nested()

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self.nested.commit()
            return
        self.nested.rollback()
        if isinstance(error, IntegrityError):
            text = str(error.orig).lower()
            if "vin" in text:
                raise Rejected(Problem("vin_taken", "vin")) from None
            if "serial" in text:
                raise Rejected(Problem("serial_taken", "serial")) from None


def _copy(command: RegisterItem | EditItem, problems: list[Problem]) -> int:
    """The number of this copy of a serial number: not 0 only where somebody confirmed it with a reason."""
    serial = normal_serial(command.serial)
    if not serial:
        return 0
    maker = normal_maker(command.manufacturer)
    query = select(func.max(Item.serial_copy)).where(Item.maker_norm == maker, Item.serial_norm == serial)
    last = db.session.scalar(query)
    if last is None:
        return 0
    if not command.same_serial_reason:
        problems.append(Problem("serial_taken", "serial"))
    return last + 1


def _agency(key: str, field: str, problems: list[Problem]) -> Agency | None:
    found = agency_by_key(key)
    if found is None:
        problems.append(Problem("unknown_agency", field))
    return found


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item comes from: its four organisations, and what it answers."""

    holder: Agency | None
    funder: Agency | None
    implementer: Agency | None
    line_id: int | None = None
    receipt_line: ReceiptLine | None = None


class Comes(Protocol):
    """What says where an item comes from: a command, or a row of a file."""

    @property
    def category(self) -> str: ...

    @property
    def holder(self) -> str: ...

    @property
    def funder(self) -> str: ...

    @property
    def implementer(self) -> str: ...

    @property
    def request(self) -> str: ...

    @property
    def line(self) -> int | None: ...

    @property
    def shipment(self) -> str: ...

    @property
    def receipt(self) -> int | None: ...

    @property
    def shipment_line(self) -> int | None: ...


def origin_of(command: Comes, *, by: Actor, problems: list[Problem]) -> Origin:
    """The organisations and records that `command` names; what is wrong with them is added to `problems`."""
    found = _from_receipt(command, by, problems) if command.shipment else _as_named(command, by, problems)
    problems += _of_parties(found, by)
    return found


def _as_named(command: Comes, by: Actor, problems: list[Problem]) -> Origin:
    parties = {
        name: _agency(getattr(command, name), name, problems) if getattr(command, name) else None
        for name in ("holder", "funder", "implementer")
    }
    holder = parties["holder"] or (db.session.get(Agency, by.agency_id) if not command.holder else None)
    line = _line(command, holder, by, problems)
    return Origin(holder, parties["funder"], parties["implementer"], line.id if line else None)


def _from_receipt(command: Comes, by: Actor, problems: list[Problem]) -> Origin:
    """What was received through the portal names its parties itself."""
    found = find_receipt_line(by, command.shipment, command.receipt or 0, command.shipment_line or 0)
    if found is None or found.received + found.damaged < 1:
        problems.append(Problem("unknown_receipt", "shipment"))
        return Origin(None, None, None)
    if found.line.category != command.category:
        problems.append(Problem("other_category", "category"))
    shipment = found.line.shipment
    ids = (shipment.recipient_id, shipment.agency_id, shipment.implementer_id)
    holder, funder, implementer = (db.session.get(Agency, one) if one else None for one in ids)
    pledge = db.session.get(Pledge, found.line.pledge_id) if found.line.pledge_id else None
    return Origin(holder, funder, implementer, pledge.line_id if pledge else None, found)


def _of_parties(origin: Origin, by: Actor) -> list[Problem]:
    found, holder, funder = [], origin.holder, origin.funder
    if holder and funder and holder.id == funder.id:
        found.append(Problem("own_gift", "funder"))
    mine = {one.id for one in (holder, funder, origin.implementer) if one}
    if holder and funder and by.agency_id not in mine:
        found.append(Problem("not_a_party", "holder"))
    return found


def _line(command: Comes, holder: Agency | None, by: Actor, problems: list[Problem]) -> RequestLine | None:
    """The line of a request that the writer sees, and that the holder asked for."""
    if not command.request:
        return None
    request = find_request(by, command.request)
    lines = request.live_lines if request else []
    line = next((one for one in lines if one.number == command.line), None)
    if (
        request is None
        or line is None
        or holder is None
        or request.agency_id != holder.id
        or not request.shows(by, line.field)
    ):
        problems.append(Problem("unknown_line", "line"))
        return None
    return line


def _label_problems(command: RegisterItem | EditItem) -> list[Problem]:
    return [] if command.label in LABELS else [Problem("not_in_list", "label")]
