"""Who may do what with fits and proposals."""

from typing import Any

from portal.kernel.policy import ANYONE_SIGNED_IN, NOBODY, Actor, Grants, Permission, Role, Rule, has_role


class Matches(Permission):
    FITS = "matches:fits"
    LIST = "matches:list"
    READ = "matches:read"
    PROPOSE = "matches:propose"
    COUNTER = "matches:counter"
    ACCEPT = "matches:accept"
    DECLINE = "matches:decline"
    WITHDRAW = "matches:withdraw"
    ASK = "matches:ask"
    ANSWER = "matches:answer"
    CLOCK = "matches:clock"


def _takes_part(actor: Actor, subject: Any) -> bool:
    return subject.side_of(actor) is not None


def _is_asked(actor: Actor, proposal: Any) -> bool:
    """The other side accepted the current terms, or at least wrote them, and this side has not answered."""
    side = proposal.side_of(actor)
    if side is None or proposal.accepted_by(side):
        return False
    return bool(proposal.terms_by != side or proposal.accepted_by(proposal.other_side(side)))


def _stands_behind(actor: Actor, proposal: Any) -> bool:
    side = proposal.side_of(actor)
    return side is not None and (side in (proposal.proposed_by, proposal.terms_by) or proposal.accepted_by(side))


def _is_only_writing(actor: Actor, proposal: Any) -> bool:
    """This side wrote the current terms, and no approver of it has accepted them yet."""
    side = proposal.side_of(actor)
    return side is not None and side == proposal.terms_by and not proposal.accepted_by(side)


def _sees(actor: Actor, proposal: Any) -> bool:
    return bool(proposal.disclosed_to(actor))


writers = has_role(Role.LIAISON_OFFICER, Role.EDITOR, Role.APPROVER)
approver = has_role(Role.APPROVER)
takes_part = Rule("works for one of the two agencies", _takes_part)
is_asked = Rule("is of the side that has not answered", _is_asked, lambda _actor, _proposal: "terms_answered")
stands_behind = Rule("is of a side that proposed or accepted", _stands_behind)
is_only_writing = Rule("is of the side whose terms no approver has accepted yet", _is_only_writing)
sees = Rule("sees it", _sees)

GRANTS: Grants = {
    Matches.FITS: ANYONE_SIGNED_IN,
    Matches.LIST: ANYONE_SIGNED_IN,
    Matches.READ: sees,
    Matches.PROPOSE: writers & takes_part,
    Matches.COUNTER: writers & takes_part,
    Matches.ACCEPT: approver & takes_part,
    Matches.DECLINE: approver & is_asked,
    Matches.WITHDRAW: (approver & stands_behind) | (writers & is_only_writing),
    Matches.ASK: writers & takes_part,
    Matches.ANSWER: writers & takes_part,
    Matches.CLOCK: NOBODY,
}
