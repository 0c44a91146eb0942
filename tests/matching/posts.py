"""A need and an offer that fit, to be changed one column at a time, and strategies that draw small programmes."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from portal.matching.fields import BadSource
from portal.matching.problem import Pair, Policy, Problem, Rankings
from portal.matching.rules import feasible
from portal.matching.source import read_topics
from portal.matching.types import CLEARANCES, COSTS, LEVELS, Need, Offer
from tests.proof import FULL

TOPICS = read_topics()
JANUARY = date(2027, 1, 1)


def many(cases: int) -> int:
    """Return how many cases Hypothesis tries: so many in `make check`, twenty times as many in `make prove`."""
    return cases * 20 if FULL else cases


def days(first: int, last: int):
    """Return the window from the first to the last day of the year, counted from 1."""
    return JANUARY + timedelta(days=first - 1), JANUARY + timedelta(days=last - 1)


NEED = {
    "key": "N1",
    "agency": "NE-BORD",
    "state": "NE",
    "topics": frozenset({"fraudulent-documents"}),
    "languages": {"fr": "B2"},
    "windows": (days(1, 10),),
    "min_days": 5,
    "max_days": 10,
    "band": 3,
    "clearance": "basic",
}
OFFER = {
    "key": "O1",
    "agency": "IT-BORD",
    "state": "IT",
    "topics": frozenset({"fraudulent-documents"}),
    "languages": {"fr": "B1"},
    "windows": (days(1, 10),),
    "min_days": 3,
    "max_days": 5,
    "band_min": 2,
    "band_max": 4,
    "clearance": "basic",
}


def need(**changed: object) -> Need:
    return Need(**NEED | changed)


def offer(**changed: object) -> Offer:
    return Offer(**OFFER | changed)


# Few values of everything, so that posts meet often and every rule is kept and broken.

_states = st.sampled_from(("IT", "NE", "LK", None))
_state_sets = st.frozensets(st.sampled_from(("IT", "NE", "LK")), max_size=2)
_topics = st.frozensets(
    st.sampled_from(("art14-2b", "fraudulent-documents", "technology-use", "technology-cctv")), max_size=2
)
_languages = st.dictionaries(st.sampled_from(("en", "fr")), st.sampled_from((*LEVELS, "native")), max_size=2)
_windows = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 25)).map(lambda pair: days(pair[0], sum(pair))), max_size=3
).map(tuple)
_costs = st.frozensets(st.sampled_from(COSTS[:3]), max_size=2)


def _common(letter: str) -> dict[str, st.SearchStrategy]:
    return {
        "key": st.integers(0, 999).map(lambda number: f"{letter}{number}"),
        "agency": st.sampled_from(("A", "B", "C", "D")),
        "state": _states,
        "topics": _topics,
        "languages": _languages,
        "windows": _windows,
        "min_days": st.integers(1, 8),
        "max_days": st.integers(1, 20),
        "accepts_states": st.one_of(st.just(frozenset()), _state_sets),
        "excludes_states": st.one_of(st.just(frozenset()), _state_sets),
        "clearance": st.sampled_from(CLEARANCES),
    }


needs = st.builds(
    Need,
    **_common("N"),
    officers=st.integers(0, 3),
    band=st.integers(1, 5),
    prefers_states=st.lists(st.sampled_from(("IT", "NE", "LK", "FR")), max_size=4, unique=True).map(tuple),
    requires_costs=_costs,
)
offers = st.builds(
    Offer,
    **_common("O"),
    places=st.integers(0, 3),
    interpreter=st.booleans(),
    band_min=st.integers(1, 3),
    band_max=st.integers(2, 5),
    covers_costs=_costs,
)


def programme(posts: st.SearchStrategy, most: int = 8) -> st.SearchStrategy:
    return st.lists(posts, max_size=most, unique_by=lambda post: post.key)


# Posts that mostly fit, with few different points, so that they compete; and problems made of them.

_hosts = st.sampled_from(("IT", "GR", None))
_homes = st.sampled_from(("NE", "LK", None))

fitting_needs = st.builds(
    lambda number, state, **changed: need(key=f"N{number}", agency=f"A-{state}", state=state, **changed),
    number=st.integers(0, 99),
    state=_homes,
    officers=st.integers(0, 3),
    languages=st.sampled_from(({"fr": "B1"}, {"fr": "B2"}, {"en": "C1"})),
    band=st.integers(2, 4),
    prefers_states=st.sampled_from(((), ("IT",), ("GR", "IT"))),
    excludes_states=st.sampled_from((frozenset(), frozenset({"GR"}))),
)
fitting_offers = st.builds(
    lambda number, state, **changed: offer(key=f"O{number}", agency=f"H-{state}", state=state, **changed),
    number=st.integers(0, 99),
    state=_hosts,
    places=st.integers(0, 3),
    languages=st.sampled_from(({}, {"fr": "B1"}, {"en": "B2"})),
    band_min=st.integers(2, 3),
    covers_costs=_costs,
)
policies = st.builds(
    Policy,
    seed=st.sampled_from(("", "drawn in public")),
    empty_round_points=st.sampled_from((0, 5)),
    empty_rounds=st.sampled_from(({}, {"NE": 2}, {"LK": 1, "NE": 3})),
    spread_points=st.sampled_from((0, 3, 40)),
    spread_step=st.sampled_from((1, 15)),
    origin_caps=st.dictionaries(st.sampled_from(("NE", "LK")), st.integers(0, 4), max_size=2),
    host_caps=st.dictionaries(st.sampled_from(("IT", "GR")), st.integers(0, 4), max_size=2),
    stay_points=st.sampled_from((0, 2, 30)),
)


@st.composite
def problems(draw, policy: st.SearchStrategy = policies, most: int = 5):
    """Draw posts that mostly fit, a policy, and pairs locked, vetoed and kept from an earlier run."""
    some_needs, some_offers = draw(programme(fitting_needs, most)), draw(programme(fitting_offers, most))
    rules = draw(policy)
    fits = [(n, o) for n in some_needs for o in some_offers if feasible(n, o, TOPICS)]
    chosen = st.lists(st.sampled_from(fits), max_size=3, unique_by=lambda pair: (pair[0].key, pair[1].key))
    vetoes = {(n.key, o.key) for n, o in (draw(chosen) if fits else ())}
    previous = [Pair(n.key, o.key, draw(st.integers(1, 3))) for n, o in (draw(chosen) if fits else ())]
    locked: list[Pair] = []
    for n, o in draw(chosen) if fits else ():
        pair = Pair(n.key, o.key, draw(st.integers(1, 2)))
        try:
            Problem(needs=some_needs, offers=some_offers, topics=TOPICS, policy=rules, locked=[*locked, pair],
                    vetoes=vetoes)  # fmt: skip
        except BadSource:
            continue
        locked.append(pair)
    return Problem(needs=some_needs, offers=some_offers, topics=TOPICS, policy=rules, locked=locked, vetoes=vetoes,
                   previous=previous)  # fmt: skip


stable_policies = st.builds(Policy, mode=st.just("stable"), seed=st.sampled_from(("", "drawn in public")))


@st.composite
def stable_problems(draw, most: int = 5):
    """Draw a problem of the stable mode, in which some posts rank some of the others themselves."""
    drawn = draw(problems(stable_policies, most))
    keys = {"needs": [post.key for post in drawn.needs], "offers": [post.key for post in drawn.offers]}
    ranks = {
        ours: {
            key: tuple(draw(st.lists(st.sampled_from(keys[theirs]), unique=True)))
            for key in (draw(st.lists(st.sampled_from(keys[ours]), unique=True)) if keys[ours] and keys[theirs] else ())
        }
        for ours, theirs in (("needs", "offers"), ("offers", "needs"))
    }
    return replace(drawn, rankings=Rankings(**ranks))
