"""Questions and answers on the record of a request: everyone who reads it reads them."""

from datetime import datetime

from sqlalchemy import func, select

from portal.features.assistance.domain.acts import AnswerQuestion, AskRequester
from portal.features.assistance.domain.lifecycles import LIVE, RequestState
from portal.features.assistance.models import Request, RequestQuestion
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.contract import GuardedTexts
from portal.kernel.errors import Frozen, IllegalTransition, Problem, Rejected, Stale
from portal.kernel.policy import Actor

MOST_QUESTIONS = 100
TALKED_ABOUT = LIVE | {RequestState.SCREENING}


def ask(command: AskRequester, *, request: Request, by: Actor, at: datetime) -> RequestQuestion:
    """A question of the secretariat while it screens, or of a donor who reads the request."""
    _refuse_unless_talked_about(request, "ask")
    last = select(func.count()).where(RequestQuestion.request_id == request.id)
    number = (db.session.scalar(last) or 0) + 1
    if number > MOST_QUESTIONS:
        raise Rejected(Problem("too_many", "text", {"max": MOST_QUESTIONS}))
    question = RequestQuestion(
        request_id=request.id,
        number=number,
        text=command.text,
        language=command.language,
        asked_by=by.person_id,
        agency_id=by.agency_id,
        asked_at=at,
    )
    db.session.add(question)
    note(request.lifecycle, request, "ask", by=by, at=at, details=_details(number, command))
    return question


def answer(command: AnswerQuestion, *, request: Request, by: Actor, at: datetime) -> RequestQuestion:
    """Once: what was said stays on the record."""
    if request.frozen:
        raise Frozen
    question = db.session.scalars(
        select(RequestQuestion).filter_by(request_id=request.id, number=command.question)
    ).first()
    if question is None:
        raise Rejected(Problem("unknown_question", "question"))
    if question.answer is not None:
        raise Stale(Problem("answered_already"))
    question.answer, question.answer_language = command.text, command.language
    question.answered_by, question.answered_at = by.person_id, at
    note(request.lifecycle, request, "answer", by=by, at=at, details=_details(command.question, command))
    return question


def _refuse_unless_talked_about(request: Request, step: str) -> None:
    if request.frozen:
        raise Frozen
    if request.state not in TALKED_ABOUT:
        raise IllegalTransition(request.lifecycle.name, step, request.state)


def _details(number: int, command: GuardedTexts) -> dict[str, object]:
    """Codes only: that a text was confirmed is kept, never the text."""
    found: dict[str, object] = {"question": number}
    return found | ({"text_confirmed": True} if command.doubted else {})
