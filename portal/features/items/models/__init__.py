"""The tables of items: the units, who held them, what was asked for, checks, and findings."""

from portal.features.items.models.findings import Finding
from portal.features.items.models.items import Item, ItemAllotment, ItemParty
from portal.features.items.models.moves import ItemCheck, ItemCustody, ItemHandover, ItemMove

__all__ = ["Finding", "Item", "ItemAllotment", "ItemCheck", "ItemCustody", "ItemHandover", "ItemMove", "ItemParty"]
