"""Shows what was answered, field by field: checked terms and half-typed drafts alike."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup, escape

from portal.features.assistance.domain.asking import FLAT, STEPS, TEXTS
from portal.features.assistance.domain.drafting import lines_of
from portal.features.assistance.domain.rungs import sustainment_score
from portal.features.assistance.domain.vocabulary import Priority, SiteKind, TaType
from portal.features.assistance.forms.fields import provision_words
from portal.web.answers import as_typed, day, disclosure_label, each, language, paragraphs, word_of
from portal.web.i18n import gettext, pgettext
from portal.web.labels import label

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
        return paragraphs(value, language)
    return _AS.get(name, as_typed)(value)


def in_words(held: Mapping[str, Any], name: str) -> Markup:
    """What a colleague saved: codes by their words where they have some, everything else as it was typed."""
    value = held.get(name)
    if isinstance(value, dict):
        return as_typed(", ".join(str(part) for part in value.values()))
    if isinstance(value, bool):
        return as_typed(label(f"spec.{'yes' if value else 'no'}"))
    return shown(held, name) if value else Markup("–")


def _site(value: Any) -> Markup:
    kind, name = value.get("kind"), value.get("name") or "?"
    if kind not in {k.value for k in SiteKind}:
        return as_typed(name)
    words = pgettext("kind of place and its name", "%(kind)s: %(name)s")
    return escape(words) % {"kind": label(SiteKind(kind)), "name": as_typed(name)}


_AS: dict[str, Callable[[Any], Markup]] = {
    "title_language": language,
    "sites": each(_site),
    "needed_by": day,
    "ta_types": each(word_of(TaType)),
    "provisions": each(lambda value: escape(provision_words(str(value)))),
    "priority": word_of(Priority),
    "label": disclosure_label,
}
