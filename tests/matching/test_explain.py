"""Single changes open what they say they open, within their limits; comparisons and reasons name the right figures."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings

from portal.matching.changes import WIDEST, single_changes
from portal.matching.explain import compare, why_first
from portal.matching.rules import feasible, score
from portal.matching.types import Need, Offer, Score, days_of
from tests.matching.posts import TOPICS, days, need, needs, offer, offers, programme


def first(the_need: Need, *some_offers: Offer):
    found = single_changes(the_need, some_offers, TOPICS)[0]
    return found.code, found.size, dict(found.params), found.opened


@settings(max_examples=150, deadline=None)
@given(needs, programme(offers, 10))
def test_a_change_opens_exactly_the_offers_it_names(the_need: Need, some_offers: list[Offer]):
    before = {post.key for post in some_offers if feasible(the_need, post, TOPICS)}
    changes = single_changes(the_need, some_offers, TOPICS)
    for change in changes:
        after = {post.key for post in some_offers if feasible(change.need, post, TOPICS)}
        assert set(change.opened) == after - before
        assert before <= after
        assert (change.need.band, change.need.clearance) == (the_need.band, the_need.clearance)
    assert [len(change.opened) for change in changes] == sorted((len(c.opened) for c in changes), reverse=True)


@settings(max_examples=60, deadline=None)
@given(needs, programme(offers, 6))
def test_no_widening_of_a_window_opens_more(the_need: Need, some_offers: list[Offer]):
    found = [c for c in single_changes(the_need, some_offers, TOPICS) if c.code == "window_widened"]
    best = len(found[0].opened) if found else 0
    before = sum(feasible(the_need, post, TOPICS) for post in some_offers)
    for place, window in enumerate(the_need.windows):
        for earlier in range(0, WIDEST + 1, 4):
            wider = (window[0] - timedelta(days=earlier), window[1] + timedelta(days=WIDEST - earlier))
            changed = replace(the_need, windows=(*the_need.windows[:place], wider, *the_need.windows[place + 1 :]))
            assert days_of(wider) == days_of(window) + WIDEST
            assert sum(feasible(changed, post, TOPICS) for post in some_offers) - before <= best


def test_a_language_is_added_or_raised_no_more_than_needed():
    asks_b2 = offer(languages={"fr": "B2"})
    assert first(need(languages={"fr": "A2"}), asks_b2) == (
        "language_raised", 2, {"language": "fr", "level": "B2", "from_level": "A2"}, ("O1",)
    )  # fmt: skip
    assert first(need(languages={}), asks_b2)[:3] == ("language_added", 4, {"language": "fr", "level": "B2"})


def test_a_topic_is_added():
    code, _, params, opened = first(need(topics={"art14-2a"}), offer())
    assert (code, opened) == ("topic_added", ("O1",))
    assert params["topic"] in {"fraudulent-documents", "art14-2b"}


def test_a_window_is_widened_by_up_to_28_days_and_no_more():
    late = offer(windows=(days(34, 60),))  # 5 days from 34 end on 38: 28 after day 10
    assert first(need(), late) == (
        "window_widened", 28, {"window": days(1, 10), "to_window": days(1, 38)}, ("O1",)
    )  # fmt: skip
    assert single_changes(need(), [offer(windows=(days(35, 60),))], TOPICS) == []


def test_days_costs_and_own_states():
    assert first(need(min_days=8), offer(max_days=5)) == ("min_days_lowered", 3, {"days": 5, "from_days": 8}, ("O1",))
    assert first(need(min_days=2, max_days=2), offer()) == ("max_days_raised", 1, {"days": 3, "from_days": 2}, ("O1",))
    assert first(need(requires_costs={"travel"}), offer()) == ("cost_dropped", 1, {"cost": "travel"}, ("O1",))
    assert first(need(excludes_states={"IT", "FR"}), offer()) == (
        "excluded_state_lifted", 1, {"state": "IT"}, ("O1",)
    )  # fmt: skip
    assert first(need(accepts_states={"FR"}), offer()) == (
        "accepted_states_lifted", 1, {"states": ["FR"]}, ("O1",)
    )  # fmt: skip


def test_what_opens_most_comes_first_and_equal_ones_in_the_published_order():
    the_need = need(requires_costs={"travel"}, languages={})
    speaks = offer(key="O1", covers_costs={"travel"})
    pays = [offer(key=key, interpreter=True) for key in ("O2", "O3")]
    changes = single_changes(the_need, [speaks, *pays], TOPICS)
    assert [(change.code, change.opened) for change in changes] == [
        ("cost_dropped", ("O2", "O3")), ("language_added", ("O1",))
    ]  # fmt: skip
    changes = single_changes(the_need, [speaks, pays[0]], TOPICS)
    assert [change.code for change in changes] == ["language_added", "cost_dropped"]


def test_band_and_clearance_are_never_changed():
    assert single_changes(need(band=5), [offer()], TOPICS) == []
    assert single_changes(need(clearance="none"), [offer()], TOPICS) == []


def test_a_comparison_names_what_counted():
    the_need = need(languages={"fr": "B2", "en": "C1"}, prefers_states=("FR", "IT"), windows=(days(1, 3), days(4, 9)))
    the_offer = offer(languages={"fr": "B1", "en": "A2", "ar": "A1"}, covers_costs={"travel"})
    seen = compare(the_need, the_offer, TOPICS)
    assert seen.score == score(the_need, the_offer)
    assert (seen.violations, seen.language, seen.preferred_rank) == ((), "en", 2)
    assert [(line.code, line.margin) for line in seen.languages] == [("en", 3), ("fr", 1), ("ar", -1)]
    assert (seen.overlap.need_window, seen.overlap.days, seen.least_days, seen.most_days) == (days(4, 9), 6, 5, 5)
    assert (seen.shared_topics, seen.costs_covered) == (("fraudulent-documents",), ("travel",))
    refused = compare(need(band=5), the_offer, TOPICS)
    assert (refused.score, [violation.code for violation in refused.violations]) == (None, ["band"])


def test_why_the_first_is_first():
    best, next_one = Score(30, 17, 20, 12, 6, 5), Score(20, 20, 20, 0, 6, 5)
    reason = why_first(best, next_one)
    assert (reason.code, reason.points, reason.parts) == ("ahead", 19, (("preferred_state", 12), ("topic", 10)))
    assert why_first(best, None).code == "only"
    assert why_first(best, best) == why_first(next_one, next_one)
    assert why_first(best, best).code == "equal"
