"""Words and looks of matching rounds, their runs, pairs and rules."""

from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.domain.vocabulary import Answer, LeftOut, Look, MarkKind, Mode, RunStanding, Stage
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context as _in

S = RoundState

_TRANSITIONS = {
    "round.begin.done": _("Round planned"),
    "round.change.done": _("Plan of the round changed"),
    "round.open": _("Open enrolment"),
    "round.open.done": _("Enrolment opened"),
    "round.open.effect": _(
        "Every agency with a post that could take part is told, and can bring its posts. From now on the dates and rules "
        "of the round stay as they are."
    ),
    "round.close": _("Close enrolment"),
    "round.close.done": _("Enrolment closed"),
    "round.close.effect": _(
        "No post can come in or go out any more. Until proposals are sent, the enrolled posts take no other proposal, and "
        "what decides who fits cannot be changed."
    ),
    "round.run.done": _("Matched"),
    "round.review.done": _("Run chosen"),
    "round.send": _("Send the proposals"),
    "round.send.done": _("Proposals sent"),
    "round.send.effect": _(
        "Each pair of the chosen run becomes a proposal, and both agencies are asked to answer it before the deadline. "
        "This cannot be taken back."
    ),
    "round.ask_next.done": _("Solved again after a refusal, and the next asked"),
    "round.publish": _("Publish the result"),
    "round.publish.done": _("Result published"),
    "round.publish.effect": _(
        "All agencies can read the rules, how places are spread over regions, and how many exchanges were agreed. No "
        "agency is named."
    ),
    "round.cancel": _("Cancel the round"),
    "round.cancel.done": _("Round cancelled"),
    "round.cancel.effect": _("The round does not take place, and its posts are free again. Everyone enrolled is told."),
    "round.enrol.done": _("Post enrolled"),
    "round.take_out.done": _("Post taken out"),
    "round.lock.done": _("Pair locked"),
    "round.veto.done": _("Pair ruled out"),
    "round.lift.done": _("Lock or veto lifted"),
    "round.keep.done": _("Pairs looked at and kept"),
}
_TASKS = {
    "run_round": _("Start a run of matching round %(number)s"),
    "run_round.button": _("Open"),
    "choose_run": _("Compare the runs of matching round %(number)s and choose one"),
    "choose_run.button": _("Open"),
    "send_round": _("Look at the pairs of matching round %(number)s and send them"),
    "send_round.button": _in("button of a task", "Review"),
    "round_waits_for_second_person": _("A second person has to send matching round %(number)s"),
    "round_waits_for_second_person.button": _("Open"),
    "round_is_running": _("A run of matching round %(number)s is on its way"),
    "round_is_running.button": _("Open"),
    "round_is_sent": _("The proposals of matching round %(number)s are on their way"),
    "round_is_sent.button": _("Open"),
    "round_waits_for_answers": _("Agencies answer the proposals of matching round %(number)s"),
    "round_waits_for_answers.button": _("Open"),
    "publish_round": _("Publish the result of matching round %(number)s"),
    "publish_round.button": _("Open"),
    "enrol_in_round": _("Bring your posts into matching round %(number)s"),
    "enrol_in_round.button": _in("button of a task", "Enrol"),
    "round_result": _("Matching round %(number)s has proposed: see what it means for your posts"),
    "round_result.button": _("Open"),
    "round_published": _("The result of matching round %(number)s is published"),
    "round_published.button": _("Open"),
}
_RULES = {
    "mode": _("How pairs are found"),
    "look_below": _("Pairs below this score need a look"),
    "empty_points": _("Points for each earlier round without a place"),
    "spread_points": _("Points for the first officer of a State"),
    "spread_step": _("Fewer points for each further one"),
    "origin_cap": _("Most officers that one State sends"),
    "host_cap": _("Most officers that one State hosts"),
    "stay_points": _("Points for staying where the run before put someone"),
}
_REGIONS = (
    ("Australia and New Zealand", _("Australia and New Zealand")),
    ("Caribbean", _("Caribbean")),
    ("Central America", _("Central America")),
    ("Central Asia", _("Central Asia")),
    ("Eastern Africa", _("Eastern Africa")),
    ("Eastern Asia", _("Eastern Asia")),
    ("Eastern Europe", _("Eastern Europe")),
    ("Melanesia", _("Melanesia")),
    ("Micronesia", _("Micronesia")),
    ("Middle Africa", _("Middle Africa")),
    ("Northern Africa", _("Northern Africa")),
    ("Northern America", _("Northern America")),
    ("Northern Europe", _("Northern Europe")),
    ("Polynesia", _("Polynesia")),
    ("South America", _("South America")),
    ("South-eastern Asia", _("South-eastern Asia")),
    ("Southern Africa", _("Southern Africa")),
    ("Southern Asia", _("Southern Asia")),
    ("Southern Europe", _("Southern Europe")),
    ("Western Africa", _("Western Africa")),
    ("Western Asia", _("Western Asia")),
    ("Western Europe", _("Western Europe")),
)
"""As the United Nations part the world (M49)."""

LABELS = {
    RoundState: {
        S.PLANNED: _in("state of a round", "Planned"),
        S.OPEN: _in("state of a round", "Enrolment open"),
        S.CLOSED: _in("state of a round", "Enrolment closed"),
        S.MATCHED: _in("state of a round", "Matched"),
        S.REVIEW: _in("state of a round", "Under review"),
        S.CONSENT: _in("state of a round", "Agencies answer"),
        S.PUBLISHED: _in("state of a round", "Published"),
        S.CANCELLED: _in("state of a round", "Cancelled"),
    },
    Mode: {
        Mode.OPTIMAL: _("The most points for all together"),
        Mode.STABLE: _("Stable: no two would rather have each other"),
    },
    MarkKind: {MarkKind.LOCK: _in("mark on a pair", "Locked"), MarkKind.VETO: _in("mark on a pair", "Ruled out")},
    RunStanding: {
        RunStanding.WAITING: _in("state of a run", "Waiting to begin"),
        RunStanding.WORKING: _in("state of a run", "Running"),
        RunStanding.DONE: _in("state of a run", "Done"),
        RunStanding.FAILED: _in("state of a run", "Failed"),
    },
    Stage: {
        Stage.READING: _in("step of a run", "Reading the posts"),
        Stage.PAIRS: _in("step of a run", "Finding all pairs that fit"),
        Stage.MATCHES: _in("step of a run", "Finding the best answer"),
        Stage.CERTIFICATE: _in("step of a run", "Proving the answer"),
        Stage.EXPLAINING: _in("step of a run", "Writing the reasons"),
        Stage.WRITING: _in("step of a run", "Keeping the result"),
    },
    Look: {
        Look.LOW_SCORE: _("Few points"),
        Look.JUST_ENOUGH_DAYS: _("Just enough common days"),
        Look.INTERPRETER: _("Interpreter needed for the whole stay"),
        Look.RELATED_TOPIC: _("Related topics, none shared"),
        Look.OTHER_STATE: _("The need names other States"),
    },
    LeftOut: {
        LeftOut.ENDED: _("The post had ended when enrolment closed"),
        LeftOut.NOTHING_FREE: _("Everything it brings was promised or proposed elsewhere when enrolment closed"),
        LeftOut.TOO_CLOSED: _("Its label was above AMBER when enrolment closed"),
        LeftOut.HELD: _("Another round held the post when enrolment closed"),
    },
    Answer: {
        Answer.OPEN: _in("answer to a pair", "Still open"),
        Answer.AGREED: _in("answer to a pair", "Agreed"),
        Answer.REFUSED: _in("answer to a pair", "Refused or run out"),
    },
    str: {
        **_TRANSITIONS,
        **{f"task.{key}": words for key, words in _TASKS.items()},
        **{f"round.rule.{key}": words for key, words in _RULES.items()},
        **{f"region.{key}": words for key, words in _REGIONS},
        "round": _("Matching round"),
        "run.problem.killed": _("The computer stopped in the middle of it. Nothing was changed: start another run."),
        "run.problem.broken": _("Something went wrong in the portal, and its log says what. Nothing was changed."),
        "run.problem.refused": _("The engine cannot use what it was given. Nothing was changed."),
        "run.proof.duality": _("Proven best: the prices of all places and officers add up to the same value."),
        "run.proof.stability": _("Proven stable: no pair that fits would rather have each other."),
    },
}
TAGS = {
    RoundState: {
        S.PLANNED: ("", "dash"),
        S.OPEN: ("open", "ring"),
        S.CLOSED: ("", "lock"),
        S.MATCHED: ("prop", "diamond"),
        S.REVIEW: ("open", "half"),
        S.CONSENT: ("prop", "two"),
        S.PUBLISHED: ("ok", "okc"),
        S.CANCELLED: ("", "bar"),
    },
    RunStanding: {
        RunStanding.WAITING: ("", "clock"),
        RunStanding.WORKING: ("open", "half"),
        RunStanding.DONE: ("ok", "okc"),
        RunStanding.FAILED: ("bad", "oct"),
    },
    MarkKind: {MarkKind.LOCK: ("go", "lock"), MarkKind.VETO: ("bad", "bar")},
    Answer: {Answer.OPEN: ("prop", "two"), Answer.AGREED: ("go", "two"), Answer.REFUSED: ("", "x")},
}
MESSAGES = {
    "marked_meanwhile": _("A colleague decided about this pair after you opened it. Look at it, then decide."),
    "nothing_enrolled": _("No agency has brought a post yet, so there is nothing to match."),
    "pairs_to_look_at": _("Pairs that still need a look: %(pairs)s. Keep them, or rule them out and run again."),
    "still_unanswered": _("Proposals that are not answered yet: %(proposals)s. Publish when they are."),
    "review_before_close": _("The review must not end before enrolment closes."),
    "enrolment_over": _("The last day of enrolment is over. Change the dates first."),
    "not_in_stable_mode": _("In stable mode nothing may be added to the points or capped: leave this empty or at 0."),
    "nothing_free_to_enrol": _("Nothing of this post is free, or it is no longer open."),
    "too_closed_to_enrol": _("Posts labelled AMBER+STRICT or RED cannot take part: a round brings them before others."),
    "in_another_round": _("This post takes part in another round already."),
    "no_such_run": _("This run has no result that could be used."),
    "no_such_pair": _("This pair is not in the run."),
    "not_in_round": _("This post does not take part in the round."),
    "locked_already": _("Other locks have used up what one of the two brings."),
    "run_on_its_way": _("A run is on its way. Wait for its result, then choose."),
    "sending_on_its_way": _("The proposals of this round are on their way. Nothing of it can be changed any more."),
    "run_out_of_date": _("Something has changed since the run, and pairs of it can no longer be sent: %(pairs)s. Nothing was "
                         "sent: run again."),
}  # fmt: skip
