"""A pledge is offered, accepted or declined, committed, withdrawn, disputed and settled."""

from datetime import datetime

from sqlalchemy import delete, select

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.assistance.domain.asking import controlled
from portal.features.assistance.domain.diligence import acceptance_problem
from portal.features.assistance.domain.lifecycles import PLEDGE, RequestState
from portal.features.assistance.domain.moved import PledgeMoved, RequestNotOpen
from portal.features.assistance.domain.pledging import (
    QUESTIONS,
    AcceptPledge,
    AnswerOda,
    CommitPledge,
    DeclinePledge,
    DisputePledge,
    OfferPledge,
    SettlePledge,
    WithdrawPledge,
)
from portal.features.assistance.domain.vocabulary import ExportAnswer, Means
from portal.features.assistance.models import Pledge, PledgeWaiting, Request, RequestLine
from portal.features.assistance.services.agreements import agreement_document, agreement_problem
from portal.features.assistance.services.claims import claim, give_back
from portal.features.assistance.services.counterparts import follow
from portal.features.assistance.services.delivering import fulfil_if_received
from portal.features.assistance.services.pledge_steps import for_step, held_pledge, held_request, take
from portal.features.assistance.services.waiting import tell_waiting
from portal.infra.db import db
from portal.infra.history import begin, note
from portal.kernel.errors import Frozen, NotAllowed, Problem, Rejected
from portal.kernel.policy import Actor
from portal.kernel.reference import Kind, new_reference


def offer(command: OfferPledge, *, line: RequestLine, by: Actor, at: datetime) -> Pledge:
    """Promise units of an open line: one guarded UPDATE decides who was first."""
    request = held_request(line.request_id)
    line = next(one for one in request.lines if one.id == line.id)
    donor = _donor(request, by)
    if request.state != RequestState.OPEN or not line.live:
        raise RequestNotOpen(request.ref)
    _check(command, line, at=at)
    implementer = _implementer(command, request, donor)
    claim(line, command.quantity)
    pledge = _written(command, line, request, donor, implementer, by=by, at=at)
    begin(PLEDGE, pledge, by=by, at=at, details={"quantity": pledge.quantity})
    if command.doubted:
        note(PLEDGE, pledge, "confirm_text", by=by, at=at, details={"fields": command.doubted})
    if request.first_pledged_at is None:
        request.first_pledged_at = at
    db.session.execute(
        delete(PledgeWaiting).where(PledgeWaiting.line_id == line.id, PledgeWaiting.agency_id == donor.id)
    )
    follow(request.id, donor.id)
    return pledge


def _written(
    command: OfferPledge,
    line: RequestLine,
    request: Request,
    donor: Agency,
    implementer: Agency | None,
    *,
    by: Actor,
    at: datetime,
) -> Pledge:
    in_kind = command.means is Means.IN_KIND
    return Pledge(
        ref=new_reference(Kind.PLEDGE, at.year),
        state=PLEDGE.initial,
        line=line,
        request=request,
        agency=donor,
        request_id=request.id,
        line_id=line.id,
        agency_id=donor.id,
        implementer=implementer,
        implementer_id=implementer.id if implementer else None,
        quantity=command.quantity,
        unit_minor=command.unit_value.minor,
        currency=command.unit_value.currency,
        in_kind=in_kind,
        valuation=command.valuation if in_kind else None,
        procurer=None if in_kind else command.procurer,
        available_from=command.available_from,
        valid_until=command.valid_until,
        conditions=command.conditions,
        conditions_language=command.conditions_language,
        tied=command.tied,
        export_licence=command.export_licence,
        request_version=request.terms_version,
        anonymous_reason=command.anonymous_reason,
        author_id=by.person_id,
        pledged_at=at,
    )


def accept(command: AcceptPledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    """The requester's yes: to what was read, while due diligence and export control allow it."""
    pledge = for_step(pledge, "accept", version=command.version, by=by)
    if by.agency_id == pledge.agency_id or by.agency_id != pledge.request.agency_id:
        raise NotAllowed("pledges:accept")
    if pledge.request.state != RequestState.OPEN:
        raise RequestNotOpen(pledge.request.ref)
    if pledge.lapses_at <= at:
        raise PledgeMoved(pledge.ref)
    problems = [acceptance_problem(pledge.request, pledge.line.kind, at.date()), *_export_problems(command, pledge)]
    if found := [problem for problem in problems if problem is not None]:
        raise Rejected(*found)
    take(pledge, "accept", by=by, at=at, details={"quantity": pledge.quantity})
    return pledge


def decline(command: DeclinePledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    pledge = for_step(pledge, "decline", version=command.version, by=by)
    return _let_go(pledge, "decline", by=by, at=at, reason=command.reason)


def withdraw_pledge(command: WithdrawPledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    pledge = for_step(pledge, "withdraw", version=command.version, by=by)
    return _let_go(pledge, "withdraw", by=by, at=at, reason=command.reason)


def commit(command: CommitPledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    """The donor's approver binds the agency: the agreement is in force and attached. Never the one who offered it."""
    pledge = for_step(pledge, "commit", version=command.version, by=by)
    if by.person_id == pledge.author_id:
        raise NotAllowed("pledges:commit")
    found = [Problem("agreement_not_in_force", "agreement_on")] if command.agreement_on > at.date() else []
    if problem := agreement_problem(command, pledge):
        found.append(problem)
    if found:
        raise Rejected(*found)
    pledge.agreement, pledge.agreement_on = command.agreement, command.agreement_on
    details = {"document": agreement_document(command, pledge, by=by, at=at)}
    take(pledge, "commit", by=by, at=at, details=details)
    return pledge


def dispute(command: DisputePledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    pledge = for_step(pledge, "dispute", version=command.version, by=by)
    take(pledge, "dispute", by=by, at=at, reason=command.reason)
    return pledge


def settle(command: SettlePledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    """Back to committed; what was received meanwhile may already be all of it."""
    pledge = for_step(pledge, "settle", version=command.version, by=by)
    take(pledge, "settle", by=by, at=at, reason=command.reason)
    fulfil_if_received(pledge, at=at)
    return pledge


def answer_oda(command: AnswerOda, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    """Five answers, what they speak for, and what the donor decided: kept together. Nothing is decided by itself."""
    pledge = held_pledge(pledge.id, pledge.request_id)
    if pledge.frozen or by.suspended:
        raise Frozen
    pledge.oda_answers = command.model_dump(include=set(QUESTIONS))
    pledge.oda_suggested, pledge.oda_flow, pledge.oda_note = command.suggestion, command.flow_type, command.note
    details = {"suggested": command.suggestion.value, "decided": command.flow_type.value}
    note(PLEDGE, pledge, "answer_oda", by=by, at=at, details=details)
    return pledge


def _let_go(pledge: Pledge, name: str, *, by: Actor, at: datetime, reason: str | None = None) -> Pledge:
    """What ends before it is committed gives everything back, in the same transaction."""
    take(pledge, name, by=by, at=at, reason=reason)
    give_back(pledge.line, pledge.quantity)
    tell_waiting(pledge.line, request=pledge.request, at=at)
    return pledge


def _donor(request: Request, by: Actor) -> Agency:
    if by.agency_id is None:
        raise NotAllowed("pledges:offer")
    if by.agency_id == request.agency_id:
        raise Rejected(Problem("own_request"))
    donor = db.session.get_one(Agency, by.agency_id, populate_existing=True)
    if request.frozen or donor.suspended:
        raise Frozen
    if donor.status != AgencyStatus.VERIFIED:
        raise NotAllowed("pledges:offer")
    return donor


def _implementer(command: OfferPledge, request: Request, donor: Agency) -> Agency | None:
    """Who carries it out; nobody but the donor when nobody else is named."""
    key = command.implementer.strip().upper()
    if not key or key == donor.key:
        return None
    found = db.session.scalars(select(Agency).where(Agency.key == key, Agency.status == AgencyStatus.VERIFIED)).first()
    if found is None:
        raise Rejected(Problem("unknown_agency", "implementer"))
    if found.id == request.agency_id:
        raise Rejected(Problem("own_request", "implementer"))
    return found


def _check(command: OfferPledge, line: RequestLine, *, at: datetime) -> None:
    found = list(command.late(today=at.date()))
    if controlled(line.category) and command.export_licence is None:
        found.append(Problem("export_answer_needed", "export_licence"))
    if found:
        raise Rejected(*found)


def _export_problems(command: AcceptPledge, pledge: Pledge) -> list[Problem]:
    """Both sides have answered for the export of what is controlled."""
    if not controlled(pledge.line.category):
        return []
    if pledge.export_licence is None or pledge.line.export_answer is None:
        return [Problem("export_answers_missing")]
    if pledge.line.export_answer == ExportAnswer.END_USER_CERTIFICATE and not command.end_user_certificate:
        return [Problem("certificate_needed", "end_user_certificate")]
    return []
