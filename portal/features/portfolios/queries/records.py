"""The list of the records behind one figure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, literal, select

from portal.features.agencies.models import Agency
from portal.features.items.models import Finding, Item
from portal.features.portfolios.domain.figures import RUNGS, Figure, Part, Side
from portal.features.portfolios.queries import standing, sums
from portal.features.portfolios.queries.facts import FINDING, ITEM, facts, part_of
from portal.kernel.policy import Actor
from portal.web.pagination import Key


def listed(actor: Actor, side: Side, figure: Figure, part: Part, *, today: date) -> tuple[Select[Any], Sequence[Key]]:
    """The query of a page with the columns of its order last: pledges before shipments, the newest of each first."""
    if figure in RUNGS:
        rows = facts(actor, side, figure, today=today)
        shown = (*(column for column in rows.c if column.name not in {"kind", "id"}), rows.c.kind, rows.c.id)
        return select(*shown).where(*part_of(rows, part)), [Key(rows.c.kind), Key(rows.c.id, descending=True)]
    counted = standing.records(actor, side, figure, today=today)
    id_: Any = Finding.id if figure is Figure.FINDINGS else Item.id
    other = Item.funder_id if side is Side.RECEIVED else Item.owner_id
    if figure is Figure.FINDINGS:
        counted = counted.join(Item, Item.id == Finding.item_id)
    query: Any = counted.join(Agency, Agency.id == other).with_only_columns(
        *((Finding.ref if figure is Figure.FINDINGS else Item.ref).label("ref"), Agency.state_iso2.label("state")),
        *(Item.category.label("category"), literal("equipment").label("line_kind"), literal(0).label("withheld")),
        *(literal(0).label("year"), Item.currency.label("currency"), literal(1).label("records")),
        *(Item.quantity.label("units"), Item.value_minor.label("minor")),
        *(literal(FINDING if figure is Figure.FINDINGS else ITEM).label("kind"), id_.label("id")),
    )
    return query, [Key(id_, descending=True)]


def counted(actor: Actor, side: Side, figure: Figure, part: Part, *, today: date) -> int:
    """Exactly as many as the list has."""
    if figure in RUNGS:
        return sums.counted(actor, side, figure, part, today=today)
    return standing.counted(actor, side, figure, today=today)
