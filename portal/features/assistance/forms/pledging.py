"""The forms of pledges: the offer, and one for each act."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.features.assistance.domain.pledging import (
    AcceptPledge,
    AnswerOda,
    AnswerReduction,
    ClosePledge,
    CommitPledge,
    ConfirmService,
    DeclinePledge,
    DisputePledge,
    OfferPledge,
    RecordService,
    ReducePledge,
    SettlePledge,
    TellMe,
    WithdrawPledge,
)
from portal.features.assistance.domain.vocabulary import (
    ExportLicence,
    FlowType,
    Means,
    Procurer,
    Redaction,
    Tied,
    Valuation,
)
from portal.features.assistance.forms.fields import languages_to_write
from portal.web.forms import ChoiceField, CommandForm, CountField, DayField, choices
from portal.web.i18n import current_language
from portal.web.i18n import later as _
from portal.web.labels import label
from portal.web.money import MoneyField
from portal.web.uploads import UploadField

_WHY = _("Why?")
_READ = _("The other people concerned will read this.")


class OfferForm(CommandForm[OfferPledge]):
    command = OfferPledge
    quantity = CountField(_("How many do you pledge?"))
    unit_value = MoneyField(_("Value of one"), currencies=("EUR", "USD"))
    means = ChoiceField(_("What do you give?"), enum=Means, empty=None)
    valuation = ChoiceField(_("In kind: how was the value found?"), enum=Valuation)
    procurer = ChoiceField(_("Funds: who buys what they pay for?"), enum=Procurer)
    implementer = StringField(_("Agency code of who carries it out"), description=_("Leave it empty when you do."))
    available_from = DayField(_("Available from"))
    valid_until = DayField(_("Valid until"), description=_("It lapses after this day unless it is accepted."))
    conditions = TextAreaField(_("Conditions"), description=_("Both agencies read this. Name no people and no cases."))
    conditions_language = ChoiceField(_("Language of your text"))
    tied = ChoiceField(_("Where may it be bought?"), enum=Tied, empty=None)
    export_licence = ChoiceField(_("Export licence, where export is controlled"), enum=ExportLicence)
    anonymous_reason = ChoiceField(_("Do not name us to others, because of"), choices=[])

    def __init__(self, *, written: Iterable[str] = (), data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data={"conditions_language": current_language()} | dict(data or {}), **kwargs)
        self.conditions_language.choices = languages_to_write(written, self.conditions_language.data)
        self.anonymous_reason.choices = [
            SelectChoice("", ""),
            *(SelectChoice(str(int(r)), label(r)) for r in Redaction),
        ]


class TellMeForm(CommandForm[TellMe]):
    command = TellMe
    quantity = CountField(_("How many do you want to pledge?"))


class AcceptForm(CommandForm[AcceptPledge]):
    command = AcceptPledge
    version = HiddenField()
    conditions_read = BooleanField(_("I have read the conditions"))
    end_user_certificate = BooleanField(_("My agency gives the end-user certificate, where its request promised one"))


class CommitForm(CommandForm[CommitPledge]):
    command = CommitPledge
    version = HiddenField()
    agreement = StringField(_("Name of the agreement"))
    agreement_on = DayField(_("In force since"))
    document = ChoiceField(_("The agreement, where it is attached already"), choices=[])
    file = UploadField(_("The agreement"))

    def __init__(self, *, attached: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        there = list(attached)
        self.document.choices = choices([("", ""), *there])
        if not there:
            del self.document
            self.file.flags.required = True


class _ReasonForm(CommandForm[Any]):
    version = HiddenField()
    reason = TextAreaField(_WHY, description=_READ)


class DeclineForm(_ReasonForm):
    command = DeclinePledge


class WithdrawForm(_ReasonForm):
    command = WithdrawPledge


class DisputeForm(_ReasonForm):
    command = DisputePledge


class SettleForm(_ReasonForm):
    command = SettlePledge


class CloseShortForm(_ReasonForm):
    command = ClosePledge


class ReduceForm(CommandForm[ReducePledge]):
    command = ReducePledge
    version = HiddenField()
    quantity = CountField(_("How many do you still promise?"))
    reason = TextAreaField(_WHY, description=_READ)


class AnswerReductionForm(CommandForm[AnswerReduction]):
    command = AnswerReduction
    version = HiddenField()
    agreed = ChoiceField(_("Do you agree?"), choices=choices([("yes", _("Yes")), ("no", _("No"))]))
    reason = TextAreaField(_WHY, description=_READ)


class RecordForm(CommandForm[RecordService]):
    command = RecordService
    starts_on = DayField(_("First day"))
    ends_on = DayField(_("Last day"))
    quantity = CountField(_("How many were delivered?"))
    attended = CountField(_("How many people took part?"))
    note = TextAreaField(_("Remarks"))


class ConfirmForm(CommandForm[ConfirmService]):
    command = ConfirmService
    number = HiddenField()
    accepted = CountField(_("How many did you receive?"))
    reason = TextAreaField(_WHY, description=_("Needed when it is less than what was recorded."))


class OdaForm(CommandForm[AnswerOda]):
    command = AnswerOda
    official_funds = HiddenField()
    eligible_recipient = HiddenField()
    development_purpose = HiddenField()
    provider_interest = HiddenField()
    safeguards = HiddenField()
    flow_type = ChoiceField(_("What do you decide?"), enum=FlowType)
    note = TextAreaField(_("Why, when you decide otherwise?"))
