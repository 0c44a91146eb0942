"""Shows what was answered, field by field: checked terms and half-typed drafts alike."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from portal.features.exchanges.domain.commands import STEPS
from portal.features.exchanges.domain.vocabulary import Clearance, Cost, Direction, Format, PostKind
from portal.features.exchanges.views.words import spoken
from portal.kernel.spoken import CODES
from portal.kernel.states import STATES, find_state
from portal.kernel.topics import TOPICS
from portal.web.answers import as_typed, disclosure_label, each, language, paragraphs, word_of
from portal.web.formats import period_text, state_name
from portal.web.i18n import current_language, gettext, pgettext
from portal.web.labels import label

TEXTS = frozenset({"programme", "conditions", "contact", "restricted"})


def by_step(kind: PostKind, values: Mapping[str, Any]) -> dict[str, list[tuple[str, Markup]]]:
    """For each step its answers as (question, answer); unanswered optional ones are left out."""
    return {
        step: [(label(f"post.field.{name}"), shown(values, name)) for name in command.model_fields if values.get(name)]
        for step, command in STEPS[kind].items()
    }


def shown(values: Mapping[str, Any], name: str) -> Markup:
    """One answer in the reader's words; what could not be read stands as it was typed."""
    value = values.get(name)
    if name == "title":
        return Markup('<bdi lang="{}">{}</bdi>').format(values.get("title_language") or "", value)
    if name in TEXTS:
        return paragraphs(value, str(values.get("title_language") or ""))
    return _AS.get(name, as_typed)(value)


def _state(value: Any) -> Markup:
    iso2 = value if value in STATES else find_state(str(value))
    return escape(state_name(iso2)) if iso2 else as_typed(value)


def _topic(value: Any) -> Markup:
    return escape(TOPICS[value].name(current_language())) if value in TOPICS else as_typed(value)


def _spoken(value: Any) -> Markup:
    code, level = str(value.get("language", "")), str(value.get("level", ""))
    return escape(spoken(code, level)) if code in CODES else as_typed(f"{code} {level}")


def _window(value: Any) -> Markup:
    starts, ends = str(value.get("starts_on", "")), str(value.get("ends_on", ""))
    try:
        return escape(period_text(date.fromisoformat(starts), date.fromisoformat(ends)))
    except ValueError:
        return as_typed(pgettext("period of days", "%(first)s to %(last)s", first=starts or "?", last=ends or "?"))


def _yes_no(value: Any) -> Markup:
    return escape(gettext("Yes") if value in {True, "yes"} else gettext("No"))


_AS: dict[str, Callable[[Any], Markup]] = {
    "title_language": language,
    "topics": each(_topic),
    "direction": word_of(Direction),
    "formats": each(word_of(Format)),
    "clearance": word_of(Clearance),
    "costs": each(word_of(Cost)),
    "accepts_states": each(_state),
    "excludes_states": each(_state),
    "prefers_states": each(_state),
    "languages": each(_spoken),
    "windows": each(_window),
    "interpreter": _yes_no,
    "label": disclosure_label,
}
