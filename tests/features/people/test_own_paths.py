"""Where a sign-in may lead: only to the portal's own pages, whatever the address asks for."""

from collections.abc import Callable

import pytest

from portal.features.people.domain import own_path
from tests.client import PageClient
from tests.world import World

EVIL = [
    "//evil.example",
    "///evil.example",
    "////evil.example/en",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/en\\evil.example",
    "/en/\\evil.example",
    "/en//evil.example",
    "//evil.example/en/",
    "/en/../..//evil.example",
    "/en/..//evil.example",
    "/en/./evil",
    "/en/%2e%2e/x/%2f%2fevil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/en/%5c%5cevil.example",
    "/en/%2f%2fevil.example",
    "http://evil.example",
    "https://evil.example/en/",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "ftp://evil.example",
    "mailto:a@evil.example",
    "evil.example",
    "en/agencies",
    "./en/",
    "../en/",
    "?next=//evil.example",
    "#//evil.example",
    "/en/#//evil.example",
    "/en/\t/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: //evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/en/ x",
    "/en/\x00",
    "\x00//evil.example",
    "/en/\x7f",
    "/\u2028/evil.example",
    "/en/\u202eevil",
    "/en/\u200fevil",
    "/en/\u2066evil",
    "/\uff0f\uff0fevil.example",
    "/en/\uff0fevil",
    "/\uff0fevil.example",
    "/\u3002evil.example",
    "//\u3002evil.example",
    "/en/\xe9",
    "/de/agencies",
    "/xx//evil.example",
    "/en@evil.example",
    "/en.evil.example",
    "/en:80@evil.example/",
    "/api/v1/offers",
    "/healthz",
    "/assets/x",
    "/",
    "",
    "/en/" + "x" * 2000,
    "/en/x;//evil.example",
    "/en/<script>",
    '/en/"onload=',
    "/en/'",
    "/en?x=\\\\evil",
    "/en?x=\r\nSet-Cookie:a",
    "/EN/",
    "/en/x\\",
]
OWN = [
    "/en",
    "/en/",
    "/ar/agencies",
    "/fr/exchanges/offers/EX-2026-7K3QMC",
    "/zh/exchanges/offers?topic=art14-2b&page=2",
    "/en/agencies?q=%D9%85%D8%B5%D8%B1",
    "/es/invitations/aB_-9",
    "/ru/agencies?state=IT&next=/en/x",
]


@pytest.mark.asvs("1.2.2")
@pytest.mark.parametrize("target", EVIL, ids=ascii)
def test_what_is_not_a_page_of_ours_is_refused(target: str) -> None:
    assert own_path(target) is None


@pytest.mark.parametrize("target", OWN)
def test_pages_of_ours_are_kept_letter_by_letter(target: str) -> None:
    assert own_path(target) == target


def test_there_are_at_least_sixty() -> None:
    assert len(set(EVIL)) >= 60


def test_no_redirect_leads_out(client: PageClient, officer: str, sign_in: Callable, world: World) -> None:
    for target in EVIL:
        assert client.get("/en/sign-in", query_string={"next": target}).location == "/en/sign-in", target
        answer = sign_in(officer, next=target)
        assert answer.location == "/en/", target
        assert client.get("/en/sign-in", query_string={"next": target}).location == "/en/", target
        assert client.get("/en/act-for", query_string={"next": target}).location == "/en/", target
        client.post("/en/sign-out")
        client.csrf_token = None


def test_a_page_asked_for_before_is_opened_after(client: PageClient, officer: str, sign_in: Callable) -> None:
    asked = client.get("/fr/account?x=1").location
    assert asked.startswith("/fr/sign-in?next=")
    page = client.get(asked)
    assert 'value="/fr/account?x=1"' in page.text
    assert sign_in(officer, next="/fr/account?x=1").location == "/fr/account?x=1"
