"""The words for roles and for what is refused when people sign in, are invited or change a password."""

from portal.kernel.policy import Role
from portal.web.i18n import later as _

LABELS = {
    Role: {
        Role.LIAISON_OFFICER: _("Liaison officer"),
        Role.EDITOR: _("Editor"),
        Role.APPROVER: _("Approver"),
        Role.COORDINATOR: _("National coordinator"),
        Role.DONOR_OFFICER: _("Donor officer"),
        Role.DONOR_APPROVER: _("Donor approver"),
        Role.INSPECTOR: _("Inspector"),
        Role.SECRETARIAT: _("Secretariat"),
        Role.AUDITOR: _("Auditor"),
        Role.ADMINISTRATOR: _("Administrator"),
        Role.SYSTEM: _("The portal"),
    },
    str: {
        "role.liaison_officer": _("Writes offers and needs, and proposes terms."),
        "role.editor": _("Writes offers and needs, and keeps the agency’s records."),
        "role.approver": _("Publishes, accepts terms for the agency, and invites its people."),
        "role.coordinator": _("Endorses the records of all agencies of the State, where the State asks for it."),
        "role.donor_officer": _("Prepares pledges and follows deliveries."),
        "role.donor_approver": _("Commits the donor to pledges."),
        "role.inspector": _("Checks the use of donated equipment."),
        "role.secretariat": _("Verifies agencies and runs the portal."),
        "role.auditor": _("Reads everything that is open to the secretariat, and changes nothing."),
        "role.administrator": _("Looks after accounts and settings."),
    },
}

MESSAGES = {
    "wrong_sign_in": _("The e-mail address or the password is not right."),
    "wrong_password": _("This is not your present password."),
    "password_common": _("This password is easy to guess. Use several words that do not belong together."),
    "password_is_email": _("Do not use your e-mail address as a password."),
    "not_an_email": _("Enter an e-mail address, such as name@ministry.example."),
    "public_mail": _("This is a public mail service. People of a government agency need an official address."),
    "already_member": _("This person already has this role in this agency."),
    "role_not_yours_to_give": _("You may not give this role in this agency."),
    "invitations_used_up": _("Your agency has sent as many invitations as it may in one day. Try again tomorrow."),
    "last_approver": _("Confirm that you know what this means: this is the agency’s last approver."),
    "deputy_not_here": _("Choose someone else of the same agency, who is not an approver already."),
    "deputy_twice": _("This person is already a deputy on some of these days."),
    "days_over": _("The last day must be today or later."),
    "link_used": _("This link has been used, or is too old."),
}
