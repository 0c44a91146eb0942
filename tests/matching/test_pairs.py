"""All feasible pairs at once are those, with those points, that the rules give one pair at a time."""

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fits import invented_needs, invented_offers
from portal.matching import pairs as pairs_module
from portal.matching.index import of_offers
from portal.matching.pairs import feasible_pairs, named
from portal.matching.rules import feasible, score
from portal.matching.source import read
from tests.matching.posts import TOPICS, many, need, needs, offer, offers, programme

pytestmark = pytest.mark.proof
PROGRAMME = Path(__file__).parents[2] / "portal" / "data" / "programme"


def looked_up(some_needs, some_offers):
    return [
        (n.key, o.key, score(n, o)) for n in some_needs for o in some_offers if feasible(n, o, TOPICS)
    ]  # fmt: skip


@settings(max_examples=many(200), deadline=None)
@given(programme(needs, 12), programme(offers, 12))
def test_the_pairs_are_those_of_a_look_at_every_pair(some_needs, some_offers):
    found = feasible_pairs(some_needs, some_offers, TOPICS)
    assert list(named(found, some_needs, some_offers)) == looked_up(some_needs, some_offers)
    assert found.totals.tolist() == [points.total for *_, points in looked_up(some_needs, some_offers)]


def test_blocks_and_pieces_leave_no_seam(monkeypatch: pytest.MonkeyPatch):
    """More needs than a block, more offers than a word of bits, more pairs than a piece."""
    chance = Random(7)
    some_offers, some_needs = invented_offers(chance, 130), invented_needs(chance, 150)
    whole = list(named(feasible_pairs(some_needs, some_offers, TOPICS), some_needs, some_offers))
    assert whole == looked_up(some_needs, some_offers)
    assert len(whole) > 150
    monkeypatch.setattr(pairs_module, "BLOCK", 7)
    monkeypatch.setattr(pairs_module, "CHUNK", 11)
    assert list(named(feasible_pairs(some_needs, some_offers, TOPICS), some_needs, some_offers)) == whole


def test_the_programme_has_the_pairs_that_the_index_finds():
    found = read(PROGRAMME)
    index = of_offers(found.offers, TOPICS)
    all_pairs = list(named(feasible_pairs(found.needs, found.offers, TOPICS), found.needs, found.offers))
    by_index = {(n.key, fit.key, fit.score) for n in found.needs for fit in index.fits(n)}
    assert set(all_pairs) == by_index
    assert len(all_pairs) == len(by_index) == 362


@settings(max_examples=many(60), deadline=None)
@given(programme(needs, 6), programme(offers, 6), st.data())
def test_a_pair_is_found_by_its_two_numbers_and_can_be_left_out(some_needs, some_offers, data):
    found = feasible_pairs(some_needs, some_offers, TOPICS)
    listed = {(i, j): k for k, (i, j) in enumerate(zip(found.need.tolist(), found.offer.tolist(), strict=True))}
    for i in range(len(some_needs)):
        for j in range(len(some_offers)):
            assert found.find(i, j) == listed.get((i, j))
    for (i, j), number in listed.items():
        assert found.score(number) == score(some_needs[i], some_offers[j])
    gone = data.draw(st.lists(st.sampled_from(sorted(listed.values())), unique=True)) if listed else []
    left = found.without(np.array(gone, dtype=np.intp))
    assert {(int(i), int(j)) for i, j in zip(left.need, left.offer, strict=True)} == {
        pair for pair, number in listed.items() if number not in gone
    }


@settings(max_examples=many(60), deadline=None)
@given(programme(needs, 6), programme(offers, 6), programme(offers, 2))
def test_another_post_changes_no_pair_of_the_others(some_needs, some_offers, more):
    """An offer that comes leaves the pairs of the others as they were: nothing is shared between posts."""
    before = looked_up(some_needs, some_offers)
    newcomers = [replace(o, key=f"new {o.key}") for o in more]
    found = feasible_pairs(some_needs, [*newcomers, *some_offers], TOPICS)
    after = list(named(found, some_needs, [*newcomers, *some_offers]))
    assert [fit for fit in after if not fit[1].startswith("new ")] == before


@pytest.mark.parametrize(("some_needs", "some_offers"), [([], []), ([need()], []), ([], [offer()])])
def test_nobody_fits_nobody(some_needs: list, some_offers: list):
    assert len(feasible_pairs(some_needs, some_offers, TOPICS)) == 0
