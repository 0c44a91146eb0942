"""The index answers what a look at every post answers, from both sides, also after posts came and went."""

from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.matching.index import Index, of_needs, of_offers
from portal.matching.rules import feasible, score, violations
from portal.matching.source import read
from portal.matching.types import Need, Offer
from tests.matching.posts import TOPICS, days, need, needs, offer, offers, programme

PROGRAMME = Path(__file__).parents[2] / "portal" / "data" / "programme"


def pairs(asking: Need | Offer, posts: list[Need] | list[Offer]):
    """Return (post, need, offer) for each post."""
    return [(post, asking, post) if hasattr(asking, "officers") else (post, post, asking) for post in posts]


def looked_up(asking: Need | Offer, posts: list[Need] | list[Offer]):
    found = [(post.key, score(n, o)) for post, n, o in pairs(asking, posts) if feasible(n, o, TOPICS)]
    return sorted(found, key=lambda fit: (-fit[1].total, fit[0]))


def near_by_looking(asking: Need | Offer, posts: list[Need] | list[Offer]):
    broken = ((post.key, violations(n, o, TOPICS)) for post, n, o in pairs(asking, posts))
    return {(key, rules[0].code) for key, rules in broken if len(rules) == 1}


def agrees(index: Index, asking: Need | Offer, posts: list[Need] | list[Offer]):
    fits = index.fits(asking)
    assert [(fit.key, fit.score) for fit in fits] == looked_up(asking, posts)
    assert [fit.total for fit in fits] == [sum(fit.score) for fit in fits]
    near = index.near_misses(asking)
    assert set(near) == near_by_looking(asking, posts)
    assert len(near) == len(set(near))


@settings(max_examples=150, deadline=None)
@given(programme(offers), needs)
def test_a_need_finds_the_offers_that_keep_every_rule(posts: list[Need] | list[Offer], asking: Need | Offer):
    agrees(of_offers(posts, TOPICS), asking, posts)


@settings(max_examples=150, deadline=None)
@given(programme(needs), offers)
def test_an_offer_finds_the_needs_that_keep_every_rule(posts: list[Need] | list[Offer], asking: Need | Offer):
    agrees(of_needs(posts, TOPICS), asking, posts)


@settings(max_examples=60, deadline=None)
@given(programme(offers, 6), programme(offers, 6), st.lists(st.integers(0, 5)), needs)
def test_posts_come_and_go_without_rebuilding(
    first: list[Offer], second: list[Offer], gone: list[int], asking: Need | Offer
):
    index, held = of_offers(first, TOPICS), {post.key: post for post in first}
    for number in gone:
        if number < len(held):
            key = sorted(held)[number]
            index.remove(key)
            del held[key]
    for post in second:
        index.replace(post)
        held[post.key] = post
    assert len(index) == len(held)
    agrees(index, asking, list(held.values()))


@settings(max_examples=40, deadline=None)
@given(programme(offers), needs, st.randoms(use_true_random=False))
def test_the_order_of_the_posts_does_not_matter(posts: list[Need] | list[Offer], asking: Need | Offer, chance: Random):
    mixed = list(posts)
    chance.shuffle(mixed)
    assert list(of_offers(posts, TOPICS).fits(asking)) == list(of_offers(mixed, TOPICS).fits(asking))
    assert of_offers(posts, TOPICS).near_misses(asking) == of_offers(mixed, TOPICS).near_misses(asking)


def test_the_programme_from_both_sides():
    found = read(PROGRAMME)
    offers_index, needs_index = of_offers(found.offers, TOPICS), of_needs(found.needs, TOPICS)
    fits = 0
    for post in found.needs:
        agrees(offers_index, post, found.offers)
        fits += len(offers_index.fits(post))
    for post in found.offers:
        agrees(needs_index, post, found.needs)
    assert fits == 362


def test_equal_scores_stand_in_order_of_keys_and_the_rank_can_be_read_in_pieces():
    index = of_offers([offer(key=key) for key in ("O3", "O1", "O2")], TOPICS)
    index.add(offer(key="O0", topics={"art14-2b"}))
    fits = index.fits(need())
    assert [fit.key for fit in fits] == ["O1", "O2", "O3", "O0"]
    assert [fit.key for fit in fits[1:3]] == ["O2", "O3"]
    assert (fits[0].key, fits[-1].key, len(fits)) == ("O1", "O0", 4)


def test_fits_keep_their_posts_when_the_index_changes():
    index = of_offers([offer(key="O1")], TOPICS)
    fits = index.fits(need())
    index.remove("O1")
    index.add(offer(key="O2"))
    assert [fit.key for fit in fits] == ["O1"]
    assert [fit.key for fit in index.fits(need())] == ["O2"]


def test_an_empty_index_has_no_answers():
    index = of_offers([], TOPICS)
    assert list(index.fits(need())) == []
    assert index.near_misses(need()) == []


def test_a_new_version_of_a_post_leaves_nothing_of_the_old_one_behind():
    index = of_offers([offer(languages={"fr": "A1"}, windows=(days(1, 10), days(40, 60)))], TOPICS)
    index.replace(offer(languages={"en": "B1"}, windows=(days(1, 10),)))
    (fit,) = index.fits(need(languages={"fr": "C2", "en": "B1"}))
    assert fit.score.language == 14
    assert not index.fits(need(languages={"en": "B1"}, windows=(days(40, 60),)))
    needs_index = of_needs([need()], TOPICS)
    needs_index.replace(need(prefers_states=("FR",)))
    assert needs_index.fits(offer())[0].score.preferred_state == 0
