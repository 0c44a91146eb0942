"""A donor's pledges as activities of the International Aid Transparency Initiative, version 2.03, written one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring  # written only: nothing is parsed here

from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.lifecycles import HOLDING
from portal.features.assistance.models import Pledge, Request, ServiceDelivery
from portal.features.assistance.queries.pledges import WITH_PARTIES, pledges_seen
from portal.features.portfolios.domain.codes import XML_LANG
from portal.features.portfolios.domain.reporting import (
    AID_TYPES,
    GOVERNMENT,
    GRANT,
    PROJECT,
    SECTOR,
    STATUS,
    TYPES,
    Activity,
    Openness,
    Organisation,
    Planned,
    Transaction,
    openness,
    planned,
    region_of,
    transactions,
)
from portal.features.shipments.models import Receipt, ReceiptLine, ShipmentLine
from portal.infra.db import db
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.policy import Actor

MIME = "application/xml"
CHUNK = 100
LANGUAGE = "en"
UNSAID = {"en": "Assistance under Article 14(3)", "fr": "Assistance au titre de l’article 14, paragraphe 3"}
"""What the title says where the owner of the request withholds what it is."""
DESCRIPTION = {
    "en": "Assistance under Article 14(3) of the Protocol against the Smuggling of Migrants.",
    "fr": "Assistance au titre du paragraphe 3 de l’article 14 du Protocole contre le trafic illicite de migrants.",
}
REDACTED = "The country is not named. Reason {reason} of the consultation on redaction."
SAFETY = 2


def published(actor: Actor, *, today: date) -> Iterator[Activity]:
    """Every pledge of the reader's agency that may be said in public, as far as it may."""
    query = select(Pledge.id).join(Request, Request.id == Pledge.request_id).where(pledges_seen(actor))
    own = query.where(Pledge.agency_id == actor.agency_id, Pledge.state.in_(sorted(HOLDING)))
    ids = iter(db.session.scalars(own.order_by(Pledge.id)).all())
    while chunk := list(islice(ids, CHUNK)):
        pledges = db.session.scalars(
            select(Pledge).where(Pledge.id.in_(chunk)).options(*WITH_PARTIES).order_by(Pledge.id)
        ).unique()
        delivered = _delivered(chunk)
        for pledge in pledges:
            open_ = openness(pledge.label, anonymous=pledge.anonymous_reason is not None)
            if open_ is not Openness.NOTHING:
                yield activity(pledge, delivered.get(pledge.id, ()), open_, today=today)
        db.session.expunge_all()


def _delivered(ids: Sequence[int]) -> dict[int, list[tuple[date, int]]]:
    """By pledge, the days and the units that counted: receipts with their corrections, and services confirmed."""
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    goods = (
        select(ShipmentLine.pledge_id, Receipt.received_on, ReceiptLine.counted)
        .join(ReceiptLine, ReceiptLine.line_id == ShipmentLine.id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(ShipmentLine.pledge_id.in_(ids))
        .order_by(Receipt.received_on, ReceiptLine.id)
    )
    services = (
        select(ServiceDelivery.pledge_id, ServiceDelivery.ends_on, ServiceDelivery.accepted)
        .where(ServiceDelivery.pledge_id.in_(ids), ServiceDelivery.accepted > 0)
        .order_by(ServiceDelivery.ends_on, ServiceDelivery.id)
    )
    for query in (goods, services):
        for pledge_id, on, units in db.session.execute(query):
            found[pledge_id].append((on, units))
    return found


def activity(pledge: Any, deliveries: Sequence[tuple[date, int]], open_: Openness, *, today: date) -> Activity:
    """One pledge, with what its label keeps back left out."""
    request, rules = pledge.request, pledge.request.rules
    iso2 = request.agency.state_iso2
    named = open_ >= Openness.COUNTRY and iso2 is not None
    whole = open_ is Openness.EVERYTHING
    rule = rules.get("sites")
    reason = (int(rule.withheld) if rule and rule.withheld else SAFETY) if iso2 is not None and not named else None
    committed = pledge.agreement_on if pledge.agreement_on and pledge.agreement_on <= today else None
    return Activity(
        ref=pledge.ref,
        titles=_titles(pledge, said=pledge.line.field not in rules, whole=whole and "title" not in rules),
        status=STATUS[pledge.state],
        planned_start=pledge.available_from,
        actual_start=committed,
        country=iso2 or "" if named else "",
        region="" if named else region_of(iso2),
        aid_type=AID_TYPES.get(pledge.line.kind, PROJECT),
        flow=pledge.oda_flow.value if pledge.oda_flow else "",
        tied=pledge.tied.value,
        reason=reason,
        recipient=organisation(request.agency) if whole else None,
        implementer=organisation(pledge.implementer) if whole and pledge.implementer else None,
        transactions=transactions(pledge, deliveries, today=today),
        planned=planned(pledge, today=today),
    )


def _titles(pledge: Any, *, said: bool, whole: bool) -> dict[str, str]:
    kind = EQUIPMENT.get(pledge.line.category or "")
    titles = dict(UNSAID)
    if said and kind is not None:
        titles = {language: f"{words}: {kind.name(language)}" for language, words in UNSAID.items()}
    if whole:
        titles[pledge.request.title_language] = pledge.request.title
    return titles


def organisation(agency: Agency) -> Organisation:
    return Organisation(agency.name(LANGUAGE), TYPES.get(agency.kind, GOVERNMENT), agency.iati_org_id)


def reporting(agency: Agency) -> Organisation:
    """The donor, who needs a reference: where the register has none, it is the portal's own."""
    known = organisation(agency)
    return known if known.ref else replace(known, ref=f"PORTAL-{agency.key}")


def as_xml(activities: Iterable[Activity], donor: Organisation, *, at: datetime) -> Iterator[bytes]:
    """The file, an activity at a time, so that memory stays flat."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03" generated-datetime="{stamp}">\n'.encode()
    for one in activities:
        yield tostring(element(one, donor, stamp), encoding="utf-8", xml_declaration=False) + b"\n"
    yield b"</iati-activities>\n"


def element(one: Activity, donor: Organisation, stamp: str) -> Element:
    """In the order that the schema asks for."""
    root = Element("iati-activity", {"last-updated-datetime": stamp, XML_LANG: LANGUAGE, "humanitarian": "0"})
    SubElement(root, "iati-identifier").text = f"{donor.ref}-{one.ref}"
    _say(
        SubElement(root, "reporting-org", {"ref": donor.ref, "type": donor.type, "secondary-reporter": "0"}), donor.name
    )
    _narrate(SubElement(root, "title"), one.titles)
    _narrate(SubElement(root, "description", {"type": "1"}), DESCRIPTION)
    if one.reason is not None:
        _say(SubElement(root, "description", {"type": "4"}), REDACTED.format(reason=one.reason))
    _organisation(root, donor, "1")
    for organisation_ in (one.implementer, one.recipient):
        if organisation_ is not None:
            _organisation(root, organisation_, "4")
    SubElement(root, "other-identifier", {"ref": one.ref, "type": "A1"})
    SubElement(root, "activity-status", {"code": one.status})
    SubElement(root, "activity-date", {"type": "1", "iso-date": one.planned_start.isoformat()})
    if one.actual_start is not None:
        SubElement(root, "activity-date", {"type": "2", "iso-date": one.actual_start.isoformat()})
    _place(root, one)
    SubElement(root, "sector", {"code": SECTOR, "vocabulary": "1", "percentage": "100"})
    SubElement(root, "collaboration-type", {"code": "1"})
    if one.flow:
        SubElement(root, "default-flow-type", {"code": one.flow})
    SubElement(root, "default-finance-type", {"code": GRANT})
    SubElement(root, "default-aid-type", {"code": one.aid_type, "vocabulary": "1"})
    SubElement(root, "default-tied-status", {"code": one.tied})
    if one.planned is not None:
        _planned(root, one.planned)
    for transaction in one.transactions:
        _transaction(root, transaction)
    return root


def _place(root: Element, one: Activity) -> None:
    SubElement(root, "activity-scope", {"code": "4" if one.country else "2"})
    if one.country:
        SubElement(root, "recipient-country", {"code": one.country, "percentage": "100"})
    else:
        SubElement(root, "recipient-region", {"code": one.region, "vocabulary": "1", "percentage": "100"})


def _organisation(root: Element, one: Organisation, role: str) -> None:
    attributes = {"role": role, "type": one.type} | ({"ref": one.ref} if one.ref else {})
    _say(SubElement(root, "participating-org", attributes), one.name)


def _planned(root: Element, one: Planned) -> None:
    there = SubElement(root, "planned-disbursement", {"type": "1"})
    SubElement(there, "period-start", {"iso-date": one.starts_on.isoformat()})
    value = SubElement(there, "value", {"currency": one.value.currency, "value-date": one.valued_on.isoformat()})
    value.text = one.value.canonical


def _transaction(root: Element, one: Transaction) -> None:
    there = SubElement(root, "transaction")
    SubElement(there, "transaction-type", {"code": one.type})
    SubElement(there, "transaction-date", {"iso-date": one.on.isoformat()})
    value = SubElement(there, "value", {"currency": one.value.currency, "value-date": one.on.isoformat()})
    value.text = one.value.canonical
    if one.channel:
        SubElement(there, "disbursement-channel", {"code": one.channel})


def _say(there: Element, text: str) -> None:
    SubElement(there, "narrative").text = text


def _narrate(there: Element, texts: Any) -> None:
    for language, text in texts.items():
        attributes = {} if language == LANGUAGE else {XML_LANG: language}
        SubElement(there, "narrative", attributes).text = text
