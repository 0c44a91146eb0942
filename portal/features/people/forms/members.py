"""The forms for inviting people, accepting an invitation, deputies and the end of a membership."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, EmailField, PasswordField, StringField

from portal.features.people.domain import AcceptInvitation, EndMembership, Invite, NameDeputy
from portal.features.people.forms.account import NEW, language_field
from portal.features.people.models import Membership
from portal.kernel.policy import Role
from portal.web.forms import ChoiceField, CommandForm, DayField, choices
from portal.web.i18n import later as _
from portal.web.labels import label


class InviteForm(CommandForm[Invite]):
    command = Invite

    email = EmailField(
        _("E-mail address"),
        description=_("An official address. Public mail services are refused for government agencies."),
    )
    name = StringField(_("Name"), description=_("The person can change it."))
    language = language_field()
    role = ChoiceField(_("Role"))

    def __init__(self, *, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = choices((role.value, label(role)) for role in roles)


class AcceptForm(CommandForm[AcceptInvitation]):
    command = AcceptInvitation

    name = StringField(
        _("Your name"),
        description=_("As you write it: one word or several, family name first or last."),
        render_kw={"autocomplete": "name"},
    )
    language = language_field()
    password = PasswordField(
        _("Password"),
        description=_("At least 12 characters. Several words that do not belong together are good and easy to keep."),
        render_kw=NEW,
    )


class EndForm(CommandForm[EndMembership]):
    command = EndMembership

    understood = BooleanField(_("I know that nobody can then publish or accept for this agency."))


class DeputyForm(CommandForm[NameDeputy]):
    command = NameDeputy

    stands_in_for = ChoiceField(_("Approver who is away"))
    deputy = ChoiceField(_("Deputy"))
    starts_on = DayField(_("First day"))
    ends_on = DayField(_("Last day"))

    def __init__(self, *, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        approving = {m.person_id for m in members if m.role == Role.APPROVER}
        self.stands_in_for.choices = choices((m.handle, m.person.name) for m in members if m.role == Role.APPROVER)
        self.deputy.choices = choices(
            ((m.handle, f"{m.person.name} – {label(m.role)}") for m in members if m.person_id not in approving),
            empty="",
        )
