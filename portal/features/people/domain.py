"""Rules about people that need no database: addresses, passwords, waits, where a sign-in may lead, who invites whom."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from portal.kernel.contract import Command, Day, words
from portal.kernel.errors import Problem
from portal.kernel.policy import Role

DATA = Path(__file__).parents[2] / "data"

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=1)
FORM_KEPT_FOR = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(hours=24)
"""Failed attempts count no more once none was made for this long."""

MIN_PASSWORD, MAX_PASSWORD = 12, 200
_FEWEST_DIFFERENT = 5
FREE_ATTEMPTS = {"account": 5, "present": 5, "address": 20, "reset": 3, "reset_address": 10}
"""How many attempts are made before the first wait: many people share the address of their office."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
INVITATIONS_A_DAY = 40

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
# A path of our own begins with a language. What needs no escape in an address is enough for every page of ours.
_OWN_PATH = re.compile(r"/(?:ar|zh|en|fr|ru|es)(?:/[A-Za-z0-9._~-]+)*/?(?:\?[A-Za-z0-9._~%=&+,:;@!*'()$/?-]*)?")
_LONGEST_PATH = 1_000

BY_APPROVER = (
    Role.LIAISON_OFFICER,
    Role.EDITOR,
    Role.APPROVER,
    Role.DONOR_OFFICER,
    Role.DONOR_APPROVER,
    Role.INSPECTOR,
)
"""The roles that an agency's approver gives and takes away."""
BY_SECRETARIAT = (*BY_APPROVER, Role.COORDINATOR)
IN_SECRETARIAT = (Role.SECRETARIAT, Role.AUDITOR, Role.ADMINISTRATOR)
"""Roles that see or run the whole portal: only people of the secretariat itself hold them."""


def normal_email(text: str) -> str:
    """The one form in which an address is stored and looked up."""
    local, at, host = unicodedata.normalize("NFKC", text).strip().lower().rpartition("@")
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return ""
    return f"{local}{at}{host}"


def is_email(text: str) -> bool:
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None and ".." not in text  # noqa: PLR2004 - RFC 5321


@cache
def _public_domains() -> frozenset[str]:
    lines = (DATA / "public_mail_domains.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def is_public_mail(email: str) -> bool:
    """Whether anyone can get an address there. A line `yahoo.*` in the list stands for every country's."""
    labels = email.rpartition("@")[2].split(".")
    tails = [".".join(labels[i:]) for i in range(len(labels) - 1)]
    return any(tail in _public_domains() or f"{tail.partition('.')[0]}.*" in _public_domains() for tail in tails)


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset((DATA / "common_passwords.txt").read_text(encoding="utf-8").split())


def password_problems(password: str, *, email: str, field: str = "password") -> Iterator[Problem]:
    """What makes a password too easy. Length is what counts; no rule about which characters."""
    text = unicodedata.normalize("NFKC", password).casefold()
    if len(text) < MIN_PASSWORD:
        yield Problem("too_short", field, {"min": MIN_PASSWORD})
    elif "".join(text.split()) in _common_passwords() or len(set(text)) < _FEWEST_DIFFERENT:
        yield Problem("password_common", field)
    elif text in (email, email.partition("@")[0]):
        yield Problem("password_is_email", field)


def wait_after(attempts: int, *, free: int) -> timedelta:
    """How long the next attempt has to wait: nothing at first, then 30 seconds, doubled each time, at most an hour."""
    if attempts < free:
        return timedelta()
    return min(FIRST_WAIT * 2 ** min(attempts - free, 10), LONGEST_WAIT)


def own_path(target: str | None) -> str | None:
    """`target` if it is an address within the portal, else None. Nothing is decoded: what is checked is used."""
    if not target or len(target) > _LONGEST_PATH or not _OWN_PATH.fullmatch(target):
        return None
    path = target.partition("?")[0]
    return None if any(part in (".", "..") for part in path.split("/")) else target


def roles_to_give(by: Role, *, own_agency: bool, of_secretariat: bool, has_state: bool) -> tuple[Role, ...]:
    """The roles that someone may give in an agency."""
    if by == Role.SECRETARIAT:
        own = IN_SECRETARIAT if of_secretariat else ()
        return tuple(r for r in (*BY_SECRETARIAT, *own) if has_state or r != Role.COORDINATOR)
    return BY_APPROVER if by == Role.APPROVER and own_agency else ()


_SECRETS = ("password", "token", "_once", "secret", "present")


def kept_fields(pairs: list[tuple[str, str]]) -> list[list[str]]:
    """What of a form may wait for its sender: never a password, a token or a one-time id."""
    return [[name, value] for name, value in pairs if not any(part in name.lower() for part in _SECRETS)]


def _mail_address(text: str) -> str:
    email = normal_email(text)
    if not is_email(email):
        raise PydanticCustomError("not_an_email", "")
    return email


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_mail_address)]
Secret = words(MAX_PASSWORD)
"""Any characters that a keyboard types; spaces at the ends do not count, here and when signing in."""
Name = words(120)
"""One word, several, with apostrophes, family name first or last: as its owner writes it."""
Language = Literal["ar", "zh", "en", "fr", "ru", "es"]
Handle = words(16)


class ChangeProfile(Command):
    name: Name
    language: Language


class ChangePassword(Command):
    present: Secret
    password: Secret


class ForgottenPassword(Command):
    email: Email


class NewPassword(Command):
    password: Secret


class Invite(Command):
    email: Email
    name: Name = ""
    language: Language
    role: Role


class AcceptInvitation(Command):
    name: Name
    language: Language
    password: Secret


class EndMembership(Command):
    understood: bool = False


class NameDeputy(Command):
    stands_in_for: Handle
    deputy: Handle
    starts_on: Day
    ends_on: Day

    def problems(self) -> Iterator[Problem]:
        if self.ends_on < self.starts_on:
            yield Problem("ends_before_start", "ends_on")
