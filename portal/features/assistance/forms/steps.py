"""One form for each step of a request."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from wtforms import BooleanField, FieldList, Form, FormField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.features.assistance.domain import asking
from portal.features.assistance.domain.acts import SendRequest
from portal.features.assistance.domain.specification import AnswerKind, Question, template
from portal.features.assistance.domain.vocabulary import (
    Condition,
    ExportAnswer,
    LineKind,
    Priority,
    SiteKind,
    Supply,
    TaType,
    Unit,
)
from portal.features.assistance.forms.fields import (
    TickField,
    equipment_choices,
    languages_to_write,
    provision_choices,
)
from portal.kernel.contract import Command
from portal.kernel.labels import Tlp
from portal.web.forms import ChoiceField, ChoicesField, CommandForm, CountField, DayField, GrowingForm
from portal.web.i18n import current_language
from portal.web.i18n import later as _
from portal.web.labels import label
from portal.web.money import MoneyField

AUDIENCES = {
    Tlp.AMBER: _("The secretariat, and donors that we or the secretariat name"),
    Tlp.GREEN: _("All verified agencies"),
    Tlp.CLEAR: _("Everyone, also without an account"),
    Tlp.AMBER_STRICT: _("Only agencies that we name"),
    Tlp.RED: _("Only people that we name"),
}
CURRENCIES = ("USD", "EUR")
_IN_SENTENCES = _("A few sentences in the language of your title.")


class SiteForm(Form):
    name = StringField(_("Place"))
    kind = ChoiceField(_("Kind of place"), enum=SiteKind)


class StepForm(GrowingForm[Command]):
    """A step: keeps what was typed, and asks once for a second look at text that looks like a case."""

    command: ClassVar[type[Command]] = Command
    list_sizes: ClassVar[Mapping[str, tuple[int, int]]] = {"sites": (2, asking.MOST_SITES)}
    text_confirmed = BooleanField(_("I looked again: this names no person and no case"))

    def __init__(self, *, own_languages: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if "title_language" in self:
            self["title_language"].choices = languages_to_write(own_languages, self["title_language"].data)


class WhoForm(StepForm):
    command = asking.WhoStep
    title = StringField(_("Title"), description=_("Name the subject, not people or cases."))
    title_language = ChoiceField(_("Language of your text"), description=_("We mark your text with it."))
    end_user_unit = StringField(_("Which unit will use it?"))
    sites = FieldList(
        FormField(SiteForm),
        _("Where will it be used?"),
        description=_("Others see only your State until you accept a pledge."),
    )
    contact = TextAreaField(
        _("Contact"),
        description=_("Function and official address. Hidden until you accept a pledge."),
        render_kw={"rows": 2},
    )
    needed_by = DayField(_("By when is it needed?"))


class SituationForm(StepForm):
    command = asking.SituationStep
    problem = TextAreaField(_("What is the problem?"), description=_IN_SENTENCES, render_kw={"rows": 5})
    objective = TextAreaField(_("What will be possible with this help?"), render_kw={"rows": 3})
    ta_types = ChoicesField(_("Kinds of assistance"), enum=TaType)
    provisions = SelectMultipleField(_("Article 14"), description=_("Which provisions does it serve?"))
    priority = ChoiceField(_("Priority"), enum=Priority, empty=None)
    priority_reason = TextAreaField(
        _("Reason for the priority"), description=_("Needed when it is critical."), render_kw={"rows": 2}
    )
    strategy = StringField(_("National strategy or plan that asks for it"))
    review_observation = StringField(_("Observation of the review mechanism"))
    other_donors = TextAreaField(_("Other donors that you asked"), render_kw={"rows": 2})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.provisions.choices = provision_choices()


class LineForm(StepForm):
    """One line. `line_form` adds the questions of its kind of equipment."""

    command = asking.LineStep
    kind = ChoiceField(_("Kind of help"), enum=LineKind, empty=None)
    category = ChoiceField(_("Kind of equipment"), description=_("Its specification is asked once it is saved."))
    what = StringField(_("What do you need?"), description=_("Say the use, not the brand. Other agencies read this."))
    quantity = CountField(_("How many?"))
    unit = ChoiceField(_("Counted in"), enum=Unit)
    days = CountField(_("How many days does it last?"), description=_("For training and expertise."))
    unit_cost = MoneyField(_("Estimated cost of one"), currencies=CURRENCIES)
    existing = CountField(_("How many do you have today?"))
    existing_condition = ChoiceField(_("In which condition?"), enum=Condition)
    required = CountField(_("How many do you require in all?"), description=_("The portal counts what is missing."))
    accepts_used = TickField(_("Used or refurbished is accepted"))
    needs_training = TickField(_("Operators need training"))
    alternatives = TextAreaField(_("Which alternatives would you accept?"), render_kw={"rows": 2})
    export_answer = ChoiceField(_("Export control"), enum=ExportAnswer)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.category.choices = equipment_choices()


def line_form(category: str | None) -> type[LineForm]:
    """The form of a line of this kind of equipment, with its template."""
    questions = template(category or "")
    if not questions:
        return LineForm
    fields = {question.key: _answer_field(question) for question in questions}
    return type(
        "LineFormOfKind", (LineForm,), {"spec": FormField(type("SpecForm", (Form,), fields), _("Specification"))}
    )


def _answer_field(question: Question) -> Any:
    words = label(f"spec.{question.key}")
    if question.kind is AnswerKind.COUNT:
        return CountField(words)
    if question.kind is AnswerKind.TEXT:
        return StringField(words, render_kw={"maxlength": 120})
    prefix = "" if question.kind is AnswerKind.YES_NO else f"{question.key}."
    pairs = [SelectChoice(code, label(f"spec.{prefix}{code}")) for code in question.choices]
    return ChoiceField(words, choices=[SelectChoice("", ""), *pairs])


class SustainmentForm(StepForm):
    command = asking.SustainmentStep
    power = ChoiceField(_("Power"), enum=Supply)
    fuel = ChoiceField(_("Fuel"), enum=Supply)
    spares = ChoiceField(_("Spare parts and repair"), enum=Supply)
    licences = ChoiceField(_("Licences and updates"), enum=Supply)
    licence_until = DayField(_("Licence until"))
    insurance = ChoiceField(_("Insurance"), enum=Supply)
    operators = CountField(_("How many operators will you name?"))
    budget_owner = StringField(_("Who pays the running costs?"))


class SafeguardsForm(StepForm):
    command = asking.SafeguardsStep
    safeguards = TextAreaField(
        _("What protects the people concerned?"),
        description=_("For example training in humane treatment, and who looks into complaints."),
        render_kw={"rows": 4},
    )
    data_protection_basis = TextAreaField(
        _("Legal and data-protection basis"),
        description=_("Needed where you ask for biometrics or interception: name the law."),
        render_kw={"rows": 3},
    )
    restricted = TextAreaField(
        _("Remarks for the donor you agree with"),
        description=_("Hidden until you accept a pledge."),
        render_kw={"rows": 2},
    )
    label = ChoiceField(
        _("Who may see it?"), choices=[SelectChoice(label_.value, words) for label_, words in AUDIENCES.items()]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self["label"].flags.required = True  # one is always chosen


class SendForm(CommandForm[SendRequest]):
    command = SendRequest
    authority = BooleanField(_("I may send this for my agency"))


FORMS: dict[str, type[StepForm]] = {"who": WhoForm, "situation": SituationForm, "safeguards": SafeguardsForm}


def start_of_draft() -> dict[str, str]:
    """What is chosen before anybody chooses."""
    return {"title_language": current_language(), "label": Tlp.AMBER.value, "priority": Priority.MEDIUM.value}
