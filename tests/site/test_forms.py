"""Every form these people can reach, sent with bad answers: said at the field, all that was typed kept, nothing written.

The forms are found by following the links of pages, so that a new form is tried without anyone remembering to add it.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import select

from portal.features.assistance.models import RequestLine
from portal.infra.db import Base, db, now
from tests.client import PageClient, filled_in
from tests.features.assistance.pledging import offered
from tests.features.matches.acts import propose
from tests.proof import on_sqlite
from tests.world import World

WHO = ("host_approver", "sender_approver", "donor_approver", "secretariat", "administrator")
BAD = {"date": "2027-02-30", "number": "one and a half", "email": "no address", "url": "no address"}
TYPED = "input:not([type]), input[type=text], input[type=date], input[type=number], input[type=email], textarea"
KEPT_BY_EACH_REQUEST = {"user_session", "submission"}
DRAFTS = {"offers": "post", "needs": "post", "requests": "request"}
"""The table of each kind of draft, by its address.

A draft takes anything: what is typed at a border post is saved as it stands, and judged when it is sent.
"""
SAVED, REFUSED = 303, 422


@pytest.fixture(name="busy")
def _busy(app: Flask, world: World) -> World:
    """A world in which every kind of record waits for somebody's answer."""
    propose(world, "host_approver", at=now())
    offered(world, db.session.scalars(select(RequestLine).order_by(RequestLine.id)).all()[0])
    db.session.commit()
    client = app.test_client()
    for name, address in (
        *(("host_approver", "/en/exchanges/offers/new"), ("sender_approver", "/en/exchanges/needs/new")),
        ("sender_approver", "/en/assistance/requests/new"),
    ):
        assert client.sign_in(world.people[name]).post(address).status_code == 303
    return world


@on_sqlite
def test_bad_answers_are_named_at_their_fields_and_nothing_is_lost(app: Flask, busy: World) -> None:
    client, tried, wrong = app.test_client(), set(), []
    client.checks_pages = False
    for name in WHO:
        client.sign_in(busy.people[name])
        for address, form in forms(client):
            answers, target = bad_answers(form), urljoin(address, str(form.get("action") or address))
            endpoint, _values = app.url_map.bind("localhost").match(urlsplit(target).path, "POST")
            known = (endpoint, *sorted(shape(field) for field in filled_in(form)))
            if answers and known not in tried:
                tried.add(known)
                wrong += [f"{name} {target}: {fault}" for fault in faults(client, target, form, answers)]
    assert not wrong, "\n".join(wrong)
    assert len(tried) > 25, sorted(tried)


def faults(client: PageClient, target: str, form: Tag, answers: dict[str, str]) -> Iterator[str]:
    """Send the form with its bad answers, and tell what is not as it should be."""
    before, draft = (
        everything(),
        DRAFTS.get(target.partition("/edit/")[0].split("/")[-2]) if "/edit/" in target else None,
    )
    answer = client.open(target, method="POST", data=filled_in(form) | answers)
    db.session.rollback()
    yield from (f"{table} changed" for table, rows in everything().items() if rows != before[table] and table != draft)
    if draft and answer.status_code == SAVED:
        answer = client.get(target)
    elif answer.status_code != REFUSED:
        yield f"answered {answer.status_code}"
        return
    page = BeautifulSoup(answer.text, "html.parser")
    if not (page.title and page.title.text.startswith("Error:")):
        yield "the title does not say that something is wrong"
    for name, typed in answers.items():
        control = page.find(attrs={"name": name})
        if not isinstance(control, Tag):
            yield f"{name} is gone"
        elif typed.strip() not in (control.text.strip(), str(control.get("value")).strip()):
            yield f"{name} lost what was typed"
        elif control.get("aria-invalid") != "true" or not explained(page, control):
            yield f"{name} does not say what is wrong"


def explained(page: BeautifulSoup, control: Tag) -> bool:
    """Whether the control names an element with the words of its error."""
    described = [page.find(id=name) for name in str(control.get("aria-describedby") or "").split()]
    return any(one is not None and one.text.strip() for one in described)


def forms(client: PageClient) -> Iterator[tuple[str, Tag]]:
    """Every form on the pages that can be reached by links, without their filters."""
    seen, waiting = {"/en/"}, ["/en/"]
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        address = answer.request.full_path.rstrip("?")
        page = BeautifulSoup(answer.text, "html.parser")
        yield from ((address, form) for form in page.select("main form[method=post]"))
        links = {urljoin(address, str(link["href"])).split("#")[0] for link in page.select("a[href]")}
        fresh = {link for link in links if re.fullmatch(r"/en/[^.?]*", link)} - seen
        seen |= fresh
        waiting += sorted(fresh)


def bad_answers(form: Tag) -> dict[str, str]:
    """A bad answer for everything that is typed: text that turns the direction of what follows, no such day."""
    typed = [one for one in form.select(TYPED) if one.get("name") and not one.has_attr("readonly")]
    return {
        str(one["name"]): BAD.get(str(one.get("type")), f"typed {number} \u202e") for number, one in enumerate(typed)
    }


def shape(field: str) -> str:
    return re.sub(r"\d+", "N", field)


def everything() -> dict[str, list[Any]]:
    """All rows of the database, but those that every request writes."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in KEPT_BY_EACH_REQUEST]
    return {table.name: [tuple(row) for row in db.session.execute(select(table))] for table in tables}
