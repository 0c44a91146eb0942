"""The pages of shipments and receipts."""

from portal.features.shipments.views import acts, certificate, preparing, receiving, showing
from portal.features.shipments.views.blueprint import OWNER, address, bp
from portal.features.shipments.views.preparing import send_part

__all__ = ["OWNER", "acts", "address", "bp", "certificate", "preparing", "receiving", "send_part", "showing"]
