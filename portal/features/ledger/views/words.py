"""Words for kinds of entries and for the facts in them, as their slices name them."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from portal.features.ledger.domain import EXTENSION, Ledgered, Register, is_money
from portal.features.ledger.policy import OVERSEERS
from portal.features.ledger.queries import names_of
from portal.kernel.money import Money
from portal.kernel.policy import Actor
from portal.web.formats import bdi, day_text, money_text, number
from portal.web.i18n import current_language
from portal.web.i18n import gettext as _
from portal.web.labels import has_label, label

NOBODY: Mapping[int, str] = MappingProxyType({})


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


def value_words(subject_type: str, name: str, value: Any, agencies: Mapping[int, str] = NOBODY) -> Markup | str:
    """A fact as people read it; `agencies` are the names of those whose numbers stand in it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return _numbered(subject_type, name, value, agencies)
    if is_money(value):
        return bdi(money_text(Money.of(value["amount"], value["currency"])))
    if isinstance(value, str):
        return _written(subject_type, name, value)
    parts = value.items() if isinstance(value, Mapping) else enumerate(value, start=1)
    lines = [escape(_line(subject_type, key, part, agencies)) for key, part in parts]
    return Markup("<br>").join(lines) if lines else "–"


def _numbered(subject_type: str, name: str, value: int, agencies: Mapping[int, str]) -> Markup | str:
    ledgered = ledgered_of(subject_type)
    if ledgered and name in ledgered.people:
        return _("person %(number)s", number=number(value))
    return bdi(agencies[value]) if ledgered and name in ledgered.agencies and value in agencies else number(value)


def _written(subject_type: str, name: str, value: str) -> Markup | str:
    """By the vocabulary of the slice; as it stands where that does not know it any more."""
    ledgered = ledgered_of(subject_type)
    if ledgered is None or name not in ledgered.words:
        return bdi(value)
    try:
        meant = ledgered.words[name](value)
    except (ValueError, KeyError):
        return bdi(value)
    if isinstance(meant, Enum):
        return label(meant)
    return day_text(meant) if isinstance(meant, date) else bdi(meant.name(current_language()))


def _line(subject_type: str, key: Any, part: Any, agencies: Mapping[int, str]) -> Markup:
    if not isinstance(key, str):
        return escape(value_words(subject_type, "", part, agencies))
    return Markup("{}: {}").format(fact_words(subject_type, key), value_words(subject_type, key, part, agencies))


def named_in(actor: Actor, subject_type: str, *contents: Mapping[str, Any]) -> dict[int, str]:
    """The agencies whose numbers stand in these contents, by name, as far as the reader may know of them."""
    ledgered = ledgered_of(subject_type)
    names = ledgered.agencies if ledgered else frozenset()
    numbers = {content[name] for content in contents for name in names & content.keys()}
    return names_of(actor, numbers - {None}, current_language())


def facts(actor: Actor, subject_type: str, content: Mapping[str, Any]) -> list[tuple[str, Markup | str]]:
    agencies = named_in(actor, subject_type, content)
    return [(fact_words(subject_type, n), value_words(subject_type, n, v, agencies)) for n, v in content.items()]


def record_of(actor: Actor, subject_type: str, ref: str) -> tuple[Any, str]:
    """The record that an entry is about and the address of its page, as far as the reader may see it."""
    ledgered = ledgered_of(subject_type)
    record = ledgered.find(actor, ref) if ledgered else None
    return record, ledgered.address(record) if ledgered and record is not None else ""


def reads_content(actor: Actor, agency_id: int, record: Any) -> bool:
    """The party reads what it was part of; those who follow all chains only where they may see the record."""
    return actor.agency_id == agency_id or (actor.role in OVERSEERS and record is not None)
