"""Single items and findings, with everything a page or a service needs of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.features.agencies.models import Agency
from portal.features.assistance.models import RequestLine
from portal.features.items.domain.lifecycles import FindingState
from portal.features.items.models import Finding, Item, ItemCheck, ItemCustody, ItemHandover, ItemMove
from portal.features.items.queries.sight import findings_seen, visible
from portal.infra.db import db, first
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

WITH_PARTIES = (
    joinedload(Item.agency).joinedload(Agency.state),
    joinedload(Item.owner),
    joinedload(Item.funder).joinedload(Agency.state),
    joinedload(Item.implementer),
    joinedload(Item.checker),
    joinedload(Item.custodian),
    joinedload(Item.line).joinedload(RequestLine.request),
    selectinload(Item.parties),
    selectinload(Item.handovers).options(joinedload(ItemHandover.giver), joinedload(ItemHandover.receiver)),
    selectinload(Item.moves).joinedload(ItemMove.to_agency),
)


def loaded(query: Select[Any]) -> Select[Any]:
    return query.options(*WITH_PARTIES)


def by_id(item_id: int) -> Item | None:
    """For services that already decided who may see it."""
    return first(loaded(select(Item).where(Item.id == item_id)))


def find(actor: Actor | None, ref: str, **_rest: Any) -> Item | None:
    """The item behind a reference, if this actor may see it."""
    known = parse_reference(ref)
    return first(loaded(select(Item).where(Item.ref == known, visible(actor)))) if known else None


def find_finding(actor: Actor | None, ref: str, **_rest: Any) -> Finding | None:
    """The finding behind a reference, if this actor may see it."""
    known = parse_reference(ref)
    if known is None:
        return None
    query = select(Finding).join(Item, Item.id == Finding.item_id).where(Finding.ref == known, findings_seen(actor))
    return first(query.options(joinedload(Finding.item).options(*WITH_PARTIES), joinedload(Finding.agency)))


def custody_of(item_id: int) -> Sequence[ItemCustody]:
    """Who has held it, newest first."""
    query = select(ItemCustody).where(ItemCustody.item_id == item_id).order_by(ItemCustody.number.desc())
    return db.session.scalars(query.options(joinedload(ItemCustody.agency), joinedload(ItemCustody.person))).all()


def checks_of(item_id: int, *, after: int = 0) -> Sequence[ItemCheck]:
    """In the order of the days on which they were made."""
    query = select(ItemCheck).where(ItemCheck.item_id == item_id, ItemCheck.number > after)
    return db.session.scalars(
        query.options(joinedload(ItemCheck.agency)).order_by(ItemCheck.on, ItemCheck.number)
    ).all()


def findings_of(item_id: int) -> Sequence[Finding]:
    """Newest first."""
    query = select(Finding).where(Finding.item_id == item_id).options(joinedload(Finding.agency))
    return db.session.scalars(query.order_by(Finding.id.desc())).all()


def open_findings_counted(item_id: int) -> int:
    """A recount of `Item.open_findings`, for proofs."""
    query = select(func.count()).where(Finding.item_id == item_id, Finding.state != FindingState.CLOSED)
    return db.session.scalar(query) or 0


def agency_by_key(key: str) -> Agency | None:
    query = select(Agency).where(Agency.key == key.strip().upper())
    return first(query.options(joinedload(Agency.state)))
