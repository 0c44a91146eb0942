"""Writes checked terms into a post: its columns, its lists, its version, and the words it is found by."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import attributes

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.terms import hash_of, terms_of
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostLanguage, PostTerms, PostTopic, PostWindow
from portal.infra.db import db
from portal.kernel.reference import Kind, new_reference

PLAIN = (
    *("title", "title_language", "min_days", "max_days", "clearance", "costs_note", "site", "contact", "programme"),
    *("conditions", "restricted", "label"),
)


def new_post(kind: PostKind, agency: Agency, *, at: datetime) -> Post:
    """An empty post of an agency, not yet in the session, with its lists loaded (and empty)."""
    prefix = Kind.OFFER if kind == PostKind.OFFER else Kind.NEED
    post = Post(kind=kind, ref=new_reference(prefix, at.year), state=PostState.DRAFT, draft={})
    post.agency = agency
    for name in ("topics", "languages", "windows"):
        attributes.set_committed_value(post, name, [])
    return post


def write_terms(post: Post, terms: Any) -> None:
    """Put terms into the post's columns and lists. `terms` has the fields of `OfferTerms` or `NeedTerms`."""
    for name in PLAIN:
        setattr(post, name, getattr(terms, name))
    post.formats = [f.value for f in terms.formats]
    post.costs = [c.value for c in terms.costs]
    post.accepts_states = list(terms.accepts_states)
    post.excludes_states = list(terms.excludes_states)
    if post.kind == PostKind.OFFER:
        post.direction, post.interpreter = terms.direction, terms.interpreter
        post.capacity, post.band_min, post.band_max = terms.places, terms.band_min, terms.band_max
    else:
        post.capacity, post.band_min, post.band_max = terms.officers, terms.band, terms.band
        post.prefers_states = list(terms.prefers_states)
    _write_lists(post, terms)


def _write_lists(post: Post, terms: Any) -> None:
    """Rows that stay keep their place: only what changed is written."""
    topics = {t.topic: t for t in post.topics}
    post.topics = [topics.get(key) or PostTopic(topic=key) for key in terms.topics]
    languages = {(s.language, s.level): s for s in post.languages}
    gone = [s for s in post.languages if (s.language, s.level) not in {(t.language, t.level) for t in terms.languages}]
    for row in gone:
        post.languages.remove(row)
    windows = {(w.starts_on, w.ends_on): w for w in post.windows}
    post.windows = [
        windows.get((w.starts_on, w.ends_on)) or PostWindow(starts_on=w.starts_on, ends_on=w.ends_on)
        for w in sorted(terms.windows, key=lambda w: (w.starts_on, w.ends_on))
    ]
    if gone:
        db.session.flush()  # the level of a language changed: the old row goes before the new one comes
    post.languages = [
        languages.get((s.language, s.level)) or PostLanguage(language=s.language, level=s.level)
        for s in terms.languages
    ]
    post.first_day = min((w.starts_on for w in post.windows), default=None)
    post.last_day = max((w.ends_on for w in post.windows), default=None)


def write_version(post: Post, *, at: datetime) -> PostTerms:
    """Add the next version of the published terms."""
    post.terms_version += 1
    terms = terms_of(post)
    version = PostTerms(number=post.terms_version, terms=terms, hash=hash_of(terms), at=at, post_id=post.id)
    db.session.add(version)
    return version
