"""A test client that refuses pages we would be ashamed of. Every test that opens a page runs these checks."""

from secrets import token_urlsafe
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.features.people.models import UserSession
from portal.features.people.queries import token_hash
from portal.infra.db import db, now

FORM_TOKENS = {"csrf_token", "_once"}


class PageClient(FlaskClient):
    """Signs people in by a session of their own, fills in the token of forms, and checks every page it gets."""

    csrf_token: str | None = None
    checks_pages = True
    """Off in crawls that ask who may open what: the same pages are checked where they are read."""

    def sign_in(self, person_id: int, membership_id: int | None = None) -> "PageClient":
        token = token_urlsafe(32)
        db.session.add(
            UserSession(
                token_hash=token_hash(token),
                person_id=person_id,
                membership_id=membership_id,
                created_at=now(),
                seen_at=now(),
                ended_at=None,
                device="test",
            )
        )
        db.session.commit()
        with self.session_transaction() as session:
            session.clear()
            session["token"] = token
        self.csrf_token = None
        return self

    def post(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """Post a form with its token, or JSON as it is."""
        if csrf and "json" not in kwargs:
            data = kwargs.get("data") or {}
            kwargs["data"] = {"csrf_token": self._token()} | dict(data)
        return super().post(*args, **kwargs)

    def send(self, page: TestResponse, fields: dict[str, Any] | None = None, *, action: str = "", **kwargs: Any) -> Any:
        """Send the first form of `page` (or the one whose action ends in `action`) as a browser would."""
        form = next(
            f
            for f in BeautifulSoup(page.text, "html.parser").select("main form[method=post]")
            if str(f.get("action") or "").endswith(action)
        )
        target = str(form.get("action") or "") or page.request.full_path.rstrip("?")
        return super().post(target, data=filled_in(form) | (fields or {}), **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # A test may keep one application context open, and every request starts without what the last one left there.
        for name in list(g):
            g.pop(name)
        response = super().open(*args, **kwargs)
        if self.checks_pages and response.mimetype == "text/html" and response.status_code not in (301, 302, 303):
            check_page(response.text)
        return response

    def _token(self) -> str:
        if self.csrf_token is None:
            page = BeautifulSoup(super().get("/en/help").text, "html.parser")
            field = page.select_one("input[name=csrf_token]") or BeautifulSoup(
                super().get("/en/sign-in").text, "html.parser"
            ).select_one("input[name=csrf_token]")
            assert field, "no form carries a token"
            self.csrf_token = str(field["value"])
        return self.csrf_token


def filled_in(form: Tag) -> dict[str, Any]:
    """What a browser would send for the form as it stands, without its buttons."""
    values: dict[str, list[str]] = {}
    for control in form.select("input[name], select[name], textarea[name]"):
        name = str(control["name"])
        if control.name == "select":
            chosen = control.select("option[selected]") or (
                [] if control.has_attr("multiple") else control.select("option")[:1]
            )
            values.setdefault(name, []).extend(str(o.get("value", o.text)) for o in chosen)
        elif control.name == "textarea":
            values.setdefault(name, []).append(control.text)
        elif control.get("type") in ("checkbox", "radio"):
            if control.has_attr("checked"):
                values.setdefault(name, []).append(str(control.get("value", "on")))
        elif control.get("type") not in ("submit", "file"):
            values.setdefault(name, []).append(str(control.get("value", "")))
    return dict(values)


def check_page(html: str) -> None:
    """Fail on a page that is not valid, not labelled, not announced in its language, or without its tokens."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    assert not parser.errors, f"invalid HTML: {parser.errors[:3]}"
    page = BeautifulSoup(html, "html.parser")
    assert page.select_one("html[lang][dir]"), "the page does not say its language and direction"
    headings = page.select("h1")
    assert len(headings) == 1, f"a page has exactly one h1, not {len(headings)}"
    title = page.select_one("title")
    assert title, "the page has no title"
    words = " ".join(headings[0].text.split())
    assert words in " ".join(title.text.split()), f"the title {title.text!r} does not carry the h1 {words!r}"
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids)), f"two elements share an id: {sorted(i for i in ids if ids.count(i) > 1)}"
    _check_controls(page)
    for link in page.select("a"):
        assert link.text.strip() or link.get("aria-label"), f"a link with no words: {link}"
    for banned in ("style=", "<script", " onclick=", "javascript:"):
        assert banned not in html, f"{banned} is not allowed by our own policy"


def _check_controls(page: BeautifulSoup) -> None:
    for control in page.select("input:not([type=hidden]):not([type=submit]), select, textarea"):
        labelled = control.find_parent("label") or page.select_one(f'label[for="{control.get("id")}"]')
        assert labelled or control.get("aria-label") or control.get("aria-labelledby"), f"no label for {control}"
        for described in str(control.get("aria-describedby") or "").split():
            assert page.find(id=described), f"described by {described}, which is not there"
    for form in page.select("form[method=post]"):
        names = {field.get("name") for field in form.select("input")}
        assert "csrf_token" in names, f"a form without its token: {form.get('action')}"
