"""A stranger agency learns nothing: a marker in every field of closed posts appears nowhere it must not."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.infra.db import db
from portal.infra.outbox import OutboxMail
from portal.kernel.labels import Tlp
from tests.client import PageClient
from tests.proof import walked_by
from tests.site.addresses import ABSENT_REF, address_of
from tests.world import World, add_post

MARKER = "Qzxmarker"
MARKED = ("title", "site", "contact", "programme", "conditions")
LANGUAGE = "en"
CLOSED = (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


@pytest.fixture
def closed_posts(app: Flask, world: World) -> list[Post]:
    """Offers and needs of two agencies at every closed label, and drafts at every label, that fit nothing of a stranger."""
    posts = []
    for kind, agency in ((PostKind.OFFER, "host"), (PostKind.NEED, "sender")):
        posts.extend(
            _marked(world, kind, agency, label=label, imported_key=f"{MARKER}{label[:1]}{len(label)}")
            for label in CLOSED
        )
        draft = {"state": PostState.DRAFT, "published_at": None, "terms_version": 0}
        posts.extend(_marked(world, kind, agency, label=label, **draft) for label in Tlp)
    db.session.commit()
    return posts


def _marked(world: World, kind: PostKind, agency: str, **changes: object) -> Post:
    texts = {name: f"{MARKER} {name} {i}" for i, name in enumerate(MARKED)}
    return add_post(world, kind, agency, **(texts | {"draft": {"title": MARKER, "site": MARKER}} | changes))


def everything_seen(app: Flask, client: PageClient, world: World) -> Iterator[tuple[str, str]]:
    """Each page, list, export and API answer this person can open, also when asked for the marker itself."""
    client.checks_pages = False
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "asset":
            continue
        address = address_of(rule, world, LANGUAGE)
        for query in ("", f"?q={MARKER}", "?sort=soonest", "?sort=fit", "?page=2"):
            answer = client.get(address + query)
            body = answer.get_data(as_text=True) if answer.mimetype != OOXML else _workbook(answer.get_data())
            yield address + query, body + str(answer.headers)


OOXML = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _workbook(content: bytes) -> str:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def without_echo(body: str) -> str:
    """The page without what this person typed: the search box, its chip, and addresses that carry the search on."""
    for echo in (
        f"q={MARKER}",
        f"q%3D{MARKER}",
        f'value="{MARKER}"',
        f"<bdi>{MARKER}</bdi>",
        f"“{MARKER}”",
        f": {MARKER}",
        f"</span>{MARKER} <svg",
    ):
        body = body.replace(echo, "")
    return body


def without_tokens(page: str) -> str:
    return re.sub(r'value="[\w.-]{20,}"', "", page)


@walked_by("persona", "stranger_approver", "stranger_editor", "donor_officer", "pending_approver", None)
def test_a_stranger_meets_the_marker_nowhere(
    app: Flask, client: PageClient, world: World, closed_posts: list[Post], persona: str | None
) -> None:
    if persona:
        client.sign_in(world.people[persona])
    seen = 0
    for address, body in everything_seen(app, client, world):
        seen += 1
        assert MARKER not in without_echo(body), address
        for post in closed_posts:
            assert post.ref not in body, address
    assert seen > 20


@pytest.mark.parametrize("persona", ["stranger_approver", "pending_approver"])
def test_what_is_hidden_answers_as_what_does_not_exist(
    client: PageClient, world: World, closed_posts: list[Post], persona: str
) -> None:
    client.sign_in(world.people[persona]).get("/en/help")  # the first page of a session sets its form token
    for post in closed_posts:
        folder = "offers" if post.kind == PostKind.OFFER else "needs"
        hidden, absent = (client.get(f"/en/exchanges/{folder}/{ref}") for ref in (post.ref, ABSENT_REF))
        assert hidden.status_code == absent.status_code == 404
        assert without_tokens(hidden.text.replace(post.ref, "")) == without_tokens(absent.text.replace(ABSENT_REF, ""))
        assert said(hidden) == said(absent)


def said(answer: TestResponse) -> list[tuple[str, str]]:
    """Its headers, but the clock's and those that change with every token."""
    changing = {"date", "set-cookie", "content-length", "etag"}
    return sorted((name, value) for name, value in answer.headers if name.lower() not in changing)


def test_the_marker_is_there_for_its_owner(client: PageClient, world: World, closed_posts: list[Post]) -> None:
    """Without this, the tests above could pass on empty pages."""
    client.sign_in(world.people["host_approver"])
    own = [p for p in closed_posts if p.agency_id == world.agencies["host"]]
    for post in own:
        assert MARKER in client.get(f"/en/exchanges/offers/{post.ref}", follow_redirects=True).text


def test_no_mail_carries_the_marker(closed_posts: list[Post]) -> None:
    assert closed_posts
    for mail in db.session.scalars(db.select(OutboxMail)):
        assert MARKER not in str(mail.params)
