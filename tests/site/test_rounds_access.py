"""Every route of rounds against every kind of person, for a round in each state that tells: rounds_access.txt.

`UPDATE_ACCESS_MATRIX=1` writes it anew, as it does the other table.
"""

import os
from pathlib import Path

import pytest
from flask import Flask

from portal.features.rounds.models import Round
from portal.infra.db import db
from tests.client import PageClient
from tests.features.rounds.acts import enrol, matched, opened, planned, sent
from tests.proof import on_sqlite
from tests.site.addresses import address_of
from tests.site.test_access import WIDTH, answer, routes
from tests.world import World

TABLE = Path(__file__).with_name("rounds_access.txt")
STATES = {"planned": planned, "open": opened, "matched": matched, "consent": sent}
SHOWN = (
    "nobody",
    "host_officer",
    "host_approver",
    "host_coordinator",
    "stranger_approver",
    "pending_approver",
    "secretariat",
    "auditor",
    "administrator",
)


def in_state(world: World, state: str) -> Round:
    round_ = STATES[state](world)
    if state == "open":
        enrol(world, round_, "offer", "need")
    world.refs["round"] = round_.ref
    db.session.commit()
    return round_


def rows(app: Flask, world: World, state: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    in_state(world, state)
    clients: list[PageClient] = []
    for name in SHOWN:
        client: PageClient = app.test_client()  # type: ignore[assignment]
        client.checks_pages = False
        clients.append(client if name == "nobody" else client.sign_in(world.people[name]))
        client._token()  # read from a page, while pages are still drawn
    monkeypatch.setattr("flask.templating._render", lambda *_: "")  # who is let in is known before a page is drawn
    found = []
    for method, rule in routes(app):
        moves = method == "POST" and rule.rule.endswith(("/open", "/close", "/cancel", "/publish"))
        if "/rounds/<" not in rule.rule or moves:
            continue  # an empty form is enough to move the round: their pages above ask for the same permission
        address = address_of(rule, world)
        if rule.rule.endswith(("/pair", "/lift")):
            address += f"?offer={world.refs['offer']}&need={world.refs['need']}"
        cells = [
            of_post(client, world, address) if method == "POST" else answer(client, method, address)
            for client in clients
        ]
        line = f"{state:<9}{method + ' ' + rule.rule.replace('<language:lang>/', ''):<72}"
        found.append(line + "".join(f"{cell:<{WIDTH - 2}}" for cell in cells))
    return found


def of_post(client: PageClient, world: World, address: str) -> str:
    """What a person may not do is refused before what they sent is looked at, except for the post that they name."""
    if not address.endswith(("/enrol", "/take-out")):
        return answer(client, "POST", address)
    named = {"post": world.refs["offer"]}
    made = client.post(address, json=named) if address.startswith("/api/") else client.post(address, data=named)
    if made.status_code in (302, 303) and "/sign-in" in (made.location or ""):
        return "sign in"
    return {401: "sign in", 403: "no", 404: "hidden"}.get(made.status_code, "yes")


@on_sqlite
@pytest.mark.parametrize("state", STATES)
def test_the_access_to_a_round_is_as_reviewed(
    app: Flask, world: World, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rows(app, world, state, monkeypatch)
    kept = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    if "UPDATE_ACCESS_MATRIX" in os.environ:
        head = f"{'state':<9}{'route':<72}" + "".join(f"{name:<{WIDTH - 2}}" for name in SHOWN)
        others = {one: [line for line in kept if line.startswith(f"{one} ")] for one in STATES} | {state: found}
        lines = [head, *(line for one in STATES for line in others[one])]
        TABLE.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
        kept = TABLE.read_text(encoding="utf-8").splitlines()
    assert [line.rstrip() for line in found] == [line for line in kept if line.startswith(f"{state} ")]
