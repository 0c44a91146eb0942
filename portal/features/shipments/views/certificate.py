"""The certificate of a handover: two languages are chosen, then it is printed, with the heads of both ledgers."""

from typing import Any

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.ledger import services as ledger
from portal.features.ledger.domain import Means
from portal.features.shipments.exports import HANDOVER_ITEMS, certificate
from portal.features.shipments.models import Shipment
from portal.features.shipments.policy import Shipments
from portal.features.shipments.queries import find
from portal.features.shipments.views.blueprint import ONE, bp
from portal.infra.db import now
from portal.kernel.languages import LANGUAGES, NATIVE_NAMES
from portal.web.access import current_actor, requires
from portal.web.downloads import attached
from portal.web.i18n import current_language
from portal.web.links import absolute_url
from portal.web.transaction import afterwards

_FIELDS = ("first", "second")


def languages_of(record: Shipment) -> tuple[str, str]:
    """In which each side writes; where that is one language, the reader's or the next of the six stands beside it."""
    first, second = (_one_of_six(side.name_language) for side in (record.agency, record.recipient))
    if first != second:
        return first, second
    return first, next(code for code in (current_language(), *LANGUAGES) if code != first)


def _one_of_six(code: str) -> str:
    return code if code in LANGUAGES else current_language()


def _page(record: Shipment, first: str, second: str, *, status: int = 200) -> ResponseReturnValue:
    chosen = dict(zip(_FIELDS, (first, second), strict=True))
    page = render_template(
        "shipments/certificate.html", shipment=record, chosen=chosen, names=[(c, NATIVE_NAMES[c]) for c in LANGUAGES]
    )
    return page, status


@bp.get(f"{ONE}/certificate", endpoint="certificate")
@requires(Shipments.CERTIFY, load=find)
def choose(record: Shipment) -> ResponseReturnValue:
    return _page(record, *languages_of(record))


@bp.get(f"{ONE}/certificate.pdf", endpoint="certificate_pdf")
@requires(Shipments.CERTIFY, load=find)
def paper(record: Shipment) -> ResponseReturnValue:
    """What is printed vouches for the heads on it, so they count as delivered from now on."""
    first, second = (request.args.get(name, "") for name in _FIELDS)
    if not {first, second} <= set(LANGUAGES):
        abort(404)
    if first == second:
        return _page(record, first, second, status=422)
    at, actor = now(), current_actor()
    heads, noted = ledger.printing(*sorted(record.sides), means=Means.CERTIFICATE, ref=record.ref, at=at)
    items: Any = current_app.extensions.get(HANDOVER_ITEMS)
    content = certificate(
        record,
        actor=actor,
        languages=(first, second),
        address=absolute_url("shipments.shipment", lang=first, ref=record.ref),
        heads=[head.grouped for head in heads],
        items=items(actor, record) if items else (),
        at=at,
        invented=current_app.config["DEMO"],
    )
    afterwards(noted)
    return attached(f"{record.ref}-{first}-{second}.pdf", [content], "application/pdf")
