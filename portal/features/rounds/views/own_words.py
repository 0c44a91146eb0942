"""What an agency reads of its own result: each pair with its reasons, each post that got none with what would help."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.features.exchanges.domain.disclosure import Disclosure, disclosure
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import with_seen
from portal.features.exchanges.queries.sight import readable
from portal.features.matches.models import Proposal
from portal.features.matches.views.comparing import part_lines
from portal.features.rounds.models import RunLeft, RunPair
from portal.features.rounds.views import words
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.matching.types import Score


@dataclass(frozen=True, slots=True)
class Result:
    """A proposal that the round made to the reader's agency, and why it was made."""

    proposal: Proposal
    mine: Post
    other: Post
    readable: bool
    total: int
    bonus: int
    lines: Sequence[tuple[str, str]]
    rank: str
    one_more: str
    """Of an offer of one's own: what one more place would have brought."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    post: Post
    left: int
    why: Sequence[str]


def results(actor: Actor, pairs: Sequence[RunPair]) -> list[Result]:
    return [_result(actor, pair) for pair in pairs if pair.proposal]


def _result(actor: Actor, pair: RunPair) -> Result:
    ours_is_offer = pair.offer.agency_id == actor.agency_id
    mine, other = (pair.offer, pair.need) if ours_is_offer else (pair.need, pair.offer)
    for_need, for_offer = words.ranks(pair.ranks)
    proposal = pair.proposal
    if proposal is None:
        raise LookupError(pair.id)
    return Result(
        proposal=proposal,
        mine=mine,
        other=other,
        readable=_reads(actor, other),
        total=pair.score,
        bonus=pair.bonus,
        lines=part_lines(Score(**pair.parts)),
        rank=for_offer if ours_is_offer else for_need,
        one_more=words.one_more(pair.ranks) if ours_is_offer else "",
    )


def _reads(actor: Actor, post: Post) -> bool:
    return disclosure(actor, with_seen(post, actor), post.seen) in {Disclosure.SUMMARY, Disclosure.EXACT}


def left_over(actor: Actor, left: Sequence[RunLeft]) -> list[LeftOver]:
    """What would help is counted over offers that this reader may see."""
    named = {ref for one in left for change in one.params.get("changes", ()) for ref in change["opened"]}
    seen = set(db.session.scalars(select(Post.ref).where(Post.ref.in_(named), readable(actor)))) if named else set()
    return [LeftOver(one.post, one.left, words.why_left(one, seen)) for one in left]
