"""Which mail tells of what, to whom it may say how much, and who reads how much of a history. Plain Python."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from portal.features.assistance.domain.disclosure import Disclosure as RequestDisclosure
from portal.features.assistance.domain.disclosure import disclosure as disclosure_of_request
from portal.features.exchanges.domain.disclosure import OVERSEERS, Disclosure, disclosure
from portal.kernel.labels import WITHOUT_CONTENT_IN_MAIL, Tlp
from portal.kernel.policy import Actor, Role

WITHOUT_CONTENT = "something_waits"
"""The kind of a mail that says only that something waits."""
NEGOTIATORS = frozenset({Role.LIAISON_OFFICER, Role.EDITOR, Role.APPROVER})
"""Who speaks for an agency about its exchanges."""


DONOR_ROLES = frozenset({Role.DONOR_OFFICER, Role.DONOR_APPROVER})
"""Who deals with the pledges of an agency."""


class Group(StrEnum):
    """Whom a step concerns, as seen from the record."""

    APPROVERS = "approvers"
    """Of the agency that owns the record."""
    AUTHORS = "authors"
    """Whoever wrote the post, or handed it in; when they have left, whoever negotiates for their agency."""
    COORDINATORS = "coordinators"
    """Of the State of the agency that owns the post."""
    OTHER_SIDE = "other_side"
    """Everyone who negotiates for the agency that did not take the step."""
    BOTH_SIDES = "both_sides"
    SECRETARIAT = "secretariat"
    DONORS = "donors"
    """Whoever deals with pledges at an agency that has a live one on the request."""
    ASKERS = "askers"
    """Whoever asked the question that was answered."""
    DONOR_SIDE = "donor_side"
    """Whoever deals with pledges at the agency that made this one."""
    SENDING_SIDE = "sending_side"
    """Whoever deals with what their agency sends: the donor's people, and a named implementer's."""
    RECEIVING_SIDE = "receiving_side"
    """Whoever stores and decides at the agency that receives a shipment."""
    REQUESTER_SIDE = "requester_side"
    """Whoever speaks for the agency that asked."""
    WAITING = "waiting"
    """People who asked to be told when something of a request is open again."""
    COUNTERPARTS = "counterparts"
    """Whoever negotiates for an agency that works with this one."""
    ITEM_HOLDER = "item_holder"
    """Whoever speaks for the agency that holds an item, or answers for a finding."""
    ITEM_DONOR = "item_donor"
    """Whoever deals with donations at the agency that gave the item."""
    ITEM_TAKER = "item_taker"
    """The approvers of the agency that shall take the item over."""
    ABLE_TO_ENROL = "able_to_enrol"
    """Whoever negotiates for an agency with a post that could take part in a round."""
    ENROLLED = "enrolled"
    """Whoever negotiates for an agency with a post in the round."""


Told = tuple[str, Group]
"""The kind of mail, and who gets it."""

_POST: Mapping[str, tuple[Told, ...]] = {
    "submit": (("post_to_publish", Group.APPROVERS),),
    "approve": (("post_to_endorse", Group.COORDINATORS),),
    "return": (("post_returned", Group.AUTHORS),),
    "publish": (("post_published", Group.AUTHORS),),
    "endorse": (("post_published", Group.AUTHORS), ("post_published", Group.APPROVERS)),
    "expire": (("post_expired", Group.AUTHORS), ("post_expired", Group.APPROVERS)),
}
_REQUESTERS = (Group.AUTHORS, Group.APPROVERS)


def _told(kind: str, *groups: Group) -> tuple[Told, ...]:
    return tuple((kind, group) for group in groups)


_REQUEST: Mapping[str, tuple[Told, ...]] = {
    "submit": _told("request_to_approve", Group.APPROVERS),
    "pass_on": _told("request_to_endorse", Group.COORDINATORS),
    "approve": _told("request_to_screen", Group.SECRETARIAT),
    "endorse": _told("request_to_screen", Group.SECRETARIAT),
    "return": _told("request_returned", Group.AUTHORS),
    "send_back": _told("request_sent_back", *_REQUESTERS),
    "open": _told("request_open", *_REQUESTERS),
    "decline": _told("request_declined", *_REQUESTERS),
    "amend": _told("request_amended", Group.DONORS),
    "hold": _told("request_held", *_REQUESTERS, Group.DONORS),
    "resume": _told("request_resumed", *_REQUESTERS, Group.DONORS),
    "fulfil": _told("request_fulfilled", *_REQUESTERS, Group.DONORS),
    "close_partly": _told("request_closed", *_REQUESTERS, Group.DONORS),
    "close_unmet": _told("request_closed", *_REQUESTERS, Group.DONORS),
    "withdraw": _told("request_withdrawn", Group.DONORS),
    "ask": _told("request_asked", *_REQUESTERS),
    "answer": _told("request_answered", Group.ASKERS),
    "free_again": _told("pledge_free_again", Group.WAITING),
}
_PLEDGE_SIDES = (Group.DONOR_SIDE, Group.REQUESTER_SIDE)
_PLEDGE: Mapping[str, tuple[Told, ...]] = {
    "begin": _told("pledge_offered", Group.REQUESTER_SIDE),
    "accept": _told("pledge_accepted", Group.DONOR_SIDE),
    "decline": _told("pledge_declined", Group.DONOR_SIDE),
    "commit": _told("pledge_committed", *_PLEDGE_SIDES),
    "lapse": _told("pledge_lapsed", *_PLEDGE_SIDES),
    "withdraw": _told("pledge_withdrawn", Group.REQUESTER_SIDE),
    "release": _told("pledge_released", Group.DONOR_SIDE),
    "ask_reduction": _told("pledge_smaller_wanted", Group.SECRETARIAT, Group.REQUESTER_SIDE),
    "refuse_reduction": _told("pledge_changed", *_PLEDGE_SIDES),
    "reduce": _told("pledge_changed", *_PLEDGE_SIDES),
    "dispute": _told("pledge_disputed", *_PLEDGE_SIDES, Group.SECRETARIAT),
    "settle": _told("pledge_changed", *_PLEDGE_SIDES),
    "ask_close": _told("pledge_changed", *_PLEDGE_SIDES),
    "close_short": _told("pledge_changed", *_PLEDGE_SIDES),
    "fulfil": _told("pledge_fulfilled", *_PLEDGE_SIDES),
    "record_service": _told("pledge_delivered", Group.REQUESTER_SIDE),
    "confirm_service": _told("pledge_changed", Group.DONOR_SIDE),
    "remind": _told("pledge_expiring", *_PLEDGE_SIDES),
}
# No item is more open than AMBER: its mails only say that something waits.
_ITEM: Mapping[str, tuple[Told, ...]] = {
    step: _told(WITHOUT_CONTENT, *groups)
    for steps, groups in (
        (("report_missing", "report_stolen", "report_destroyed"), (Group.ITEM_DONOR,)),
        (("ask_transfer", "ask_retirement", "ask_return"), (Group.ITEM_DONOR,)),
        (("consent",), (Group.ITEM_HOLDER, Group.ITEM_TAKER)),
        (("refuse_to_use", "refuse_to_storage", "refuse_move"), (Group.ITEM_HOLDER,)),
        (("retire", "give_back"), (Group.ITEM_HOLDER,)),
        (("transfer",), (Group.ITEM_DONOR,)),
    )
    for step in steps
}
_FINDING: Mapping[str, tuple[Told, ...]] = {
    "begin": _told(WITHOUT_CONTENT, Group.ITEM_HOLDER, Group.ITEM_DONOR),
    "explain": _told(WITHOUT_CONTENT, Group.ITEM_DONOR),
    "remedy": _told(WITHOUT_CONTENT, Group.ITEM_DONOR),
    "send_back": _told(WITHOUT_CONTENT, Group.ITEM_HOLDER),
    "close": _told(WITHOUT_CONTENT, Group.ITEM_HOLDER, Group.ITEM_DONOR),
}
_SHIPMENT_SIDES = (Group.SENDING_SIDE, Group.RECEIVING_SIDE)
_SHIPMENT: Mapping[str, tuple[Told, ...]] = {
    "dispatch": _told("shipment_sent", Group.RECEIVING_SIDE),
    "arrive": _told("shipment_arrived", *_SHIPMENT_SIDES),
    "receive": _told("shipment_received", Group.SENDING_SIDE),
    "close": _told("shipment_closed", Group.SENDING_SIDE),
    "ask_lose": _told("shipment_asked", *_SHIPMENT_SIDES),
    "ask_reopen": _told("shipment_asked", *_SHIPMENT_SIDES),
    "ask_return": _told("shipment_asked", *_SHIPMENT_SIDES),
    "lose": _told("shipment_changed", *_SHIPMENT_SIDES),
    "reopen": _told("shipment_changed", *_SHIPMENT_SIDES),
    "return": _told("shipment_changed", *_SHIPMENT_SIDES),
    "acknowledge": _told("shipment_changed", Group.RECEIVING_SIDE),
}
STEPS: Mapping[str, Mapping[str, tuple[Told, ...]]] = {
    "item": _ITEM,
    "finding": _FINDING,
    "request": _REQUEST,
    "pledge": _PLEDGE,
    "shipment": _SHIPMENT,
    "offer": _POST,
    "need": _POST,
    "proposal": {
        "begin": (("proposal_received", Group.OTHER_SIDE),),
        "counter": (("proposal_countered", Group.OTHER_SIDE),),
        "host_accept": (("proposal_accepted", Group.OTHER_SIDE),),
        "sender_accept": (("proposal_accepted", Group.OTHER_SIDE),),
        "confirm": (("proposal_confirmed", Group.BOTH_SIDES),),
        "wait": (("proposal_waiting", Group.BOTH_SIDES),),
        "promote": (("proposal_promoted", Group.BOTH_SIDES),),
        "decline": (("proposal_declined", Group.OTHER_SIDE),),
        "withdraw": (("proposal_withdrawn", Group.OTHER_SIDE),),
        "follow_withdrawal": (("proposal_withdrawn", Group.OTHER_SIDE),),
        "follow_revision": (("proposal_changed", Group.BOTH_SIDES),),
        "expire": (("proposal_expired", Group.BOTH_SIDES),),
        "release": (("proposal_released", Group.BOTH_SIDES),),
        "remind": (("proposal_expiring", Group.BOTH_SIDES),),
        "ask": (("question_asked", Group.OTHER_SIDE),),
        "answer": (("question_answered", Group.OTHER_SIDE),),
    },
    "round": {
        "open": (("round_open", Group.ABLE_TO_ENROL),),
        "close": (("round_closed", Group.ENROLLED),),
        "review": (("round_to_send", Group.SECRETARIAT),),
        "send": (("round_result", Group.ENROLLED),),
        "publish": (("round_published", Group.ENROLLED),),
        "cancel": (("round_cancelled", Group.ENROLLED),),
    },
    "agency": {
        "suspend": (("counterpart_suspended", Group.COUNTERPARTS), ("agency_suspended", Group.APPROVERS)),
        "resume": (("counterpart_resumed", Group.COUNTERPARTS), ("agency_resumed", Group.APPROVERS)),
    },
}
"""Lifecycle and step, and the mails that they cause. A step that is not here causes none."""


def told_of(lifecycle: str, step: str) -> tuple[Told, ...]:
    return STEPS.get(lifecycle, {}).get(step, ())


def kind_for(kind: str, label: Tlp) -> str:
    """The kind of mail that may be sent about a record with this label: mail leaves the portal's control."""
    return WITHOUT_CONTENT if label in WITHOUT_CONTENT_IN_MAIL else kind


PAGES: Mapping[str, str] = {
    "offer": "exchanges.offer",
    "need": "exchanges.need",
    "proposal": "matches.proposal",
    "round": "rounds.show",
    "request": "assistance.request",
    "pledge": "pledges.pledge",
    "item": "items.item",
    "finding": "items.finding",
    "shipment": "shipments.shipment",
}
"""The page of a record, by its lifecycle."""


class Sight(StrEnum):
    """How much of a record's history someone reads."""

    NOTHING = "nothing"
    OUTLINE = "outline"
    """What happened since it was published, without reasons."""
    WHOLE = "whole"


_OUTLINE = frozenset(
    {"publish", "endorse", "import", "revise", "fill", "reopen", "match", "match_partly", "withdraw", "expire", "close"}
    | {"open", "send", "cancel", "amend", "hold", "resume", "fulfil", "close_partly", "close_unmet", "ask", "answer"}
)
"""Steps of a post, a round or a request that everyone may know of who sees it. What came before is its agency's own affair."""
_OUTLINES = {
    "shipment": frozenset({"dispatch", "reach_border", "arrive", "receive", "close", "reopen", "lose", "return"})
}


def outline(lifecycle: str) -> frozenset[str]:
    """The steps of such a record that whoever sees it may know of. One word may be open in one and not in another."""
    return _OUTLINES.get(lifecycle, _OUTLINE)


def sight_of_post(actor: Actor | None, post: Any) -> Sight:
    """Its agency, those who endorse it and those who oversee it read all; others what happened since publication."""
    seen = disclosure(actor, post, post.seen)
    if actor is None or seen in {Disclosure.NOTHING, Disclosure.REFERENCE}:
        return Sight.NOTHING
    endorses = actor.role == Role.COORDINATOR and actor.state is not None and actor.state == post.state_iso2
    inside = actor.agency_id == post.agency_id or actor.role in OVERSEERS or endorses
    return Sight.WHOLE if inside else Sight.OUTLINE


def sight_of_request(actor: Actor | None, request: Any) -> Sight:
    """As of a post: those inside read all of it, others what happened since donors see it."""
    seen = disclosure_of_request(actor, request, request.seen)
    if actor is None or seen in {RequestDisclosure.NOTHING, RequestDisclosure.REFERENCE}:
        return Sight.NOTHING
    endorses = actor.role == Role.COORDINATOR and actor.state is not None and actor.state == request.state_iso2
    inside = actor.agency_id == request.agency_id or actor.role in OVERSEERS or endorses
    return Sight.WHOLE if inside else Sight.OUTLINE


def sight_of_proposal(actor: Actor | None, proposal: Any) -> Sight:
    """Both sides read all of it, and so does whoever oversees."""
    return Sight.WHOLE if actor is not None and proposal.disclosed_to(actor) else Sight.NOTHING


def sight_of_shipment(actor: Actor | None, shipment: Any) -> Sight:
    """Its two sides read all of it; who oversees it reads how far it came, without the reasons."""
    if actor is None or not shipment.disclosed_to(actor):
        return Sight.NOTHING
    return Sight.WHOLE if shipment.exact_for(actor) else Sight.OUTLINE


def sight_of_agency(actor: Actor | None, agency: Any) -> Sight:
    """Why an agency was verified or suspended is between it and the secretariat."""
    if actor is None:
        return Sight.NOTHING
    return Sight.WHOLE if actor.agency_id == agency.agency_id or actor.role in OVERSEERS else Sight.NOTHING


def sight_of_round(actor: Actor | None, round_: Any) -> Sight:
    """How a result came about is between those who review it; agencies read when the round opened, closed, was sent."""
    if actor is None or not round_.disclosed_to(actor):
        return Sight.NOTHING
    return Sight.WHOLE if actor.role in OVERSEERS else Sight.OUTLINE


SIGHTS: Mapping[str, Callable[[Actor | None, Any], Sight]] = {
    "offer": sight_of_post,
    "need": sight_of_post,
    "proposal": sight_of_proposal,
    "round": sight_of_round,
    "request": sight_of_request,
    "pledge": sight_of_proposal,
    "item": sight_of_proposal,
    "finding": sight_of_proposal,
    "shipment": sight_of_shipment,
    "correction": sight_of_proposal,
    "agency": sight_of_agency,
}


def sight(actor: Actor | None, record: Any) -> Sight:
    return SIGHTS[record.lifecycle.name](actor, record)
