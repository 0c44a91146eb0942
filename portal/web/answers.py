"""How answers are drawn again, checked and half-typed ones alike: what cannot be read stands as it was typed."""

from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any

from markupsafe import Markup, escape

from portal.kernel.labels import Tlp
from portal.kernel.spoken import CODES
from portal.web.formats import day_text, language_name
from portal.web.labels import label
from portal.web.shell import tlp

Draws = Callable[[Any], Markup]


def as_typed(value: Any) -> Markup:
    return Markup("<bdi>{}</bdi>").format(value)


def paragraphs(value: Any, language: str) -> Markup:
    """A longer text in the language it was written in."""
    lines = [line for line in str(value).splitlines() if line.strip()]
    inner = Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)
    return Markup('<div class="said" lang="{}" dir="auto">{}</div>').format(language, inner)


def word_of(kind: type[Enum]) -> Draws:
    """Draws one member of `kind`."""

    def show(value: Any) -> Markup:
        return escape(label(kind(value))) if value in {m.value for m in kind} else as_typed(value)

    return show


def each(show: Draws) -> Draws:
    """Draws one value, or several below each other."""

    def show_all(values: Any) -> Markup:
        several = values if isinstance(values, list | tuple) else [values]
        return Markup("<br>").join(show(value) for value in several)

    return show_all


def language(value: Any) -> Markup:
    return escape(language_name(value)) if value in CODES else as_typed(value)


def day(value: Any) -> Markup:
    try:
        return escape(day_text(date.fromisoformat(str(value))))
    except ValueError:
        return as_typed(value)


def disclosure_label(value: Any) -> Markup:
    return tlp(Tlp(value)) if value in {m.value for m in Tlp} else as_typed(value)
