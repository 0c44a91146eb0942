"""A pledge becomes smaller: the donor asks and the secretariat agrees; or both sides close it with what was received."""

from datetime import datetime

from portal.features.assistance.domain.lifecycles import PLEDGE
from portal.features.assistance.domain.moved import PledgeMoved
from portal.features.assistance.domain.pledging import AnswerReduction, ClosePledge, ReducePledge
from portal.features.assistance.models import Pledge
from portal.features.assistance.services.claims import give_back
from portal.features.assistance.services.delivering import fulfil_if_received, unanswered
from portal.features.assistance.services.endings import fulfil_if_done
from portal.features.assistance.services.pledge_steps import for_step, take
from portal.features.assistance.services.waiting import tell_waiting
from portal.infra.history import history_of, note
from portal.kernel.errors import Conflict, NotAllowed, Problem, Rejected
from portal.kernel.policy import Actor


def ask_reduction(command: ReducePledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    """Ask to promise less, never below what is on its way or received."""
    pledge = for_step(pledge, "reduce", version=command.version, by=by)
    least = max(_delivered(pledge), 1)
    if not least <= command.quantity < pledge.quantity:
        problem = "too_small" if command.quantity < least else "too_large"
        raise Rejected(Problem(problem, "quantity", {"min": least, "max": pledge.quantity - 1}))
    pledge.reduce_to = command.quantity
    details = {"from": pledge.quantity, "to": command.quantity}
    note(PLEDGE, pledge, "ask_reduction", by=by, at=at, reason=command.reason, details=details)
    return pledge


def answer_reduction(command: AnswerReduction, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    """The secretariat agrees, and the difference returns to the line at once; or everything stays as it was."""
    pledge = for_step(pledge, "reduce", version=command.version, by=by)
    if pledge.reduce_to is None:
        raise PledgeMoved(pledge.ref)
    wanted, before = pledge.reduce_to, pledge.quantity
    pledge.reduce_to = None
    if not command.agreed:
        note(PLEDGE, pledge, "refuse_reduction", by=by, at=at, reason=command.reason)
        return pledge
    if wanted < _delivered(pledge):
        raise Rejected(Problem("below_received"))
    asked = next(step for step in history_of(PLEDGE.name, pledge.id) if step.transition == "ask_reduction")
    pledge.quantity = wanted
    take(pledge, "reduce", by=by, at=at, reason=asked.reason, details={"from": before, "to": wanted})
    give_back(pledge.line, before - wanted)
    tell_waiting(pledge.line, request=pledge.request, at=at)
    fulfil_if_received(pledge, at=at)
    return pledge


def close_short(command: ClosePledge, *, pledge: Pledge, by: Actor, at: datetime) -> Pledge:
    """The first side asks, the other one confirms: then what was not received returns to the line."""
    pledge = for_step(pledge, "close_short", version=command.version, by=by)
    if by.agency_id not in {pledge.agency_id, pledge.request.agency_id}:
        raise NotAllowed("pledges:close_short")
    if unanswered(pledge) or pledge.under_way:
        raise Conflict(Problem("delivery_waits"))
    if pledge.close_asked_by is None:
        pledge.close_asked_by = by.agency_id
        note(PLEDGE, pledge, "ask_close", by=by, at=at, reason=command.reason)
        return pledge
    if pledge.close_asked_by == by.agency_id:
        raise Conflict(Problem("close_asked_already"))
    rest = pledge.quantity - pledge.received
    details = {"received": pledge.received, "returned": rest}
    take(pledge, "close_short", by=by, at=at, reason=command.reason, details=details)
    give_back(pledge.line, rest)
    tell_waiting(pledge.line, request=pledge.request, at=at)
    fulfil_if_done(pledge.request, at=at)
    return pledge


def _delivered(pledge: Pledge) -> int:
    """Units that are received or on their way, as services or in shipments."""
    return max(pledge.received + unanswered(pledge), pledge.shipped - pledge.short)
