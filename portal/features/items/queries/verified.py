"""How many units of a line are verified in use: the SQL twin of `domain.checking.verified_in_use`."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select

from portal.features.items.domain.lifecycles import ItemState
from portal.features.items.models import Item
from portal.infra.db import db, now


def is_verified(today: date) -> ColumnElement[bool]:
    return and_(
        Item.state == ItemState.IN_USE,
        Item.verified_until.is_not(None),
        Item.verified_until >= today,
        Item.operators_trained >= Item.operators_required,
    )


def verified_units(line_ids: Collection[int], *, today: date) -> Mapping[int, int]:
    """By line, for lines that have items at all: a line without any is not recorded yet, which is not zero."""
    if not line_ids:
        return {}
    units = func.coalesce(func.sum(Item.quantity).filter(is_verified(today)), 0)
    query = select(Item.line_id, units).where(Item.line_id.in_(line_ids)).group_by(Item.line_id)
    return {line_id: int(number) for line_id, number in db.session.execute(query) if line_id is not None}


def verified_now(line_ids: Collection[int]) -> Mapping[int, int]:
    """For the pages of requests, which ask through the application and know nothing of items."""
    return verified_units(line_ids, today=now().date())
