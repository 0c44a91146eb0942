"""Who sees which post, as SQL: the twin of `domain.disclosure.disclosure`."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import OPEN_LABELS, OVERSEERS
from portal.features.exchanges.domain.lifecycles import LIVE, WAITING
from portal.features.exchanges.models import Fit, Post, PostCounterpart, PostRelease
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role


def visible(actor: Actor | None) -> ColumnElement[bool]:
    """Posts of which the actor sees at least the reference."""
    if actor is None:
        return _clear()
    ways = [_exact(actor), _coordinated(actor), _shared(actor)]
    if actor.role in OVERSEERS:
        ways.append(Post.published_at.is_not(None))
    return or_(*ways)


def readable(actor: Actor | None) -> ColumnElement[bool]:
    """Posts whose content the actor sees, so that what they say may be searched, filtered and exported."""
    if actor is None:
        return _clear()
    ways = [_exact(actor), _coordinated(actor), _shared(actor)]
    if actor.role in OVERSEERS:
        ways.append(and_(Post.published_at.is_not(None), Post.label.in_([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER])))
    return or_(*ways)


def exactly_visible(actor: Actor | None) -> ColumnElement[bool]:
    """Posts whose exact site, contact and restricted remarks the actor sees too."""
    return false() if actor is None else _exact(actor)


def _clear() -> ColumnElement[bool]:
    return and_(Post.label == Tlp.CLEAR, Post.state.in_(LIVE))


def _exact(actor: Actor) -> ColumnElement[bool]:
    """Own, agreed, or released by name."""
    to_person = select(PostRelease.post_id).where(PostRelease.person_id == actor.person_id)
    released_to_person = and_(Post.published_at.is_not(None), Post.id.in_(to_person))
    if actor.agency_id is None:
        return released_to_person
    agreed = select(PostCounterpart.post_id).where(
        PostCounterpart.agency_id == actor.agency_id, PostCounterpart.agreed > 0
    )
    to_agency = select(PostRelease.post_id).where(PostRelease.agency_id == actor.agency_id)
    return or_(
        Post.agency_id == actor.agency_id,
        released_to_person,
        and_(
            Post.label != Tlp.RED,
            or_(Post.id.in_(agreed), and_(Post.published_at.is_not(None), Post.id.in_(to_agency))),
        ),
    )


def _coordinated(actor: Actor) -> ColumnElement[bool]:
    if actor.role != Role.COORDINATOR or actor.state is None:
        return false()
    of_state = select(Agency.id).where(Agency.state_iso2 == actor.state)
    return and_(Post.state.in_(WAITING), Post.agency_id.in_(of_state))


def _shared(actor: Actor) -> ColumnElement[bool]:
    if not actor.verified or actor.agency_id is None:
        return _clear()
    live_with = select(PostCounterpart.post_id).where(
        PostCounterpart.agency_id == actor.agency_id, PostCounterpart.live > 0
    )
    amber = and_(Post.label == Tlp.AMBER, or_(Post.id.in_(live_with), fits_live_post_of(actor.agency_id)))
    return and_(Post.state.in_(LIVE), or_(Post.label.in_(OPEN_LABELS), amber))


def fits_live_post_of(agency_id: int) -> ColumnElement[bool]:
    """There is a fit between this post and a live post of the agency."""
    own = aliased(Post)
    is_ours = and_(own.agency_id == agency_id, own.state.in_(LIVE))
    as_offer = exists().where(Fit.offer_id == Post.id, Fit.need_id == own.id, is_ours)
    as_need = exists().where(Fit.need_id == Post.id, Fit.offer_id == own.id, is_ours)
    return or_(as_offer, as_need)
