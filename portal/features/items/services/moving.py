"""What the holder may do only with the donor: pass an item on, retire it, give it back."""

from datetime import datetime
from typing import Any

from portal.features.items.domain.commands import (
    AskRetirement,
    AskReturn,
    AskTransfer,
    Consent,
    RefuseMove,
    TakeOver,
)
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import ITEM, KEPT, ItemState
from portal.features.items.domain.vocabulary import Ending, MoveKind
from portal.features.items.models import Item, ItemMove
from portal.features.items.queries.records import agency_by_key
from portal.features.items.services.booking import book
from portal.features.items.services.holding import count_anew, follow, held, pass_into_hands, take, undertake
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Conflict, Frozen, IllegalTransition, Problem, Rejected, Stale
from portal.kernel.policy import Actor

ENDED_FROM = KEPT | {ItemState.UNDER_REPAIR}
_STEP = {MoveKind.RETIREMENT: "retire", MoveKind.RETURN: "give_back"}
_ENTRY = {MoveKind.RETIREMENT: ItemEntry.RETIRED, MoveKind.RETURN: ItemEntry.RETURNED}


def ask_transfer(command: AskTransfer, *, item: Item, by: Actor, at: datetime) -> ItemMove:
    """To another verified agency; while it waits, nothing else happens to the item."""
    item = held(item.id, by=by)
    other = agency_by_key(command.to_agency)
    if other is None or not other.verified_at:
        raise Rejected(Problem("unknown_agency", "to_agency"))
    if other.id == item.agency_id:
        raise Rejected(Problem("transfer_to_oneself", "to_agency"))
    if other.id == item.funder_id:
        raise Rejected(Problem("transfer_to_donor", "to_agency"))
    if other.suspended:
        raise Frozen
    came_from = ITEM.step(item.state, "ask_transfer") and item.state
    if problems := tuple(ITEM.transitions["ask_transfer"].guard(item)):
        raise Rejected(*problems)
    move = _asked(item, MoveKind.TRANSFER, by, at, came_from=came_from, reason=command.reason, to_agency_id=other.id,
                  unit=command.unit, site=command.site, site_kind=command.site_kind,
                  ownership=command.ownership)  # fmt: skip
    # The step's own guard wants nothing pending: it was asked above, before the wish was written.
    details = {"move": move.number, "to": other.key}
    take(item, "ask_transfer", by=by, at=at, reason=command.reason, details=details)
    _join(item, move)
    return move


def ask_retirement(command: AskRetirement, *, item: Item, by: Actor, at: datetime) -> ItemMove:
    item = held(item.id, by=by)
    if item.stores_data and not command.data_wiped:
        raise Rejected(Problem("data_first", "data_wiped"))
    return _ask_ending(item, MoveKind.RETIREMENT, by, at, reason=command.reason, method=command.method,
                       data_wiped=command.data_wiped)  # fmt: skip


def ask_return(command: AskReturn, *, item: Item, by: Actor, at: datetime) -> ItemMove:
    item = held(item.id, by=by)
    if item.stores_data and not command.data_wiped:
        raise Rejected(Problem("data_first", "data_wiped"))
    return _ask_ending(item, MoveKind.RETURN, by, at, reason=command.reason, data_wiped=command.data_wiped)


def consent(command: Consent, *, item: Item, by: Actor, at: datetime) -> Item:
    """The donor's yes: a transfer then waits for the other agency, an ending is done."""
    item = held(item.id, by=by)
    move = _waiting(item, command.number)
    if move.consented_at is not None:
        raise Stale(Problem("changed_meanwhile"))
    if item.open_findings:
        raise Rejected(Problem("findings_first", None, {"number": item.open_findings}))
    move.consented_by, move.consented_at = by.person_id, at
    details: dict[str, Any] = {"move": move.number}
    if move.kind is MoveKind.TRANSFER:
        note(ITEM, item, "consent", by=by, at=at, details=details)
        book(item, ItemEntry.CONSENTED, by=by, at=at, move=move.number, to=move.to_agency_id)
        return item
    move.ended_at, move.ending = at, Ending.DONE
    if move.method:
        details |= {"method": move.method, "data_wiped": move.data_wiped}
    take(item, _STEP[move.kind], by=by, at=at, details=details)
    if move.kind is MoveKind.RETURN:
        place = (item.unit, item.site, item.site_kind)
        pass_into_hands(item, at=at, agency_id=item.funder_id, person_id=None, place=place, condition=item.condition)
    more: dict[str, Any] = {"method": move.method, "data_wiped": move.data_wiped, "move": move.number}
    book(item, _ENTRY[move.kind], by=by, at=at, **more)
    return item


def take_over(command: TakeOver, *, item: Item, by: Actor, at: datetime) -> Item:
    """The other agency signs: it holds the item from now on, with its own undertaking, operators and checks."""
    item = held(item.id, by=by)
    move = _waiting(item, command.number)
    if move.to_agency_id != by.agency_id or move.to_agency_id is None or move.site_kind is None:
        raise Stale(Problem("changed_meanwhile"))
    details = {"move": move.number, "from": item.agency.key, "ownership": move.ownership}
    before = item.agency_id
    take(item, "transfer", by=by, at=at, details=details)
    move.ended_at, move.ending = at, Ending.DONE
    item.agency_id = move.to_agency_id
    if move.ownership:
        item.owner_id = move.to_agency_id
    item.checker_id, item.operators_trained = None, 0
    undertake(item, by=by, at=at)
    count_anew(item, at.date())
    place = (move.unit, move.site, move.site_kind)
    pass_into_hands(item, at=at, agency_id=move.to_agency_id, person_id=by.person_id, place=place,
                    condition=item.condition)  # fmt: skip
    db.session.flush()
    follow(item)
    book(item, ItemEntry.TRANSFERRED, by=by, at=at, agency=before, other=item.agency_id, move=move.number,
         former_holder=before)  # fmt: skip
    return item


def refuse_move(command: RefuseMove, *, item: Item, by: Actor, at: datetime) -> Item:
    """The donor, or the agency that should take it, says no: the item goes back to where it was."""
    item = held(item.id, by=by)
    move = _waiting(item, command.number)
    move.ended_at, move.ending = at, Ending.REFUSED
    details = {"move": move.number}
    if move.kind is MoveKind.TRANSFER:
        step = "refuse_to_use" if move.came_from == ItemState.IN_USE else "refuse_to_storage"
        take(item, step, by=by, at=at, reason=command.reason, details=details)
    else:
        note(ITEM, item, "refuse_move", by=by, at=at, reason=command.reason, details=details)
        follow(item)
    return item


def _ask_ending(item: Item, kind: MoveKind, by: Actor, at: datetime, **values: Any) -> ItemMove:
    if item.state not in ENDED_FROM:
        raise IllegalTransition(ITEM.name, _STEP[kind], item.state)
    if problems := tuple(ITEM.transitions["ask_transfer"].guard(item)):
        raise Rejected(*problems)
    move = _asked(item, kind, by, at, came_from=item.state, **values)
    _join(item, move)
    details = {"move": move.number}
    note(ITEM, item, f"ask_{kind.value}", by=by, at=at, reason=move.reason, details=details)
    return move


def _asked(item: Item, kind: MoveKind, by: Actor, at: datetime, **values: Any) -> ItemMove:
    number = len(item.moves) + 1
    return ItemMove(item_id=item.id, number=number, kind=kind, from_agency_id=item.agency_id, asked_by=by.person_id,
                    asked_at=at, **values)  # fmt: skip


def _join(item: Item, move: ItemMove) -> None:
    item.moves.append(move)
    db.session.flush()
    follow(item)


def _waiting(item: Item, number: int) -> ItemMove:
    move = item.move
    if move is None or move.number != number:
        raise Conflict(Problem("changed_meanwhile"))
    return move
