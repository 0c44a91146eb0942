"""The pages of notices: the inbox, histories, and the mails of a demonstration."""

from portal.features.notices.views import demo_mail as _demo_mail  # noqa: F401
from portal.features.notices.views import inbox as _inbox  # noqa: F401
from portal.features.notices.views.assistance import waiting_part
from portal.features.notices.views.badge import badge
from portal.features.notices.views.blueprint import bp
from portal.features.notices.views.histories import history_part

__all__ = ["badge", "bp", "history_part", "waiting_part"]
