"""Who may read the rates of exchange, and who brings new ones."""

from portal.kernel.policy import ANYONE_SIGNED_IN, Grants, Permission, Role, has_role


class Rates(Permission):
    LIST = "rates:list"
    IMPORT = "rates:import"


GRANTS: Grants = {Rates.LIST: ANYONE_SIGNED_IN, Rates.IMPORT: has_role(Role.SECRETARIAT)}
