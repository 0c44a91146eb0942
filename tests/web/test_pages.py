"""The pages that everyone reaches, health, and the headers on every answer."""

import pytest
from flask import Flask

from portal.kernel.languages import LANGUAGES
from tests.client import PageClient

PUBLIC = ["/{}/", "/{}/help", "/{}/accessibility"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_reads_it_in_each_language(client: PageClient, path: str, language: str) -> None:
    page = client.get(path.format(language))
    assert page.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text


def test_the_front_door_asks_the_browser_for_the_language(client: PageClient) -> None:
    assert client.get("/", headers={"Accept-Language": "fr-CH, fr;q=0.9"}).location == "/fr/"
    assert client.get("/", headers={"Accept-Language": "de"}).location == "/en/"


def test_an_address_that_leads_nowhere_answers_in_its_language(client: PageClient) -> None:
    page = client.get("/ar/nowhere")
    assert page.status_code == 404
    assert '<html lang="ar" dir="rtl">' in page.text


def test_the_language_strip_keeps_path_and_query(client: PageClient) -> None:
    page = client.get("/en/help?from=mail&from=post")
    assert 'href="/ru/help?from=mail&amp;from=post"' in page.text


def test_the_process_says_that_it_lives(client: PageClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_database_without_its_migrations_is_not_ready(client: PageClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "database": "reachable", "migrations": "pending"}


@pytest.mark.parametrize("path", ["/en/", "/en/nowhere", "/healthz", "/api/v1/nowhere"])
def test_every_answer_carries_the_security_headers(client: PageClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_form_from_another_site_is_refused(client: PageClient, app: Flask) -> None:
    answer = client.post("/en/sign-in", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert client.post("/en/sign-in", headers={"Origin": "null"}).status_code == 403
    for port_or_scheme in ("http://localhost:8000", "https://localhost"):
        assert client.post("/en/sign-in", headers={"Origin": port_or_scheme}).status_code == 403
    for site in ("cross-site", "same-site"):
        assert client.post("/en/sign-in", headers={"Sec-Fetch-Site": site}).status_code == 403
    assert client.post("/en/sign-in", csrf=False).status_code == 400
