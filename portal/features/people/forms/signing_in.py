"""The sign-in form. It is no command: whatever is typed, it is refused in one and the same way."""

from datetime import datetime

from wtforms import EmailField, PasswordField

from portal.features.people.services.sessions import SignedIn, sign_in
from portal.features.people.services.throttle import TooManyAttempts
from portal.kernel.errors import Rejected
from portal.web.forms import BaseForm
from portal.web.i18n import later as _
from portal.web.i18n import ngettext

_MINUTE = 60


class SignInForm(BaseForm):
    email = EmailField(_("E-mail address"), render_kw={"autocomplete": "username", "maxlength": 254})
    password = PasswordField(_("Password"), render_kw={"autocomplete": "current-password"})
    refused_with: int = 200

    @property
    def status(self) -> int:
        return self.refused_with

    def attempt(self, *, address: str | None, device: str, at: datetime) -> SignedIn | None:
        """Signs in; or shows one and the same sentence for everything that is wrong, or how long to wait."""
        try:
            return sign_in(self.email.data or "", self.password.data or "", address=address, device=device, at=at)
        except Rejected as refusal:
            self.refused_with = 422
            self.show_all(refusal.problems)
        except TooManyAttempts as refusal:
            self.refused_with = 429
            self.general_errors.append(wait_words(refusal))
        return None


def wait_words(refusal: TooManyAttempts) -> str:
    seconds = int(refusal.wait.total_seconds()) + 1
    if seconds <= _MINUTE:
        return ngettext(
            "Too many attempts. Wait %(num)s second, then try again.",
            "Too many attempts. Wait %(num)s seconds, then try again.",
            seconds,
        )
    return ngettext(
        "Too many attempts. Wait %(num)s minute, then try again.",
        "Too many attempts. Wait %(num)s minutes, then try again.",
        -(-seconds // _MINUTE),
    )
