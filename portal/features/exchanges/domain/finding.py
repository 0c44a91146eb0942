"""The qualities and words by which a post is found: written with it, and asked for by the list's filters."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.kernel.labels import Tlp
from portal.kernel.languages import Level
from portal.kernel.search import tokens
from portal.kernel.states import STATES
from portal.kernel.topics import TOPICS, with_parents

REACH: Mapping[Tlp, int] = {Tlp.CLEAR: 4, Tlp.GREEN: 3, Tlp.AMBER: 2, Tlp.AMBER_STRICT: 1, Tlp.RED: 1}
"""How far a live post travels; the same figures as the column `post.reach`."""
LEVELS = tuple(Level)


def topic(key: str) -> str:
    return f"topic:{key}"


def letter(tag: str) -> str:
    return f"art:{tag}"


def state(iso2: str) -> str:
    return f"state:{iso2}"


def region(name: str) -> str:
    return f"region:{name}"


def format_(value: str) -> str:
    return f"format:{value}"


def language(code: str, level: str | None = None) -> str:
    return f"speaks:{code}:{level}" if level else f"speaks:{code}"


def word(token: str) -> str:
    return f"w:{token}"


def terms_for(post: Any, *, agency: Any) -> set[str]:
    """Everything a live post is found by. Needs its topics and languages."""
    keys = {above for t in post.topics for above in with_parents(t.topic)}
    found = {topic(key) for key in keys}
    found |= {letter(tag) for t in post.topics for tag in TOPICS[t.topic].provisions}
    found |= {format_(value) for value in post.formats}
    found |= set(_languages(post))
    if agency.state_iso2 in STATES:
        found |= {state(agency.state_iso2), region(STATES[agency.state_iso2].region)}
    return found | {word(token) for token in _words(post, agency)}


def _languages(post: Any) -> Iterator[str]:
    """An offer asks for a level: who has more also fits. A need says what its officers have: more than asked fits."""
    for spoken in post.languages:
        at = LEVELS.index(spoken.level)
        fitting = LEVELS[at:] if post.kind == "offer" else LEVELS[: at + 1]
        yield language(spoken.language)
        yield from (language(spoken.language, level) for level in fitting)


def _words(post: Any, agency: Any) -> set[str]:
    """Title, agency and State in every language they have, topics in all six. The site only where all may see it."""
    found = tokens(post.title, post.title_language) | tokens(f"{post.ref} {post.imported_key or ''} {agency.key}", "")
    for code, name in agency.names.items():
        found |= tokens(name, code)
    if agency.state_iso2 in STATES:
        for code, name in STATES[agency.state_iso2].names.items():
            found |= tokens(name, code)
    for t in post.topics:
        for code, name in TOPICS[t.topic].names.items():
            found |= tokens(name, code)
    if post.label == Tlp.CLEAR:
        found |= tokens(post.site, post.title_language)
    return found
