"""The three tables of a programme file and their columns, for reading and for writing alike."""

from dataclasses import dataclass
from enum import StrEnum

from portal.features.exchanges.domain.vocabulary import PostKind


class TableName(StrEnum):
    """Also the names of the files (`offers.csv`) and of the sheets."""

    AGENCIES = "agencies"
    OFFERS = "offers"
    NEEDS = "needs"


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of one table. Without a `required` one it is refused; without an optional one we say so.

    `extra` ones may stand there, as they do in our exports; only the reference in them is read.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    order: tuple[str, ...]
    extra: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        return frozenset((*self.order, *self.extra))


def _shape(order: str, optional: str, extra: str = "") -> Shape:
    columns, may_miss = tuple(order.split()), tuple(optional.split())
    return Shape(tuple(c for c in columns if c not in may_miss), may_miss, columns, tuple(extra.split()))


SHAPES = {
    TableName.AGENCIES: _shape(
        "key state name name_lang kind roles languages time_zone", optional="roles languages time_zone"
    ),
    TableName.OFFERS: _shape(
        "key agency title title_lang topics format places languages interpreter windows min_days max_days band_min"
        " band_max accepts_states excludes_states clearance covers_costs site label",
        optional="accepts_states excludes_states covers_costs site",
        extra="ref state",
    ),
    TableName.NEEDS: _shape(
        "key agency title title_lang topics officers languages windows min_days max_days band accepts_states"
        " excludes_states prefers_states clearance requires_costs label",
        optional="accepts_states excludes_states prefers_states requires_costs",
        extra="ref state",
    ),
}
KINDS = {TableName.OFFERS: PostKind.OFFER, TableName.NEEDS: PostKind.NEED}
TABLE_OF = {kind: table for table, kind in KINDS.items()}
