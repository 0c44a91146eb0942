"""The list of proposals, and the page of one: terms, consent, comparison, questions."""

from typing import Any

from flask import render_template, request
from sqlalchemy.orm import contains_eager, joinedload

from portal.features.exchanges.models import Post
from portal.features.matches.domain.lifecycle import ENDED, ProposalState
from portal.features.matches.domain.route import Box
from portal.features.matches.models import Proposal
from portal.features.matches.policy import Matches
from portal.features.matches.queries import fits
from portal.features.matches.queries import proposals as read
from portal.features.matches.queries.standing import counts, in_box, ours_to_answer
from portal.features.matches.views import showing
from portal.features.matches.views.blueprint import bp
from portal.features.matches.views.comparing import rows
from portal.web.access import current_actor, requires
from portal.web.pagination import Key, paged


@bp.get("/proposals")
@requires(Matches.LIST)
def proposals() -> str:
    actor = current_actor()
    box = _box(request.args.get("box", ""))
    query = (
        in_box(actor, box)
        .join(Proposal.offer)
        .options(contains_eager(Proposal.offer), joinedload(Proposal.host), joinedload(Proposal.sender))
        .add_columns(ours_to_answer(actor).label("ours"), Proposal.moved_at, Proposal.id)
    )
    page = paged(query, [Key(Proposal.moved_at, descending=True), Key(Proposal.id, descending=True)])
    return render_template("matches/proposals.html", page=page, box=box, boxes=list(Box), counts=counts(actor))


def _box(wanted: str) -> Box:
    return Box(wanted) if wanted in {box.value for box in Box} else Box.ALL


@bp.get("/proposals/<string(maxlength=20):ref>")
@requires(Matches.READ, load=showing.load)
def proposal(subject: Proposal) -> str:
    return page_of(subject)


def page_of(subject: Proposal, **more: Any) -> str:
    actor = current_actor()
    stages, now = showing.route(subject)
    versions = showing.versions(subject)
    return render_template(
        "matches/proposal.html",
        proposal=subject,
        stages=stages,
        now=now,
        side=subject.side_of(actor),
        versions=versions,
        terms=versions[0].row,
        consents=showing.consents(actor, subject, read.acceptances(subject)),
        questions=read.questions(subject),
        comparison=_comparison(subject),
        ended=subject.state in ENDED,
        exact=_exact_posts(subject, actor.agency_id),
        **more,
    )


def _exact_posts(subject: Proposal, agency_id: int | None) -> list[Post]:
    """Place and contact, once both agreed; the other side's first, for that is what the reader does not know yet."""
    if subject.state != ProposalState.CONFIRMED:
        return []
    posts = sorted((subject.offer, subject.need), key=lambda post: post.agency_id == agency_id)
    return [post for post in posts if showing.exact(post)]


def _comparison(subject: Proposal) -> list[Any]:
    """Side by side while both posts are open to this reader, and still fit."""
    if not all(post.live and showing.readable(post) for post in (subject.offer, subject.need)):
        return []
    return rows(fits.compared(subject.offer, subject.need))
