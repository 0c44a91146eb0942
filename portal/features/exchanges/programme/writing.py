"""Writes a compared programme down: new agencies, new posts, new versions of changed ones. Never commits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.agencies.domain import AgencyKind, AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.models import Post
from portal.features.exchanges.programme.comparing import Change, Plan
from portal.features.exchanges.programme.lines import AgencyLine, PostLine
from portal.features.exchanges.queries import loaded
from portal.features.exchanges.services.finding import index_words
from portal.features.exchanges.services.revision import write_next_version
from portal.features.exchanges.services.writing import new_post, write_terms, write_version
from portal.infra.db import db
from portal.infra.history import advance, begin
from portal.kernel.policy import Actor

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of what were written, or left as they were."""

    agencies: int
    new: int
    changed: int
    unchanged: int
    absent: int

    @property
    def figures(self) -> dict[str, int]:
        return asdict(self)


def apply(plan: Plan, *, by: Actor, at: datetime, source: str) -> Outcome:
    """Do what the plan says, all of it. `source` is the name of the file, for the history."""
    db.session.add_all(_agency(line) for line in plan.new_agencies)
    db.session.flush()
    agencies = _agencies({line.agency_key for line in plan.new})
    for lines in _chunks(plan.new):
        _publish(lines, agencies, by=by, at=at, source=source)
    for changes in _chunks(plan.changed):
        _revise(changes, by=by, at=at, source=source)
    return Outcome(len(plan.new_agencies), len(plan.new), len(plan.changed), plan.unchanged, len(plan.absent))


def _agency(line: AgencyLine) -> Agency:
    """Not verified: that stays an act of the secretariat, for each agency by itself."""
    return Agency(
        key=line.key,
        state_iso2=line.state,
        names={line.name_language: line.name},
        name_language=line.name_language,
        kind=AgencyKind(line.kind),
        protocol_roles=list(line.roles or ()),
        languages=[{"language": language, "level": level} for language, level in line.languages or ()],
        time_zone=line.time_zone or "UTC",
        status=AgencyStatus.PENDING,
    )


def _agencies(keys: set[str]) -> Mapping[str, Agency]:
    found: dict[str, Agency] = {}
    for chunk in _chunks(sorted(keys)):
        query = select(Agency).where(Agency.key.in_(chunk)).options(joinedload(Agency.state))
        found |= {agency.key: agency for agency in db.session.scalars(query.execution_options(populate_existing=True))}
    return found


def _publish(
    lines: Sequence[PostLine], agencies: Mapping[str, Agency], *, by: Actor, at: datetime, source: str
) -> None:
    """The secretariat's import publishes what a programme already agreed on."""
    posts = []
    for line in lines:
        post = new_post(line.kind, agencies[line.agency_key], at=at)
        write_terms(post, line.terms)
        post.imported_key, post.published_at = line.key, at
        posts.append(post)
    db.session.add_all(posts)
    db.session.flush()
    for post in posts:
        write_version(post, at=at)
    index_words(*posts)
    for post in posts:
        begin(post.lifecycle, post, by=by, at=at)
        details = {"version": post.terms_version, "key": post.imported_key, "source": source}
        advance(post.lifecycle, post, "import", by=by, at=at, details=details)


@dataclass(frozen=True, slots=True)
class Merged:
    """What the file says, and for everything that a file does not tell what the post says already."""

    line: PostLine
    post: Post

    def __getattr__(self, name: str) -> Any:
        if name in _KEPT or (name == "formats" and "format" not in self.line.cells):
            return _kept(self.post, name)
        column = _OPTIONAL.get(name)
        if column and not column & self.line.cells.keys():
            return _kept(self.post, name)
        return getattr(self.line.terms, name)


_KEPT = frozenset({"direction", "costs_note", "contact", "programme", "conditions", "restricted"})
_OPTIONAL = {
    "site": {"site"},
    "accepts_states": {"accepts_states"},
    "excludes_states": {"excludes_states"},
    "prefers_states": {"prefers_states"},
    "costs": {"covers_costs", "requires_costs"},
}
"""Fields whose column may be missing; an empty site is also no statement, because exports withhold it."""


def _kept(post: Post, name: str) -> Any:
    value = getattr(post, name)
    return [_Code(one) for one in value] if name in {"formats", "costs"} else value


@dataclass(frozen=True, slots=True)
class _Code:
    """A stored code where the writing of terms expects a member of an enum."""

    value: str


def _revise(changes: Sequence[Change], *, by: Actor, at: datetime, source: str) -> None:
    query = loaded(select(Post).where(Post.id.in_([change.standing.id for change in changes])))
    posts = {post.id: post for post in db.session.scalars(query)}
    for change in changes:
        post = posts[change.standing.id]
        write_next_version(
            post, Merged(change.line, post), by=by, at=at, more={"key": post.imported_key, "source": source}
        )


def _chunks(items: Sequence[Any]) -> Iterator[list[Any]]:
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
