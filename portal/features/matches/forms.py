"""Forms of proposals: first terms, other terms, reasons, questions and answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import HiddenField, TextAreaField

from portal.features.exchanges.domain.vocabulary import Cost
from portal.features.matches.domain.commands import Answer, Ask, Counter, Decline, Propose, Withdraw
from portal.kernel.languages import LANGUAGES, NATIVE_NAMES
from portal.web.formats import language_name
from portal.web.forms import ChoiceField, ChoicesField, CommandForm, CountField, DayField, choices
from portal.web.i18n import current_language
from portal.web.i18n import later as _

_OWN_LANGUAGE = _("Language of your text")


def languages_to_write(own: Iterable[str], typed: str | None) -> list[Any]:
    """The six, and those that the agency works in."""
    others = dict.fromkeys(code for code in (*own, typed or "") if code and code not in LANGUAGES)
    named = [(code, NATIVE_NAMES[code]) for code in LANGUAGES]
    return choices([*named, *((code, language_name(code)) for code in others)])


class _TermsForm(CommandForm[Any]):
    starts_on = DayField(_("First day"))
    ends_on = DayField(_("Last day"))
    officers = CountField(_("Officers"))
    costs = ChoicesField(_("Costs the host covers"), enum=Cost)
    conditions = TextAreaField(_("Conditions"), description=_("Both agencies read this. Name no people and no cases."))
    conditions_language = ChoiceField(_OWN_LANGUAGE)

    def __init__(self, *, written: Iterable[str] = (), data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data={"conditions_language": current_language()} | dict(data or {}), **kwargs)
        self.conditions_language.choices = languages_to_write(written, self.conditions_language.data)


class ProposeForm(_TermsForm):
    command = Propose
    offer = HiddenField()
    need = HiddenField()


class CounterForm(_TermsForm):
    command = Counter
    version = HiddenField()
    hash = HiddenField()


class DeclineForm(CommandForm[Decline]):
    command = Decline
    reason = TextAreaField(_("Why?"), description=_("The other people concerned will read this."))


class WithdrawForm(CommandForm[Withdraw]):
    command = Withdraw
    reason = TextAreaField(_("Why?"), description=_("The other people concerned will read this."))


class _WritingForm(CommandForm[Any]):
    language = ChoiceField(_OWN_LANGUAGE)

    def __init__(self, *, written: Iterable[str] = (), data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data={"language": current_language()} | dict(data or {}), **kwargs)
        self.language.choices = languages_to_write(written, self.language.data)


class AskForm(_WritingForm):
    command = Ask
    text = TextAreaField(_("Your question"), description=_("Both agencies read this. Name no people and no cases."))


class AnswerForm(_WritingForm):
    command = Answer
    question = HiddenField()
    text = TextAreaField(_("Your answer"), description=_("Both agencies read this. Name no people and no cases."))
