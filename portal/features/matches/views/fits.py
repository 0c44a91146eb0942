"""Who fits a post: on the post's own page the best ones, on pages of their own all of them and the near misses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit, Post
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.queries import find
from portal.features.exchanges.queries.records import loaded
from portal.features.matches.domain.lifecycle import OPEN, ProposalState
from portal.features.matches.models import Proposal
from portal.features.matches.policy import Matches
from portal.features.matches.queries import board
from portal.features.matches.queries.fits import (
    BEST,
    Ranked,
    best,
    compared,
    ranked_query,
    readable_content,
    unseen_notices,
)
from portal.features.matches.queries.programme import id_of, posts_by_id, topic_tree
from portal.features.matches.queries.proposals import visible
from portal.features.matches.services import dismiss_notices
from portal.features.matches.services.pairs import Pair, pair_of
from portal.features.matches.views.blueprint import bp
from portal.features.matches.views.comparing import Row, part_lines, rows, why_first
from portal.features.matches.views.words import change, opens, rule_broken
from portal.infra.db import db, now
from portal.kernel.policy import Actor
from portal.matching import explain
from portal.matching.rules import violations
from portal.matching.types import Offer
from portal.web.access import allows, current_actor, optional_actor, requires
from portal.web.pagination import Key, Page, paged
from portal.web.transaction import afterwards

PATHS = {PostKind.OFFER: "offers", PostKind.NEED: "needs"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One post that fits, as a page shows it: who, how well, and what the reader may do about it."""

    other: Post
    total: int
    lines: Sequence[tuple[str, str]]
    proposal: Proposal | None
    propose_url: str


@dataclass(frozen=True, slots=True)
class BestFit:
    """The first fit laid out side by side."""

    candidate: Candidate
    rows: Sequence[Row]
    why: Sequence[str]
    offer: Post
    need: Post


@dataclass(frozen=True, slots=True)
class Miss:
    """A post that fails one rule only, with that rule in words."""

    other: Post
    why: str


def part(post: Post) -> Markup:
    """For the page of an offer or a need: the best fits, or what stands in the way of having one."""
    actor = optional_actor()
    if actor is None or not post.live or not readable_content(actor, post):
        return Markup()
    found = best(actor, post)
    _note_that_it_was_seen(actor, post)
    changes = board.best_changes(actor, post)[:1] if not found and post.kind == PostKind.NEED else []
    shown = _candidates(actor, post, found[:BEST])
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "matches/_fits.html",
            post=post,
            best=_best(post, found, shown) if shown else None,
            others=shown[1:],
            more_url=_url("fits", post) if len(found) > BEST else "",
            near_url=_url("near", post),
            changes=[(change(one), opens(one)) for one in changes],
        )
    )


def _loader(kind: PostKind) -> Any:
    def load(actor: Actor | None, ref: str) -> Post | None:
        post = find(actor, ref, kind)
        return post if post and actor and post.live and readable_content(actor, post) else None

    return load


def _fits_page(post: Post) -> str:
    """All fits, twenty to a page."""
    actor = current_actor()
    query = ranked_query(actor, post).add_columns(Fit.score, Fit.id)
    page = paged(query, [Key(Fit.score, descending=True), Key(Fit.id)])
    found = [Ranked(row[0], row[1]) for row in page.rows]
    candidates = _candidates(actor, post, found)
    return render_template(
        "matches/fits.html", post=post, page=page, candidates=candidates, near_url=_url("near", post)
    )


def _near_page(post: Post) -> str:
    """Posts that fail exactly one rule, twenty to a page."""
    actor = current_actor()
    start = request.args.get("after", "")
    found = board.near_misses(actor, post, start=int(start) if start.isdecimal() and len(start) < 9 else 0)  # noqa: PLR2004
    url = lambda place: None if place is None else _url("near", post, after=place or None)  # noqa: E731
    page = Page(_misses(post, [id_of(one.key) for one in found.rows]), url(found.after), url(found.before))
    return render_template("matches/near.html", post=post, page=page, fits_url=_url("fits", post))


def _misses(post: Post, ids: Sequence[int]) -> list[Miss]:
    posts = {found.id: found for found in db.session.scalars(loaded(select(Post).where(Post.id.in_(ids))))}
    engine = posts_by_id([post.id, *ids])
    mine = engine[post.id]
    result = []
    for other_id in ids:
        theirs = engine[other_id]
        offer, need = (mine, theirs) if isinstance(mine, Offer) else (theirs, mine)
        broken = violations(need, offer, topic_tree())  # type: ignore[arg-type]
        result.append(Miss(posts[other_id], " ".join(rule_broken(one) for one in broken)))
    return result


def _candidates(actor: Actor, post: Post, found: Sequence[Ranked]) -> list[Candidate]:
    proposals = _proposals(actor, post)
    candidates = []
    for one in found:
        proposal, url = proposals.get(one.other.id), _propose_url(pair_of(post, one.other))
        if proposal and url and not proposal.open:
            proposal = None  # agreed, and room for more officers: the next step is another proposal
        candidates.append(Candidate(one.other, one.fit.score, part_lines(one.score), proposal, url))
    return candidates


def _proposals(actor: Actor, post: Post) -> dict[int, Proposal]:
    """By the other post: what is on the table or agreed already, as far as the actor sees it; the open one first."""
    mine, other = (Proposal.offer_id, "need_id") if post.kind == PostKind.OFFER else (Proposal.need_id, "offer_id")
    states = sorted(OPEN | {ProposalState.CONFIRMED})
    query = visible(actor).where(mine == post.id, Proposal.state.in_(states))
    shown = sorted(db.session.scalars(query.limit(200)), key=lambda proposal: proposal.open)
    return {getattr(proposal, other): proposal for proposal in shown}


def _propose_url(pair: Pair | None) -> str:
    if pair is None or not allows(Matches.PROPOSE, pair) or not (pair.offer.free and pair.need.free):
        return ""
    if pair.offer.frozen or pair.need.frozen or pair.offer.held_for or pair.need.held_for:
        return ""
    return url_for("matches.propose_page", offer=pair.offer.ref, need=pair.need.ref)


def _best(post: Post, found: Sequence[Ranked], shown: Sequence[Candidate]) -> BestFit | None:
    pair = pair_of(post, found[0].other)
    if pair is None:
        return None
    why = explain.why_first(found[0].score, found[1].score if len(found) > 1 else None)
    laid_out = rows(compared(pair.offer, pair.need))
    return BestFit(shown[0], laid_out, why_first(found[0].score, why), pair.offer, pair.need)


def _note_that_it_was_seen(actor: Actor, post: Post) -> None:
    """What was told about new fits is done once somebody of the agency has seen them here."""
    if post.agency_id == actor.agency_id and unseen_notices(post):
        post_id, at = post.id, now()
        afterwards(lambda connection: dismiss_notices(connection, post_id, at=at))


def _url(page: str, post: Post, **args: Any) -> str:
    return url_for(f"matches.{post.kind}_{page}", ref=post.ref, **args)


for _kind, _path in PATHS.items():
    _guard = requires(Posts.READ, load=_loader(_kind))
    for _name, _view in (("fits", _fits_page), ("near", _near_page)):
        bp.add_url_rule(
            f"/{_path}/<string(maxlength=20):ref>/{_name}",
            endpoint=f"{_kind}_{_name}",
            view_func=_guard(_view),
            methods=["GET"],
        )
