"""Every published rule and every part of the points, worked out by hand."""

import pytest

from portal.matching.rules import best_overlap, feasible, score, violations
from portal.matching.types import Need, Offer
from tests.matching.posts import TOPICS, days, need, offer


def broken(the_need: Need, the_offer: Offer):
    return [violation.code for violation in violations(the_need, the_offer, TOPICS)]


def test_the_pair_that_the_other_tests_change_fits():
    assert broken(need(), offer()) == []
    assert feasible(need(), offer(), TOPICS)


FITS = [
    ({"agency": "INT", "state": None}, {"agency": "NGO", "state": None}),  # no States to compare
    ({"state": None}, {}),
    ({"topics": {"fraudulent-documents"}}, {"topics": {"art14-2b"}}),  # the offer has the parent
    ({"topics": {"art14-2b"}}, {"topics": {"fraudulent-documents"}}),  # the need has the parent
    ({"languages": {}}, {"interpreter": True}),
    ({"languages": {}}, {"languages": {}}),
    ({"languages": {"fr": "B1"}}, {}),  # exactly at the level
    ({"languages": {"fr": "native"}}, {"languages": {"fr": "C2"}}),
    ({"languages": {"en": "B1"}}, {"languages": {"fr": "C2", "en": "A2"}}),  # one of them is enough
    ({"min_days": 5}, {"max_days": 5}),
    ({"windows": (days(1, 10),)}, {"windows": (days(6, 30),)}),  # days 6-10: exactly 5
    ({"windows": (days(1, 2), days(40, 50))}, {"windows": (days(20, 25), days(46, 60))}),
    ({"band": 2}, {}),
    ({"band": 4}, {}),
    ({"accepts_states": {"IT"}}, {"accepts_states": {"NE", "LK"}}),
    ({"excludes_states": {"LK"}}, {"excludes_states": {"LK"}}),
    ({"state": None}, {"excludes_states": {"NE"}}),  # no State, so not the excluded one
    ({"clearance": "enhanced"}, {"clearance": "none"}),
    ({"requires_costs": {"travel"}}, {"covers_costs": {"travel", "lodging"}}),
]
BREAKS = [
    ("same_agency_or_state", 1, {"agency": "IT-BORD", "state": None}, {"state": None}),
    ("same_agency_or_state", 1, {"state": "IT"}, {}),
    ("topic", 1, {"topics": {"fraudulent-documents"}}, {"topics": {"document-reader-use"}}),  # children of one parent
    ("topic", 1, {"topics": {"art14-2d"}}, {"topics": {"technology-cctv"}}),  # a grandchild
    ("topic", 1, {"topics": set()}, {}),
    ("language", 1, {"languages": {"fr": "A2"}}, {}),
    ("language", 3, {"languages": {"en": "C2"}}, {}),  # no French at all, three levels to B1
    ("language", 2, {"languages": {"fr": "A2"}}, {"languages": {"fr": "B2", "zh": "B1"}}),  # the nearest counts
    ("dates", 1, {"min_days": 6}, {}),  # the offer ends at 5
    ("dates", 1, {"max_days": 2, "min_days": 2}, {}),  # the offer begins at 3
    ("dates", 1, {"windows": (days(1, 10),)}, {"windows": (days(7, 30),)}),  # days 7-10: 4 of 5
    ("dates", 5, {"windows": (days(1, 10),)}, {"windows": (days(11, 30),)}),  # they touch only
    ("dates", 5, {"windows": ()}, {}),
    ("dates", 2, {"windows": (days(1, 3), days(4, 6))}, {}),  # two halves do not make a whole: 3 of 5
    ("band", 1, {"band": 1}, {}),
    ("band", 1, {"band": 5}, {}),
    ("states", 1, {"accepts_states": {"FR"}}, {}),
    ("states", 1, {}, {"accepts_states": {"LK"}}),
    ("states", 1, {"excludes_states": {"IT"}}, {}),
    ("states", 1, {}, {"accepts_states": {"NE"}, "excludes_states": {"NE"}}),  # excluded wins over accepted
    ("states", 2, {"excludes_states": {"IT"}}, {"excludes_states": {"NE"}}),
    ("states", 1, {"state": None}, {"accepts_states": {"NE"}}),  # no State is none of the accepted
    ("clearance", 1, {}, {"clearance": "enhanced"}),
    ("clearance", 2, {"clearance": "none"}, {"clearance": "enhanced"}),
    ("costs", 1, {"requires_costs": {"travel", "lodging"}}, {"covers_costs": {"travel"}}),
    ("costs", 2, {"requires_costs": {"travel", "lodging"}}, {}),
]


@pytest.mark.parametrize(("of_need", "of_offer"), FITS)
def test_it_fits(of_need: dict[str, object], of_offer: dict[str, object]):
    assert broken(need(**of_need), offer(**of_offer)) == []


@pytest.mark.parametrize(("code", "distance", "of_need", "of_offer"), BREAKS)
def test_it_breaks_exactly_this_rule(code: str, distance: int, of_need: dict[str, object], of_offer: dict[str, object]):
    found = violations(need(**of_need), offer(**of_offer), TOPICS)
    assert [(violation.code, violation.distance) for violation in found] == [(code, distance)]


def test_all_rules_can_be_broken_at_once_and_come_in_the_published_order():
    the_need = need(agency="IT-BORD", state="IT", topics={"art14-1"}, languages={}, windows=(), band=5)
    the_offer = offer(clearance="enhanced", excludes_states={"IT"})
    assert broken(the_need, the_offer) == [
        "same_agency_or_state", "topic", "language", "dates", "band", "states", "clearance"
    ]  # fmt: skip


PARTS = [
    ("topic", 30, {}, {}),
    ("topic", 20, {}, {"topics": {"art14-2b"}}),
    ("topic", 30, {}, {"topics": {"art14-2b", "fraudulent-documents"}}),
    ("language", 20, {"languages": {}}, {"languages": {}}),
    ("language", 20, {"languages": {}}, {"languages": {}, "interpreter": True}),
    ("language", 14, {"languages": {"fr": "B1"}}, {}),
    ("language", 17, {"languages": {"fr": "B2"}}, {}),
    ("language", 20, {"languages": {"fr": "C1"}}, {}),
    ("language", 20, {"languages": {"fr": "C2"}}, {}),
    ("language", 8, {"languages": {"fr": "A2"}}, {"interpreter": True}),
    ("language", 14, {"languages": {"fr": "B1"}}, {"interpreter": True}),  # the level counts, not the interpreter
    ("language", 17, {"languages": {"fr": "B1", "en": "B1"}}, {"languages": {"fr": "B1", "en": "A2"}}),
    ("dates", 10, {"windows": (days(1, 5),)}, {}),  # D = L = 5
    ("dates", 12, {"windows": (days(1, 6),)}, {}),  # 10*1/5
    ("dates", 20, {"windows": (days(1, 10),)}, {}),  # D = 2 L
    ("dates", 20, {"windows": (days(1, 90),)}, {"windows": (days(1, 90),)}),
    ("dates", 13, {"windows": (days(1, 4),), "min_days": 3}, {}),  # 10*1/3 = 3.33, down
    ("dates", 12, {"windows": (days(1, 2), days(4, 9), days(9, 9))}, {"windows": (days(1, 99),)}),  # the longest
    ("preferred_state", 9, {"prefers_states": ()}, {}),
    ("preferred_state", 15, {"prefers_states": ("IT", "FR")}, {}),
    ("preferred_state", 12, {"prefers_states": ("FR", "IT")}, {}),
    ("preferred_state", 9, {"prefers_states": ("FR", "DE", "IT")}, {}),
    ("preferred_state", 9, {"prefers_states": ("FR", "DE", "ES", "IT")}, {}),
    ("preferred_state", 0, {"prefers_states": ("FR",)}, {}),
    ("preferred_state", 0, {"prefers_states": ("FR",)}, {"state": None}),
    ("costs", 0, {}, {}),
    ("costs", 2, {}, {"covers_costs": {"travel"}}),
    ("costs", 10, {}, {"covers_costs": {"daily_allowance", "insurance", "local_transport", "lodging", "travel"}}),
    ("band", 5, {"band": 3}, {"band_min": 2, "band_max": 4}),
    ("band", 4, {"band": 3}, {"band_min": 3, "band_max": 4}),
    ("band", 3, {"band": 2}, {"band_min": 2, "band_max": 4}),
    ("band", 2, {"band": 1}, {"band_min": 1, "band_max": 4}),
    ("band", 1, {"band": 1}, {"band_min": 1, "band_max": 5}),  # 4 off, and never below 1
]


@pytest.mark.parametrize(("part", "points", "of_need", "of_offer"), PARTS)
def test_the_points_of_a_part(part: str, points: int, of_need: dict[str, object], of_offer: dict[str, object]):
    the_need, the_offer = need(**of_need), offer(**of_offer)
    assert broken(the_need, the_offer) == []
    assert score(the_need, the_offer).parts[part] == points


def test_the_example_of_the_first_journey_makes_ninety():
    the_need = need(prefers_states=("FR", "IT"))
    the_offer = offer(covers_costs={"travel", "lodging", "insurance"})
    found = score(the_need, the_offer)
    assert found.parts == {"topic": 30, "language": 17, "dates": 20, "preferred_state": 12, "costs": 6, "band": 5}
    assert found.total == 90


def test_of_equal_overlaps_the_earliest_is_shown():
    the_need = need(windows=(days(50, 60), days(1, 11)))
    overlap = best_overlap(the_need, offer(windows=(days(1, 99),)))
    assert (overlap.need_window, overlap.days, overlap.period) == (days(1, 11), 11, days(1, 11))


def test_a_post_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="min_days"):
        need(min_days=0)
    with pytest.raises(ValueError, match="ends before"):
        offer(windows=(days(5, 4),))
