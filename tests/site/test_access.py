"""Every route against every kind of person, and the invariants that the table alone would not guard.

The table is a file that reviewers read: access_matrix.txt. `UPDATE_ACCESS_MATRIX=1` writes it anew.
"""

import os
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.infra.db import db
from portal.kernel.policy import Permission, Policy
from portal.kernel.policy import Rule as PolicyRule
from portal.web.access import OPEN
from tests.client import PageClient
from tests.features.items import acts as items
from tests.features.shipments import acts as shipments
from tests.proof import on_one_database, on_sqlite
from tests.site.addresses import address_of
from tests.world import World

TABLE = Path(__file__).with_name("access_matrix.txt")
NOT_ALLOWED = {400: "yes", 401: "sign in", 403: "no", 404: "hidden"}
SHOWN = (
    "nobody",
    "host_officer",
    "host_approver",
    "host_coordinator",
    "sender_editor",
    "sender_approver",
    "stranger_approver",
    "donor_officer",
    "pending_approver",
    "secretariat",
    "auditor",
    "administrator",
)
WIDTH = 20


def routes(app: Flask) -> list[tuple[str, Rule]]:
    rules = sorted(app.url_map.iter_rules(), key=lambda r: r.rule)
    return [(m, r) for r in rules for m in sorted((r.methods or set()) - {"HEAD", "OPTIONS"})]


@on_sqlite
def test_the_access_matrix_is_as_reviewed(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    equip(world)
    clients = {name: app.test_client() for name in SHOWN}
    for name, client in clients.items():
        client.checks_pages = False  # type: ignore[attr-defined]
        if name != "nobody":
            client.sign_in(world.people[name])  # type: ignore[attr-defined]
        client._token()  # type: ignore[attr-defined]  # while sessions are still theirs
    monkeypatch.setattr("flask.templating._render", lambda *_: "")  # who is let in is known before a page is drawn
    lines = [f"{'route':<64}" + "".join(f"{name:<{WIDTH}}" for name in SHOWN)]
    for method, rule in routes(app):
        if rule.endpoint in {"people.sign_out", "people.sign_out_post"}:
            continue
        cells = [answer(client, method, address_of(rule, world)) for client in clients.values()]  # type: ignore[arg-type]
        lines.append(f"{method + ' ' + rule.rule:<64}" + "".join(f"{cell:<{WIDTH}}" for cell in cells))
    found = "\n".join(line.rstrip() for line in lines) + "\n"
    if "UPDATE_ACCESS_MATRIX" in os.environ:
        TABLE.write_text(found, encoding="utf-8")
    assert found == TABLE.read_text(encoding="utf-8")


def equip(world: World) -> None:
    """A shipment of the donor that the sender counted, and an item that the sender uses and the donor found amiss."""
    items.ready(world)
    shipment = shipments.arrived(world, shipments.with_commitment(world, 6))
    shipments.counted(world, shipment, {"received": 4})
    item = items.in_use(world)
    finding = items.found_wrong(world, item, who="donor_officer")
    world.refs |= {"shipment": shipment.ref, "item": item.ref, "finding": finding.ref}
    db.session.commit()


def answer(client: PageClient, method: str, url: str) -> str:
    """What a person gets. Posts are sent empty: to reach a refusal of the content is to be let in."""
    if method == "GET":
        response = client.get(url)
    elif url.startswith("/api/"):
        response = client.open(url, method=method, json={})
    else:
        response = client.post(url)
    if response.status_code in (302, 303) and "/sign-in" in (response.location or ""):
        return "sign in"
    return NOT_ALLOWED.get(response.status_code, "yes")


def test_what_the_public_reaches_is_what_was_decided(app: Flask) -> None:
    """Hand-written, so that a new open route is a decision and not an accident."""
    opened = {r.endpoint for _m, r in routes(app) if getattr(app.view_functions[r.endpoint], "access", None) == OPEN}
    assert opened == PUBLIC_ENDPOINTS


PUBLIC_ENDPOINTS = {"asset", "pages.front_door", "pages.home", "pages.help_page", "pages.accessibility"} | {
    "pages.healthz",
    "pages.readyz",
    "assistance.public_gaps",  # figures that the disclosure rules let everyone read
    "portfolios.public",  # the same
    "matches.rules",
    "notices.demo_mail",  # answers only in a demonstration
    "notices.demo_mails",
    "people.sign_in",
    "people.sign_in_post",
    "people.sign_out",
    "people.choose",  # for someone who has signed in and not yet chosen what to act for
    "people.choose_post",
    "people.forgotten",
    "people.forgotten_post",
    "people.forgotten_done",
    "people.new_password",  # a link from a mail
    "people.new_password_post",
    "people.invitation",  # a link from a mail
    "people.accept_invitation",
    "people.accept_with_account",
}


@on_one_database
def test_the_auditor_changes_nothing(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["auditor"])
    allowed = {
        rule.endpoint
        for method, rule in routes(app)
        if method != "GET"
        and not rule.endpoint.startswith("people.")  # their own account, sessions and password
        and getattr(app.view_functions[rule.endpoint], "access", None) != OPEN
        and answer(client, method, address_of(rule, world)) not in {"no", "hidden", "sign in"}
    }
    assert allowed == set()


def test_no_permission_is_open_without_its_grant(app: Flask) -> None:
    policy: Policy = app.extensions["policy"]
    declared = {getattr(view, "access", None) for view in app.view_functions.values()}
    assert {p for p in declared if isinstance(p, Permission)} <= policy.grants.keys()


@on_one_database
def test_each_route_really_asks_for_its_permission(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person with every permission but the needed one is refused on each route."""
    everything = PolicyRule("has everything", lambda _actor, _subject: True)
    nothing = PolicyRule("lacks this one", lambda _actor, _subject: False)
    policy: Policy = app.extensions["policy"]
    client.sign_in(world.people["host_approver"])
    let_in = []
    for method, rule in routes(app):
        needed = getattr(app.view_functions[rule.endpoint], "access", None)
        if not isinstance(needed, Permission):
            continue
        grants = dict.fromkeys(policy.grants, everything) | {needed: nothing}
        monkeypatch.setattr(policy, "grants", grants)
        if answer(client, method, address_of(rule, world)) not in {"no", "hidden", "sign in"}:
            let_in.append(f"{method} {rule.rule}")
    assert let_in == []
