"""The certificate of a handover as PDF: two languages side by side, lines, items, places to sign, QR and ledger heads.

What people typed reaches the page as data, never as markup of the page.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from portal.features.shipments.domain.vocabulary import Outcome
from portal.features.shipments.models import Shipment
from portal.kernel.languages import RIGHT_TO_LEFT
from portal.kernel.policy import Actor
from portal.web.formats import day_text, instant_text, number
from portal.web.i18n import gettext as _
from portal.web.i18n import in_language, pgettext
from portal.web.labels import label

HANDOVER_ITEMS = "handover_items"
"""Where a higher feature says which items belong to a shipment: a function of it, in the application's extensions."""
MOST_ROWS = 20
"""Empty rows to write serial numbers in, where no item is registered yet."""
PAGE = Path(__file__).with_name("certificate.typ")
FONTS = Path(__file__).parents[3] / "data" / "fonts"


@dataclass(frozen=True, slots=True)
class HandoverItem:
    """One serialised unit that is handed over, as the paper lists it."""

    line: int
    ref: str
    manufacturer: str
    model: str
    serial: str


Items = Callable[[Actor, Shipment], Sequence[HandoverItem]]
"""Those of a shipment that the reader may see, in the order of its lines."""


def certificate(
    shipment: Shipment,
    *,
    actor: Actor,
    languages: tuple[str, str],
    address: str,
    heads: Iterable[str],
    items: Sequence[HandoverItem],
    at: datetime,
    invented: bool = False,
) -> bytes:
    """The paper as it is printed now. One that reads from the right stands on the right side."""
    first, second = sorted(languages, key=lambda code: code in RIGHT_TO_LEFT)
    shown = {
        "ref": shipment.ref,
        "label": shipment.label.shown,
        "qr": _modules(address),
        "address": address,
        "heads": list(heads),
        "languages": [_said(shipment, actor, code, at=at, invented=invented) for code in (first, second)],
        "lines": [_line(line, shown=line.shown_to(actor)) for line in shipment.lines],
        "items": [asdict(item) for item in items],
        "rows": min(shipment.received + shipment.open, MOST_ROWS),
    }
    done = typst.compile(
        PAGE.read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"shown": json.dumps(shown, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=at.replace(microsecond=0),
    )
    if not isinstance(done, bytes):
        raise TypeError("one document was asked for")
    return done


@cache
def _fonts() -> Any:
    """Read once. The machine's own fonts are left alone: the paper looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _modules(address: str) -> list[str]:
    """The rows of the QR code, a character for each module."""
    code = segno.make_qr(address, error="m")
    return ["".join("1" if module else "0" for module in row) for row in code.matrix]


def _line(line: Any, *, shown: bool) -> dict[str, Any]:
    units = [line.sent, *(getattr(line, outcome.value) for outcome in Outcome)]
    return {
        "number": line.number,
        "what": line.what if shown else "",
        "language": line.language or "",
        "units": units,
        "counted": line.open < line.sent,
    }


def _said(shipment: Shipment, actor: Actor, language: str, *, at: datetime, invented: bool) -> dict[str, Any]:
    """Everything that is words, in one of the two languages."""
    with in_language(language):
        return {
            "code": language,
            "rtl": language in RIGHT_TO_LEFT,
            "title": _("Handover certificate"),
            "shipment": _("Shipment"),
            "facts": [{"term": term, "value": value} for term, value in _facts(shipment, actor, language)],
            "declared": _(
                "The donor hands over, and the recipient takes over, what is listed here, in the numbers that both"
                " sides sign for. The recipient uses it only for the purpose of its request."
            ),
            "contents": _("Contents"),
            "heads": [_("Line"), _("Sent"), *(label(outcome) for outcome in Outcome)],
            "withheld": _("Not shown to you"),
            "items": _("Items"),
            "item_heads": [_("Line"), _("Reference"), _("Manufacturer"), _("Model"), _("Serial number")],
            "no_items": _("No items are registered yet. Write their serial numbers here."),
            "donor": _("For the donor"),
            "recipient": _("For the recipient"),
            "sign": [pgettext("of a person", "Name"), _("Function"), _("Place and date"), _("Signature and stamp")],
            "ledger": _("Heads of the ledger when this was printed"),
            "printed": _("Printed on %(instant)s", instant=instant_text(at)),
            "scan": _("This code opens the shipment in the portal."),
            "notice": _("Demonstration: invented people and figures. No real cooperation is shown.")
            if invented
            else "",
            "typed_in": _("What is written here by hand is typed into the portal afterwards."),
        }


def _facts(shipment: Shipment, actor: Actor, language: str) -> Iterable[tuple[str, str]]:
    implementer = shipment.implementer
    yield _("Donor"), shipment.agency.name(language)
    if implementer is not None:
        yield _("Implementer"), implementer.name(language)
    yield _("Recipient"), shipment.recipient.name(language)
    days: tuple[tuple[str, date | None], ...] = (
        (pgettext("certificate", "Left on"), shipment.dispatched_on),
        (pgettext("certificate", "Arrived on"), shipment.arrived_on),
    )
    for term, day in days:
        if day is not None:
            yield term, day_text(day)
    yield _("Way"), label(shipment.mode)
    yield _("Units sent"), number(shipment.sent)
    if shipment.exact_for(actor):
        exact = (
            (_("Waybill number"), shipment.waybill),
            (_("Customs reference"), shipment.customs_ref),
            (pgettext("certificate", "Destination"), shipment.destination),
        )
        yield from ((term, text) for term, text in exact if text)
