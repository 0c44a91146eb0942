"""The pages of shipments and receipts."""

from portal.features.shipments.views import acts, certificate, preparing, receiving, showing
from portal.features.shipments.views.blueprint import OWNER, address, bp

__all__ = ["OWNER", "acts", "address", "bp", "certificate", "preparing", "receiving", "showing"]
