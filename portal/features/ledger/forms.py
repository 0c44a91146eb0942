"""The form that corrects an entry: one field for each fact that may be corrected, read as the old fact is written."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import StringField, TextAreaField

from portal.features.ledger.domain import NEW, correction_of, is_money
from portal.web.forms import ChoiceField, CommandForm, CountField, choices
from portal.web.i18n import gettext as _now
from portal.web.i18n import later as _
from portal.web.money import MoneyField


def yes_no() -> list[Any]:
    return choices([("yes", _now("yes")), ("no", _now("no"))])


def correction_form(old: Mapping[str, Any], names: Iterable[str], words: Mapping[str, str]) -> CommandForm[Any]:
    """Made for one entry: `words` name its facts, and the fields show what the ledger says now."""
    command = correction_of(old, names)
    facts = [name.removeprefix(NEW) for name in command.model_fields if name.startswith(NEW)]
    fields: dict[str, Any] = {NEW + name: _field(old[name], words[name]) for name in facts}
    fields["reason"] = TextAreaField(_("Why is this corrected?"), description=_("The other party reads this."))
    form = type("CorrectionForm", (CommandForm,), {"command": command, **fields})
    return form(data={NEW + name: _shown(old[name]) for name in facts})


def _field(value: Any, words: str) -> Any:
    if isinstance(value, bool):
        return ChoiceField(words, choices=yes_no)
    if isinstance(value, int):
        return CountField(words)
    return MoneyField(words, currencies=[value["currency"]]) if is_money(value) else StringField(words)


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value
