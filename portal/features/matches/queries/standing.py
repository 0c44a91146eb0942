"""What waits for someone in proposals and fits, and where the exchanges of an agency stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.features.agencies.models import Agency
from portal.features.exchanges.models import Post
from portal.features.exchanges.policy import WRITERS
from portal.features.matches.domain.lifecycle import ACCEPTED, ENDED, NEGOTIATING, OPEN, ProposalState, Side
from portal.features.matches.domain.route import Box, Stage, stage_of
from portal.features.matches.models import Proposal, Question
from portal.features.matches.queries.fits import strong_fits
from portal.features.matches.queries.proposals import visible
from portal.infra.db import db
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task

MOST = 50
S = ProposalState


@dataclass(frozen=True, slots=True)
class Standing:
    """One exchange of the actor's agency, for the picture of where each stands."""

    ref: str
    state: ProposalState
    stage: Stage
    other_state_iso2: str | None
    other_names: Mapping[str, str]
    other_name_language: str
    title: str
    title_language: str
    starts_on: Any
    ends_on: Any


def ours_to_answer(actor: Actor) -> ColumnElement[bool]:
    """Negotiating, and this agency has not accepted the current version."""
    return and_(
        Proposal.state.in_(sorted(NEGOTIATING)),
        or_(
            and_(Proposal.host_agency_id == actor.agency_id, Proposal.state != ACCEPTED[Side.HOST]),
            and_(Proposal.sender_agency_id == actor.agency_id, Proposal.state != ACCEPTED[Side.SENDER]),
        ),
    )


def in_box(actor: Actor, box: Box) -> Select[Proposal]:
    query = visible(actor)
    if box is Box.TO_ANSWER:
        return query.where(ours_to_answer(actor))
    if box is Box.WITH_OTHERS:
        return query.where(Proposal.state.in_(sorted(OPEN)), ~ours_to_answer(actor))
    if box is Box.AGREED:
        return query.where(Proposal.state == S.CONFIRMED)
    return query.where(Proposal.state.in_(sorted(ENDED))) if box is Box.ENDED else query


def counts(actor: Actor, *, cap: int = 1_001) -> dict[Box, int]:
    """How many proposals each box holds, counted no further than is worth it."""
    boxes = {box: in_box(actor, box).with_only_columns(Proposal.id).limit(cap).subquery() for box in Box}
    row = db.session.execute(
        select(*(select(func.count()).select_from(found).scalar_subquery() for found in boxes.values()))
    ).one()
    return dict(zip(boxes, row, strict=True))


def standing(actor: Actor, *, limit: int = 5) -> Sequence[Standing]:
    """The exchanges that moved last: live proposals and agreed ones."""
    if actor.agency_id is None:
        return []
    host, sender = aliased(Agency), aliased(Agency)
    own = Proposal.host_agency_id == actor.agency_id
    other_side = (
        func.coalesce(host.id, 0).label("host_id"),
        host.state_iso2.label("host_state"),
        host.names.label("host_names"),
        host.name_language.label("host_language"),
        sender.state_iso2.label("sender_state"),
        sender.names.label("sender_names"),
        sender.name_language.label("sender_language"),
    )
    query = (
        visible(actor)
        .where(or_(own, Proposal.sender_agency_id == actor.agency_id), Proposal.state.in_([*sorted(OPEN), S.CONFIRMED]))
        .join(Post, Post.id == Proposal.offer_id)
        .join(host, host.id == Proposal.host_agency_id)
        .join(sender, sender.id == Proposal.sender_agency_id)
        .with_only_columns(
            Proposal.ref, Proposal.state, Proposal.host_agency_id, Proposal.starts_on, Proposal.ends_on,
            Post.title, Post.title_language, *other_side,
        )
        .order_by(Proposal.moved_at.desc(), Proposal.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [_standing(row, ours=row.host_agency_id == actor.agency_id) for row in db.session.execute(query)]


def _standing(row: Any, *, ours: bool) -> Standing:
    other = "sender" if ours else "host"
    return Standing(
        ref=row.ref,
        state=row.state,
        stage=stage_of(row.state),
        other_state_iso2=getattr(row, f"{other}_state"),
        other_names=getattr(row, f"{other}_names"),
        other_name_language=getattr(row, f"{other}_language"),
        title=row.title,
        title_language=row.title_language,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    """Proposals to answer, questions to answer, strong new fits to look at, and what the other side has to do."""
    if actor.agency_id is None or actor.suspended or not WRITERS.holds(actor, None):
        return []
    found = [*_proposals(actor), *_questions(actor), *_fits(actor, at)]
    return sorted(found, key=lambda task: task.since)


def _proposals(actor: Actor) -> Iterator[Task]:
    columns = (
        Proposal.ref, Proposal.state, Proposal.terms_by, Proposal.moved_at, Proposal.expires_at,
        Proposal.host_agency_id, Post.title, ours_to_answer(actor).label("ours"),
    )  # fmt: skip
    mine = or_(Proposal.host_agency_id == actor.agency_id, Proposal.sender_agency_id == actor.agency_id)
    ours = visible(actor).where(mine, Proposal.state.in_(sorted(OPEN))).join(Post, Post.id == Proposal.offer_id)
    query = ours.with_only_columns(*columns).order_by(Proposal.expires_at, Proposal.id).limit(MOST)
    for row in db.session.execute(query):
        side = Side.HOST if row.host_agency_id == actor.agency_id else Side.SENDER
        code = _code(actor, row, side)
        yield Task(
            code=code,
            ref=row.ref,
            endpoint="matches.proposal",
            args={"ref": row.ref},
            params={"title": row.title or row.ref},
            since=row.moved_at,
            due_at=row.expires_at if row.state in NEGOTIATING else None,
            icon="two" if code.startswith("answer") else "clock",
            waits_on_us=code.startswith("answer"),
        )


def _code(actor: Actor, row: Any, side: Side) -> str:
    """Approvers accept or decline; writers may change terms of the other side; otherwise somebody else is asked."""
    if row.state == S.WAITING:
        return "place_waits"
    if not row.ours:
        return "proposal_waits"
    if row.state == S.PROPOSED and row.terms_by == side:
        return "answer_own_proposal" if actor.role == Role.APPROVER else "proposal_waits"
    return "answer_proposal" if actor.role == Role.APPROVER else "proposal_with_approver"


def _questions(actor: Actor) -> Iterator[Task]:
    side = or_(
        and_(Proposal.host_agency_id == actor.agency_id, Question.side == Side.SENDER),
        and_(Proposal.sender_agency_id == actor.agency_id, Question.side == Side.HOST),
    )
    query = (
        visible(actor)
        .join(Question, Question.proposal_id == Proposal.id)
        .join(Post, Post.id == Proposal.offer_id)
        .where(side, Question.answer.is_(None), Proposal.state.not_in(sorted(ENDED)))
        .with_only_columns(Proposal.ref, Question.number, Question.asked_at, Post.title)
        .order_by(Question.id)
        .limit(MOST)
    )
    for row in db.session.execute(query):
        yield Task(
            code="answer_question",
            ref=row.ref,
            endpoint="matches.proposal",
            args={"ref": row.ref, "_anchor": f"question-{row.number}"},
            params={"title": row.title or row.ref},
            since=row.asked_at,
            icon="chat",
        )


def _fits(actor: Actor, at: datetime) -> Iterator[Task]:
    for strong in strong_fits(actor, at=at):
        yield Task(
            code=f"look_at_fit_of_{strong.kind.value}",
            ref=strong.ref,
            endpoint=f"exchanges.{strong.kind.value}",
            args={"ref": strong.ref},
            params={"title": strong.title or strong.ref, "score": str(strong.score)},
            since=strong.since,
            icon="scale",
        )
