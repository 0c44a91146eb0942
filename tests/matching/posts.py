"""A need and an offer that fit, to be changed one column at a time, and strategies that draw small programmes."""

from datetime import date, timedelta

from hypothesis import strategies as st

from portal.matching.source import read_topics
from portal.matching.types import CLEARANCES, COSTS, LEVELS, Need, Offer

TOPICS = read_topics()
JANUARY = date(2027, 1, 1)


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
