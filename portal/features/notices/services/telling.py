"""The only listener that causes mail: hears of every step, finds who must be told, and posts to the outbox.

All of it happens in the transaction of the step itself, so that a mail goes out if, and only if, the step happened.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.features.agencies.domain import AgencyKind
from portal.features.agencies.models import Agency
from portal.features.assistance.models import SavedSearch
from portal.features.assistance.queries import counterparts as donors_of
from portal.features.assistance.queries.records import asker
from portal.features.assistance.services.searching import found_new
from portal.features.exchanges.models import Post
from portal.features.matches.queries.counterparts import counterparts
from portal.features.matches.services.noticing import noticed
from portal.features.notices.domain import DONOR_ROLES, NEGOTIATORS, WITHOUT_CONTENT, Group, kind_for, told_of
from portal.features.people.models import Membership
from portal.features.people.queries.receivers import Receiver, coordinators, receivers, those_of
from portal.features.rounds.queries import able_agencies, enrolled_agencies
from portal.infra.db import db
from portal.infra.history import News, changed, history_of
from portal.infra.outbox import OutboxMail, post_mail
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role

_ACCEPTING = frozenset({"host_accept", "sender_accept"})
_BEGINNING = frozenset({"begin", "counter"})


def listen() -> None:
    """Connect once: connecting again changes nothing."""
    changed.connect(_hear_step)
    noticed.connect(_hear_fits)
    found_new.connect(_hear_new_requests)


def _hear_step(lifecycle: str, *, news: News) -> None:
    told = told_of(lifecycle, news.change.transition)
    if not told or _was_told_already(news):
        return
    label: Tlp = getattr(news.subject, "label", Tlp.GREEN)
    reached: set[tuple[int, int]] = set()
    for kind, group in told:
        for one in _GROUPS[group](news):
            if one.person_id != news.by.person_id and (one.person_id, one.agency_id) not in reached:
                reached.add((one.person_id, one.agency_id))
                _post(kind_for(kind, label), one, at=news.change.at, about=_about(lifecycle, news))


def _hear_fits(_sender: str, *, post_ids: Collection[int], at: datetime) -> None:
    """One mail a day about strong new fits, however many there are: the inbox shows each."""
    for agency_id in db.session.scalars(select(Post.agency_id).where(Post.id.in_(post_ids)).distinct()).all():
        for one in receivers([agency_id], NEGOTIATORS, at=at):
            if not _heard_of_fits_today(one, at):
                _post("strong_fit", one, at=at, about={})


def _hear_new_requests(_sender: str, *, search: SavedSearch, actor: Actor, at: datetime) -> None:
    """Says that there is something, never what: the list shows what may be seen when it is opened."""
    for one in those_of([actor.person_id], search.agency_id, at=at):
        _post("new_requests", one, at=at, about={})


def _heard_of_fits_today(one: Receiver, at: datetime) -> bool:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(OutboxMail.id).where(
        OutboxMail.person_id == one.person_id, OutboxMail.kind == "strong_fit", OutboxMail.created_at >= midnight
    )
    return db.session.scalar(query.limit(1)) is not None


def _was_told_already(news: News) -> bool:
    """An approver who proposes or changes terms accepts them in the same breath: one mail tells it."""
    if news.change.transition not in _ACCEPTING:
        return False
    before = history_of(news.change.lifecycle, news.change.subject_id)[1:2]
    return any(b.transition in _BEGINNING and b.at == news.change.at for b in before)


def _about(lifecycle: str, news: News) -> Mapping[str, Any]:
    if lifecycle == "agency":
        return {}  # its key would name it
    about = {"record": lifecycle, "ref": news.subject.ref}
    return about | {"until": news.change.details["until"]} if "until" in news.change.details else about


def _post(kind: str, one: Receiver, *, at: datetime, about: Mapping[str, Any]) -> None:
    told = {} if kind == WITHOUT_CONTENT else about
    params = {**told, "agency_id": one.agency_id, "zone": one.time_zone}
    post_mail(kind, to=one.email, language=one.language, at=at, params=params, person_id=one.person_id)


def _approvers(news: News) -> Iterable[Receiver]:
    subject = news.subject
    found = receivers([subject.agency_id], [Role.APPROVER], at=news.change.at)
    if getattr(subject, "without_second_approver", False) and news.change.transition == "submit":
        found += _coordinators(news)
    return found


def _authors(news: News) -> list[Receiver]:
    post, at = news.subject, news.change.at
    wrote = {post.author_id, post.submitted_by}
    return those_of(wrote, post.agency_id, at=at) or receivers([post.agency_id], NEGOTIATORS, at=at)


def _coordinators(news: News) -> list[Receiver]:
    return coordinators(news.subject.agency_id, at=news.change.at)


def _both_sides(news: News) -> list[Receiver]:
    sides = [news.subject.host_agency_id, news.subject.sender_agency_id]
    return receivers(sides, NEGOTIATORS, at=news.change.at)


def _other_side(news: News) -> list[Receiver]:
    """Everyone but the agency that took the step; when the portal itself took it, everyone."""
    return [one for one in _both_sides(news) if one.agency_id != news.by.agency_id]


def _counterparts(news: News) -> list[Receiver]:
    return receivers(counterparts(news.subject.id), NEGOTIATORS, at=news.change.at)


def _able_to_enrol(news: News) -> Iterable[Receiver]:
    return receivers(able_agencies(), NEGOTIATORS, at=news.change.at)


def _enrolled(news: News) -> Iterable[Receiver]:
    return receivers(enrolled_agencies(news.subject), NEGOTIATORS, at=news.change.at)


def _secretariat(news: News) -> list[Receiver]:
    ids = db.session.scalars(select(Agency.id).where(Agency.kind == AgencyKind.SECRETARIAT)).all()
    return receivers(ids, [Role.SECRETARIAT], at=news.change.at)


def _donors(news: News) -> list[Receiver]:
    return receivers(donors_of(news.subject.id), DONOR_ROLES, at=news.change.at)


def _askers(news: News) -> list[Receiver]:
    person_id, agency_id = asker(news.subject.id, news.change.details["question"])
    return those_of([person_id], agency_id, at=news.change.at)


def _donor_side(news: News) -> list[Receiver]:
    return receivers([news.subject.agency_id], DONOR_ROLES, at=news.change.at)


def _requester_side(news: News) -> list[Receiver]:
    return receivers([news.subject.request.agency_id], NEGOTIATORS, at=news.change.at)


def _sending_side(news: News) -> list[Receiver]:
    shipment, at = news.subject, news.change.at
    found = receivers([shipment.agency_id], DONOR_ROLES, at=at)
    if shipment.implementer_id is not None:
        found += receivers([shipment.implementer_id], DONOR_ROLES | NEGOTIATORS, at=at)
    return found


def _receiving_side(news: News) -> list[Receiver]:
    return receivers([news.subject.recipient_id], NEGOTIATORS, at=news.change.at)


def _waiting(news: News) -> list[Receiver]:
    """The people whom the step names, while they still deal with pledges for any agency."""
    people = set(news.change.details["people"])
    agencies = db.session.scalars(select(Membership.agency_id).where(Membership.person_id.in_(people))).all()
    return [one for one in receivers(set(agencies), DONOR_ROLES, at=news.change.at) if one.person_id in people]


def _item_holder(news: News) -> list[Receiver]:
    return receivers([news.subject.agency_id], NEGOTIATORS, at=news.change.at)


def _item_donor(news: News) -> list[Receiver]:
    """Also of a finding, which leads to its item."""
    item = getattr(news.subject, "item", news.subject)
    return receivers([item.funder_id], DONOR_ROLES, at=news.change.at)


def _item_taker(news: News) -> list[Receiver]:
    move = news.subject.move
    to = [move.to_agency_id] if move is not None and move.to_agency_id else []
    return receivers(to, [Role.APPROVER], at=news.change.at)


_GROUPS: Mapping[Group, Callable[[News], Iterable[Receiver]]] = {
    Group.APPROVERS: _approvers,
    Group.AUTHORS: _authors,
    Group.COORDINATORS: _coordinators,
    Group.BOTH_SIDES: _both_sides,
    Group.OTHER_SIDE: _other_side,
    Group.COUNTERPARTS: _counterparts,
    Group.ITEM_HOLDER: _item_holder,
    Group.ITEM_DONOR: _item_donor,
    Group.ITEM_TAKER: _item_taker,
    Group.ABLE_TO_ENROL: _able_to_enrol,
    Group.ENROLLED: _enrolled,
    Group.DONOR_SIDE: _donor_side,
    Group.REQUESTER_SIDE: _requester_side,
    Group.SENDING_SIDE: _sending_side,
    Group.RECEIVING_SIDE: _receiving_side,
    Group.WAITING: _waiting,
    Group.SECRETARIAT: _secretariat,
    Group.DONORS: _donors,
    Group.ASKERS: _askers,
}
