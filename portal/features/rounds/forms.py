"""Forms of rounds: the plan with its rules, a run with other rules, a lock or veto with its reason."""

from typing import Any

from wtforms import HiddenField, TextAreaField

from portal.features.rounds.domain.commands import MarkPair, PlanRound, StartRun
from portal.features.rounds.domain.vocabulary import MarkKind, Mode
from portal.web.forms import ChoiceField, CommandForm, CountField, DayField
from portal.web.i18n import later as _


class _PolicyForm(CommandForm[Any]):
    mode = ChoiceField(
        _("How pairs are found"),
        enum=Mode,
        empty=None,
        description=_("In stable mode no State can be favoured or capped, and the fields below stay empty or at 0."),
    )
    look_below = CountField(
        _("Pairs below this score need a look"), description=_("Somebody looks at them before anything is sent.")
    )
    empty_points = CountField(
        _("Points for each earlier round without a place"),
        description=_("For officers of a State that got nothing in earlier rounds."),
    )
    spread_points = CountField(
        _("Points for the first officer of a State"), description=_("Spreads the places over more States.")
    )
    spread_step = CountField(_("Fewer points for each further one"))
    origin_cap = CountField(_("Most officers that one State sends"))
    host_cap = CountField(_("Most officers that one State hosts"))
    stay_points = CountField(
        _("Points for staying where the run before put someone"),
        description=_("Keeps another run close to the one before it."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mode.flags.required = True  # one of the two is always chosen


class PlanForm(_PolicyForm):
    command = PlanRound
    opens_on = DayField(_("First day of enrolment"))
    closes_on = DayField(_("Last day of enrolment"), description=_("Enrolment ends at 18:00 UTC on this day."))
    review_until = DayField(_("Last day of the review"))
    answer_days = CountField(_("Days that agencies have to answer"))


class RunForm(_PolicyForm):
    command = StartRun


class MarkForm(CommandForm[MarkPair]):
    command = MarkPair
    offer = HiddenField()
    need = HiddenField()
    seen = HiddenField()
    kind = ChoiceField(_("What shall hold in every run to come?"), enum=MarkKind, empty=None)
    reason = TextAreaField(_("Why?"), description=_("It is kept with the round. Name no people and no cases."))
