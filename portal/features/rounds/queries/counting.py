"""How much a round has been brought so far: posts, places, officers, States."""

from dataclasses import dataclass

from sqlalchemy import func, select

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.rounds.models import Enrolment, Round
from portal.infra.db import db


@dataclass(frozen=True, slots=True)
class Brought:
    """Of one kind: posts, what is free in them (counted when the round closed, until then when it was enrolled), States."""

    posts: int = 0
    free: int = 0
    states: int = 0
    left_out: int = 0


def brought(round_: Round) -> dict[str, Brought]:
    taking_part = Enrolment.left_out.is_(None)
    query = (
        select(
            Enrolment.kind,
            func.count(Enrolment.id).filter(taking_part),
            func.coalesce(func.sum(Enrolment.brings).filter(taking_part), 0),
            func.count(Enrolment.state_iso2.distinct()).filter(taking_part),
            func.count(Enrolment.id).filter(~taking_part),
        )
        .where(Enrolment.round_id == round_.id)
        .group_by(Enrolment.kind)
    )
    found = {row[0].value: Brought(row[1], int(row[2] or 0), row[3], row[4]) for row in db.session.execute(query)}
    return {kind.value: found.get(kind.value, Brought()) for kind in PostKind}
