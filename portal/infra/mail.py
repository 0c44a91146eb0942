"""Hands finished mails over: to a mail server, or to a folder where a portal on one machine keeps them."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 20.0
"""Seconds that a mail server may take for one answer."""
FOLDER = "mail"

Hand = Callable[[EmailMessage], None]
"""Hands one mail over, or raises."""


class MailServerAway(Exception):
    """Nobody takes mail just now. Says nothing about the mail itself."""


class NoSuchMailServer(RuntimeError):
    """The settings name a mail server in a way that the portal does not understand."""


@contextmanager
def delivery(*, mail_url: str, folder: Path) -> Iterator[Hand]:
    """A way to hand mails over, opened for one round. Raises `MailServerAway` when the server does not answer."""
    if not mail_url:
        yield _into(folder / FOLDER)
        return
    server = _connect(mail_url)
    try:
        yield lambda mail: _through(server, mail)
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connect(mail_url: str) -> smtplib.SMTP:
    """`smtp://user:password@host:port?starttls=1`, or `smtps://` for encryption from the first byte."""
    parts = urlsplit(mail_url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise NoSuchMailServer("PORTAL_MAIL_URL must look like smtp://user:password@host:587?starttls=1")
    secure = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=TIMEOUT, context=secure)
        else:
            server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=TIMEOUT)
            if parse_qs(parts.query).get("starttls") == ["1"]:
                server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerAway(type(error).__name__) from error  # what servers answer may repeat our password
    return server


def _through(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail)
    except smtplib.SMTPServerDisconnected as error:
        raise MailServerAway(type(error).__name__) from error
    except (ConnectionError, TimeoutError) as error:
        raise MailServerAway(type(error).__name__) from error


def _into(folder: Path) -> Hand:
    """One file for each mail, named by its Message-ID: a mail handed over twice is there once."""

    def hand(mail: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_key(str(mail['Message-ID']))}.eml"
        half = path.with_suffix(".part")
        half.write_bytes(mail.as_bytes(policy=policy.SMTP))
        half.replace(path)

    return hand


def _key(message_id: str) -> str:
    """The part of a Message-ID that is ours: letters and digits only, so that it can name a file."""
    return "".join(c for c in message_id.partition("@")[0] if c.isalnum())


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail in the folder, as the page of the demonstration shows it."""

    key: str
    to: str
    subject: str
    language: str
    sent_at: datetime
    text: str


def kept_mails(folder: Path, *, most: int) -> list[KeptMail]:
    """The newest mails of the folder, newest first."""
    paths = sorted((folder / FOLDER).glob("*.eml"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    return [_read(path) for path in paths[:most]]


def kept_mail(folder: Path, key: str) -> KeptMail | None:
    path = folder / FOLDER / f"{key}.eml"
    return _read(path) if key.isalnum() and path.is_file() else None


def _read(path: Path) -> KeptMail:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    return KeptMail(
        key=path.stem,
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        language=str(mail["Content-Language"]),
        sent_at=parsedate_to_datetime(str(mail["Date"])),
        text=str(body.get_content()).replace("\r\n", "\n") if body else "",
    )
