"""The sentence for every refusal."""

from portal.web.i18n import later as _

MESSAGES = {
    "request_endorsement_needed": _("The State’s coordinator endorses requests: pass it on."),
    "request_endorsement_not_needed": _("The State asks for no endorsement: approve it."),
    "diligence_first": _("Record the due diligence first, or that it is not finished."),
    "something_received": _("Some of it was received already: close the request as partly met instead."),
    "nothing_pledged": _("Nothing is pledged: close the request as not met."),
    "agreement_first": _("Name the agreement in force first."),
    "agreement_file_needed": _("Attach the agreement: nothing is committed without it."),
    "unknown_provision": _("Choose a provision of Article 14 from the list."),
    "unknown_equipment": _("Choose a kind of equipment from the list."),
    "unit_of_other_kind": _("This kind of help is not counted in this unit."),
    "not_equipment": _("Choose a kind of equipment only for equipment."),
    "nothing_missing": _("You require fewer than you have. Enter the number you require in all."),
    "export_answer_needed": _("The export of this kind of equipment can be controlled: choose an answer."),
    "critical_needs_reason": _("Say why it is critical."),
    "sustainment_needed": _("Say how this equipment will be kept running."),
    "legal_basis_needed": _(
        "You ask for biometrics or interception: name the law that allows it and protects the data."
    ),
    "needed_by_over": _("Enter a date from today on."),
    "not_of_this_kind": _("This is not asked of this kind of equipment."),
    "line_first": _("Add what you need."),
    "looks_like_case_data": _(
        "This looks like data of a case: a document number, telephone numbers, or a person’s name beside a suspicion. "
        "Take it out, or confirm that it is none."
    ),
    "request_authority": _("Confirm that you may send this for your agency."),
    "blocked_is_not_cleared": _("A blocked request cannot be cleared."),
    "mitigation_needed": _("Say what lowers this risk."),
    "day_over": _("This day is over. Enter a day to come."),
    "no_such_field": _("This field cannot be labelled by itself."),
    "label_or_reason": _("Choose a label or a reason, not both."),
    "not_stricter": _("The label must be stricter than that of the request."),
    "unknown_question": _("There is no such question."),
    "answered_already": _("A colleague answered this question already."),
    "request_release_not_needed": _("All verified agencies see this request already."),
    "request_release_to_people_only": _("RED requests are released to people, not to agencies."),
    "not_a_donor": _("This agency is not a donor."),
    "below_pledged": _("%(pledged)s of “%(what)s” are pledged. Release these pledges first: %(pledges)s."),
    "too_many_searches": _("You have %(most)s saved searches. Delete one first."),
    "conditions_unread": _("Confirm that you have read the conditions."),
    "diligence_missing": _("The due diligence is not recorded yet, so the pledge cannot be accepted."),
    "diligence_pending": _("The due diligence is not finished, so the pledge cannot be accepted yet."),
    "diligence_blocked": _("The due diligence blocks this request, so no pledge can be accepted."),
    "diligence_expired": _(
        "The due diligence has expired, so the pledge cannot be accepted. The secretariat renews it."
    ),
    "diligence_training_only": _("Only pledges of training can be accepted until the due diligence clears the rest."),
    "pledge_moved": _("This pledge took another step after you opened it."),
    "request_not_open": _("This request is not open now, so nothing can be pledged or accepted."),
    "own_request": _("No agency pledges to its own request."),
    "day_too_far": _("This day is too far ahead. Enter a day within three years."),
    "agreement_not_in_force": _("The agreement is not in force yet. Enter the day on which it came into force."),
    "override_needs_note": _("You decide otherwise than the answers suggest: say why."),
    "export_answers_missing": _("The export of this is controlled, and one side has not answered for it yet."),
    "certificate_needed": _("Confirm that your agency gives the end-user certificate."),
    "received_through_shipments": _("Equipment is received through shipments, not through this record."),
    "not_over_yet": _("Enter a day that is over: only what was delivered is recorded."),
    "unknown_delivery": _("There is no such delivery."),
    "delivery_answered": _("A colleague answered for this delivery already."),
    "delivery_waits": _("A delivery waits for its confirmation. Answer it first."),
    "close_asked_already": _("Your side asked for this already. The other side has to confirm it."),
    "something_shipped": _("Goods for this request are on their way, so it cannot be withdrawn."),
    "below_received": _("More was delivered meanwhile. Ask for another quantity."),
}
