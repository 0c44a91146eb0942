"""Who may read portfolios and take them away. Which records stand in one is decided record by record."""

from portal.kernel.policy import ANYONE_SIGNED_IN, NOBODY, Grants, Permission, Role, Rule, has_role


class Portfolios(Permission):
    READ = "portfolios:read"
    EXPORT = "portfolios:export"
    REPORT = "portfolios:report"
    """Take away the file that a donor publishes under the International Aid Transparency Initiative."""
    CLOCK = "portfolios:clock"


DONORS = has_role(Role.DONOR_OFFICER, Role.DONOR_APPROVER)
verified = Rule("works for a verified agency", lambda actor, _: actor.verified and actor.agency_id is not None)

GRANTS: Grants = {
    Portfolios.READ: ANYONE_SIGNED_IN,
    Portfolios.EXPORT: ANYONE_SIGNED_IN,
    Portfolios.REPORT: DONORS & verified,
    Portfolios.CLOCK: NOBODY,
}
