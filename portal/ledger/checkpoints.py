"""Signed heads: proof, for whoever keeps one, that the portal itself stood by this head at this moment."""

import json
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal.ledger.canonical import instant
from portal.ledger.chain import Head
from portal.ledger.keys import SigningKey, key_id_of

CHECKPOINT = b"portal-ledger-checkpoint-v1\n"


class Checkpoint(NamedTuple):
    """A head, when it was signed, by which key, and the signature (128 hexadecimal digits)."""

    head: Head
    at: datetime
    key_id: str
    signature: str = ""


def checkpoint_body(one: Checkpoint) -> str:
    """The canonical text that is signed."""
    facts = {
        "agency": one.head.agency,
        "at": instant(one.at),
        "hash": one.head.hash,
        "key": one.key_id,
        "sequence": one.head.sequence,
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def sign(head: Head, *, at: datetime, key: SigningKey) -> Checkpoint:
    """Ed25519 over the body, behind the words that say what it is."""
    unsigned = Checkpoint(head, at, key.key_id)
    signature = key.private.sign(CHECKPOINT + checkpoint_body(unsigned).encode())
    return unsigned._replace(signature=signature.hex())


def is_signed(one: Checkpoint, public: str) -> bool:
    """Whether the owner of the public key (64 hexadecimal digits) signed it, and it names that key."""
    if key_id_of(public) != one.key_id:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(one.signature), CHECKPOINT + checkpoint_body(one).encode())
    except (InvalidSignature, ValueError):
        return False
    return True
