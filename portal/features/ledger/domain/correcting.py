"""How an entry is corrected: by a new one, with two people where quantity or value are concerned."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from pydantic import create_model

from portal.features.ledger.domain.register import Ledgered
from portal.features.ledger.policy import Corrections
from portal.kernel.contract import Part, count, prose, words
from portal.kernel.errors import Problem
from portal.kernel.lifecycle import Lifecycle, Transition
from portal.kernel.money import money

NEW = "new_"
"""Before the name of a fact in a form, so that no fact can be taken for the reason."""
MOST = 10**12


class CorrectionState(StrEnum):
    PROPOSED = "proposed"
    RECORDED = "recorded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_OPEN = frozenset({CorrectionState.PROPOSED})
CORRECTION: Lifecycle[CorrectionState] = Lifecycle(
    "correction",
    initial=CorrectionState.PROPOSED,
    transitions=(
        Transition(
            name="confirm",
            sources=_OPEN,
            target=CorrectionState.RECORDED,
            permission=Corrections.CONFIRM,
            final_step=True,
        ),
        Transition(
            name="refuse",
            sources=_OPEN,
            target=CorrectionState.REFUSED,
            permission=Corrections.REFUSE,
            asks_reason=True,
        ),
        Transition(name="withdraw", sources=_OPEN, target=CorrectionState.WITHDRAWN, permission=Corrections.WITHDRAW),
    ),
)


class Correction(Part):
    """Why an entry is corrected. What is corrected stands beside it, one field for each fact (`correction_of`)."""

    reason: prose(1000, min_length=3)

    def problems(self) -> Iterable[Problem]:
        return ()

    def facts(self) -> dict[str, Any]:
        """The new facts, by the names they have in the content."""
        return {name.removeprefix(NEW): value for name, value in dict(self).items() if name.startswith(NEW)}


def correction_of(old: Mapping[str, Any], names: Iterable[str]) -> type[Correction]:
    """What may be handed in to correct an entry with this content: each fact is read as the old one is written."""
    fields: dict[str, Any] = {
        NEW + name: (kind, ...) for name in sorted(names) if (kind := _kind_of(old.get(name))) is not None
    }
    return create_model("CorrectionOfEntry", __base__=Correction, **fields)


def is_money(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"amount", "currency"}


def _kind_of(value: Any) -> Any:
    """The type of a field; None for what has no field: lists, and what was never said."""
    if isinstance(value, bool):
        return bool
    if isinstance(value, int):
        return count(0, MOST)
    if isinstance(value, str):
        return words(200)
    return money(zero=True) if is_money(value) else None


def changed_names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def takes_two(ledgered: Ledgered, changed: Iterable[str]) -> bool:
    """Whether a correction of these names needs a second person: quantity and value do."""
    return not ledgered.weighty.isdisjoint(changed)
