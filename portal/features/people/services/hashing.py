"""Passwords as they are stored: argon2id, with a dummy that costs the same for accounts that do not exist."""

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from portal.features.people.domain import MAX_PASSWORD

# OWASP's setting: 19 MiB, two passes, one lane. Four at a time keep memory bounded when many sign in at once.
_MEMORY_KIB, _PASSES, _LANES = 19 * 1024, 2, 1
_at_a_time = BoundedSemaphore(4)


@cache
def _hasher(*, cheap: bool) -> PasswordHasher:
    if cheap:
        return PasswordHasher(memory_cost=8, time_cost=1, parallelism=1, type=Type.ID)
    return PasswordHasher(memory_cost=_MEMORY_KIB, time_cost=_PASSES, parallelism=_LANES, type=Type.ID)


@cache
def _dummy(*, cheap: bool) -> str:
    return _hasher(cheap=cheap).hash("the password of nobody")


def _cheap() -> bool:
    """Only the tests, which sign in hundreds of times, use less."""
    return bool(current_app.config["TESTING"])


def hash_password(password: str) -> str:
    with _at_a_time:
        return _hasher(cheap=_cheap()).hash(_normal(password))


def verify(password: str, against: str | None) -> bool:
    """Exactly one verification, whoever is asked for: against a fixed dummy when there is nothing to compare with."""
    fits = against is not None and len(password) <= MAX_PASSWORD
    with _at_a_time:
        right = _verified((against if fits and against else None) or _dummy(cheap=_cheap()), _normal(password))
    return right and fits


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher(cheap=_cheap()).verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    return _hasher(cheap=_cheap()).check_needs_rehash(stored)


def _normal(password: str) -> str:
    """The same password from every keyboard and clipboard: composed and decomposed letters are one, ends are bare."""
    return unicodedata.normalize("NFKC", password[: MAX_PASSWORD * 4]).strip()
