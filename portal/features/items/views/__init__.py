"""The pages of items and findings."""

from portal.features.items.views import acts as _acts  # noqa: F401
from portal.features.items.views import checking as _checking  # noqa: F401
from portal.features.items.views import findings as _findings  # noqa: F401
from portal.features.items.views import importing as _importing  # noqa: F401
from portal.features.items.views import labels as _labels  # noqa: F401
from portal.features.items.views import lists as _lists  # noqa: F401
from portal.features.items.views import registering as _registering  # noqa: F401
from portal.features.items.views import showing as _showing  # noqa: F401
from portal.features.items.views.blueprint import address, bp, short_bp
from portal.features.items.views.checking import DOCUMENTS
from portal.features.items.views.received import received_part

__all__ = ["DOCUMENTS", "address", "bp", "received_part", "short_bp"]
