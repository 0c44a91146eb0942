"""The proofs of who sees what are proved themselves: each scope filter is taken away once, and must be missed.

Two kinds of mutants. In the SQL of `exchanges.queries.sight` each condition is left out once; the twin test must tell.
Where a page, list, export or API starts from a filter, the filter is replaced by "everything" once; a crawl by someone
who must learn nothing must meet something.
"""

import ast
import copy
import importlib
import inspect
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, true

from portal.features.agencies import queries as agencies
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import Disclosure, disclosure
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import loaded, sight, with_seen
from portal.features.matches import services
from portal.features.matches.models import Proposal
from portal.features.matches.queries import fits as match_fits
from portal.features.matches.queries import proposals as match_proposals
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor
from tests.client import PageClient
from tests.features.exchanges.acting import acting
from tests.features.exchanges.test_sight import _posts  # noqa: F401 - the fixture of the twin test
from tests.features.matches.acts import propose
from tests.proof import on_one_database
from tests.site.addresses import ABSENT_REF, address_of
from tests.world import World, add_post

pytestmark = on_one_database

LOOKING = (
    "stranger_approver",
    "sender_approver",
    "sender_editor",
    "pending_approver",
    "secretariat",
    "host_coordinator",
)


# ------------------------------------------------------------------------------------- conditions of the visibility


def conditions(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Each condition that stands beside others in an `and_`, or in a `where`, and each further way in an `or_`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in {"and_", "or_", "where"}:
            for one in node.args:
                if not isinstance(one, ast.Starred):
                    yield node, one


SOURCE = ast.parse(inspect.getsource(sight))
NUMBERS = range(len(list(conditions(SOURCE))))


def mutant(number: int) -> tuple[str, types.ModuleType]:
    """`sight` without its condition of this number."""
    tree = copy.deepcopy(SOURCE)
    call, left_out = list(conditions(tree))[number]
    said = f"line {left_out.lineno}: {ast.unparse(left_out)}"
    call.args.remove(left_out)
    if not call.args and getattr(call.func, "id", "") == "and_":
        call.args.append(ast.parse("true()", mode="eval").body)
    module = types.ModuleType(f"sight_without_{number}")
    module.__dict__["true"] = true
    exec(compile(ast.fix_missing_locations(tree), f"<without {said}>", "exec"), module.__dict__)  # noqa: S102
    return said, module


Levels = dict[int, tuple[bool, bool, bool]]
"""By post: whether its reference, its content and its exact site are seen."""


def meant(world: World) -> Iterator[tuple[Actor | None, Levels]]:
    """What the Python rule says, for each who looks."""
    for name in (None, *LOOKING):
        actor, levels = acting(world, name) if name else None, {}
        for post in db.session.scalars(loaded(select(Post))):
            level = disclosure(actor, with_seen(post, actor), post.seen)
            exact = level is Disclosure.EXACT
            levels[post.id] = (level is not Disclosure.NOTHING, exact or level is Disclosure.SUMMARY, exact)
        yield actor, levels


def differs(module: Any, actor: Actor | None, levels: Levels) -> bool:
    """Whether the SQL says something else."""
    filters = (module.visible(actor), module.readable(actor), module.exactly_visible(actor))
    found = [set(db.session.scalars(select(Post.id).where(one))) for one in filters]
    return any(tuple(id_ in ids for ids in found) != level for id_, level in levels.items())


@pytest.mark.filterwarnings("ignore:.*cartesian product:sqlalchemy.exc.SAWarning")
def test_every_condition_of_the_visibility_is_missed_when_it_is_gone(world: World, posts: list[Post]) -> None:
    db.session.flush()
    rule = list(meant(world))
    assert not any(differs(sight, *one) for one in rule), "without a mutation the twins agree"
    mutants = [mutant(number) for number in NUMBERS]
    survivors = [said for said, module in mutants if not any(differs(module, *one) for one in rule)]
    assert len(mutants) > 25
    assert not survivors, "\n".join(["nobody missed:", *survivors])


# ---------------------------------------------------------------------------------------------- where pages start

MARKER = "Qzxmarker"
EXACT = "Qzxexactly"
AGREED = "Qzxagreed"
"""Between two agencies, and open to the secretariat."""
EVERYTHING: dict[Any, Callable[..., Any]] = {
    sight.visible: lambda _actor: true(),
    sight.readable: lambda _actor: true(),
    sight.exactly_visible: lambda _actor: true(),
    match_fits.readable_content: lambda _actor, _post: True,
    match_proposals.visible: lambda _actor: select(Proposal),
    agencies.visible: lambda _actor: select(Agency),
}
ABSENT_NEED = "ND-2026-000000"
REDUNDANT = {
    ("portal.features.exchanges.exports", "visible"): "its ids come from a list that asked before",
    ("portal.features.matches.api", "readable_content"): "who sees only a reference may not propose either",
    ("portal.features.matches.queries.fits", "readable_content"): "stands there for others, who are named themselves",
    ("portal.features.rounds.queries.own", "visible"): "it asks for the agency's own side as well",
}
"""Second walls: nobody can miss them while the first one stands."""
MISSED_ELSEWHERE = {
    ("portal.features.rounds.views.own_words", "readable"): "tests/features/rounds/test_sight.py, what would help",
    ("portal.features.ledger.queries.pages", "known"): "tests/features/ledger/test_corrections.py, an agency is named",
}
"""This world has no round and no entry of a ledger; the tests named here fail without the filter."""
MODULES = sorted(
    ".".join(path.with_suffix("").parts)
    for path in Path("portal/features").rglob("*.py")
    if path.name != "__init__.py" and path.with_suffix("") != Path("portal/features/exchanges/queries/sight")
)


def places() -> Iterator[tuple[str, str]]:
    """Every module that uses a filter, and by which name."""
    for name in MODULES:
        module = importlib.import_module(name)
        for attribute, value in vars(module).items():
            if inspect.isfunction(value) and value in EVERYTHING:
                yield name, attribute


PLACES = sorted(set(places()) - REDUNDANT.keys() - MISSED_ELSEWHERE.keys())


@pytest.fixture(name="closed")
def _closed(app: Flask, world: World) -> list[Post]:
    """What the stranger must not see: posts that fit theirs at the closed labels, a proposal, an unverified agency."""
    add_post(world, PostKind.NEED, "stranger")
    add_post(world, PostKind.OFFER, "stranger")
    texts = {name: f"{MARKER} {name}" for name in ("title", "programme", "conditions")}
    texts |= {name: f"{EXACT} {name}" for name in ("site", "contact", "restricted")}
    found = []
    for label in (Tlp.AMBER_STRICT, Tlp.RED):
        found.append(add_post(world, PostKind.OFFER, "host", label=label, **texts))
        found.append(add_post(world, PostKind.NEED, "sender", label=label, **texts))
        # these two miss by one rule each what the stranger posts
        found.append(add_post(world, PostKind.OFFER, "host", label=label, band_min=5, band_max=5, **texts))
        found.append(add_post(world, PostKind.NEED, "sender", label=label, band_min=1, band_max=1, **texts))
    open_texts = {name: text for name, text in texts.items() if text.startswith(EXACT)}
    world.refs["open"] = add_post(world, PostKind.OFFER, "host", **open_texts).ref
    services.rebuild_all(at=now())
    db.session.flush()
    world.refs["proposal"] = propose(world, "host_approver", conditions=f"{AGREED} conditions", at=now()).ref
    db.session.commit()
    return found


def leaks(app: Flask, client: PageClient, world: World, closed: list[Post]) -> Iterator[str]:
    """Where a stranger and the secretariat meet what must be hidden from them."""
    client.checks_pages = False
    hidden = [*(post.ref for post in closed), world.refs["proposal"]]
    words = [MARKER, EXACT, AGREED, world.agency("pending").key, *hidden]
    client.sign_in(world.people["stranger_approver"])
    for address in addresses(app, world, closed):
        answer = client.get(address)
        body = answer.get_data(as_text=True)
        named = any(ref in address for ref in hidden)
        if (named and answer.status_code != 404) or (not named and any(word in body for word in words)):
            yield address
    yield from (f"after {post.ref}" for post in closed if says_where_it_stands(client, post))
    client.sign_in(world.people["secretariat"])
    for address in addresses(app, world, closed):
        if any(word in client.get(address).get_data(as_text=True) for word in (MARKER, EXACT)):
            yield address


def says_where_it_stands(client: PageClient, post: Post) -> bool:
    """A list from a hidden post on must begin as it does from one that does not exist."""
    plain, absent = f"/api/v1/{post.kind.value}s?after=", ABSENT_REF if post.kind == PostKind.OFFER else ABSENT_NEED
    return client.get(plain + post.ref).json != client.get(plain + absent).json


def addresses(app: Flask, world: World, closed: list[Post]) -> Iterator[str]:
    """The pages of the hidden records themselves, and every list, export, board and inbox."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "asset" or rule.rule.endswith(".xlsx"):
            continue
        address = address_of(rule, world)
        if "ref" not in rule.arguments:
            yield address
            continue
        own = next(ref for name, ref in (("/needs/", "need"), ("", "offer")) if name in rule.rule)
        yield address
        if "/proposals/" in rule.rule or "/history/" in rule.rule:
            yield address_of_ref(address, world.refs["proposal"]).replace("/history/offer/", "/history/proposal/")
        kind = PostKind.NEED if own == "need" else PostKind.OFFER
        yield from (address_of_ref(address, post.ref) for post in closed if post.kind == kind)
        yield address_of_ref(address, world.refs["open"])


def address_of_ref(address: str, ref: str) -> str:
    return re.sub(r"(EX|ND|PR)-\d{4}-\w{6}", ref, address)


def test_every_place_is_known(app: Flask) -> None:
    """A filter that is used in a new place is mutated there without anyone remembering to add it."""
    assert set(places()) >= REDUNDANT.keys()
    assert len(PLACES) > 10


def test_without_a_mutation_nothing_is_met(app: Flask, client: PageClient, world: World, closed: list[Post]) -> None:
    assert list(leaks(app, client, world, closed)) == []


@pytest.mark.parametrize("place", PLACES, ids=":".join)
def test_a_filter_that_is_gone_is_missed(
    app: Flask, client: PageClient, world: World, closed: list[Post], monkeypatch: pytest.MonkeyPatch,
    place: tuple[str, str],
) -> None:  # fmt: skip
    module, name = place
    original = getattr(importlib.import_module(module), name)
    monkeypatch.setattr(importlib.import_module(module), name, EVERYTHING[original])
    assert next(leaks(app, client, world, closed), None), "nobody missed it"
