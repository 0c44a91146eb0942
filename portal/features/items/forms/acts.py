"""One short form for each act on an item."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from portal.features.items.domain.checking import OpenFinding, PlanCheck, RecordCheck, Result, Severity
from portal.features.items.domain.commands import (
    AskRetirement,
    AskReturn,
    AskTransfer,
    ConfirmHandover,
    Consent,
    FindItem,
    OfferHandover,
    RecordTraining,
    RefuseHandover,
    RefuseMove,
    ReportDestroyed,
    ReportStolen,
    TakeOver,
)
from portal.features.items.domain.vocabulary import Condition, Method, SiteKind
from portal.web.forms import ChoiceField, CommandForm, CountField, DayField, choices
from portal.web.i18n import later as _
from portal.web.uploads import UploadField

_WHY = _("Why?")
_READ = _("The other people concerned will read this.")
_UNDERTAKING = _(
    "I undertake for my agency that it is used only for the purpose for which it was given, in keeping with human"
    " rights; that it is not passed on without the donor’s consent; and that those who check it may see it."
)


class _PlaceForm(CommandForm[Any]):
    unit = StringField(_("Unit that uses it"))
    site = StringField(_("Exact place"))
    site_kind = ChoiceField(_("Kind of place"), enum=SiteKind)


class OfferHandoverForm(_PlaceForm):
    command = OfferHandover
    to = ChoiceField(_("To whom"), choices=[])
    condition = ChoiceField(_("Condition"), enum=Condition)
    note = TextAreaField(_("Remarks"), render_kw={"rows": 3})

    def __init__(self, *, colleagues: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to.choices = choices(colleagues, empty="")


class ConfirmHandoverForm(CommandForm[ConfirmHandover]):
    command = ConfirmHandover
    number = HiddenField()
    received = BooleanField(_("I have it, in the condition that was written down"))
    undertaking = BooleanField(_UNDERTAKING)


class RefuseHandoverForm(CommandForm[RefuseHandover]):
    command = RefuseHandover
    number = HiddenField()
    reason = TextAreaField(_WHY, description=_READ)


class AskTransferForm(_PlaceForm):
    command = AskTransfer
    to_agency = StringField(_("Agency code of who shall have it"))
    ownership = BooleanField(_("It shall own it, too"))
    reason = TextAreaField(_WHY, description=_READ)


class AskRetirementForm(CommandForm[AskRetirement]):
    command = AskRetirement
    method = ChoiceField(_("How it leaves use"), enum=Method)
    data_wiped = BooleanField(_("All data on it was wiped"))
    reason = TextAreaField(_WHY, description=_READ)


class AskReturnForm(CommandForm[AskReturn]):
    command = AskReturn
    data_wiped = BooleanField(_("All data on it was wiped"))
    reason = TextAreaField(_WHY, description=_READ)


class ConsentForm(CommandForm[Consent]):
    command = Consent
    number = HiddenField()


class TakeOverForm(CommandForm[TakeOver]):
    command = TakeOver
    number = HiddenField()
    received = BooleanField(_("I have it, in the condition that was written down"))
    undertaking = BooleanField(_UNDERTAKING)


class RefuseMoveForm(CommandForm[RefuseMove]):
    command = RefuseMove
    number = HiddenField()
    reason = TextAreaField(_WHY, description=_READ)


class ReportStolenForm(CommandForm[ReportStolen]):
    command = ReportStolen
    report_number = StringField(_("Number of the report to the police"))
    reason = TextAreaField(_("What happened"), description=_READ)


class ReportDestroyedForm(CommandForm[ReportDestroyed]):
    command = ReportDestroyed
    record = StringField(_("Number of the official record"))
    reason = TextAreaField(_("What happened"), description=_READ)


class FindForm(CommandForm[FindItem]):
    command = FindItem
    stored = ChoiceField(
        _("Where does it go?"), choices=choices([("no", _("Back into use")), ("yes", _("Into storage"))])
    )
    condition = ChoiceField(_("Condition"), enum=Condition)
    evidence = TextAreaField(_("How you know that it is this one"), description=_READ)


class TrainingForm(CommandForm[RecordTraining]):
    command = RecordTraining
    trained = CountField(_("Operators who are trained now"))
    on = DayField(_("Trained on"))
    training = StringField(_("Which training"))


class CheckForm(CommandForm[RecordCheck]):
    command = RecordCheck
    seen = HiddenField()
    on = DayField(_("Checked on"))
    result = ChoiceField(_("What did you find?"), enum=Result, empty=None)
    condition = ChoiceField(_("Condition, where you saw it"), enum=Condition)
    odometer = CountField(_("Odometer or running hours"))
    note = TextAreaField(_("Remarks"), description=_("Name no people and no cases."), render_kw={"rows": 2})
    photo = UploadField(_("Photo"), render_kw={"accept": "image/*", "capture": "environment"})


class PlanCheckForm(CommandForm[PlanCheck]):
    command = PlanCheck
    by_agency = StringField(
        _("Agency code of who checks it"), description=_("It sees this item from now on, with its exact place.")
    )
    due_on = DayField(_("At the latest on"))


class OpenFindingForm(CommandForm[OpenFinding]):
    command = OpenFinding
    severity = ChoiceField(_("How grave is it?"), enum=Severity)
    what = TextAreaField(
        _("What is the problem?"), description=_("The holder answers for it. Name no people and no cases.")
    )
    due_on = DayField(_("Answer wanted by"))
