"""The key that signs heads: a file that only its owner reads. Public keys are kept for ever."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = b"portal-ledger-key-v1\n"
_OTHERS = 0o077


class NoKey(RuntimeError):
    """There is no key to sign with: `flask ledger new-key` makes one."""


class KeyOpenToOthers(RuntimeError):
    """The file of the key can be read by others than its owner."""


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """Signs; what it prints never shows the secret."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """64 hexadecimal digits."""
        return self.private.public_key().public_bytes_raw().hex()

    @property
    def key_id(self) -> str:
        return key_id_of(self.public)

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"


def key_id_of(public: str) -> str:
    """16 hexadecimal digits that name a public key, short enough to be printed beside every head."""
    return sha256(KEY + public.encode()).hexdigest()[:16]


def read_key(path: Path) -> SigningKey:
    """The key in the file; raises `NoKey`, or `KeyOpenToOthers` while others may read it."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise NoKey(f"there is no key at {path}: make one with `flask ledger new-key`") from None
    if mode & _OTHERS:
        raise KeyOpenToOthers(f"others may read {path}: take that away with chmod 600")
    return SigningKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip())))


def make_key(path: Path) -> SigningKey:
    """Write a fresh key. One that stood there is replaced in one step and gone: its public half stays in the ledger."""
    key = SigningKey(Ed25519PrivateKey.generate())
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(key.private.private_bytes_raw().hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return key
