"""What donors gave in a test: of several kinds, on several rungs, under several labels."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from portal.features.assistance.domain.vocabulary import Redaction
from portal.features.assistance.models import Pledge, RequestField, RequestRelease
from portal.features.items.domain.checking import Severity
from portal.features.items.domain.lifecycles import FindingState, ItemState
from portal.features.items.domain.vocabulary import Condition, RiskClass, SiteKind
from portal.features.items.models import Finding, Item, ItemParty
from portal.features.ledger.services import hold
from portal.features.rates.services import import_rates
from portal.features.shipments.models import ReceiptLine
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from portal.kernel.policy import SYSTEM
from portal.kernel.reference import Kind, new_reference
from tests.features.assistance.acts import opened, pickups, readers, training
from tests.features.assistance.pledging import accepted, committed, delivered, offered, second_donor, today
from tests.features.shipments.acts import a_gift, arrived, counted, prepared
from tests.world import World

_serials = count(1)
VALUED = {"unit_value": {"amount": "900.00", "currency": "USD"}}


def rates() -> None:
    """Of the euro, this month; of the dinar there is none."""
    text = f"date,currency,rate,source\n{today().replace(day=1)},EUR,0.92,UN rates\n"
    import_rates(text, base="USD", by=SYSTEM, at=now())


def an_item(world: World, line: ReceiptLine | None = None, **changes: Any) -> Item:
    """One unit as it stands, without the steps that led there."""
    values: dict[str, Any] = {
        "ref": new_reference(Kind.ITEM, 2026),
        "agency_id": world.agencies["sender"],
        "owner_id": world.agencies["sender"],
        "funder_id": world.agencies["donor"],
        "receipt_line_id": line.id if line else None,
        "state": ItemState.IN_USE,
        "label": Tlp.AMBER,
        "category": "passport-reader-full",
        "category_group": "document-examination",
        "manufacturer": "Lumen",
        "maker_norm": "LUMEN",
        "model": "DR-200",
        "serial": None,
        "serial_norm": None,
        "quantity": 1,
        "value_minor": 1850000,
        "currency": "EUR",
        "condition": Condition.GOOD,
        "unit": "Brigade",
        "site": "Assamakka",
        "site_kind": SiteKind.BORDER_POST,
        "received_on": today(),
        "risk_class": RiskClass.B,
        "verified_until": today() + timedelta(days=200),
        "registered_at": now(),
    }
    item = Item(**values | changes)
    db.session.add(item)
    db.session.flush()
    parties = {item.agency_id, item.owner_id, item.funder_id}
    db.session.add_all(
        ItemParty(item_id=item.id, agency_id=one, state=item.state, category_group=item.category_group)
        for one in sorted(parties)
    )
    db.session.flush()
    return item


def a_finding(item: Item, state: FindingState = FindingState.OPEN) -> Finding:
    found = Finding(ref=new_reference(Kind.FINDING, 2026), item_id=item.id, agency_id=item.agency_id, state=state,
                    severity=Severity.LOW, due_on=today(), what="Broken", language="en", opened_at=now())  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found


def pledged_on(pledge: Pledge, day: date) -> None:
    db.session.execute(
        db.update(Pledge).where(Pledge.id == pledge.id).values(pledged_at=now().replace(year=day.year, month=day.month))
    )
    db.session.expire(pledge)


def everything(world: World) -> dict[str, Any]:
    """A portfolio with one of each that matters."""
    hold(*world.agencies.values())
    rates()
    second_donor(world)
    request = opened(world, lines=[readers(), pickups(), training()])
    first, second, third = request.lines
    sent = committed(world, first, 6)
    offered(world, second, 1, **VALUED)
    held = committed(world, third, 4, unit_value={"amount": "100.000", "currency": "TND"})
    delivered(world, held, 3, confirmed=2, reason="One left early.")
    offered(world, second, 1, who="host_donor")
    gift = a_gift(unit_value={"amount": "250.00", "currency": "EUR"})
    shipment = arrived(world, sent, gifts=[gift, a_gift(what="Cables")])
    counts = [{"received": 5, "damaged": 1, "reason": "damaged", "words": "Crushed"}, {"received": 3}, {"received": 2}]
    receipt = counted(world, shipment, *counts)
    prepared(world, committed(world, second, 1, **VALUED))
    hidden = opened(world, label=Tlp.AMBER.value, lines=[pickups(), readers()])
    accepted(world, hidden.lines[0], 2, **VALUED)
    offered(world, hidden.lines[1], 2)
    by = world.people["sender_approver"]
    for number, how in ((1, {"withheld": Redaction.SAFETY.value}), (2, {"label": Tlp.RED})):
        db.session.add(RequestField(request_id=hidden.id, field=f"line-{number}", set_by=by, at=now(), **how))
    secret = opened(world, label=Tlp.AMBER.value, lines=[readers()])
    offered(world, secret.lines[0], 3)
    secret.label = Tlp.RED
    db.session.add(
        RequestRelease(request_id=secret.id, person_id=world.people["donor_approver"], released_by=by, at=now())
    )
    old = offered(world, opened(world, lines=[readers()]).lines[0], 4)
    db.session.flush()
    pledged_on(old, date(today().year - 1, 5, 1))
    of_readers, of_gift, _rest = sorted(receipt.lines, key=lambda line: line.line_id)
    items = [
        an_item(world, of_readers),
        an_item(world, of_readers, state=ItemState.UNDER_REPAIR),
        an_item(world, of_readers, verified_until=today() - timedelta(days=1)),
        an_item(world, of_readers, operators_required=2, operators_trained=1),
        an_item(world, of_gift, quantity=3, value_minor=75000),
        an_item(world, risk_class=RiskClass.C, verified_until=today() + timedelta(days=100)),
        an_item(world, of_readers, label=Tlp.AMBER_STRICT, risk_class=RiskClass.A),
        an_item(world, state=ItemState.RETIRED),
    ]
    a_finding(items[0])
    a_finding(items[1], FindingState.CLOSED)
    a_finding(items[6])
    db.session.commit()
    return {"items": items, "receipt": receipt, "hidden": hidden, "secret": secret, "sent": sent, "shipment": shipment}
