"""The figures of a round, counted by hand; and what agencies may read of them."""

from hypothesis import given
from hypothesis import strategies as st

from portal.features.rounds.domain.figures import FEWEST, Placed, Wish, figures_of, for_everyone

NEEDS = [Wish("NE", 6), Wish("SN", 2), Wish("MA", 8), Wish("PK", 4), Wish(None, 1)]
OFFERS = [Wish("IT", 5), Wish("FR", 6), Wish("IT", 1)]
PAIRS = [Placed("IT", "NE", 4, 70), Placed("FR", "MA", 3, 90), Placed("FR", "NE", 1, 61), Placed("IT", None, 1, 80)]


def test_the_figures_add_up() -> None:
    found = figures_of(OFFERS, NEEDS, PAIRS)
    assert (found.places, found.host_states, found.offers) == (12, 2, 3)
    assert (found.needs, found.officers, found.origin_states) == (5, 21, 4)
    assert (found.pairs, found.placed) == (4, 9)
    assert (found.lowest, found.median, found.highest) == (61, 70, 90)
    assert found.scores == {"61": 1, "70": 1, "80": 1, "90": 1}
    assert found.empty_states == ["PK", "SN"]


def test_shares_by_region_and_their_spread() -> None:
    regions = {one["name"]: one for one in figures_of(OFFERS, NEEDS, PAIRS).regions}
    west = regions["Western Africa"]
    assert (west["wanted"], west["placed"], west["wanted_share"], west["placed_share"]) == (8, 5, 38, 56)
    assert regions["Northern Africa"]["placed_share"] == 33
    assert figures_of(OFFERS, NEEDS, PAIRS).spread == 18 + 19, "West Africa +18, Southern Asia -19"


def test_nothing_placed_is_no_unfairness() -> None:
    found = figures_of(OFFERS, NEEDS, [])
    assert (found.spread, found.median, found.scores, found.placed) == (0, None, {}, 0)


def test_agencies_read_no_state_and_no_region_that_few_stand_behind() -> None:
    told = for_everyone(figures_of(OFFERS, NEEDS, PAIRS).plain)
    assert "states" not in told
    assert "empty_states" not in told
    assert [(one["name"], one["wanted"]) for one in told["regions"]] == [
        ("Northern Africa", 8),
        ("Western Africa", 8),
        ("*", 5),
    ]
    assert told["scores"] == {}, "four pairs are too few to show one by one"
    assert told["median"] is None


def test_a_single_small_region_is_joined_by_the_next_larger_one() -> None:
    needs = [Wish("NE", 6), Wish("MA", 8), Wish("PK", 4)]
    told = for_everyone(figures_of(OFFERS, needs, PAIRS).plain)
    assert [(one["name"], one["wanted"]) for one in told["regions"]] == [("*", 10), ("Northern Africa", 8)]


def test_agencies_do_not_read_where_the_few_come_from_who_have_a_place() -> None:
    told = [for_everyone(figures_of(OFFERS, NEEDS, [Placed("IT", "NE", n, 90)]).plain) for n in (FEWEST - 1, FEWEST)]
    assert [(bool(one["regions"]), bool(one["spread"])) for one in told] == [(False, False), (True, True)]


STATES = st.sampled_from(["NE", "SN", "MA", "PK", "EG", "KE", "BR", "UA", None])


@given(st.lists(st.tuples(STATES, st.integers(1, 9)), max_size=12))
def test_no_region_is_shown_that_fewer_than_five_stand_behind_and_none_is_lost(
    needs: list[tuple[str | None, int]],
) -> None:
    whole = figures_of([], [Wish(state, wanted) for state, wanted in needs], []).plain
    told = for_everyone(whole)["regions"]
    total = sum(wanted for _state, wanted in needs)
    assert all(one["wanted"] >= FEWEST for one in told)
    assert sum(one["wanted"] for one in told) == (total if total >= FEWEST else 0)
