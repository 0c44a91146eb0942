"""Who may read notices: everyone their own."""

from portal.kernel.policy import ANYONE_SIGNED_IN, Grants, Permission


class Notices(Permission):
    READ = "notices:read"


GRANTS: Grants = {Notices.READ: ANYONE_SIGNED_IN}
