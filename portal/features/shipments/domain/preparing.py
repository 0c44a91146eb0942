"""What is asked of whoever prepares a shipment."""

from collections.abc import Iterator
from datetime import timedelta

from portal.features.assistance.domain.asking import MOST_UNITS
from portal.features.assistance.domain.vocabulary import Unit
from portal.features.shipments.domain.vocabulary import Mode
from portal.kernel.contract import Day, GuardedTexts, Part, count, prose, words
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.money import money

MOST_LINES = 100
LONGEST_WAY = timedelta(days=2 * 366)
"""Nothing is planned further ahead, and nothing that lies further back is entered now."""
VERSION = count(1, 1_000_000)
REASON = prose(1000, min_length=1)
_SHORT = words(120, min_length=0)


class CommittedLine(Part):
    """Units of one commitment."""

    pledge: words(16)
    quantity: count(1, MOST_UNITS)
    packages: count(1, 100_000) | None = None
    weight_kg: count(1, 10_000_000) | None = None


class GiftLine(Part):
    """Units that nobody has asked for yet."""

    category: words(40)
    what: words(160)
    unit: Unit
    quantity: count(1, MOST_UNITS)
    packages: count(1, 100_000) | None = None
    weight_kg: count(1, 10_000_000) | None = None
    unit_value: money() | None = None


class PrepareShipment(GuardedTexts):
    """A shipment as its sender writes it down: what goes where, and how. The same to change it later."""

    guarded = ("destination", "contact", "remarks")
    version: VERSION | None = None
    """Of the shipment that was on the screen; None for a new one."""
    lines: tuple[CommittedLine, ...] = ()
    gifts: tuple[GiftLine, ...] = ()
    label: Tlp = Tlp.AMBER
    """Of what it says by itself; it never travels further than the requests it answers."""
    mode: Mode
    carrier: _SHORT = ""
    driver: _SHORT = ""
    waybill: words(80, min_length=0) = ""
    customs_ref: words(80, min_length=0) = ""
    port_from: _SHORT = ""
    port_to: _SHORT = ""
    destination: prose(600) = ""
    contact: prose(300) = ""
    """Who is there to take it over: needed before it is dispatched."""
    remarks: prose(1000) = ""
    ready_on: Day | None = None

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if not self.lines and not self.gifts:
            yield Problem("nothing_to_send")
        if len(self.lines) + len(self.gifts) > MOST_LINES:
            yield Problem("too_many", "gifts", {"max": MOST_LINES})
        seen: set[str] = set()
        for number, line in enumerate(self.lines):
            if line.pledge in seen:
                yield Problem("commitment_twice", f"lines-{number}-quantity")
            seen.add(line.pledge)
        for number, gift in enumerate(self.gifts):
            if gift.category not in EQUIPMENT:
                yield Problem("not_in_list", f"gifts-{number}-category")
