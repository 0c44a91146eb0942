"""What no database can hold and no program should read is refused in words, never with an error of ours."""

import io
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import run_wsgi_app

from tests.client import PageClient
from tests.world import World


def raw(app: Flask, method: str, path: str, body: bytes = b"", **more: Any) -> tuple[int, dict[str, str]]:
    """A request as no well-behaved client sends it."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
    } | more
    answer, status, headers = run_wsgi_app(app, environ, buffered=True)
    b"".join(answer)
    return int(status.split()[0]), dict(headers)


def cookie(client: PageClient) -> str:
    found = client.get_cookie("session")
    assert found
    return f"session={found.value}"


@pytest.mark.parametrize("path", ["/en/\x00", "/en/exchanges/programme/a\x00b", "/en/exchanges/offers/a\x00b"])
def test_an_address_with_a_nul_leads_nowhere(app: Flask, client: PageClient, world: World, path: str) -> None:
    client.sign_in(world.people["secretariat"])
    assert raw(app, "GET", path, HTTP_COOKIE=cookie(client))[0] == 404


@pytest.mark.parametrize("path", ["/api/v1/offers", "/api/v1/proposals", "/api/v1/offers/{}/withdraw"])
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000, b'"\xff"', b"{"])
def test_json_that_cannot_be_read_is_the_senders_mistake(
    app: Flask, client: PageClient, world: World, path: str, body: bytes
) -> None:
    client.sign_in(world.people["host_approver"])
    answer = client.post(path.format(world.refs["offer"]), data=body, content_type="application/json", csrf=False)
    assert answer.status_code == 400 or (answer.status_code == 422 and "withdraw" in path)


def test_a_body_beyond_every_limit_is_refused_with_all_headers(app: Flask) -> None:
    """What refused the body once must not ask for it again on the way out."""
    status, headers = raw(
        app,
        "POST",
        "/en/sign-in",
        b"a=b",
        CONTENT_LENGTH="99999999999999999999",
        CONTENT_TYPE="application/x-www-form-urlencoded",
    )
    assert status == 413
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
