"""Form fields of our own: a tick that a draft keeps, and choices of languages, provisions and equipment."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice

from portal.features.assistance.domain.asking import PROVISIONS, SOFTWARE
from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.kernel.languages import LANGUAGES, NATIVE_NAMES
from portal.kernel.topics import PROVISIONS as ALL_PROVISIONS
from portal.web.formats import language_name
from portal.web.forms import choices
from portal.web.i18n import current_language, pgettext


class TickField(BooleanField):
    """Ticked or not; a draft keeps it as "yes" or "no", as people answer."""

    def process_data(self, value: Any) -> None:
        self.data = value in (True, "yes")


def languages_to_write(own: Iterable[str], typed: str | None) -> list[SelectChoice]:
    """The six, and those that the agency works in."""
    others = dict.fromkeys(code for code in (*own, typed or "") if code and code not in LANGUAGES)
    named = [(code, NATIVE_NAMES[code]) for code in LANGUAGES]
    return choices([*named, *((code, language_name(code)) for code in others)])


def provision_choices() -> list[SelectChoice]:
    """As lawyers write them, with what each is about."""
    return [SelectChoice(tag, provision_words(tag)) for tag in PROVISIONS]


def provision_words(tag: str) -> str:
    provision = ALL_PROVISIONS.get(tag)
    if provision is None:
        return tag
    return pgettext(
        "provision and what it is about",
        "%(letter)s %(subject)s",
        letter=f"\u2066{provision.shown}\u2069",  # its brackets would turn round in right-to-left text
        subject=provision.label(current_language()),
    )


def equipment_choices() -> list[SelectChoice]:
    """Group by group, each with its group before it, because a phone shows one long list."""
    lang = current_language()
    kinds = [kind for group in GROUPS for kind in EQUIPMENT.values() if kind.group == group and kind.key != SOFTWARE]
    pairs = [(kind.key, f"{GROUPS[kind.group].name(lang)}: {kind.name(lang)}") for kind in kinds]
    return choices(pairs, empty="")
