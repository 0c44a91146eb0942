"""Traffic Light Protocol 2.0: how far a record may travel. Source: FIRST, see portal/data/sensitivity.csv."""

from enum import StrEnum


class Tlp(StrEnum):
    """From free to closed. The words in pages stay in English capitals in every language."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber_strict"
    RED = "red"

    @property
    def shown(self) -> str:
        return "TLP:" + self.value.upper().replace("_", "+")


WITHOUT_CONTENT_IN_MAIL = frozenset({Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED})
"""A mail about these says only that something waits, never what (mail leaves the portal's control)."""
