"""The way of an item from the pledge to its end, for the picture on its page."""

from enum import StrEnum

from portal.features.items.domain.lifecycles import GONE, ItemState


class Stage(StrEnum):
    PLEDGED = "pledged"
    SHIPPED = "shipped"
    RECEIVED = "received"
    IN_USE = "in_use"
    CHECKED = "checked"
    RETIRED = "retired"


def stage_of(state: ItemState, *, checked: bool) -> Stage:
    """Where it stands; `checked` says that a check of another agency stands."""
    if state in GONE:
        return Stage.RETIRED
    if state == ItemState.REGISTERED:
        return Stage.SHIPPED
    if state in {ItemState.DELIVERED, ItemState.IN_STORAGE}:
        return Stage.RECEIVED
    return Stage.CHECKED if checked else Stage.IN_USE
