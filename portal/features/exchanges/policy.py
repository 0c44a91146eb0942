"""Who may do what with an offer or a need."""

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


class Posts(Permission):
    LIST = "posts:list"
    READ = "posts:read"
    WRITE = "posts:write"
    EDIT = "posts:edit"
    SUBMIT = "posts:submit"
    RETURN = "posts:return"
    PUBLISH = "posts:publish"
    ENDORSE = "posts:endorse"
    REVISE = "posts:revise"
    WITHDRAW = "posts:withdraw"
    CLOSE = "posts:close"
    RELEASE = "posts:release"
    IMPORT = "posts:import"
    EXPORT = "posts:export"
    CLOCK = "posts:clock"


def _is_not_author(actor: Actor, post: Any) -> bool:
    return actor.person_id not in {post.author_id, post.submitted_by, post.draft_saved_by}


def _coordinates_its_state(actor: Actor, post: Any) -> bool:
    return actor.role == Role.COORDINATOR and actor.state is not None and actor.state == post.agency.state_iso2


def _has_no_second_approver(_actor: Actor, post: Any) -> bool:
    return bool(post.without_second_approver)


def _is_live(_actor: Actor, post: Any) -> bool:
    return bool(post.live)


WRITERS = has_role(Role.LIAISON_OFFICER, Role.EDITOR, Role.APPROVER)
approver = has_role(Role.APPROVER)
secretariat = has_role(Role.SECRETARIAT)
not_author = second_person("did not write it", _is_not_author)
coordinates_its_state = Rule("coordinates the agency's State", _coordinates_its_state)
not_live = Rule("it is not published", lambda actor, post: not _is_live(actor, post))
alone = Rule("the agency has no second approver", _has_no_second_approver)
visible = Rule("sees it", lambda actor, post: post.disclosed_to(actor))

GRANTS: Grants = {
    Posts.LIST: ANYONE_SIGNED_IN,
    Posts.READ: visible,
    Posts.WRITE: WRITERS,
    Posts.EDIT: (WRITERS & WORKS_FOR_OWNER & not_live) | (approver & WORKS_FOR_OWNER),
    Posts.SUBMIT: WRITERS & WORKS_FOR_OWNER,
    Posts.RETURN: (approver & WORKS_FOR_OWNER) | coordinates_its_state,
    Posts.PUBLISH: (approver & WORKS_FOR_OWNER & not_author) | (coordinates_its_state & not_author & alone),
    Posts.ENDORSE: coordinates_its_state,
    Posts.REVISE: approver & WORKS_FOR_OWNER,
    Posts.WITHDRAW: approver & WORKS_FOR_OWNER,
    Posts.CLOSE: approver & WORKS_FOR_OWNER,
    Posts.RELEASE: approver & WORKS_FOR_OWNER,
    Posts.IMPORT: secretariat,
    Posts.EXPORT: ANYONE_SIGNED_IN,
    Posts.CLOCK: NOBODY,
}
