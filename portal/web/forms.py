"""HTML forms. A form draws a command's fields and collects what was typed; the command does the checking."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar

from flask import g, request
from markupsafe import Markup
from wtforms import BooleanField, FieldList, Form, FormField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select, TextInput

from portal.kernel.casedata import looks_like_case_data
from portal.kernel.contract import Command, GuardedTexts, decode, fields_of
from portal.kernel.errors import Problem, Rejected
from portal.web.i18n import later as _
from portal.web.labels import label
from portal.web.messages import message

C = TypeVar("C", bound=Command)
T = TypeVar("T")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _is_day(typed: str) -> bool:
    """Whether the browser's calendar can show it: it would hide 29 February 2027."""
    if not _ISO_DAY.fullmatch(typed):
        return False
    try:
        date.fromisoformat(typed)
    except ValueError:
        return False
    return True


class _DayInput(TextInput):
    """The browser's calendar, except where it would hide what was typed: then plain text that can be mended."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        typed = field._value()  # noqa: SLF001
        self.input_type = "date" if not typed or _is_day(typed) else "text"
        return super().__call__(field, **kwargs)


class DayField(StringField):
    """A date; what was typed is kept as text until the command has read it."""

    widget = _DayInput()

    def process_data(self, value: Any) -> None:
        self.data = value.isoformat() if hasattr(value, "isoformat") else value


class CountField(StringField):
    """A whole number, with the phone's number pad. Digits of any script are kept as typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, render_kw={"inputmode": "numeric", "autocomplete": "off"}, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)


class _Options(Select):
    """An option whose words are its value says them once: a list of time zones is half as heavy."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **kwargs: Any) -> Markup:
        if not choice.value or choice.value != choice.label:
            return super().render_option(choice, **kwargs)
        return Markup("<option{}>{}</option>").format(Markup(" selected") if choice.selected else "", choice.label)


class ChoiceField(SelectField):
    """One member of an enum, or nothing chosen yet. Unknown values are the command's business, not WTForms'."""

    widget = _Options()

    def __init__(self, text: str, *, enum: type[Enum] | None = None, empty: str | None = "", **kwargs: Any) -> None:
        if enum is not None:
            members = [*enum]
            kwargs["choices"] = lambda: [
                *([SelectChoice("", empty)] if empty is not None else []),
                *(SelectChoice(m.value, label(m)) for m in members),
            ]
        super().__init__(text, validate_choice=False, coerce=_as_text, **kwargs)


class ChoicesField(SelectMultipleField):
    """Any number of members of an enum, or of given choices."""

    def __init__(self, text: str, *, enum: type[Enum] | None = None, **kwargs: Any) -> None:
        if enum is not None:
            kwargs["choices"] = lambda: [SelectChoice(m.value, label(m)) for m in enum]
        super().__init__(text, validate_choice=False, coerce=_as_text, **kwargs)


def choices(pairs: Iterable[tuple[str, str]], *, empty: str | None = None) -> list[SelectChoice]:
    """Choices of a select, each (value, words), with an empty one first where `empty` says its words."""
    return [*([SelectChoice("", empty)] if empty is not None else []), *(SelectChoice(v, w) for v, w in pairs)]


def _as_text(value: Any) -> str:
    return "" if value is None else str(getattr(value, "value", value))


class BaseForm(Form):
    """A form filled from the request's body on POST, else from `data`."""

    def __init__(self, *, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        posted = request.form if request.method == "POST" else None
        super().__init__(posted, data=dict(data or {}), **kwargs)
        self.general_errors: list[str] = []
        self.refused = False

    @property
    def status(self) -> int:
        return 422 if self.refused or self.errors or self.general_errors else 200

    def show(self, problem: Problem) -> None:
        """Put a problem at its control; at the top of the form when it has none."""
        self.refused = g.form_refused = True  # the title of the page says so
        field = _control(self, problem.field.split("-")) if problem.field else None
        if field is None:
            self.general_errors.append(message(problem))
        else:
            field.errors = [*field.errors, message(problem)]

    def show_all(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.show(problem)
        for field in self:
            _make_visible(field)


_UNSEEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "\ufffd")


def _make_visible(field: Any) -> None:
    """Control characters cannot stand in a page: a sign in their place shows where they are."""
    for inner in field.entries if isinstance(field, FieldList) else field.form if isinstance(field, FormField) else ():
        _make_visible(inner)
    if isinstance(field, StringField) and isinstance(field.data, str):
        field.data = field.data.translate(_UNSEEN)


CONFIRMED = "text_confirmed"
"""The box of a form with guarded texts; drawn below the first text that looks like case data, and only then."""


class CommandForm(BaseForm, Generic[C]):
    """Draws `command`. Rows that are wholly empty are left out of what the command sees."""

    command: ClassVar[type[Command]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        command = getattr(cls, "command", None)
        if isinstance(command, type) and issubclass(command, GuardedTexts):
            setattr(cls, CONFIRMED, BooleanField(_("I looked again: this names no person and no case")))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rows: dict[str, list[int]] = {}
        for rule in fields_of(self.command).values():
            if rule.name in self:
                self[rule.name].flags.required = rule.required
                if rule.max_length:
                    self[rule.name].flags.maxlength = rule.max_length

    def __iter__(self) -> Iterator[Any]:
        """The questions. The box to confirm a text is drawn with its text."""
        return (field for field in super().__iter__() if field.name != CONFIRMED)

    def run(self, service: Callable[..., T], **context: Any) -> T | None:
        """Do what was asked and return the result; or None, with every refusal shown at its field."""
        if request.method != "POST":
            return None
        try:
            return service(decode(self.command, self.typed()), **context)
        except Rejected as refusal:
            self.show_all(refusal.problems)
            self._offer_to_confirm()
            return None

    def _offer_to_confirm(self) -> None:
        """The box stands below the text also when something else was wrong: the tick is not lost."""
        for name in getattr(self.command, "guarded", ()):
            if name in self and CONFIRMED in self and looks_like_case_data([self[name].data or ""]):
                self[name].confirm = self[CONFIRMED]
                return

    def typed(self) -> dict[str, object]:
        """What was typed, as the command wants it: rows as lists of mappings, empty ones left out."""
        return {name: self._typed(self[name]) for name in fields_of(self.command) if name in self}

    def show(self, problem: Problem) -> None:
        super().show(self._at_its_row(problem))

    def leaves_out(self, _name: str, row: Any) -> bool:
        """Whether a row of the list called so was not filled in. A form that draws rows with something in them says more."""
        return _empty(row)

    def _typed(self, field: Any) -> object:
        if not isinstance(field, FieldList):
            return field.data
        name = field.short_name
        rows = [(index, row.data) for index, row in enumerate(field.entries) if not self.leaves_out(name, row.data)]
        self._rows[field.short_name] = [index for index, _ in rows]
        return [{k: v for k, v in row.items() if v not in (None, "")} for _, row in rows]

    def _at_its_row(self, problem: Problem) -> Problem:
        """The command counts the rows that were filled in; the page shows them all."""
        name, _, rest = (problem.field or "").partition("-")
        index, _, inner = rest.partition("-")
        if name not in self._rows or not index.isdigit():
            return problem
        row = self._rows[name][int(index)]
        return Problem(problem.code, "-".join(p for p in (name, str(row), inner) if p), problem.params)


def _empty(row: Any) -> bool:
    return all(value in (None, "", []) for value in row.values()) if isinstance(row, dict) else row in (None, "")


def _control(form: Any, path: list[str]) -> Any:
    """The field at `windows`, `0`, `ends_on`; the nearest one around it when the last steps are not drawn."""
    if path[0] not in form:
        return None
    field = form[path[0]]
    for step in path[1:]:
        if isinstance(field, FieldList) and step.isdigit() and int(step) < len(field.entries):
            field = field.entries[int(step)]
        elif isinstance(field, FormField) and step in field.form:
            field = field.form[step]
        else:
            break
    if isinstance(field, FormField):
        return next(iter(field.form))
    return field


class GrowingForm(CommandForm[C]):
    """Each of its lists keeps one more empty row than was filled in, and as many as the address asks for."""

    list_sizes: ClassVar[Mapping[str, tuple[int, int]]] = {}
    """Of each list: how many rows it shows at least, and how many it may have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._shown = {name: len(self[name].entries) for name in self.list_sizes if name in self}
        for name in self._shown:
            fewest, most = self.list_sizes[name]
            filled = sum(any(row.data.values()) for row in self[name].entries)
            wanted = max(filled + 1, fewest, request.args.get(name, 0, type=int))
            while len(self[name].entries) < min(wanted, most):
                self[name].append_entry()

    @property
    def row_added(self) -> dict[str, Any] | None:
        """When one more row was asked for: what the address of this form then says besides, else None."""
        name = request.form.get("add", "")
        if name not in self._shown:
            return None
        rows = min(self._shown[name] + 1, self.list_sizes[name][1])
        return {name: rows, "_anchor": f"{name}-{rows - 1}"}

    @property
    def is_growing(self) -> bool:
        """Whoever asked for a row is still writing: nothing is found wrong yet."""
        return any(name in request.args for name in self._shown)

    def may_grow(self, name: str) -> bool:
        return len(self[name].entries) < self.list_sizes[name][1]
