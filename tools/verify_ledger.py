#!/usr/bin/env python3
"""Checks an exported ledger against heads that were printed or mailed. Needs Python 3.11 and this file, nothing else.

    python verify_ledger.py LEDGER [--heads FILE] [--key KEY_ID=PUBLIC_KEY]

LEDGER is what `flask ledger export` or the page of a ledger gave out. FILE holds heads as they stand on receipts,
certificates and in mails, one on a line: `IT-BORD 152 3f2a...` (64 digits, with or without spaces); other lines are
passed over. Says where a chain breaks, and how many entries no head vouches for. Ends with 0 when everything holds,
1 when something does not, 2 when a file cannot be read.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ENTRY, CHAIN = b"portal-ledger-entry-v1\n", b"portal-ledger-chain-v1\n"
CHECKPOINT, KEY = b"portal-ledger-checkpoint-v1\n", b"portal-ledger-key-v1\n"
DIGITS, KEY_BYTES, SIGNATURE_BYTES = 64, 32, 64
HEAD = re.compile(r"([A-Z0-9][A-Z0-9-]{0,19})\s+([1-9][0-9]{0,17})\s+([0-9a-f][0-9a-f\s]{62,140}[0-9a-f])")


@dataclass
class Chain:
    """One chain as far as it was followed."""

    agency: int
    key: str
    previous: str
    heads: dict[int, set[str]]
    length: int = 0
    anchored: int = 0
    sealed: dict[int, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def follow(self, told: str, body: str) -> None:
        """Take the next entry; after the first fault nothing that comes later proves anything."""
        if self.faults:
            return
        entry = json.loads(body)
        place = entry["sequence"]
        if fault := self.fault(told, body, entry, place):
            self.faults.append(f"entry {place} {fault}")
        self.length, self.previous = place, told
        if place in self.heads and not self.faults:
            self.anchored = place

    def fault(self, told: str, body: str, entry: dict[str, object], place: int) -> str:
        if entry["agency"] != self.agency:
            return "belongs to another chain"
        if place != self.length + 1:
            return f"stands where entry {self.length + 1} should be"
        if entry["previous"] != self.previous:
            return "does not hang on the one before it"
        if hashlib.sha256(ENTRY + body.encode()).hexdigest() != told:
            return "was altered"
        if self.heads.get(place, {told}) != {told}:
            return f"is not what the head of {self.key} {place} says: the chain was rewritten"
        return (
            "" if self.sealed.get(place, {told}) == {told} else "is not what the portal signed: the chain was rewritten"
        )

    def check_seal(self, signature: str, body: str, keys: dict[str, str]) -> None:
        """A signed head stands before the entries: it must be signed by a known key, and they must agree with it."""
        seal = json.loads(body)
        place, public = seal["sequence"], keys.get(seal["key"])
        if public is None:
            self.faults.append(f"the checkpoint at {place} names a key that is not known: {seal['key']}")
        elif not signed_by(public, signature, CHECKPOINT + body.encode()):
            self.faults.append(f"the signature of the checkpoint at {place} is wrong")
        elif seal["agency"] != self.agency:
            self.faults.append(f"the checkpoint at {place} belongs to another chain")
        else:
            self.sealed.setdefault(place, set()).add(seal["hash"])

    def end(self) -> None:
        beyond = [place for place in (*self.heads, *self.sealed) if place > self.length]
        if beyond and not self.faults:
            self.faults.append(f"entry {min(beyond)}, which a head names, is not there: the chain was cut off")


# ---------------------------------------------------------------------------------- Ed25519 (RFC 8032, section 5.1.7)

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def recover(y: int, sign: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, p: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, p)
        p, number = add(p, p), number >> 1
    return total


def point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    return recover(number & (2**255 - 1), number >> 255)


BASE = recover(4 * pow(5, -1, P) % P, 0)


def signed_by(public: str, signature: str, message: bytes) -> bool:
    try:
        key, sent = bytes.fromhex(public), bytes.fromhex(signature)
    except ValueError:
        return False
    if len(key) != KEY_BYTES or len(sent) != SIGNATURE_BYTES:
        return False
    owner, first, scalar = point(key), point(sent[:32]), int.from_bytes(sent[32:], "little")
    if owner is None or first is None or BASE is None or scalar >= ORDER:
        return False
    digest = int.from_bytes(hashlib.sha512(sent[:32] + key + message).digest(), "little") % ORDER
    one, other = times(scalar, BASE), add(first, times(digest, owner))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


# ------------------------------------------------------------------------------------------------------ the command


def read_heads(text: str) -> dict[str, dict[int, set[str]]]:
    found: dict[str, dict[int, set[str]]] = {}
    for line in text.splitlines():
        match = HEAD.fullmatch(line.strip())
        digits = re.sub(r"\s", "", match[3]) if match else ""
        if match and len(digits) == DIGITS:
            found.setdefault(match[1], {}).setdefault(int(match[2]), set()).add(digits)
    return found


def follow_all(lines: Iterator[str], heads: dict[str, dict[int, set[str]]], pinned: dict[str, str]) -> list[Chain]:
    if next(lines, "").rstrip("\n") != "portal-ledger-export 1":
        raise ValueError("this is not an exported ledger")
    keys, chains = dict(pinned), list[Chain]()
    for line in lines:
        what, first, rest = line.rstrip("\n").split(" ", 2)
        if what == "key" and not pinned and hashlib.sha256(KEY + rest.encode()).hexdigest()[:16] == first:
            keys[first] = rest
        elif what == "chain":
            genesis = hashlib.sha256(CHAIN + first.encode()).hexdigest()
            chains.append(Chain(int(first), rest, genesis, heads.pop(rest, {})))
        elif what == "entry":
            chains[-1].follow(first, rest)
        elif what == "checkpoint":
            chains[-1].check_seal(first, rest, keys)
    return chains


def main() -> int:
    parser = argparse.ArgumentParser(description="Check an exported ledger against printed heads.")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--heads", type=Path, help="a file of heads from receipts, certificates and mails")
    parser.add_argument("--key", action="append", default=[], help="trust only this key: KEY_ID=PUBLIC_KEY")
    asked = parser.parse_args()
    try:
        heads = read_heads(asked.heads.read_text(encoding="utf-8")) if asked.heads else {}
        with asked.ledger.open(encoding="utf-8", newline="\n") as lines:
            chains = follow_all(iter(lines), heads, dict(one.split("=", 1) for one in asked.key))
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    for chain in chains:
        chain.end()
        tail = f"{chain.length - chain.anchored} of {chain.length} entries after the last head that vouches for them"
        print(f"{chain.key}: {'BREAKS: ' + '; '.join(chain.faults) if chain.faults else 'holds'} ({tail})")
    for key in sorted(heads):  # what is left names chains that the file does not have
        print(f"{key}: BREAKS: the file has no chain of this agency, but a head names one")
    return 1 if heads or not chains or any(chain.faults for chain in chains) else 0


if __name__ == "__main__":
    sys.exit(main())
