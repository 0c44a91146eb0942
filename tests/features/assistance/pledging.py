"""Pledges that nothing is wrong with, as donors type them, and the way each takes to where a test needs it."""

import secrets
from datetime import date, timedelta
from typing import Any

from portal.features.assistance import services
from portal.features.assistance.domain.lifecycles import PLEDGE
from portal.features.assistance.domain.pledging import (
    AcceptPledge,
    CommitPledge,
    ConfirmService,
    OfferPledge,
    RecordService,
)
from portal.features.assistance.models import Pledge, RequestLine
from portal.features.documents.models import Document
from portal.infra.db import db, now
from portal.kernel.contract import decode
from portal.kernel.files import FileKind
from portal.kernel.labels import Tlp
from portal.kernel.policy import Role
from tests.features.exchanges.acting import acting
from tests.world import World, add_person


def today() -> date:
    return now().date()


def typed_pledge(**changes: Any) -> dict[str, Any]:
    return {
        "quantity": "2",
        "unit_value": {"typed": "18500", "currency": "EUR"},
        "means": "in_kind",
        "valuation": "invoice",
        "available_from": (today() + timedelta(days=10)).isoformat(),
        "valid_until": (today() + timedelta(days=60)).isoformat(),
        "conditions": "Operators are trained first.",
        "conditions_language": "en",
        "export_licence": "not_needed",
    } | changes


def offered(world: World, line: RequestLine, quantity: int = 2, who: str = "donor_officer", **changes: Any) -> Pledge:
    command = decode(OfferPledge, typed_pledge(quantity=str(quantity), **changes))
    pledge = services.offer(command, line=line, by=acting(world, who), at=now())
    db.session.flush()
    return pledge


def accepted(world: World, line: RequestLine, quantity: int = 2, **changes: Any) -> Pledge:
    pledge = offered(world, line, quantity, **changes)
    command = AcceptPledge(version=pledge.version, conditions_read=True, end_user_certificate=True)
    services.accept(command, pledge=pledge, by=acting(world, "sender_approver"), at=now())
    db.session.flush()
    return pledge


def agreement(pledge: Pledge) -> str:
    """The key of an agreement that is attached to the pledge."""
    document = Document(
        key=secrets.token_urlsafe(16),
        subject=PLEDGE.name,
        ref=pledge.ref,
        title="Memorandum of 2 May",
        label=Tlp.GREEN,
        name="memorandum.pdf",
        kind=FileKind.PDF,
        size=1,
        digest=secrets.token_hex(32),
        attached_at=now(),
    )
    db.session.add(document)
    db.session.flush()
    return document.key


def to_commit(pledge: Pledge, **changes: Any) -> CommitPledge:
    typed = {"version": pledge.version, "agreement": "Memorandum of 2 May", "agreement_on": today()}
    return CommitPledge(**typed | {"document": agreement(pledge)} | changes)


def committed(world: World, line: RequestLine, quantity: int = 2, **changes: Any) -> Pledge:
    pledge = accepted(world, line, quantity, **changes)
    services.commit(to_commit(pledge), pledge=pledge, by=acting(world, "donor_approver"), at=now())
    db.session.flush()
    return pledge


def delivered(world: World, pledge: Pledge, quantity: int, confirmed: int | None = None, reason: str = "") -> None:
    held = RecordService(starts_on=today(), ends_on=today(), quantity=quantity, attended=quantity)
    one = services.record_service(held, pledge=pledge, by=acting(world, "donor_officer"), at=now())
    db.session.flush()
    if confirmed is not None:
        command = ConfirmService(number=one.number, accepted=confirmed, reason=reason)
        services.confirm_service(command, pledge=pledge, by=acting(world, "sender_editor"), at=now())
        db.session.flush()


def second_donor(world: World) -> None:
    add_person(world, "host_donor", "host", Role.DONOR_OFFICER)
    add_person(world, "host_donor_approver", "host", Role.DONOR_APPROVER)
