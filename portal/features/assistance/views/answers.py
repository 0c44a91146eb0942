"""Shows what was answered, field by field: checked terms and half-typed drafts alike."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from markupsafe import Markup, escape

from portal.features.assistance.domain.asking import FLAT, STEPS, TEXTS
from portal.features.assistance.domain.drafting import lines_of
from portal.features.assistance.domain.rungs import sustainment_score
from portal.features.assistance.domain.vocabulary import Priority, SiteKind, TaType
from portal.features.assistance.forms.fields import provision_words
from portal.kernel.labels import Tlp
from portal.kernel.spoken import CODES
from portal.web.formats import day_text, language_name
from portal.web.i18n import gettext, pgettext
from portal.web.labels import label
from portal.web.shell import tlp

SHORT = frozenset({"title", "end_user_unit", "strategy", "review_observation"})


def by_step(values: Mapping[str, Any]) -> dict[str, list[tuple[str, Markup]]]:
    """For each step its answers as (question, answer); unanswered optional ones are left out."""
    found = {
        step: [(label(f"request.field.{n}"), shown(values, n)) for n in STEPS[step].model_fields if values.get(n)]
        for step in FLAT
    }
    lines = [(str(place), line_words(line)) for place, line in enumerate(lines_of(values), start=1)]
    return {"who": found["who"], "situation": found["situation"], "lines": lines, "safeguards": found["safeguards"]}


def line_words(line: Mapping[str, Any]) -> Markup:
    """What, how many, and how sure its upkeep is: as typed."""
    said = Markup("<bdi>{}</bdi> · <bdi>{}</bdi>").format(line.get("what") or "?", line.get("quantity") or "?")
    try:
        score = sustainment_score(line.get("sustainment"))
    except ValueError:
        return said
    if score is None:
        return said
    return said + " · " + gettext("Sustainment %(score)s of 100", score=score.score)


def shown(values: Mapping[str, Any], name: str) -> Markup:
    """One answer in the reader's words; what could not be read stands as it was typed."""
    value = values.get(name)
    language = str(values.get("title_language") or "")
    if name in SHORT:
        return Markup('<bdi lang="{}">{}</bdi>').format(language, value)
    if name in TEXTS:
        return _paragraphs(value, language)
    return _AS.get(name, _text)(value)


def in_words(held: Mapping[str, Any], name: str) -> Markup:
    """What a colleague saved: codes by their words where they have some, everything else as it was typed."""
    value = held.get(name)
    if isinstance(value, dict):
        return _text(", ".join(str(part) for part in value.values()))
    if isinstance(value, bool):
        return _text(label(f"spec.{'yes' if value else 'no'}"))
    return shown(held, name) if value else Markup("–")


def _text(value: Any) -> Markup:
    return Markup("<bdi>{}</bdi>").format(value)


def _paragraphs(value: Any, language: str) -> Markup:
    lines = [line for line in str(value).splitlines() if line.strip()]
    inner = Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)
    return Markup('<div class="said" lang="{}" dir="auto">{}</div>').format(language, inner)


def _word(kind: type[Enum]) -> Callable[[Any], Markup]:
    def show(value: Any) -> Markup:
        return escape(label(kind(value))) if value in {m.value for m in kind} else _text(value)

    return show


def _each(show: Callable[[Any], Markup]) -> Callable[[Any], Markup]:
    def show_all(values: Any) -> Markup:
        return Markup("<br>").join(show(value) for value in _as_list(values))

    return show_all


def _as_list(values: Any) -> Iterable[Any]:
    return values if isinstance(values, list | tuple) else [values]


def _site(value: Any) -> Markup:
    kind, name = value.get("kind"), value.get("name") or "?"
    if kind not in {k.value for k in SiteKind}:
        return _text(name)
    words = pgettext("kind of place and its name", "%(kind)s: %(name)s")
    return escape(words) % {"kind": label(SiteKind(kind)), "name": _text(name)}


def _language(value: Any) -> Markup:
    return escape(language_name(value)) if value in CODES else _text(value)


def _day(value: Any) -> Markup:
    try:
        return escape(day_text(date.fromisoformat(str(value))))
    except ValueError:
        return _text(value)


def _label(value: Any) -> Markup:
    return tlp(Tlp(value)) if value in {m.value for m in Tlp} else _text(value)


_AS: dict[str, Callable[[Any], Markup]] = {
    "title_language": _language,
    "sites": _each(_site),
    "needed_by": _day,
    "ta_types": _each(_word(TaType)),
    "provisions": _each(lambda value: escape(provision_words(str(value)))),
    "priority": _word(Priority),
    "label": _label,
}
