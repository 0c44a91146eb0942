"""Words for kinds of entries and for the facts in them, as their slices name them."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from portal.features.ledger.domain import EXTENSION, Ledgered, Register, is_money
from portal.features.ledger.policy import OVERSEERS
from portal.kernel.money import Money
from portal.kernel.policy import Actor
from portal.web.formats import bdi, money_text, number
from portal.web.i18n import gettext as _
from portal.web.labels import has_label, label


def register() -> Register:
    found: Register = current_app.extensions[EXTENSION]
    return found


def ledgered_of(subject_type: str) -> Ledgered | None:
    return register().get(subject_type)


def kind_words(subject_type: str, kind: str) -> Markup | str:
    """What happened, as the slice says it; the bare code when no slice knows it any more."""
    ledgered = ledgered_of(subject_type)
    if ledgered is None or kind not in {member.value for member in ledgered.kinds}:
        return Markup("<code>{}</code>").format(kind)
    return label(ledgered.kinds(kind))


def fact_words(subject_type: str, name: str) -> str:
    code = f"ledger.{subject_type}.{name}"
    return label(code) if has_label(code) else name


def value_words(subject_type: str, name: str, value: Any) -> Markup | str:
    """A fact as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return number(value)
    if is_money(value):
        return bdi(money_text(Money.of(value["amount"], value["currency"])))
    if isinstance(value, str):
        code = f"ledger.{subject_type}.{name}.{value}"
        return label(code) if has_label(code) else bdi(value)
    parts = value.items() if isinstance(value, Mapping) else enumerate(value, start=1)
    lines = [escape(_line(subject_type, key, part)) for key, part in parts]
    return Markup("<br>").join(lines) if lines else "–"


def _line(subject_type: str, key: Any, part: Any) -> Markup:
    if not isinstance(key, str):
        return escape(value_words(subject_type, "", part))
    return Markup("{}: {}").format(fact_words(subject_type, key), value_words(subject_type, key, part))


def facts(subject_type: str, content: Mapping[str, Any]) -> list[tuple[str, Markup | str]]:
    return [(fact_words(subject_type, name), value_words(subject_type, name, value)) for name, value in content.items()]


def record_of(actor: Actor, subject_type: str, ref: str) -> tuple[Any, str]:
    """The record that an entry is about and the address of its page, as far as the reader may see it."""
    ledgered = ledgered_of(subject_type)
    record = ledgered.find(actor, ref) if ledgered else None
    return record, ledgered.address(record) if ledgered and record is not None else ""


def reads_content(actor: Actor, agency_id: int, record: Any) -> bool:
    """The party reads what it was part of; those who follow all chains only where they may see the record."""
    return actor.agency_id == agency_id or (actor.role in OVERSEERS and record is not None)
