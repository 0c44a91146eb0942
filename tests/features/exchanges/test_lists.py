"""Lists: what they hold, how they are filtered, and how one walks through them in both directions."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit, Post, PostRelease
from portal.features.exchanges.queries import by_id
from portal.features.exchanges.queries.listing import count, page, place_of
from portal.features.exchanges.queries.rows import rows
from portal.features.exchanges.queries.sight import readable, visible
from portal.features.exchanges.services.finding import index_words
from portal.infra import ranges
from portal.infra.db import db
from portal.kernel.labels import Tlp
from portal.kernel.languages import Level
from portal.kernel.policy import Actor
from tests.features.exchanges.acting import acting, everyone
from tests.world import LONG_AGO, NEXT_YEAR, World, add_post

OFFER, NEED = PostKind.OFFER, PostKind.NEED


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.test_request_context("/en/"):
        yield


def add(world: World, agency: str = "host", kind: PostKind = OFFER, **changes: Any) -> Post:
    post = add_post(world, kind, agency, **changes)
    post = by_id(post.id)
    if post.live:
        index_words(post)
    return post


def many(world: World, how_many: int, **changes: Any) -> list[str]:
    """Newest last."""
    found = []
    for number in range(how_many):
        published = LONG_AGO + timedelta(days=2, minutes=number // 3)
        first = date(NEXT_YEAR, 1, 1) + timedelta(days=number % 7)
        window = [(first, first + timedelta(days=20))]
        found.append(add(world, published_at=published, windows=window, title=f"Post {number}", **changes).ref)
    db.session.flush()
    return found


def walk(actor: Actor | None, kind: PostKind, filters: Filters, sort: Sort) -> list[list[str]]:
    """All pages forwards, checked against all pages backwards; where one looks at less, pages may be cut elsewhere."""
    forwards, place = [], None
    while True:
        found = page(actor, kind, filters, sort, place)
        forwards.append([row.ref for row in rows(actor, kind, found.ids)])
        if found.next is None:
            break
        place = found.next
    backwards = [forwards[-1]]
    while found.previous is not None:
        found = page(actor, kind, filters, sort, found.previous)
        backwards.append([row.ref for row in rows(actor, kind, found.ids)])
    if ranges.CANDIDATES > 1_000:
        assert backwards[::-1] == forwards
    assert [ref for refs in backwards[::-1] for ref in refs] == [ref for refs in forwards for ref in refs]
    return forwards


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.SOONEST])
def test_pages_of_twenty_hold_each_post_once_in_both_directions(world: World, sort: Sort):
    made = many(world, 47)
    pages = walk(acting(world, "stranger_editor"), OFFER, Filters(), sort)
    assert [len(p) for p in pages] == [20, 20, 8]
    every = [ref for p in pages for ref in p]
    assert len(set(every)) == 48
    assert set(made) < set(every)


def test_newest_first_and_soonest_first(world: World):
    made = many(world, 5)
    actor = acting(world, "stranger_editor")
    newest = walk(actor, OFFER, Filters(), Sort.NEWEST)[0]
    assert newest[:5] == made[::-1]
    soonest = walk(actor, OFFER, Filters(), Sort.SOONEST)[0]
    assert soonest[0] == made[0]


def test_open_and_hidden_posts_stand_in_one_order(world: World):
    """What only this agency sees is merged into what all see."""
    many(world, 30)
    mine = [
        add(world, "sender", published_at=LONG_AGO + timedelta(days=2, minutes=n), label=Tlp.AMBER).ref
        for n in (0, 5, 9)
    ]
    pages = walk(acting(world, "sender_editor"), OFFER, Filters(), Sort.NEWEST)
    every = [ref for p in pages for ref in p]
    published = dict(db.session.execute(db.select(Post.ref, Post.published_at)).all())
    assert [published[ref] for ref in every] == sorted((published[ref] for ref in every), reverse=True)
    assert set(mine) <= set(every)
    assert not set(mine) & {
        ref for p in walk(acting(world, "stranger_editor"), OFFER, Filters(), Sort.NEWEST) for ref in p
    }


def test_the_list_holds_exactly_the_live_posts_one_may_see(world: World):
    for label in Tlp:
        for state in (PostState.PUBLISHED, PostState.FULL, PostState.CLOSED, PostState.SUBMITTED):
            add(world, label=label, state=state, published_at=LONG_AGO)
    released = add(world, label=Tlp.RED)
    by = {"released_by": world.people["host_approver"], "at": LONG_AGO, "person_id": world.people["stranger_editor"]}
    db.session.add(PostRelease(post_id=released.id, **by))
    need = add(world, "sender", NEED)
    fitting = add(world, label=Tlp.AMBER)
    db.session.add(Fit(offer_id=fitting.id, need_id=need.id, score=70, parts={}))
    db.session.flush()
    for name, actor in everyone(world).items():
        shown = {ref for p in walk(actor, OFFER, Filters(), Sort.NEWEST) for ref in p}
        may = set(db.session.scalars(db.select(Post.ref).where(Post.kind == OFFER, Post.reach > 0, visible(actor))))
        assert shown == may, name
        assert count(actor, OFFER, Filters()).number == len(may), name
        found = {ref for p in walk(actor, OFFER, Filters(topic=("art14-2b",)), Sort.NEWEST) for ref in p}
        may_read = db.select(Post.ref).where(Post.kind == OFFER, Post.reach > 0, readable(actor))
        assert found <= set(db.session.scalars(may_read)), name


def refs(world: World, filters: Filters, kind: PostKind = OFFER, who: str = "stranger_editor") -> set[str]:
    """The references a filtered list shows, all pages together, counted as the page counts them."""
    actor = acting(world, who)
    shown = {ref for p in walk(actor, kind, filters, Sort.NEWEST) for ref in p}
    assert count(actor, kind, filters).number == len(shown)
    return shown


def test_each_filter_finds_its_post(world: World):
    one = add(
        world,
        "donor",
        topics=["technology-cctv"],
        languages=[("ar", Level.B2)],
        formats=["workshop"],
        windows=[(date(NEXT_YEAR, 6, 1), date(NEXT_YEAR, 6, 30))],
        title="Caméras de surveillance",
        title_language="fr",
    ).ref
    full = add(world, "donor", topics=["art14-2c"], capacity=1, claimed=1, state=PostState.FULL).ref
    assert refs(world, Filters(topic=("technology-cctv",))) == {one}
    assert refs(world, Filters(topic=("technology-use",))) == {one}  # a topic means its parts too
    assert refs(world, Filters(letter=("14.2.d",))) == {one}
    assert refs(world, Filters(letter=("14.2.d", "14.2.c"))) == {one, full}
    assert refs(world, Filters(state="DK")) == {one, full}
    assert refs(world, Filters(region="Europe", format="workshop")) == {one}
    assert refs(world, Filters(region="Africa")) == set()
    assert refs(world, Filters(language="ar")) == {one}
    assert refs(world, Filters(language="ar", level="B1")) == set()  # the offer asks for more
    assert refs(world, Filters(language="ar", level="C1")) == {one}
    assert refs(world, Filters(starts=date(NEXT_YEAR, 6, 30))) == {one}
    assert refs(world, Filters(starts=date(NEXT_YEAR, 5, 1), ends=date(NEXT_YEAR, 5, 31))) == set()
    assert full not in refs(world, Filters(free=True))
    assert refs(world, Filters(q="camera surveillance")) == {one}
    assert refs(world, Filters(q="Danemark", free=True)) == {one}
    assert refs(world, Filters(q=one)) == {one}
    assert refs(world, Filters(q="%%%")) == set()


@pytest.mark.parametrize(
    ("language", "title", "question"),
    [
        ("en", "Interviewing vulnerable witnesses", "witness"),
        ("fr", "Vérification des cachets d’entrée", "cachet entree"),
        ("es", "Inspección de vehículos", "vehiculo"),
        ("ru", "Осмотр грузовых автомобилей", "автомобили"),
        ("ar", "تفتيش الشاحنات في الميناء", "شاحنات"),
        ("zh", "检查港口的卡车", "港口"),
    ],
)
def test_titles_are_found_in_every_script(world: World, language: str, title: str, question: str):
    ref = add(world, title=title, title_language=language).ref
    add(world)
    assert refs(world, Filters(q=question)) == {ref}


def test_topics_and_states_are_found_in_the_readers_language(world: World):
    ref = add(world, "donor", topics=["sea-search-rescue"], label=Tlp.GREEN).ref
    for question in ("Denmark", "丹麦", "Дания", "الدانمرك", "Dinamarca"):
        assert ref in refs(world, Filters(q=question))
    assert refs(world, Filters(q="sauvetage")) == {ref}


def test_the_exact_place_is_found_only_where_all_may_see_it(world: World):
    open_one = add(world, site="Lampedusa", label=Tlp.CLEAR).ref
    add(world, site="Lampedusa", label=Tlp.GREEN)
    assert refs(world, Filters(q="lampedusa")) == {open_one}


def test_fits_are_filtered_and_sorted_by_score(world: World):
    need = add(world, "sender", NEED)
    offers = [add(world) for _ in range(3)]
    for offer, score in zip(offers, (60, 95, 81), strict=True):
        db.session.add(Fit(offer_id=offer.id, need_id=need.id, score=score, parts={}))
    db.session.flush()
    actor = acting(world, "sender_editor")
    best = [offers[1].ref, offers[2].ref, offers[0].ref]
    assert walk(actor, OFFER, Filters(), Sort.FIT) == [best]
    assert refs(world, Filters(fits=True), who="sender_editor") == set(best)
    shown = rows(actor, OFFER, page(actor, OFFER, Filters(fits=True), Sort.FIT, None).ids)
    assert [row.score for row in shown] == [95, 81, 60]
    assert refs(world, Filters(fits=True)) == set()


def test_combined_filters_never_look_at_more_than_the_bound_and_lose_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ranges, "CANDIDATES", 25)
    made = many(world, 60, topics=["art14-2b"], formats=["workshop"])
    rare = [add(world, formats=["secondment"], published_at=LONG_AGO).ref for _ in range(2)]
    filters = Filters(letter=("14.2.b",), starts=date(NEXT_YEAR, 3, 1))
    shown = {ref for p in walk(acting(world, "stranger_editor"), OFFER, filters, Sort.NEWEST) for ref in p}
    assert set(rare) <= shown
    assert not shown & set(made)


def test_counting_stops_where_it_is_enough(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ranges, "COUNT_CAP", 11)
    many(world, 30)
    counted = count(acting(world, "stranger_editor"), OFFER, Filters())
    assert (counted.number, counted.more) == (10, True)


def test_places_are_references_and_unknown_ones_start_at_the_beginning(world: World):
    hidden = add(world, label=Tlp.RED)
    actor = acting(world, "stranger_editor")
    assert place_of(actor, OFFER, Sort.NEWEST, hidden.ref, before=False) is None
    assert place_of(actor, OFFER, Sort.NEWEST, "EX-2026-XXXXXX", before=False) is None
    assert place_of(actor, NEED, Sort.NEWEST, world.refs["offer"], before=False) is None
    assert place_of(actor, OFFER, Sort.NEWEST, world.refs["offer"], before=True).before


def test_a_bare_row_shows_reference_label_and_state_alone(world: World):
    secret = add(world, label=Tlp.RED, title="Marker", site="Marker", programme="Marker")
    [row] = rows(acting(world, "secretariat"), OFFER, [secret.id])
    assert row.bare
    assert "Marker" not in repr(row)
    [own] = rows(acting(world, "host_editor"), OFFER, [secret.id])
    assert own.title == "Marker"


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(world: World):
    def statements() -> int:
        seen = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        found = page(actor, OFFER, Filters(), Sort.NEWEST, None)
        rows(actor, OFFER, found.ids)
        count(actor, OFFER, Filters())
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    actor = acting(world, "stranger_editor")
    few = statements()
    many(world, 40)
    assert statements() == few
