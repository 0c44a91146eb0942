"""The published lottery among equals: a number for each pair, drawn from the seed of the round and the two keys.

For each key, eight bytes of BLAKE2b (keyed with a hash of the seed, `need` or `offer` as person) make a number of 64
bits, the first byte the highest. The numbers of need and offer are combined by exclusive or and stirred by the
finisher of SplitMix64; the draw is the highest bits.
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

WORD = 2**64 - 1
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def key_number(seed: str, kind: str, key: str) -> int:
    """Return the number of one key; `kind` is need or offer."""
    salt = blake2b(seed.encode(), digest_size=32).digest()
    text = key.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8, key=salt, person=kind.encode()).digest())


def draw(seed: str, need: str, offer: str, bits: int) -> int:
    """Return the number that a pair draws, below 2**bits: the same for the same seed and keys, always."""
    return stirred(key_number(seed, "need", need) ^ key_number(seed, "offer", offer)) >> (64 - bits)


def stirred(x: int) -> int:
    """Return the 64 bits that SplitMix64 makes of 64 bits."""
    x = (x ^ x >> 30) * FIRST & WORD
    x = (x ^ x >> 27) * SECOND & WORD
    return x ^ x >> 31


def key_numbers(seed: str, kind: str, keys: Iterable[str]) -> Numbers:
    """Return the numbers of many keys, shape (keys,)."""
    hasher = blake2b(digest_size=8, key=blake2b(seed.encode(), digest_size=32).digest(), person=kind.encode())
    found = bytearray()
    for key in keys:
        one = hasher.copy()
        one.update(key.encode("utf-8", "surrogatepass"))
        found += one.digest()
    return np.frombuffer(bytes(found), dtype=">u8").astype(np.uint64)


def draws(of_need: Numbers, of_offer: Numbers, bits: int) -> NDArray[np.int64]:
    """Return what pairs draw whose two keys have these numbers, shape (pairs,)."""
    if not bits:
        return np.zeros(len(of_need), dtype=np.int64)
    x = of_need ^ of_offer
    x ^= x >> np.uint64(30)
    x *= np.uint64(FIRST)
    x ^= x >> np.uint64(27)
    x *= np.uint64(SECOND)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(64 - bits)).astype(np.int64)
