"""The words of mails, one entry for each kind. Without names of people or agencies: mail leaves our control."""

from dataclasses import dataclass

from portal.web.i18n import later as _


@dataclass(frozen=True, slots=True)
class MailWords:
    """Subject and text of a kind of mail. The text may use the mail's parameters; the subject never does."""

    subject: str
    text: str


MAILS = {
    # About an account. Their link carries a secret and works once.
    "invitation": MailWords(
        _("You are invited to the Cooperation Portal"),
        _("Your agency works with others in the Cooperation Portal, and you are invited to take part for it. "
          "The link below works once, within %(days)s days."),
    ),
    "password_reset": MailWords(
        _("Choose a new password"),
        _("Someone asked for a new password for your account. The link below works once, within one hour. "
          "If it was not you, do nothing: your password stays as it is."),
    ),
    "password_changed": MailWords(
        _("Your password was changed"),
        _("The password of your account was changed just now. If it was not you, ask for a new password at once "
          "and tell the secretariat."),
    ),
    # What may not leave the portal.
    "something_waits": MailWords(
        _("Something waits for you in the portal"),
        _("Something waits for you in the portal. What it is may not be said in a mail: sign in to read it."),
    ),
    # Offers and needs.
    "post_to_publish": MailWords(
        _("A post waits for your approval"),
        _("A colleague has handed in a post. Read it, then publish it or return it with your reasons."),
    ),
    "post_to_endorse": MailWords(
        _("A post waits for your endorsement"),
        _("An agency of your State has approved a post. Read it, then endorse it or return it with your reasons."),
    ),
    "post_returned": MailWords(
        _("Your post was returned to you"),
        _("Your post came back with a reason. Change what is asked for, then hand it in again."),
    ),
    "post_published": MailWords(
        _("Your post is published"),
        _("Your post is published. The portal now shows who fits it, and why."),
    ),
    "post_expired": MailWords(
        _("Your post has ended"),
        _("The last dates of your post are over, so it is no longer shown to others."),
    ),
    "strong_fit": MailWords(
        _("There is a strong new fit"),
        _("A new post fits one of yours very well. Compare the two and propose terms if you agree."),
    ),
    # Proposals.
    "proposal_received": MailWords(
        _("You have a proposal"),
        _("An agency proposes an exchange to yours. Accept the terms, change them or decline."),
    ),
    "proposal_countered": MailWords(
        _("The terms were changed"),
        _("The other agency proposes other terms. Accept them, change them or decline."),
    ),
    "proposal_changed": MailWords(
        _("A proposal has new terms"),
        _("A post was revised, so the terms of a proposal on it have a new version. "
          "Earlier acceptances no longer count: read the new version and answer it."),
    ),
    "proposal_accepted": MailWords(
        _("The other agency has accepted"),
        _("The other agency has accepted the terms as they stand. The exchange is agreed when your agency accepts "
          "them too."),
    ),
    "proposal_confirmed": MailWords(
        _("An exchange is agreed"),
        _("Both agencies have accepted the same terms. The exchange is agreed, and you can now see whom to contact."),
    ),
    "proposal_waiting": MailWords(
        _("An exchange is on the waiting list"),
        _("Both agencies have accepted the same terms, but nothing is free just now. "
          "The exchange is confirmed in strict order as soon as there is a place."),
    ),
    "proposal_promoted": MailWords(
        _("An exchange has left the waiting list"),
        _("A place has become free. The exchange that waited for it is now agreed."),
    ),
    "proposal_declined": MailWords(
        _("A proposal was declined"),
        _("The other agency has declined the proposal and says why."),
    ),
    "proposal_withdrawn": MailWords(
        _("A proposal was withdrawn"),
        _("The other agency has withdrawn. Nothing more is needed from you."),
    ),
    "proposal_expiring": MailWords(
        _("A proposal ends soon"),
        _("Nobody has answered a proposal for some time. It ends by itself on %(until)s."),
    ),
    "proposal_expired": MailWords(
        _("A proposal has ended"),
        _("Nobody answered in time, so the proposal has ended. Either side may propose again."),
    ),
    "proposal_released": MailWords(
        _("An agreed exchange will not take place"),
        _("An agreed exchange will not take place. Its places are free again."),
    ),
    "question_asked": MailWords(
        _("You have a question to answer"),
        _("The other agency asks a question about a proposal."),
    ),
    "question_answered": MailWords(
        _("Your question has an answer"),
        _("The other agency has answered your question about a proposal."),
    ),
    # Matching rounds.
    "round_open": MailWords(
        _("A matching round is open"),
        _("You can bring your offers and needs into a matching round. Look at its rules and dates, then enrol your "
          "posts."),
    ),
    "round_closed": MailWords(
        _("Enrolment for a matching round is closed"),
        _("A post of yours takes part in a matching round. Until proposals are sent it takes no other proposal, and what "
          "decides who fits cannot be changed."),
    ),
    "round_to_send": MailWords(
        _("A matching round waits for a second person"),
        _("A run of a matching round was chosen. Someone other than the one who chose it has to look at the pairs and "
          "send them."),
    ),
    "round_result": MailWords(
        _("A matching round has proposed"),
        _("The proposals of a matching round are sent. See what the round means for your posts, and why."),
    ),
    "round_published": MailWords(
        _("The result of a matching round is published"),
        _("The rules of a matching round, how its places are spread, and how many exchanges were agreed are there to "
          "read."),
    ),
    "round_cancelled": MailWords(
        _("A matching round is cancelled"),
        _("A matching round does not take place. Your posts are free again, and the secretariat says why."),
    ),
    # Requests for assistance.
    "request_to_approve": MailWords(
        _("A request for assistance waits for your approval"),
        _("A colleague has handed in a request for assistance. Read it, then approve it or return it with your "
          "reasons."),
    ),
    "request_to_endorse": MailWords(
        _("A request for assistance waits for your endorsement"),
        _("An agency of your State has approved a request for assistance. Read it, then endorse it or return it with "
          "your reasons."),
    ),
    "request_to_screen": MailWords(
        _("A request for assistance waits for screening"),
        _("A request for assistance has reached the secretariat. Screen it within ten days."),
    ),
    "request_returned": MailWords(
        _("Your request for assistance was returned to you"),
        _("Your request came back with a reason. Change what is asked for, then hand it in again."),
    ),
    "request_sent_back": MailWords(
        _("The secretariat has questions about your request"),
        _("The secretariat sent your request back with questions. Answer them in the request, then hand it in again."),
    ),
    "request_open": MailWords(
        _("Your request for assistance is open to donors"),
        _("The secretariat has opened your request. Donors who may see it can pledge now."),
    ),
    "request_declined": MailWords(
        _("Your request for assistance was declined"),
        _("The secretariat has declined your request and says why."),
    ),
    "request_amended": MailWords(
        _("A request that you pledged to has changed"),
        _("A request that you pledged to has a new version. Read what changed."),
    ),
    "request_held": MailWords(
        _("A request for assistance is on hold"),
        _("The secretariat has put a request on hold and says why. Pledges stay, and nothing can be accepted until it "
          "goes on."),
    ),
    "request_resumed": MailWords(
        _("A request for assistance goes on"),
        _("A request that was on hold is open again."),
    ),
    "request_fulfilled": MailWords(
        _("A request for assistance is fulfilled"),
        _("Everything that the request asked for was received."),
    ),
    "request_closed": MailWords(
        _("A request for assistance is closed"),
        _("A request was closed, with a reason. What is committed can still be received."),
    ),
    "request_withdrawn": MailWords(
        _("A request that you pledged to was withdrawn"),
        _("The agency has withdrawn its request. Your pledge is released."),
    ),
    "request_asked": MailWords(
        _("You have a question to answer about your request"),
        _("Someone asks a question about your request for assistance. Everyone who sees the request reads your answer."),
    ),
    "request_answered": MailWords(
        _("Your question about a request has an answer"),
        _("The agency has answered your question about its request for assistance."),
    ),
    # Pledges.
    "pledge_offered": MailWords(
        _("You have a pledge"),
        _("A donor pledges to a request of your agency. Accept the pledge or decline it."),
    ),
    "pledge_accepted": MailWords(
        _("Your pledge is accepted"),
        _("The agency that asked accepts your pledge. An approver of yours commits to it once the agreement is in force."),
    ),
    "pledge_declined": MailWords(
        _("Your pledge was declined"), _("The agency that asked has declined your pledge and says why.")
    ),
    "pledge_committed": MailWords(
        _("A pledge is committed"), _("The agreement on a pledge is in force. The donor is bound by it.")
    ),
    "pledge_lapsed": MailWords(
        _("A pledge has lapsed"),
        _("Nobody accepted a pledge in time, so it has ended. What it promised is open to other donors again."),
    ),
    "pledge_withdrawn": MailWords(_("A pledge was withdrawn"), _("A donor has withdrawn a pledge and says why.")),
    "pledge_released": MailWords(
        _("Your pledge is released"), _("The request you pledged to has ended. Nothing more is needed from you.")
    ),
    "pledge_smaller_wanted": MailWords(
        _("A donor asks to promise less"), _("A donor asks to promise less. The secretariat decides about it.")
    ),
    "pledge_changed": MailWords(_("A pledge has changed"), _("Something about a pledge has changed. Sign in to read it.")),
    "shipment_sent": MailWords(
        _("A shipment is on its way to you"),
        _("A donor has sent what it committed to. Sign in to read what is in it and when it left."),
    ),
    "shipment_arrived": MailWords(_("A shipment has arrived"), _("A shipment has arrived and can be received.")),
    "shipment_received": MailWords(
        _("A shipment is being received"),
        _("The recipient entered what it found in a shipment. Sign in to read whether something fell short."),
    ),
    "shipment_closed": MailWords(
        _("A shipment is closed"), _("The recipient has accounted for everything that was in a shipment.")
    ),
    "shipment_asked": MailWords(
        _("A shipment waits for your confirmation"),
        _("The other side says what became of a shipment. It takes both sides: confirm it, or answer."),
    ),
    "shipment_changed": MailWords(
        _("Something about a shipment has changed"), _("Something about a shipment has changed. Sign in to read it.")
    ),
    "pledge_disputed": MailWords(
        _("A pledge is disputed"), _("One side says that a pledge is not kept. The secretariat helps to settle it.")
    ),
    "pledge_fulfilled": MailWords(_("A pledge is fulfilled"), _("Everything that a pledge promised was received.")),
    "pledge_delivered": MailWords(
        _("A delivery waits for your confirmation"),
        _("A donor recorded a delivery to your agency. Confirm how much of it you received."),
    ),
    "pledge_expiring": MailWords(
        _("A pledge lapses soon"), _("Nobody has accepted a pledge yet. It lapses by itself on %(until)s.")
    ),
    "pledge_free_again": MailWords(
        _("Something you waited for is open again"),
        _("Part of a request that you waited for is open again. Who pledges first has it."),
    ),
    "new_requests": MailWords(
        _("There are new requests for assistance"),
        _("New requests pass one of your saved searches. Open it from the list of open needs."),
    ),
    "ledger_head": MailWords(
        _("The head of your agency’s ledger"),
        _("Keep this mail. Whoever has the line below can tell later whether any entry of your agency’s ledger up to "
          "this one was touched.\n\n%(head)s"),
    ),
    # People of an agency.
    "membership_ended": MailWords(
        _("Someone’s access to your agency has ended"),
        _("A membership of your agency has ended. Drafts and tasks stay with the agency: see who continues them."),
    ),
    "deputy_named": MailWords(
        _("You are named as a deputy"),
        _("You may act as an approver of your agency on some days. Your account page shows them, and there you choose "
          "what to act for."),
    ),
    # Agencies.
    "agency_suspended": MailWords(
        _("The work of your agency is paused"),
        _("The secretariat has paused the work of your agency. You can read everything, and nothing is lost."),
    ),
    "agency_resumed": MailWords(
        _("The work of your agency goes on"),
        _("The pause of your agency is over. Its open work goes on."),
    ),
    "counterpart_suspended": MailWords(
        _("The work of an agency is paused"),
        _("An agency that you work with is paused. Your open proposals with it wait, and nothing is lost."),
    ),
    "counterpart_resumed": MailWords(
        _("The work of an agency goes on"),
        _("An agency that you work with is no longer paused. Your open proposals with it go on."),
    ),
}  # fmt: skip

LABELS: dict[type, dict[str, str]] = {str: {}}
