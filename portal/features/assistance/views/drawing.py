"""What the templates of requests draw with: names of equipment, words of codes, permissions."""

from typing import Any

from flask import Flask

from portal.features.assistance.domain.acts import LINE
from portal.features.assistance.domain.vocabulary import Unit
from portal.features.assistance.forms.fields import provision_words
from portal.features.assistance.forms.steps import AUDIENCES
from portal.features.assistance.labels.choices import QUANTITIES
from portal.features.assistance.models import RequestLine
from portal.features.assistance.policy import Pledges, Requests
from portal.features.assistance.views.blueprint import bp
from portal.kernel.equipment import EQUIPMENT, ExportFlag
from portal.kernel.labels import Tlp
from portal.web.i18n import current_language, gettext, pgettext
from portal.web.labels import label
from portal.web.shell import tlp

ICONS = {
    "vehicles": "truck",
    "computer_systems": "box",
    "document_readers": "scan",
    "surveillance": "eye",
    "communications": "radio",
    "interception": "radio",
    "protective_humanitarian": "shield",
}
KIND_ICONS = {"training": "grad", "expertise": "people", "software": "doc", "equipment": "box"}


def quantity(many: int, unit: Unit) -> str:
    """So many of a unit, such as `1 licence`."""
    return str(QUANTITIES[unit](many))


def line_icon(kind: str, category: str | None) -> str:
    found = EQUIPMENT.get(category or "")
    return ICONS[found.group] if found else KIND_ICONS.get(kind, "box")


def equipment_name(key: str | None) -> str:
    return EQUIPMENT[key].name(current_language()) if key in EQUIPMENT else ""  # type: ignore[index]


def export_flag(line: RequestLine) -> tuple[str, str] | None:
    """Whether the export of this kind is controlled, and where that is written down."""
    kind = EQUIPMENT.get(line.category or "")
    if kind is None or kind.export_flag is ExportFlag.NO:
        return None
    sure = kind.export_flag is ExportFlag.YES
    return gettext("Export is controlled") if sure else gettext("Export can be controlled"), kind.export_rule


def spec_rows(line: RequestLine) -> list[tuple[str, str]]:
    """The answered questions of a line's template."""
    return [(label(f"spec.{key}"), spec_words(key, answer)) for key, answer in line.spec.items()]


def spec_words(key: str, answer: str) -> str:
    if answer in {"yes", "no"}:
        return label(f"spec.{answer}")
    known = f"spec.{key}.{answer}"
    return label(known) if key in {"drive", "fuel", "steering"} else answer


def field_name(name: str) -> str:
    """The word for a field that is labelled apart or withheld."""
    if name.startswith(LINE):
        return pgettext("line of a request", "Line %(number)s", number=name.removeprefix(LINE))
    return label(f"request.field.{name}")


def label_marks() -> dict[str, Any]:
    """The badge at the end of each answer to "who may see it"."""
    return {of.value: tlp(of) for of in Tlp}


@bp.record_once
def install(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals |= {
        "Pledges": Pledges,
        "Requests": Requests,
        "line_icon": line_icon,
        "quantity": quantity,
        "equipment_name": equipment_name,
        "spec_rows": spec_rows,
        "export_flag": export_flag,
        "provision_words": provision_words,
        "field_name": field_name,
        "request_audiences": AUDIENCES,
        "request_label_marks": label_marks,
    }
