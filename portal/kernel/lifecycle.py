"""Lifecycles as data: a feature lists its transitions once, and views, API, docs and tests read the list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from portal.kernel.errors import IllegalTransition, Problem
from portal.kernel.policy import Permission

S = TypeVar("S", bound=StrEnum)


def no_objection(_subject: Any) -> Iterable[Problem]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Generic[S]):
    """One arrow. `target` None keeps the state (a revision). `guard` lists what still stands in the way.

    `asks_reason` makes the actor say why; `manual` False means that no button or route exists of its own:
    a service takes it as part of something larger, or only the portal's clock does; `final_step` asks for
    a page of its own that names the effect before it is done.
    """

    name: str
    sources: frozenset[S]
    target: S | None
    permission: Permission
    guard: Callable[[Any], Iterable[Problem]] = no_objection
    asks_reason: bool = False
    manual: bool = True
    final_step: bool = False


class Lifecycle(Generic[S]):
    """A checked set of transitions: names are unique and every state can be reached."""

    def __init__(
        self, name: str, *, initial: S, transitions: Iterable[Transition[S]], states: Iterable[S] | None = None
    ) -> None:
        arrows = tuple(transitions)
        self.name, self.initial = name, initial
        self.states: tuple[S, ...] = tuple(states) if states is not None else tuple(type(initial))
        self.transitions = {t.name: t for t in arrows}
        if len(self.transitions) != len(arrows):
            raise ValueError(f"{name}: two transitions share a name")
        if stranded := set(self.states) - {initial} - {t.target for t in arrows}:
            raise ValueError(f"{name}: no way to reach {sorted(stranded)}")

    def leaving(self, state: S) -> tuple[Transition[S], ...]:
        return tuple(t for t in self.transitions.values() if state in t.sources)

    def step(self, state: S, name: str) -> Transition[S]:
        """The transition called `name`, if `state` may take it."""
        transition = self.transitions[name]
        if state not in transition.sources:
            raise IllegalTransition(self.name, name, state)
        return transition

    def ended(self, state: S) -> bool:
        return not self.leaving(state)

    def diagram(self) -> str:
        """Mermaid source, so that the picture in the docs cannot drift from the code."""
        arrows = [
            f"    {s} --> {t.target or s}: {t.name}" for t in self.transitions.values() for s in sorted(t.sources)
        ]
        ends = [f"    {s} --> [*]" for s in self.states if self.ended(s)]
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.initial}", *arrows, *ends])
