"""Who may do what with a matching round."""

from typing import Any

from portal.kernel.policy import (
    ANYONE_SIGNED_IN,
    NOBODY,
    Actor,
    Grants,
    Permission,
    Role,
    Rule,
    has_role,
    second_person,
)


class Rounds(Permission):
    LIST = "rounds:list"
    READ = "rounds:read"
    REVIEW = "rounds:review"
    PLAN = "rounds:plan"
    CHANGE = "rounds:change"
    ENROL = "rounds:enrol"
    OPEN = "rounds:open"
    CLOSE = "rounds:close"
    RUN = "rounds:run"
    MARK = "rounds:mark"
    CHOOSE = "rounds:choose"
    SEND = "rounds:send"
    PUBLISH = "rounds:publish"
    CANCEL = "rounds:cancel"
    CLOCK = "rounds:clock"


def _did_not_choose(actor: Actor, round_: Any) -> bool:
    return actor.person_id is not None and actor.person_id != round_.chosen_by


def _sees(actor: Actor, round_: Any) -> bool:
    return bool(round_.disclosed_to(actor))


def _owns(actor: Actor, place: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id == place.post.agency_id


writers = has_role(Role.LIAISON_OFFICER, Role.EDITOR, Role.APPROVER)
secretariat = has_role(Role.SECRETARIAT)
overseers = has_role(Role.SECRETARIAT, Role.AUDITOR)
sees = Rule("sees it", _sees)
owns_post = Rule("works for the agency of the post", _owns)
chose_not = second_person("is not the one who chose the run", _did_not_choose)

GRANTS: Grants = {
    Rounds.LIST: ANYONE_SIGNED_IN,
    Rounds.READ: sees,
    Rounds.REVIEW: overseers,
    Rounds.PLAN: secretariat,
    Rounds.CHANGE: secretariat,
    Rounds.ENROL: writers & owns_post,
    Rounds.OPEN: secretariat,
    Rounds.CLOSE: secretariat,
    Rounds.RUN: secretariat,
    Rounds.MARK: secretariat,
    Rounds.CHOOSE: secretariat,
    Rounds.SEND: secretariat & chose_not,
    Rounds.PUBLISH: secretariat,
    Rounds.CANCEL: secretariat,
    Rounds.CLOCK: NOBODY,
}
