"""Questions and answers, which stay with the proposal and are read by both sides."""

from datetime import datetime

from sqlalchemy import func, select

from portal.features.matches.domain.commands import Answer, Ask
from portal.features.matches.domain.errors import NotOpen
from portal.features.matches.domain.lifecycle import ENDED, PROPOSAL
from portal.features.matches.models import Proposal, Question
from portal.features.matches.services.negotiating import side_of
from portal.features.matches.services.steps import locked, refuse_frozen
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Conflict, NotAllowed, Problem, Rejected
from portal.kernel.policy import Actor


def ask(command: Ask, proposal: Proposal, *, by: Actor, at: datetime) -> Question:
    proposal = locked(proposal)
    side = side_of(proposal, by, "matches:ask")
    _require_talking(proposal)
    if by.person_id is None:
        raise NotAllowed("matches:ask")
    asked = db.session.scalar(select(func.max(Question.number)).where(Question.proposal_id == proposal.id)) or 0
    question = Question(
        proposal_id=proposal.id,
        number=asked + 1,
        side=side,
        text=command.text,
        language=command.language,
        person_id=by.person_id,
        asked_at=at,
    )
    db.session.add(question)
    note(PROPOSAL, proposal, "ask", by=by, at=at, details={"question": question.number})
    return question


def answer(command: Answer, proposal: Proposal, *, by: Actor, at: datetime) -> Question:
    """Answer a question of the other side, once."""
    proposal = locked(proposal)
    side = side_of(proposal, by, "matches:answer")
    _require_talking(proposal)
    query = select(Question).filter_by(proposal_id=proposal.id, number=command.question)
    question = db.session.scalars(query).first()
    if question is None or question.side == side:
        raise Rejected(Problem("no_such_question", "text"))
    if question.answer is not None:
        raise Conflict(Problem("already_answered"))
    question.answer, question.answer_language = command.text, command.language
    question.answered_by, question.answered_at = by.person_id, at
    note(PROPOSAL, proposal, "answer", by=by, at=at, details={"question": question.number})
    return question


def _require_talking(proposal: Proposal) -> None:
    refuse_frozen(proposal.host, proposal.sender)
    if proposal.state in ENDED:
        raise NotOpen(proposal.ref, proposal.state)
