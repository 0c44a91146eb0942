"""Sentences of the lists: what each filter in use says, and the addresses without it."""

from flask import url_for

from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.vocabulary import Format, PostKind
from portal.features.exchanges.forms.filtering import as_args
from portal.features.exchanges.views.blueprints import LISTS
from portal.kernel.topics import PROVISIONS, TOPICS
from portal.web.filtering import Chip, region_name
from portal.web.formats import day_text, language_name, state_name
from portal.web.i18n import current_language, gettext, pgettext
from portal.web.labels import label


def filter_chips(kind: PostKind, filters: Filters, sort: Sort) -> list[Chip]:
    found: list[Chip] = []
    for name in filters.used():
        values = getattr(filters, name) if name in {"topic", "letter"} else [None]
        for value in values:
            without = filters.without(name, value)
            found.append(Chip(_words(filters, name, value), without, url_for(LISTS[kind], **as_args(without, sort))))
    return found


def _words(filters: Filters, name: str, value: str | None) -> str:
    if name == "topic" and value:
        return TOPICS[value].name(current_language())
    if name == "letter" and value:
        return letter_words(value)
    return {
        "q": lambda: gettext("Search: %(words)s", words=filters.q),
        "state": lambda: state_name(filters.state),
        "region": lambda: region_name(filters.region),
        "language": lambda: spoken(filters.language, filters.level),
        "format": lambda: label(Format(filters.format)),
        "starts": lambda: gettext("From %(day)s", day=day_text(filters.starts)) if filters.starts else "",
        "ends": lambda: gettext("Until %(day)s", day=day_text(filters.ends)) if filters.ends else "",
        "free": lambda: gettext("Something is free"),
        "fits": lambda: gettext("Fits our posts"),
    }[name]()


def letter_words(tag: str) -> str:
    """`14(2)(b) Recognizing and detecting fraudulent documents`"""
    provision = PROVISIONS[tag]
    return pgettext(
        "provision and what it is about",
        "%(letter)s %(subject)s",
        letter=f"\u2066{provision.shown}\u2069",  # its brackets would turn round in right-to-left text
        subject=provision.label(current_language()),
    )


def spoken(language: str, level: str) -> str:
    if not level:
        return language_name(language)
    return pgettext("language and level", "%(language)s %(level)s", language=language_name(language), level=level)
