"""From hand to hand: one person offers the item with its condition, the other one signs for it, or refuses."""

from datetime import datetime

from portal.features.items.domain.commands import ConfirmHandover, OfferHandover, RefuseHandover
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import ITEM, ItemState
from portal.features.items.domain.vocabulary import Ending
from portal.features.items.models import Item, ItemHandover
from portal.features.items.services.booking import book
from portal.features.items.services.holding import follow, held, pass_into_hands, undertake
from portal.features.people.queries import members
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Conflict, Problem, Rejected, Stale
from portal.kernel.policy import Actor

HANDED = frozenset({ItemState.DELIVERED, ItemState.IN_STORAGE, ItemState.IN_USE})


def offer_handover(command: OfferHandover, *, item: Item, by: Actor, at: datetime) -> ItemHandover:
    """The side that gives signs first."""
    item = held(item.id, by=by)
    if item.state not in HANDED:
        raise Conflict(Problem("handover_not_now"))
    if item.handover is not None:
        raise Conflict(Problem("handover_first"))
    if item.move is not None:
        raise Conflict(Problem("move_first"))
    colleagues = {one.handle: one.person_id for one in members(item.agency_id, at=at)}
    if command.to not in colleagues:
        raise Rejected(Problem("not_in_list", "to"))
    if colleagues[command.to] == by.person_id:
        raise Rejected(Problem("handover_to_oneself", "to"))
    handover = ItemHandover(
        item_id=item.id,
        number=len(item.handovers) + 1,
        agency_id=item.agency_id,
        offered_by=by.person_id,
        to_person_id=colleagues[command.to],
        unit=command.unit,
        site=command.site,
        site_kind=command.site_kind,
        condition=command.condition,
        note=command.note,
        offered_at=at,
    )
    db.session.add(handover)
    note(ITEM, item, "offer_handover", by=by, at=at, details={"handover": handover.number})
    return handover


def confirm_handover(command: ConfirmHandover, *, item: Item, by: Actor, at: datetime) -> Item:
    """The receiver's signature makes it theirs, with the end-use undertaking."""
    item = held(item.id, by=by)
    handover = _waiting(item, command.number, by)
    handover.ended_at, handover.ending = at, Ending.DONE
    undertake(item, by=by, at=at)
    place = (handover.unit, handover.site, handover.site_kind)
    pass_into_hands(item, at=at, agency_id=item.agency_id, person_id=by.person_id, place=place,
                    condition=handover.condition)  # fmt: skip
    note(ITEM, item, "confirm_handover", by=by, at=at, details={"handover": handover.number})
    follow(item)
    book(item, ItemEntry.HANDED_OVER, by=by, at=at, handover=handover.number, giver=handover.offered_by)
    return item


def refuse_handover(command: RefuseHandover, *, item: Item, by: Actor, at: datetime) -> Item:
    """It stays where it was."""
    item = held(item.id, by=by)
    handover = _waiting(item, command.number, by)
    handover.ended_at, handover.ending, handover.reason = at, Ending.REFUSED, command.reason
    details = {"handover": handover.number}
    note(ITEM, item, "refuse_handover", by=by, at=at, reason=command.reason, details=details)
    return item


def _waiting(item: Item, number: int, by: Actor) -> ItemHandover:
    """The handover that was on the screen, if it still waits for this person."""
    handover = item.handover
    if handover is None or handover.number != number or handover.to_person_id != by.person_id:
        raise Stale(Problem("changed_meanwhile"))
    return handover
