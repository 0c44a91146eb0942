"""A test client that refuses pages we would be ashamed of. Every test that opens a page runs these checks."""

from secrets import token_hex, token_urlsafe
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import g
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from portal.features.people.models import UserSession
from portal.features.people.queries import token_hash
from portal.infra.db import db, now
from portal.web.csrf import FIELD
from tests.pages import check_once

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
            check_once(response.text)
        return response

    def _token(self) -> str:
        """As a page would carry it. That every form carries it is seen when its page is checked."""
        if self.csrf_token is None:
            with self.session_transaction() as session:
                kept = session.setdefault(FIELD, token_hex(20))
            self.csrf_token = str(
                URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(kept)
            )
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
