"""Heads as they stand on paper and in mails: `IT-BORD 152 3f2a...`, one on a line, and files of exported chains."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from portal.ledger.chain import Head
from portal.ledger.checkpoints import Checkpoint, checkpoint_body
from portal.ledger.entries import Entry, body

FIRST_LINE = "portal-ledger-export 1"
_LINE = re.compile(r"([A-Z0-9][A-Z0-9-]{0,19})\s+([1-9][0-9]{0,17})\s+([0-9a-f][0-9a-f\s]{62,140}[0-9a-f])")
_DIGITS = 64


class PrintedHead(NamedTuple):
    """A head with the key of the agency in place of its number."""

    key: str
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.key} {self.sequence} {self.hash}"

    @property
    def grouped(self) -> str:
        """For people who read it from paper: the hash in groups of eight."""
        groups = [self.hash[start : start + 8] for start in range(0, _DIGITS, 8)]
        return f"{self.key} {self.sequence} {' '.join(groups)}"


def read_heads(text: str) -> list[PrintedHead]:
    """Every head in the text; lines that are none are passed over, as in a mail that was saved whole."""
    found = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        digits = re.sub(r"\s", "", match[3]) if match else ""
        if match and len(digits) == _DIGITS:
            found.append(PrintedHead(match[1], int(match[2]), digits))
    return found


def exported_keys(keys: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The first lines of a file: what it is, and the public keys by their id."""
    yield f"{FIRST_LINE}\n"
    for key_id, public in keys:
        yield f"key {key_id} {public}\n"


def exported_chain(agency: int, key: str, entries: Iterable[Entry], checkpoints: Iterable[Checkpoint]) -> Iterator[str]:
    """The lines of one chain. What stands behind the hash of an entry is exactly what was hashed."""
    yield f"chain {agency} {key}\n"
    for one in checkpoints:
        yield f"checkpoint {one.signature} {checkpoint_body(one)}\n"
    for entry in entries:
        yield f"entry {entry.hash} {body(entry)}\n"


def printed(heads: Iterable[Head], keys: dict[int, str]) -> list[PrintedHead]:
    return [PrintedHead(keys[head.agency], head.sequence, head.hash) for head in heads]
