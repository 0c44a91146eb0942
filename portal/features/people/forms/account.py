"""The forms of the account page and of new passwords."""

from datetime import datetime
from typing import Any

from wtforms import EmailField, PasswordField, StringField

from portal.features.people.domain import ChangePassword, ChangeProfile, ForgottenPassword, NewPassword
from portal.features.people.forms.signing_in import wait_words
from portal.features.people.models import Person
from portal.features.people.services.accounts import change_password
from portal.features.people.services.resets import ask
from portal.features.people.services.throttle import TooManyAttempts
from portal.kernel.languages import LANGUAGES, NATIVE_NAMES
from portal.web.forms import ChoiceField, CommandForm, choices
from portal.web.i18n import later as _

NEW = {"autocomplete": "new-password"}


def language_field() -> ChoiceField:
    return ChoiceField(_("Language"), choices=lambda: choices((code, NATIVE_NAMES[code]) for code in LANGUAGES))


class ProfileForm(CommandForm[ChangeProfile]):
    command = ChangeProfile

    name = StringField(
        _("Your name"),
        description=_("As you write it: one word or several, family name first or last."),
        render_kw={"autocomplete": "name"},
    )
    language = language_field()


def new_password_field() -> PasswordField:
    return PasswordField(
        _("New password"),
        description=_("At least 12 characters. Several words that do not belong together are good and easy to keep."),
        render_kw=NEW,
    )


class PasswordForm(CommandForm[ChangePassword]):
    command = ChangePassword

    present = PasswordField(_("Your present password"), render_kw={"autocomplete": "current-password"})
    password = new_password_field()
    refused_with: int = 200

    @property
    def status(self) -> int:
        return max(self.refused_with, super().status)

    def attempt(self, refused: TooManyAttempts | None, **context: Any) -> Person | None:
        """Changes the password, unless wrong ones were typed too often just now."""
        if refused is None:
            return self.run(change_password, **context)
        self.refused_with = 429
        self.general_errors.append(wait_words(refused))
        return None


class NewPasswordForm(CommandForm[NewPassword]):
    command = NewPassword

    password = new_password_field()


class ForgottenForm(CommandForm[ForgottenPassword]):
    command = ForgottenPassword

    email = EmailField(_("E-mail address"), render_kw={"autocomplete": "username"})
    refused_with: int = 200

    @property
    def status(self) -> int:
        return max(self.refused_with, super().status)

    def attempt(self, *, address: str | None, at: datetime) -> bool:
        """Asks for a link; the answer says nothing about the address, unless it is no address at all."""
        try:
            return bool(self.run(ask, address=address, at=at))
        except TooManyAttempts as refusal:
            self.refused_with = 429
            self.general_errors.append(wait_words(refusal))
            return False
