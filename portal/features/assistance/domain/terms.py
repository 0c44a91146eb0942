"""The terms of a request as plain values: for forms that change them, for versions, and for the hash of a version."""

from collections.abc import Mapping
from typing import Any

from portal.features.assistance.domain.asking import Safeguards, Situation, Who

PLAIN = (*Who.model_fields, *Situation.model_fields, *Safeguards.model_fields)
LISTS = frozenset({"sites", "ta_types", "provisions"})
LINE_FIELDS = (
    *("number", "kind", "category", "what", "quantity", "unit", "days", "existing", "existing_condition", "required"),
    *("accepts_used", "needs_training", "alternatives", "export_answer", "spec", "sustainment"),
)


def terms_of(request: Any) -> dict[str, Any]:
    """What the request says now, under the names its command uses. Needs its lines loaded."""
    values: dict[str, Any] = {name: _plain(getattr(request, name)) for name in PLAIN}
    return values | {"lines": [line_terms(line) for line in request.live_lines]}


def line_terms(line: Any) -> dict[str, Any]:
    found = {name: _plain(getattr(line, name)) for name in LINE_FIELDS}
    return found | {"unit_cost": line.unit_cost_given}


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[int]:
    """The numbers of lines that are new, gone or say something else."""
    old = {line["number"]: line for line in before["lines"]}
    new = {line["number"]: line for line in after["lines"]}
    return sorted(number for number in old.keys() | new.keys() if old.get(number) != new.get(number))


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return dict(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return getattr(value, "value", value)
