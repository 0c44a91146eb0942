"""Words of portfolios."""

from typing import Any

from portal.features.portfolios.domain.figures import Figure, Side
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context as _in

LABELS: dict[Any, Any] = {
    Side: {
        Side.GIVEN: _("Assistance that we give"),
        Side.RECEIVED: _("Assistance that we receive"),
        Side.ALL: _("Assistance of all agencies"),
    },
    Figure: {
        Figure.PLEDGED: _in("rung", "Pledged"),
        Figure.COMMITTED: _in("rung", "Committed"),
        Figure.SHIPPED: _in("rung", "Shipped"),
        Figure.RECEIVED: _in("rung", "Received"),
        Figure.VERIFIED: _in("rung", "Verified in use"),
        Figure.ITEMS: _("Items in service"),
        Figure.WORKING: _("Items seen working within 12 months"),
        Figure.FINDINGS: _("Open findings"),
    },
}
