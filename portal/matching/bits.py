"""Bit rows: for each fact about posts, the set of slots it is true of, as one large integer (bit i is slot i)."""

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

Slots = NDArray[np.intp]
"""Numbers of slots, rising."""


class BitRows:
    """Fact -> set of slots. Sets are Python integers: `&` and `|` over 10,000 posts take well under a microsecond."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, int] = {}
        self.get = self._rows.get

    def __getitem__(self, fact: Hashable) -> int:
        """Return the slots of which the fact is true; an unheard-of fact is true of none."""
        return self._rows.get(fact, 0)

    def mark(self, slot: int, facts: Iterable[Hashable]) -> None:
        bit = 1 << slot
        for fact in facts:
            self._rows[fact] = self._rows.get(fact, 0) | bit

    def unmark(self, slot: int, facts: Iterable[Hashable]) -> None:
        bit = 1 << slot
        for fact in facts:
            left = self._rows[fact] & ~bit
            if left:
                self._rows[fact] = left
            else:
                del self._rows[fact]

    def mark_many(self, slots_of_facts: dict[Hashable, list[int]]) -> None:
        """Mark many slots at once, one large integer per fact instead of one per mark."""
        for fact, slots in slots_of_facts.items():
            self._rows[fact] = self._rows.get(fact, 0) | bits_of(slots)

    def union(self, facts: Iterable[Hashable]) -> int:
        """Return the slots of which any of the facts is true."""
        found = 0
        for fact in facts:
            found |= self._rows.get(fact, 0)
        return found


def bits_of(slots: list[int]) -> int:
    """Return the set of slots as one integer."""
    flags = np.zeros(max(slots, default=-1) + 1, dtype=np.bool_)
    flags[slots] = True
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def flags_of(bits: int, size: int) -> NDArray[np.bool_]:
    """Return one flag per slot, shape (at least `size`,)."""
    octets = np.frombuffer(bits.to_bytes((size + 7) >> 3, "little"), dtype=np.uint8)
    return np.unpackbits(octets, bitorder="little").view(np.bool_)


def slots_of(bits: int, size: int) -> Slots:
    """Return the slots of a set, rising."""
    return flags_of(bits, size).nonzero()[0]
