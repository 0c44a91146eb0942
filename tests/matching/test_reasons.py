"""Reasons are exact: what is short, what would help, what one more place is worth; and they name nobody else."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.matching.changes import single_changes
from portal.matching.flow import optimum
from portal.matching.problem import Pair, Policy, Problem
from portal.matching.reasons import Explainer
from portal.matching.rules import feasible, score, violations
from portal.matching.solve import set_up, solve
from portal.matching.stored import plain
from tests.matching.posts import TOPICS, days, many, need, offer, problems, stable_problems
from tests.matching.test_stable import as_lists

pytestmark = pytest.mark.proof


def explained(problem: Problem):
    result = solve(problem)
    return result, Explainer(problem, result)


def unmatched_pairs(problem: Problem, result):
    chosen = {match[:2] for match in result.matches}
    return [(n, o) for n in problem.needs for o in problem.offers if (n.key, o.key) not in chosen]


def short_pairs(problem: Problem, result, explainer: Explainer):
    """Return the pairs that fit, are free to be matched and were not, with what is said about them."""
    said = [(n, o, explainer.why_not(n.key, o.key)) for n, o in unmatched_pairs(problem, result)]
    return [(n, o, reason) for n, o, reason in said if reason.code in {"points_short", "lot"}]


def chosen_when_raised(problem: Problem, need_key: str, offer_key: str, points: int) -> bool:
    """Whether the pair has officers in the answer if each of them brings so many points more."""
    setting = set_up(problem)
    numbers = [post.key for post in problem.needs].index(need_key), [o.key for o in problem.offers].index(offer_key)
    pair = setting.pairs.find(*numbers)
    raised = setting.market.points.copy()
    raised[pair] += points
    flows, _ = optimum(replace(setting.market, points=raised))
    return bool(flows[pair])


@settings(max_examples=many(80), deadline=None)
@given(problems(most=6))
def test_a_pair_enters_with_the_points_it_needs_and_not_with_one_fewer(problem: Problem):
    result, explainer = explained(problem)
    for n, o, reason in short_pairs(problem, result, explainer)[:2]:
        assert reason.needed in {reason.points, reason.points + 1}
        assert chosen_when_raised(problem, n.key, o.key, reason.needed)
        assert not chosen_when_raised(problem, n.key, o.key, reason.needed - 1)
        assert chosen_when_raised(problem, n.key, o.key, reason.points + 1)
        assert not chosen_when_raised(problem, n.key, o.key, reason.points - 1)
        assert (reason.code == "lot") == (reason.points == 0)


@settings(max_examples=many(80), deadline=None)
@given(problems(most=6))
def test_the_points_short_are_what_the_whole_loses_with_the_pair(problem: Problem):
    """One officer locked on the pair, and the rest solved anew: that many points are lost."""
    result, explainer = explained(problem)
    for n, o, reason in short_pairs(problem, result, explainer)[:3]:
        forced = solve(replace(problem, locked=(*problem.locked, Pair(n.key, o.key))))
        assert result.objective - forced.objective == reason.points


@settings(max_examples=many(100), deadline=None)
@given(problems(most=6))
def test_the_price_of_an_offer_is_what_one_more_place_adds(problem: Problem):
    result, explainer = explained(problem)
    for number, o in enumerate(problem.offers[:3]):
        more = (*problem.offers[:number], replace(o, places=o.places + 1), *problem.offers[number + 1 :])
        assert explainer.price(o.key) == solve(replace(problem, offers=more)).objective - result.objective


@settings(max_examples=many(100), deadline=None)
@given(problems(most=6))
def test_the_price_of_a_cap_is_what_lifting_it_by_one_adds(problem: Problem):
    result, explainer = explained(problem)
    for side in ("origin", "host"):
        caps = getattr(problem.policy, f"{side}_caps")
        for state, cap in caps.items():
            lifted = replace(problem.policy, **{f"{side}_caps": caps | {state: cap + 1}})
            more = solve(replace(problem, policy=lifted)).objective - result.objective
            assert explainer.cap_price(side, state) == more


def test_a_state_without_a_cap_has_no_price():
    _, explainer = explained(Problem(needs=(need(),), offers=(offer(),), topics=TOPICS))
    assert (explainer.cap_price("origin", "NE"), explainer.cap_price("host", "XX")) == (0, 0)


@settings(max_examples=many(100), deadline=None)
@given(st.one_of(problems(most=6), stable_problems(most=6)))
def test_why_names_the_points_and_the_rank_on_both_sides(problem: Problem):
    result, explainer = explained(problem)
    fits = {
        (n.key, o.key): score(n, o).total for n in problem.needs for o in problem.offers
        if feasible(n, o, TOPICS) and (n.key, o.key) not in problem.vetoes
    }  # fmt: skip
    kept = {pair[:2]: pair.officers for pair in problem.previous}
    for match in result.matches:
        why = explainer.why(match.need, match.offer)
        of_need = [points for (n, _), points in fits.items() if n == match.need]
        of_offer = [points for (_, o), points in fits.items() if o == match.offer]
        assert why.score.total == match.score == fits[match[:2]]
        assert why.rank_for_need == 1 + sum(points > match.score for points in of_need)
        assert why.rank_for_offer == 1 + sum(points > match.score for points in of_offer)
        assert (why.of_need, why.of_offer) == (len(of_need), len(of_offer))
        assert (why.bonus, why.locked) == (match.bonus, match.locked)
        assert why.kept == min(match.officers, kept.get(match[:2], 0))
        assert match in explainer.holders(match.offer)
    with pytest.raises(KeyError):
        explainer.why("N-nobody", "O-nobody")


@settings(max_examples=many(100), deadline=None)
@given(st.one_of(problems(most=6), stable_problems(most=6)))
def test_every_pair_has_a_reason_of_the_right_kind(problem: Problem):
    result, explainer = explained(problem)
    for match in result.matches:
        assert explainer.why_not(match.need, match.offer).code == "chosen"
    for n, o in unmatched_pairs(problem, result):
        reason = explainer.why_not(n.key, o.key)
        broken = violations(n, o, TOPICS)
        if broken:
            assert (reason.code, list(reason.violations)) == ("breaks_rules", broken)
        elif (n.key, o.key) in problem.vetoes:
            assert reason.code == "vetoed"
        elif not n.officers:
            assert (reason.code, reason.params["side"]) == ("no_capacity", "need")
        elif not o.places:
            assert (reason.code, reason.params["side"]) in {("no_capacity", "offer"), ("all_locked", "need")}
        else:
            optimal = {"points_short", "lot", "all_locked", "no_capacity"}
            stable = {"need_prefers_its_own", "offer_prefers_its_own", "all_locked", "no_capacity"}
            assert reason.code in (optimal if result.mode == "optimal" else stable)


@settings(max_examples=many(100), deadline=None)
@given(stable_problems(most=6))
def test_in_the_stable_mode_the_rank_and_the_worst_one_held_are_named(problem: Problem):
    free = replace(problem, locked=())
    result, explainer = explained(free)
    lists = as_lists(free)
    for n, o in unmatched_pairs(free, result):
        reason = explainer.why_not(n.key, o.key)
        if reason.code not in {"need_prefers_its_own", "offer_prefers_its_own"}:
            continue
        of_need = reason.code == "need_prefers_its_own"
        ranks = lists["need_ranks"][n.key] if of_need else lists["offer_ranks"][o.key]
        own, other = (n.key, o.key) if of_need else (o.key, n.key)
        held = [match[1 - match.index(own)] for match in result.matches if own in match[:2]]
        assert reason.params["rank"] == 1 + ranks.index(other)
        assert reason.params["worst_rank"] == 1 + max(ranks.index(one) for one in held) < reason.params["rank"]
        assert sum(match.officers for match in result.matches if own in match[:2]) == (
            n.officers if of_need else o.places
        )


def test_who_can_take_nobody_is_named_with_the_side():
    """N1 and O1 are wholly locked, NE and GR have no room left under their caps."""
    problem = Problem(
        needs=(need(key="N1"), need(key="N2", agency="NE-POL"), need(key="N3", agency="LK-BORD", state="LK"),
               need(key="N4", agency="LK-POL", state="LK", officers=0)),
        offers=(offer(key="O1", places=1), offer(key="O2", agency="GR-BORD", state="GR"),
                offer(key="O3", agency="FR-BORD", state="FR", places=0)),
        topics=TOPICS, policy=Policy(origin_caps={"NE": 1}, host_caps={"GR": 0}), locked=(Pair("N1", "O1"),),
    )  # fmt: skip
    _, explainer = explained(problem)
    said = {
        (n, o): (reason.code, reason.params.get("side"))
        for n, o in (("N1", "O2"), ("N2", "O1"), ("N2", "O2"), ("N3", "O1"), ("N3", "O2"), ("N4", "O2"), ("N3", "O3"))
        if (reason := explainer.why_not(n, o))
    }
    assert said == {
        ("N1", "O2"): ("all_locked", "need"),
        ("N2", "O1"): ("all_locked", "offer"),
        ("N2", "O2"): ("all_locked", "origin"),
        ("N3", "O1"): ("all_locked", "offer"),
        ("N3", "O2"): ("no_capacity", "host"),
        ("N4", "O2"): ("no_capacity", "need"),
        ("N3", "O3"): ("no_capacity", "offer"),
    }


def test_the_reason_by_hand():
    """N2 has 4 points less than N1 for the only place: it is 4 short, and enters with 4 or 5 as the lot falls."""
    weaker = need(key="N2", agency="LK-BORD", state="LK", band=4)
    problem = Problem(needs=(need(key="N1"), weaker), offers=(offer(places=1),), topics=TOPICS)
    _, explainer = explained(problem)
    lost = score(need(), offer()).total - score(weaker, offer()).total
    reason = explainer.why_not("N2", "O1")
    assert (reason.code, reason.points) == ("points_short", lost)
    assert lost > 0
    assert explainer.price("O1") == score(weaker, offer()).total


def test_the_lot_is_named_where_nothing_is_short():
    twins = (need(key="N1"), need(key="N2"))
    result, explainer = explained(Problem(needs=twins, offers=(offer(places=1),), topics=TOPICS))
    (match,) = result.matches
    other = "N2" if match.need == "N1" else "N1"
    assert (explainer.why_not(other, "O1").code, explainer.why_not(other, "O1").needed) == ("lot", 1)
    assert explainer.fits(other) == ["O1"]
    assert explainer.fits(match.need) == []


# ---------------------------------------------------------------------------------------- what the reader may not see


def texts_in(value: object):
    """Return every text in what is said, keys and values."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*(texts_in(part) for part in (*value, *value.values())))
    return set().union(*(texts_in(part) for part in value)) if isinstance(value, list | tuple) else set()


@settings(max_examples=many(100), deadline=None)
@given(st.one_of(problems(most=6), stable_problems(most=6)))
def test_a_reason_names_no_post_or_agency_but_the_two_asked_about(problem: Problem):
    result, explainer = explained(problem)
    everyone = {name for post in (*problem.needs, *problem.offers) for name in (post.key, post.agency)}
    for n in problem.needs:
        for o in problem.offers:
            said = [plain(asdict(explainer.why_not(n.key, o.key)))]
            if (n.key, o.key) in {match[:2] for match in result.matches}:
                said.append(plain(asdict(explainer.why(n.key, o.key))))
            assert not texts_in(said) & (everyone - {n.key, o.key, n.agency, o.agency})


@settings(max_examples=many(100), deadline=None)
@given(problems(most=6), st.randoms(use_true_random=False))
def test_what_would_help_is_the_same_as_if_unseen_offers_were_not_there(problem: Problem, chance):
    _, explainer = explained(problem)
    visible = {o.key for o in problem.offers if chance.random() < 0.5}
    for n in problem.needs:
        seen = [o for o in problem.offers if o.key in visible and o.places and (n.key, o.key) not in problem.vetoes]
        changes = explainer.nearest_miss(n.key, visible)
        assert list(changes) == single_changes(n, seen, TOPICS)
        assert {key for change in changes for key in change.opened} <= visible
        assert explainer.nearest_miss(n.key, ()) == ()


def test_what_would_help_names_no_offer_that_is_vetoed_or_full_by_itself():
    asks_more = offer(languages={"fr": "C1"})
    posts = {"needs": (need(),), "topics": TOPICS}
    _, explainer = explained(Problem(**posts, offers=(asks_more,)))
    assert [change.opened for change in explainer.nearest_miss("N1")] == [("O1",)]
    _, explainer = explained(Problem(**posts, offers=(asks_more,), vetoes=(("N1", "O1"),)))
    assert explainer.nearest_miss("N1") == ()
    _, explainer = explained(Problem(**posts, offers=(replace(asks_more, places=0),)))
    assert explainer.nearest_miss("N1") == ()


def test_only_the_optimal_mode_has_prices():
    _, explainer = explained(Problem(needs=(need(),), offers=(offer(),), topics=TOPICS, policy=Policy(mode="stable")))
    with pytest.raises(ValueError, match="only the optimal mode has prices"):
        explainer.price("O1")


def test_a_result_that_is_not_of_the_problem_cannot_be_explained():
    problem = Problem(needs=(need(),), offers=(offer(),), topics=TOPICS)
    with pytest.raises(KeyError):
        Explainer(replace(problem, needs=(need(windows=(days(200, 210),)),)), solve(problem))
    assert np.array_equal(Explainer(problem, solve(problem))._flows, [1])
