"""Finds the words of a mail, in the receiver's language and at the moment it goes out."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app, g

from portal.features.notices.domain import PAGES, WITHOUT_CONTENT
from portal.features.notices.labels import MAILS
from portal.features.people.queries import live_memberships
from portal.infra.db import now
from portal.infra.outbox import OutboxMail
from portal.kernel.languages import RIGHT_TO_LEFT
from portal.web.formats import instant_text
from portal.web.i18n import gettext as _
from portal.web.i18n import in_language
from portal.web.links import absolute_url

_RIGHT_TO_LEFT_MARK = "\u200f"


def compose(mail: OutboxMail) -> EmailMessage | None:
    """The mail as it leaves, or None when its receiver no longer works for the agency that it was meant for."""
    if "agency_id" in mail.params and not _still_there(mail):
        return None
    with in_language(mail.language):
        was, g.time_zone = g.get("time_zone"), mail.params.get("zone", "UTC")
        try:
            subject, text = _words(mail)
        finally:
            g.time_zone = was
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = current_app.extensions["config"].mail_from
    message["To"] = mail.address
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message["Content-Language"] = mail.language
    return message


def _still_there(mail: OutboxMail) -> bool:
    if mail.person_id is None:
        return False
    held = live_memberships(mail.person_id, at=now())
    return any(m.agency_id == mail.params["agency_id"] for m in held)


def _words(mail: OutboxMail) -> tuple[str, str]:
    words, params = MAILS[mail.kind], mail.params
    told = [str(words.text) % _shown(params)]
    if mail.kind != WITHOUT_CONTENT and "ref" in params:
        told.append(_("Reference: %(ref)s", ref=params["ref"]))
    told += [_link(mail), "-- \n" + _("Cooperation Portal") + "\n" + _("Nobody reads answers to this mail.")]
    mark = _RIGHT_TO_LEFT_MARK if mail.language in RIGHT_TO_LEFT else ""
    return str(words.subject), "\n\n".join(_marked(part, mark) for part in told) + "\n"


def _marked(part: str, mark: str) -> str:
    """A line may begin with Latin letters or digits and must still read from the right. Addresses stay as they are."""
    return "\n".join(line if line.startswith(("http", "-- ")) else mark + line for line in part.split("\n"))


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    until = params.get("until")
    if until is None:
        return params
    instant = datetime.fromisoformat(until)
    return params | {"until": instant_text(instant if instant.tzinfo else instant.replace(tzinfo=UTC))}


def _link(mail: OutboxMail) -> str:
    """To the secret page of an account, to the record, or to the inbox when the record may not be named."""
    if url := mail.params.get("url"):
        return str(url)
    if mail.kind != WITHOUT_CONTENT and (page := PAGES.get(mail.params.get("record", ""))):
        return absolute_url(page, lang=mail.language, ref=mail.params["ref"])
    return absolute_url("notices.inbox", lang=mail.language)
