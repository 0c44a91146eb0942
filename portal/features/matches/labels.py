"""Words and looks of proposals, and of the rules that every fit keeps."""

from portal.features.matches.domain.lifecycle import ProposalState, Side
from portal.features.matches.domain.route import Box, Stage
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context as _in

S = ProposalState

_TRANSITIONS = {
    "proposal.begin.done": _("Terms proposed"),
    "proposal.accept": _("Accept these terms"),
    "proposal.accept.done": _("You accepted the terms"),
    "proposal.counter": _("Propose other terms"),
    "proposal.counter.done": _("Other terms proposed"),
    "proposal.host_accept.done": _("Accepted for the side of the offer"),
    "proposal.sender_accept.done": _("Accepted for the side of the need"),
    "proposal.confirm.done": _("Both sides accepted the same terms: the exchange is agreed"),
    "proposal.wait.done": _("Both sides accepted, but nothing is free: the exchange waits in line"),
    "proposal.promote.done": _("A place came free: the exchange is agreed"),
    "proposal.decline": _("Decline with a reason"),
    "proposal.decline.done": _("Proposal declined"),
    "proposal.withdraw": _("Withdraw with a reason"),
    "proposal.withdraw.done": _("Proposal withdrawn"),
    "proposal.expire.done": _("Proposal expired: nobody answered in time"),
    "proposal.release.done": _("Exchange released: it will not take place"),
    "proposal.follow_revision.done": _("A post was revised: earlier acceptances no longer count"),
    "proposal.follow_withdrawal.done": _("Proposal withdrawn, because a post was withdrawn or closed"),
    "proposal.remind.done": _("Reminder sent"),
    "proposal.ask.done": _("Question asked"),
    "proposal.answer.done": _("Question answered"),
}
_TASKS = {
    "answer_proposal": _("Accept, change or decline the terms: %(title)s"),
    "answer_proposal.button": _("Compare"),
    "answer_own_proposal": _("Accept or withdraw what a colleague proposed: %(title)s"),
    "answer_own_proposal.button": _("Compare"),
    "proposal_with_approver": _("Your approver has to answer the terms: %(title)s"),
    "proposal_with_approver.button": _("Open"),
    "proposal_waits": _("The terms wait for an answer: %(title)s"),
    "proposal_waits.button": _("Open"),
    "place_waits": _("The exchange waits for a free place: %(title)s"),
    "place_waits.button": _("Open"),
    "answer_question": _("Answer the question about: %(title)s"),
    "answer_question.button": _("Answer"),
    "look_at_fit_of_offer": _("Look at a new fit of %(score)s points for your offer: %(title)s"),
    "look_at_fit_of_offer.button": _("Compare"),
    "look_at_fit_of_need": _("Look at a new fit of %(score)s points for your need: %(title)s"),
    "look_at_fit_of_need.button": _("Compare"),
}
_PARTS = {
    "topic": _("Topic"),
    "language": _("Language"),
    "dates": _("Dates"),
    "preferred_state": _("Preferred State"),
    "costs": _("Costs"),
    "band": _("Level of post"),
}
_FIELDS = {
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "officers": _("Officers"),
    "costs": _("Costs the host covers"),
    "conditions": _("Conditions"),
}

LABELS = {
    ProposalState: {
        S.PROPOSED: _in("state of a proposal", "Proposed"),
        S.HOST_ACCEPTED: _("One side agreed"),
        S.SENDER_ACCEPTED: _("One side agreed"),
        S.CONFIRMED: _("Both sides agreed"),
        S.WAITING: _("Waiting for a place"),
        S.DECLINED: _in("state of a proposal", "Declined"),
        S.WITHDRAWN: _in("state", "Withdrawn"),
        S.EXPIRED: _in("state", "Expired"),
        S.RELEASED: _in("state of a proposal", "Released"),
    },
    Side: {Side.HOST: _("Side of the offer"), Side.SENDER: _("Side of the need")},
    Stage: {
        Stage.POSTED: _in("stage of an exchange", "Posted"),
        Stage.FITS: _in("stage of an exchange", "Fits"),
        Stage.TERMS: _in("stage of an exchange", "Terms"),
        Stage.AGREED: _in("stage of an exchange", "Agreed"),
        Stage.PREPARING: _in("stage of an exchange", "Preparing"),
        Stage.PLACEMENT: _in("stage of an exchange", "Placement"),
        Stage.EVALUATION: _in("stage of an exchange", "Evaluation"),
    },
    Box: {
        Box.TO_ANSWER: _("Yours to answer"),
        Box.WITH_OTHERS: _("Waiting on others"),
        Box.AGREED: _in("proposals", "Agreed"),
        Box.ENDED: _in("proposals", "Ended"),
        Box.ALL: _in("proposals", "All"),
    },
    str: {
        **_TRANSITIONS,
        **{f"task.{key}": words for key, words in _TASKS.items()},
        **{f"fit.part.{key}": words for key, words in _PARTS.items()},
        **{f"proposal.field.{key}": words for key, words in _FIELDS.items()},
        "proposal": _("Proposal"),
    },
}
TAGS = {
    ProposalState: {
        S.PROPOSED: ("prop", "diamond"),
        S.HOST_ACCEPTED: ("prop", "two"),
        S.SENDER_ACCEPTED: ("prop", "two"),
        S.CONFIRMED: ("go", "two"),
        S.WAITING: ("", "clock"),
        S.DECLINED: ("", "x"),
        S.WITHDRAWN: ("", "bar"),
        S.EXPIRED: ("", "clock"),
        S.RELEASED: ("", "undo"),
    },
}
MESSAGES = {
    "already_proposed": _("There is an open proposal for these two already. Answer that one."),
    "terms_answered": _("Your agency has answered these terms already. Open the proposal to see how it stands."),
    "post_not_live": _("One of the two posts is no longer open."),
    "terms_moved": _("The terms changed after you opened them. Look at what changed, then decide."),
    "proposal_not_open": _("This proposal can no longer be answered."),
    "accepted_for_other_side": _("You accepted these terms for the other side. Nobody accepts for both."),
    "in_the_past": _("Enter a day to come."),
    "wrong_length": _("The stay must have at least %(min)s and at most %(max)s days, both ends counted."),
    "outside_windows": _("Choose days that lie within one common period of both posts."),
    "more_than_left": _("Enter %(max)s or less: no more is free on both sides."),
    "terms_in_the_past": _("The first day of these terms is over. Propose other days."),
    "terms_wrong_length": _("The posts have changed: the stay must now have %(min)s to %(max)s days."),
    "terms_outside_windows": _("The posts have changed: these days no longer suit both. Propose other days."),
    "no_such_question": _("This question is not there, or it is your own."),
    "already_answered": _("A colleague has answered this question already."),
    "breaks_same_agency_or_state": _("Both posts are of the same agency or the same State."),
    "breaks_topic": _("The two share no topic."),
    "breaks_language": _("The officers do not speak a language of the offer well enough."),
    "breaks_dates": _("The two have no common days that are long enough."),
    "breaks_band": _("The level of post lies outside what the offer accepts."),
    "breaks_states": _("One of the two does not accept the State of the other."),
    "breaks_clearance": _("The officers’ security clearance is too low for the offer."),
    "breaks_costs": _("The offer does not cover all costs that the need must have covered."),
}
