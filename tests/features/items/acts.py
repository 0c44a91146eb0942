"""Items that nothing is wrong with, and the way each takes to where a test needs it."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from portal.features.items import services
from portal.features.items.domain.checking import OpenFinding, RecordCheck, Severity
from portal.features.items.domain.commands import (
    AskRetirement,
    AskTransfer,
    ConfirmHandover,
    Consent,
    OfferHandover,
    RegisterItem,
    TakeOver,
)
from portal.features.items.models import Finding, Item, ItemCheck
from portal.features.items.queries.records import by_id
from portal.features.ledger.services import hold
from portal.features.people.models import Membership
from portal.infra.db import db, now
from portal.kernel.contract import decode
from tests.features.exchanges.acting import acting
from tests.world import World

_serials = count(1)


def today() -> date:
    return now().date()


def typed_item(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "category": "passport-reader-full",
        "manufacturer": "Lumen Optics",
        "model": "DR-200",
        "serial": f"DR2-{next(_serials):05}",
        "value": {"amount": "18500.00", "currency": "EUR"},
        "condition": "new",
        "funder": world.agency("donor").key,
        "unit": "Brigade des documents",
        "site": "Poste d’Assamakka",
        "site_kind": "border_post",
        "received_on": today().isoformat(),
        "operators_required": 0,
    } | changes


def ready(world: World) -> None:
    """Tests take many steps in one transaction, which the portal never does: the chains are taken first."""
    hold(*world.agencies.values())


def registered(world: World, who: str = "sender_editor", **changes: Any) -> Item:
    ready(world)
    item = services.register(decode(RegisterItem, typed_item(world, **changes)), by=acting(world, who), at=now())
    db.session.flush()
    return item


def delivered(world: World, **changes: Any) -> Item:
    return services.deliver(registered(world, **changes), by=acting(world, "sender_editor"), at=now())


def offered(world: World, item: Item, to: str = "sender_officer", by: str = "sender_editor") -> Item:
    handle = db.session.get_one(Membership, world.memberships[to]).handle
    command = OfferHandover(to=handle, condition="good", unit="Poste 2", site="Poste d’Arlit", site_kind="border_post")
    services.offer_handover(command, item=item, by=acting(world, by), at=now())
    return fresh(item)


def undertaken(world: World, **changes: Any) -> Item:
    """Delivered, and handed to a colleague who signed the undertaking."""
    item = offered(world, delivered(world, **changes))
    assert item.handover is not None
    command = ConfirmHandover(number=item.handover.number, received=True, undertaking=True)
    return services.confirm_handover(command, item=item, by=acting(world, "sender_officer"), at=now())


def in_use(world: World, **changes: Any) -> Item:
    return services.put_to_use(undertaken(world, **changes), by=acting(world, "sender_editor"), at=now())


def checked(
    world: World, item: Item, result: str = "seen_working", who: str = "inspector", days_ago: int = 0, **changes: Any
) -> ItemCheck:
    values = {"on": today() - timedelta(days=days_ago), "result": result, "condition": "good"} | changes
    return services.record_check(RecordCheck(**values), item=item, by=acting(world, who), at=now())


def found_wrong(world: World, item: Item, who: str = "inspector") -> Finding:
    command = OpenFinding(severity=Severity.MEDIUM, due_on=today() + timedelta(days=20), what="The seal is broken.")
    return services.open_finding(command, item=item, by=acting(world, who), at=now())


def transfer_asked(world: World, item: Item, to: str = "stranger") -> Item:
    command = AskTransfer(to_agency=world.agency(to).key, ownership=True, unit="Unit B", site="Rosso",
                          site_kind="border_post", reason="They need it more.")  # fmt: skip
    services.ask_transfer(command, item=item, by=acting(world, "sender_approver"), at=now())
    return fresh(item)


def consented(world: World, item: Item) -> Item:
    assert item.move is not None
    services.consent(Consent(number=item.move.number), item=item, by=acting(world, "donor_approver"), at=now())
    return fresh(item)


def taken_over(world: World, item: Item, who: str = "stranger_approver") -> Item:
    assert item.move is not None
    command = TakeOver(number=item.move.number, received=True, undertaking=True)
    services.take_over(command, item=item, by=acting(world, who), at=now())
    return fresh(item)


def retirement_asked(world: World, item: Item, **changes: Any) -> Item:
    values: dict[str, Any] = {"method": "recycled", "reason": "Beyond repair."} | changes
    services.ask_retirement(AskRetirement(**values), item=item, by=acting(world, "sender_approver"), at=now())
    return fresh(item)


def fresh(item: Item) -> Item:
    """As a page would load it."""
    db.session.flush()
    db.session.expire_all()
    found = by_id(item.id)
    assert found is not None
    return found
