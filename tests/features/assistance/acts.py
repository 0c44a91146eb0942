"""Requests that nothing is wrong with, as people type them, and the way each takes to where a test needs it."""

from datetime import date
from typing import Any

from portal.features.assistance.domain.acts import RecordDiligence
from portal.features.assistance.domain.asking import STEPS
from portal.features.assistance.domain.drafting import SAVED_STEPS
from portal.features.assistance.domain.lifecycles import PledgeState
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.assistance.queries import by_id, find
from portal.features.assistance.services import (
    approve,
    claim,
    create_draft,
    follow,
    open_request,
    record_diligence,
    submit_request,
)
from portal.infra.db import db, now
from portal.infra.history import begin
from portal.kernel.contract import decode
from portal.kernel.reference import Kind, new_reference
from tests.features.exchanges.acting import acting
from tests.world import NEXT_YEAR, World

SUSTAINMENT = {
    "power": "secured",
    "fuel": "not_needed",
    "spares": "planned",
    "licences": "open",
    "insurance": "not_needed",
    "operators": "20",
    "licence_until": f"{NEXT_YEAR + 3}-01-31",
    "budget_owner": "Direction du budget",
}


def readers(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "equipment",
        "category": "passport-reader-full",
        "what": "Lecteurs de passeports de bureau",
        "quantity": "10",
        "unit": "piece",
        "unit_cost": {"typed": "18 500,00", "currency": "EUR"},
        "existing": "0",
        "required": "10",
        "accepts_used": "no",
        "needs_training": "yes",
        "spec": {"mrz": "yes", "chip": "yes", "offline": "yes", "licence_years": "3"},
        "sustainment": SUSTAINMENT,
    } | changes


def pickups(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "equipment",
        "category": "vehicle-pickup",
        "what": "Véhicules tout-terrain",
        "quantity": "4",
        "unit": "piece",
        "unit_cost": {"typed": "23100", "currency": "EUR"},
        "spec": {"drive": "four_wheel", "steering": "left", "fuel": "diesel"},
        "sustainment": SUSTAINMENT | {"fuel": "secured", "insurance": "open"},
    } | changes


def training(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "training",
        "what": "Formation des opérateurs",
        "quantity": "20",
        "unit": "person",
        "days": "2",
    } | changes


def typed(**changes: Any) -> dict[str, Any]:
    """The whole draft of somebody who makes no mistake."""
    return {
        "title": "Contrôle documentaire, corridor d’Agadez",
        "title_language": "fr",
        "end_user_unit": "Brigade des documents",
        "sites": [{"name": "Poste frontière d’Assamakka", "kind": "border_post"}],
        "contact": "Secrétariat, desk@sender.example",
        "needed_by": f"{NEXT_YEAR}-06-30",
        "ta_types": ["equipment", "training"],
        "provisions": ["14.3", "14.2.b"],
        "problem": "Dix postes contrôlent 1 900 voyageurs par jour sans lecteur.",
        "objective": "Lire chaque document au premier contrôle.",
        "priority": "high",
        "safeguards": "Formation au traitement humain de tous les opérateurs.",
        "data_protection_basis": "Loi 2017-28 sur les données personnelles.",
        "label": "green",
        "lines": [readers(), pickups(), training()],
        SAVED_STEPS: list(STEPS),
    } | changes


def draft(world: World, who: str = "sender_editor", **changes: Any) -> Request:
    by = acting(world, who)
    written = create_draft(world.agency("sender"), by=by, at=now(), start=typed(**changes))
    db.session.flush()
    return reloaded(written)


def reloaded(request: Request) -> Request:
    db.session.flush()
    db.session.expire(request)
    found = by_id(request.id)
    assert found is not None
    return found


def submitted(world: World, **changes: Any) -> Request:
    request = draft(world, **changes)
    return submit_request(request, by=acting(world, "sender_editor"), at=now())


def screening(world: World, **changes: Any) -> Request:
    return approve(submitted(world, **changes), by=acting(world, "sender_approver"), at=now())


CLEARED = {"outcome": "cleared", "risk": "low", "factors": ["privacy"], "valid_until": f"{NEXT_YEAR}-12-31"}


def opened(world: World, **changes: Any) -> Request:
    request = screening(world, **changes)
    by = acting(world, "secretariat")
    record_diligence(decode(RecordDiligence, CLEARED), request=request, by=by, at=now())
    open_request(request, by=by, at=now())
    db.session.flush()
    return request


def pledged(world: World, line: RequestLine, quantity: int, donor: str = "donor") -> Pledge:
    """A pledge in its first state, as the services of pledges will write it."""
    claim(line, quantity)
    request = by_id(line.request_id)
    assert request is not None
    pledge = Pledge(
        ref=new_reference(Kind.PLEDGE, 2026),
        request_id=line.request_id,
        line_id=line.id,
        agency_id=world.agencies[donor],
        state=PledgeState.OFFERED,
        quantity=quantity,
        unit_minor=1_850_000,
        currency="EUR",
        available_from=date(NEXT_YEAR, 1, 1),
        valid_until=date(NEXT_YEAR, 1, 31),
        pledged_at=now(),
    )
    pledge.request, pledge.line, pledge.agency = request, line, world.agency(donor)
    begin(pledge.lifecycle, pledge, by=acting(world, "donor_officer"), at=now())
    follow(line.request_id, pledge.agency_id)
    return pledge


def seen_by(world: World, who: str, request: Request) -> Request | None:
    db.session.flush()
    db.session.expire_all()
    return find(acting(world, who), request.ref)
