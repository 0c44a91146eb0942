"""One form for each step of an offer and of a need."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import BooleanField, FieldList, Form, FormField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.features.exchanges.domain import commands
from portal.features.exchanges.domain.commands import MOST_WINDOWS, ReleasePost, SendPost
from portal.features.exchanges.domain.vocabulary import Clearance, Cost, Direction, Format, PostKind
from portal.features.exchanges.forms.fields import StatesField, language_choices, topic_choices
from portal.kernel.contract import Command
from portal.kernel.labels import Tlp
from portal.kernel.languages import LANGUAGES, NATIVE_NAMES, Level
from portal.web.forms import ChoiceField, ChoicesField, CommandForm, CountField, DayField, GrowingForm
from portal.web.i18n import later as _

AUDIENCES = {
    Tlp.GREEN: _("All verified agencies"),
    Tlp.AMBER: _("Agencies whose own post fits"),
    Tlp.CLEAR: _("Everyone, also without an account"),
    Tlp.AMBER_STRICT: _("Only agencies that we name"),
    Tlp.RED: _("Only people that we name"),
}
BANDS = [SelectChoice("", ""), *(SelectChoice(str(band), str(band)) for band in range(1, 6))]
FEWEST_WINDOWS = 2
FEWEST_LANGUAGES = 2


class SpokenLanguageForm(Form):
    language = ChoiceField(_("Language"))
    level = ChoiceField(_("Level"), choices=[SelectChoice("", ""), *(SelectChoice(m.value, m.value) for m in Level)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [SelectChoice("", ""), *language_choices(self.language.data)]


class WindowForm(Form):
    starts_on = DayField(_("From"))
    ends_on = DayField(_("To"))


class StepForm(GrowingForm[Command]):
    """One step of an offer or a need."""

    command: ClassVar[type[Command]] = Command
    list_sizes: ClassVar[Mapping[str, tuple[int, int]]] = {
        "windows": (FEWEST_WINDOWS, MOST_WINDOWS),
        "languages": (FEWEST_LANGUAGES, 8),
    }


def _languages_of_text() -> list[SelectChoice]:
    return [SelectChoice(code, NATIVE_NAMES[code]) for code in LANGUAGES]


class _WhatForm(StepForm):
    title = StringField(_("Title"), description=_("Name the subject, not people or cases."))
    title_language = ChoiceField(_("Language of your text"), description=_("We mark your text with it."))
    topics = SelectMultipleField(_("Topics"), description=_("Tick up to ten. Fits are found by topic first."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.topics.choices = topic_choices()
        chosen = self.title_language.data
        own = [c for c in language_choices(chosen) if c.value not in LANGUAGES]
        self.title_language.choices = [*_languages_of_text(), *own]


class OfferWhatForm(_WhatForm):
    command = commands.OfferWhatStep
    direction = ChoiceField(_("Do you host or send?"), enum=Direction, empty=None)
    formats = ChoicesField(_("Formats"), enum=Format, description=_("Choose all that you can do."))


class NeedWhatForm(_WhatForm):
    command = commands.NeedWhatStep
    formats = ChoicesField(_("Formats"), enum=Format, description=_("Choose none when any format will do."))


_STATES_HINT = _("Names or codes with commas between, such as: Niger, FRA. Leave it empty for all.")


class OfferWhoForm(StepForm):
    command = commands.OfferWhoStep
    places = CountField(_("How many officers can take part?"))
    languages = FieldList(
        FormField(SpokenLanguageForm),
        _("Languages"),
        description=_("Officers need one of these at this level or better."),
    )
    interpreter = ChoiceField(
        _("Do you provide an interpreter?"), choices=[SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]
    )
    band_min = ChoiceField(_("Lowest level of post"), choices=BANDS, description=_("1 is a junior officer."))
    band_max = ChoiceField(_("Highest level of post"), choices=BANDS, description=_("5 is a head of service."))
    clearance = ChoiceField(_("Security clearance that officers need"), enum=Clearance, empty=None)
    accepts_states = StatesField(_("Only officers of these States"), description=_STATES_HINT)
    excludes_states = StatesField(_("No officers of these States"))


class NeedWhoForm(StepForm):
    command = commands.NeedWhoStep
    officers = CountField(_("How many officers want to go?"))
    languages = FieldList(
        FormField(SpokenLanguageForm),
        _("Languages"),
        description=_("What all of these officers speak, and how well."),
    )
    band = ChoiceField(
        _("Level of their posts"), choices=BANDS, description=_("1 is a junior officer, 5 a head of service.")
    )
    clearance = ChoiceField(_("Security clearance that they hold"), enum=Clearance, empty=None)
    accepts_states = StatesField(_("Only to these States"), description=_STATES_HINT)
    excludes_states = StatesField(_("Not to these States"))
    prefers_states = StatesField(_("Preferred States"), description=_("The one you prefer most comes first."))


class WhenForm(StepForm):
    command = commands.WhenStep
    windows = FieldList(
        FormField(WindowForm),
        _("When is it possible?"),
        description=_("Give several periods if you can: more agencies will fit."),
    )
    min_days = CountField(_("Shortest stay in days"))
    max_days = CountField(_("Longest stay in days"))


class OfferCostsForm(StepForm):
    command = commands.CostsStep
    costs = ChoicesField(_("What do you pay for?"), enum=Cost)
    costs_note = StringField(_("More about costs"), description=_("For example the daily allowance and its currency."))
    conditions = TextAreaField(
        _("Conditions"), description=_("For example about weapons, uniforms or insurance."), render_kw={"rows": 4}
    )


class NeedCostsForm(OfferCostsForm):
    costs = ChoicesField(_("What must the host pay for?"), enum=Cost)


class _WhereForm(StepForm):
    programme = TextAreaField(
        _("What will the officer do?"),
        description=_("A few sentences in the language of your title."),
        render_kw={"rows": 6},
    )
    site = StringField(_("Exact place"), description=_("Others see only your State until both agencies agreed."))
    contact = TextAreaField(
        _("Contact"),
        description=_("Function and official address. Hidden until both agencies agreed."),
        render_kw={"rows": 2},
    )
    restricted = TextAreaField(
        _("Remarks for the agency you agree with"),
        description=_("Hidden until both agencies agreed."),
        render_kw={"rows": 3},
    )
    label = ChoiceField(
        _("Who may see it?"), choices=[SelectChoice(label.value, words) for label, words in AUDIENCES.items()]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self["label"].flags.required = True  # one is always chosen


class OfferWhereForm(_WhereForm):
    command = commands.OfferWhereStep


class NeedWhereForm(_WhereForm):
    command = commands.NeedWhereStep
    programme = TextAreaField(
        _("What do the officers want to learn?"),
        description=_("A few sentences in the language of your title."),
        render_kw={"rows": 6},
    )
    site = StringField(
        _("Where do they work?"), description=_("Others see only your State until both agencies agreed.")
    )


class SendForm(CommandForm[SendPost]):
    command = SendPost
    authority = BooleanField(_("I may post this for my agency"))


class ReleaseForm(CommandForm[ReleasePost]):
    command = ReleasePost
    to = StringField(_("Agency code or a person’s address"))


FORMS: dict[PostKind, dict[str, type[StepForm]]] = {
    PostKind.OFFER: {
        "what": OfferWhatForm,
        "who": OfferWhoForm,
        "when": WhenForm,
        "costs": OfferCostsForm,
        "where": OfferWhereForm,
    },
    PostKind.NEED: {
        "what": NeedWhatForm,
        "who": NeedWhoForm,
        "when": WhenForm,
        "costs": NeedCostsForm,
        "where": NeedWhereForm,
    },
}
