"""The pages of people: sign-in, account, members, invitations, password reset."""

from portal.features.people.views import account, invitations, kept_forms, members, passwords, signing_in
from portal.features.people.views.acting import who_acts
from portal.features.people.views.blueprint import bp
from portal.features.people.views.kept_forms import forget_kept_once_sent, keep_what_was_typed
from portal.features.people.views.members import members_link

__all__ = [
    "account",
    "bp",
    "forget_kept_once_sent",
    "invitations",
    "keep_what_was_typed",
    "kept_forms",
    "members",
    "members_link",
    "passwords",
    "signing_in",
    "who_acts",
]
