"""Shows what was answered, field by field: checked terms and half-typed drafts alike."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from markupsafe import Markup, escape

from portal.features.exchanges.domain.commands import STEPS
from portal.features.exchanges.domain.vocabulary import Clearance, Cost, Direction, Format, PostKind
from portal.features.exchanges.views.words import spoken
from portal.kernel.labels import Tlp
from portal.kernel.spoken import CODES
from portal.kernel.states import STATES, find_state
from portal.kernel.topics import TOPICS
from portal.web.formats import language_name, period_text, state_name
from portal.web.i18n import current_language, gettext, pgettext
from portal.web.labels import label
from portal.web.shell import tlp

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
        return _paragraphs(value, str(values.get("title_language") or ""))
    return _AS.get(name, _text)(value)


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


def _state(value: Any) -> Markup:
    iso2 = value if value in STATES else find_state(str(value))
    return escape(state_name(iso2)) if iso2 else _text(value)


def _topic(value: Any) -> Markup:
    return escape(TOPICS[value].name(current_language())) if value in TOPICS else _text(value)


def _language(value: Any) -> Markup:
    return escape(language_name(value)) if value in CODES else _text(value)


def _spoken(value: Any) -> Markup:
    code, level = str(value.get("language", "")), str(value.get("level", ""))
    return escape(spoken(code, level)) if code in CODES else _text(f"{code} {level}")


def _window(value: Any) -> Markup:
    starts, ends = str(value.get("starts_on", "")), str(value.get("ends_on", ""))
    try:
        return escape(period_text(date.fromisoformat(starts), date.fromisoformat(ends)))
    except ValueError:
        return _text(pgettext("period of days", "%(first)s to %(last)s", first=starts or "?", last=ends or "?"))


def _yes_no(value: Any) -> Markup:
    return escape(gettext("Yes") if value in {True, "yes"} else gettext("No"))


def _label(value: Any) -> Markup:
    return tlp(Tlp(value)) if value in {m.value for m in Tlp} else _text(value)


_AS: dict[str, Callable[[Any], Markup]] = {
    "title_language": _language,
    "topics": _each(_topic),
    "direction": _word(Direction),
    "formats": _each(_word(Format)),
    "clearance": _word(Clearance),
    "costs": _each(_word(Cost)),
    "accepts_states": _each(_state),
    "excludes_states": _each(_state),
    "prefers_states": _each(_state),
    "languages": _each(_spoken),
    "windows": _each(_window),
    "interpreter": _yes_no,
    "label": _label,
}
