"""Who may do what with a request for assistance and with a pledge.

An agency is a donor while one of its people is a donor officer or a donor approver; requests are shown to agencies,
and each act belongs to a role.
"""

from typing import Any

from portal.kernel.policy import (
    ANYONE_SIGNED_IN,
    NOBODY,
    WORKS_FOR_OWNER,
    Actor,
    Grants,
    Permission,
    Role,
    Rule,
    has_role,
    second_person,
)


class Requests(Permission):
    LIST = "requests:list"
    READ = "requests:read"
    WRITE = "requests:write"
    EDIT = "requests:edit"
    SUBMIT = "requests:submit"
    APPROVE = "requests:approve"
    ENDORSE = "requests:endorse"
    RETURN = "requests:return"
    SCREEN = "requests:screen"
    """Open, send back, decline, and everything else that screening does."""
    DILIGENCE = "requests:diligence"
    AMEND = "requests:amend"
    HOLD = "requests:hold"
    CLOSE = "requests:close"
    WITHDRAW = "requests:withdraw"
    RELEASE = "requests:release"
    LABEL = "requests:label"
    ASK = "requests:ask"
    ANSWER = "requests:answer"
    EXPORT = "requests:export"
    CLOCK = "requests:clock"


class Pledges(Permission):
    LIST = "pledges:list"
    READ = "pledges:read"
    OFFER = "pledges:offer"
    """Asked of the request that is pledged to."""
    INTEREST = "pledges:interest"
    SEARCH = "pledges:search"
    ACCEPT = "pledges:accept"
    DECLINE = "pledges:decline"
    COMMIT = "pledges:commit"
    WITHDRAW = "pledges:withdraw"
    REDUCE = "pledges:reduce"
    AGREE_REDUCTION = "pledges:agree_reduction"
    DISPUTE = "pledges:dispute"
    SETTLE = "pledges:settle"
    CLOSE_SHORT = "pledges:close_short"
    RECORD_SERVICE = "pledges:record_service"
    CONFIRM_SERVICE = "pledges:confirm_service"
    ODA = "pledges:oda"
    CLOCK = "pledges:clock"


def _is_not_author(actor: Actor, request: Any) -> bool:
    return actor.person_id not in {request.author_id, request.submitted_by, request.draft_saved_by}


def _coordinates_its_state(actor: Actor, request: Any) -> bool:
    return actor.role == Role.COORDINATOR and actor.state is not None and actor.state == request.agency.state_iso2


def _works_for_requester(actor: Actor, pledge: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id == pledge.request.agency_id


def _did_not_offer(actor: Actor, pledge: Any) -> bool:
    return actor.person_id != pledge.author_id


def _works_for_implementer(actor: Actor, pledge: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id == pledge.implementer_id


WRITERS = has_role(Role.LIAISON_OFFICER, Role.EDITOR, Role.APPROVER)
DONORS = has_role(Role.DONOR_OFFICER, Role.DONOR_APPROVER)
approver = has_role(Role.APPROVER)
secretariat = has_role(Role.SECRETARIAT)
donor_officer = has_role(Role.DONOR_OFFICER)
donor_approver = has_role(Role.DONOR_APPROVER)
not_author = second_person("did not write it", _is_not_author)
coordinates_its_state = Rule("coordinates the agency's State", _coordinates_its_state)
not_open = Rule("it is not open", lambda _actor, request: not request.live)
alone = Rule("the agency has no second approver", lambda _actor, request: bool(request.without_second_approver))
visible = Rule("sees it", lambda actor, request: request.disclosed_to(actor))
reads = Rule("reads what it says", lambda actor, request: request.read_by(actor))
another_agency = Rule(
    "works for another agency", lambda actor, r: actor.agency_id is not None and actor.agency_id != r.agency_id
)
verified = Rule("works for a verified agency", lambda actor, _: actor.verified and actor.agency_id is not None)
sees_pledge = Rule("sees the pledge", lambda actor, pledge: pledge.disclosed_to(actor))
requester = Rule("works for the agency that asked", _works_for_requester)
not_offerer = second_person("did not offer it", _did_not_offer)
implementer = Rule("works for the implementer", _works_for_implementer)

GRANTS: Grants = {
    Requests.LIST: ANYONE_SIGNED_IN,
    Requests.READ: visible,
    Requests.WRITE: WRITERS,
    Requests.EDIT: (WRITERS & WORKS_FOR_OWNER & not_open) | (approver & WORKS_FOR_OWNER),
    Requests.SUBMIT: WRITERS & WORKS_FOR_OWNER,
    Requests.APPROVE: (approver & WORKS_FOR_OWNER & not_author) | (coordinates_its_state & not_author & alone),
    Requests.ENDORSE: coordinates_its_state,
    Requests.RETURN: (approver & WORKS_FOR_OWNER) | coordinates_its_state,
    Requests.SCREEN: secretariat & reads,
    Requests.DILIGENCE: secretariat & reads,
    Requests.AMEND: approver & WORKS_FOR_OWNER,
    Requests.HOLD: secretariat & reads,
    Requests.CLOSE: (approver & WORKS_FOR_OWNER) | (secretariat & reads),
    Requests.WITHDRAW: approver & WORKS_FOR_OWNER,
    Requests.RELEASE: (approver & WORKS_FOR_OWNER) | (secretariat & reads),
    Requests.LABEL: approver & WORKS_FOR_OWNER,
    Requests.ASK: ((DONORS & verified & another_agency) | secretariat) & reads,
    Requests.ANSWER: WRITERS & WORKS_FOR_OWNER,
    Requests.EXPORT: ANYONE_SIGNED_IN,
    Requests.CLOCK: NOBODY,
    Pledges.LIST: ANYONE_SIGNED_IN,
    Pledges.READ: sees_pledge,
    Pledges.OFFER: donor_officer & verified & another_agency & reads,
    Pledges.INTEREST: DONORS & verified & another_agency & reads,
    Pledges.SEARCH: DONORS & verified,
    Pledges.ACCEPT: approver & requester,
    Pledges.DECLINE: approver & requester,
    Pledges.COMMIT: donor_approver & WORKS_FOR_OWNER & not_offerer,
    Pledges.WITHDRAW: donor_officer & WORKS_FOR_OWNER,
    Pledges.REDUCE: donor_officer & WORKS_FOR_OWNER,
    Pledges.AGREE_REDUCTION: secretariat & sees_pledge,
    Pledges.DISPUTE: (DONORS & WORKS_FOR_OWNER) | (approver & requester),
    Pledges.SETTLE: secretariat & sees_pledge,
    Pledges.CLOSE_SHORT: (donor_approver & WORKS_FOR_OWNER) | (approver & requester),
    Pledges.RECORD_SERVICE: donor_officer & (WORKS_FOR_OWNER | implementer),
    Pledges.CONFIRM_SERVICE: WRITERS & requester,
    Pledges.ODA: DONORS & WORKS_FOR_OWNER,
    Pledges.CLOCK: NOBODY,
}
