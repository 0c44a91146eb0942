"""The forms of what is done with a request that is written."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.features.assistance.domain.acts import (
    FIELDS,
    AnswerQuestion,
    AskRequester,
    CloseRequest,
    RecordDiligence,
    ReleaseRequest,
    SetDisclosure,
    TakeBackRelease,
)
from portal.features.assistance.domain.searching import SaveSearch
from portal.features.assistance.domain.vocabulary import ClosingCause, Factor, Outcome, Redaction, Risk
from portal.features.assistance.forms.fields import languages_to_write
from portal.kernel.labels import Tlp
from portal.web.forms import ChoiceField, ChoicesField, CommandForm, DayField, choices
from portal.web.i18n import current_language
from portal.web.i18n import later as _
from portal.web.labels import label


class DiligenceForm(CommandForm[RecordDiligence]):
    command = RecordDiligence
    outcome = ChoiceField(_("What may be accepted?"), enum=Outcome, empty=None)
    risk = ChoiceField(_("Risk"), enum=Risk)
    factors = ChoicesField(_("What did you look at?"), enum=Factor)
    mitigation = TextAreaField(
        _("What lowers the risk?"),
        description=_("For example a module on humane treatment for all operators. Needed for a medium or high risk."),
        render_kw={"rows": 4},
    )
    valid_until = DayField(_("Valid until"))


class _WritingForm(CommandForm[Any]):
    language = ChoiceField(_("Language of your text"))

    def __init__(self, *, written: Iterable[str] = (), data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data={"language": current_language()} | dict(data or {}), **kwargs)
        self.language.choices = languages_to_write(written, self.language.data)


class SearchForm(CommandForm[SaveSearch]):
    command = SaveSearch
    name = StringField(_("Name of this search"), id="search-name")


class AskForm(_WritingForm):
    command = AskRequester
    text = TextAreaField(
        _("Your question"), description=_("Everyone who sees the request reads this."), render_kw={"rows": 3}
    )


class AnswerForm(_WritingForm):
    command = AnswerQuestion
    question = HiddenField()
    text = TextAreaField(
        _("Your answer"), description=_("Everyone who sees the request reads this."), render_kw={"rows": 3}
    )


class CloseForm(CommandForm[CloseRequest]):
    command = CloseRequest
    partly = ChoiceField(_("How far was it met?"), choices=choices([("no", _("Not met")), ("yes", _("Partly met"))]))
    cause = ChoiceField(_("Why does it end?"), enum=ClosingCause, empty=None)
    reason = TextAreaField(_("In your words"), description=_("Donors read this."), render_kw={"rows": 3})


class ReleaseForm(CommandForm[ReleaseRequest]):
    command = ReleaseRequest
    to = StringField(_("Agency code or a person’s address"))
    exact = BooleanField(_("Also exact places, contact and remarks"))


class TakeBackForm(CommandForm[TakeBackRelease]):
    command = TakeBackRelease
    number = HiddenField()


class DisclosureForm(CommandForm[SetDisclosure]):
    command = SetDisclosure
    field = ChoiceField(_("Field"))
    label = ChoiceField(_("Its own label"), choices=[])
    withheld = ChoiceField(_("Or withhold it, because of"), choices=[])

    def __init__(self, *, lines: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        named = [(name, label(f"request.field.{name}")) for name in FIELDS]
        self.field.choices = choices([*named, *lines])
        tlps = [(one.value, one.shown) for one in Tlp if one is not Tlp.CLEAR]
        self["label"].choices = choices(tlps, empty="")
        self.withheld.choices = [SelectChoice("", ""), *(SelectChoice(str(int(r)), label(r)) for r in Redaction)]
