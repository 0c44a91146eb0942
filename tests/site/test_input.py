"""Every field of every command against many kinds of bad input: refused at the field with words, never an error page.

The table is generated from the commands, so that a new field is in it without anyone remembering to add it.
"""

from typing import Any

import pytest
from flask import Flask

import portal.app  # noqa: F401 - loads every command
from portal import create_app
from portal.kernel.contract import Command, decode, fields_of
from portal.kernel.errors import Problem, Rejected
from portal.web.messages import message
from tests.conftest import test_config

KINDS: dict[str, Any] = {
    "control characters": "a\x00b\x1b",
    "direction override": "abc\u202edef",
    "far too long": "x" * 200_000,
    "markup": "<script>alert(1)</script>",
    "a formula": "=cmd|'/c calc'!A1",
    "a quote for SQL": "'; DROP TABLE post; --",
    "a fraction": "2.5",
    "a negative number": "-1",
    "an exponent": "1e999",
    "a huge number": "9" * 400,
    "a day that does not exist": "2027-02-29",
    "lone surrogate": "a\ud800b",
    "a list where one is wanted": ["x", "y"],
    "a mapping where one is wanted": {"a": 1},
    "a list of lists": [["x"], ["y"]],
    "true": True,
    "a float that is no number": float("nan"),
}
BLANK = {"nothing": None, "blank": "   ", "no list": [], "a line break": "\n"}
# What a line of text may say. It is drawn escaped and written by parameters; in a file no formula is left of it.
TEXT = {
    *("markup", "a formula", "a quote for SQL", "a fraction", "a negative number", "an exponent", "a huge number"),
    "a day that does not exist",
}
ACCEPTED_BY = {str: TEXT, bool: {"true"}}

COMMANDS = {c.__qualname__: c for c in Command.every if c.__module__.startswith("portal.")}
FIELDS = [(command, name) for _, command in sorted(COMMANDS.items()) for name in sorted(fields_of(command))]


@pytest.mark.parametrize(("command", "field"), FIELDS, ids=[f"{c.__qualname__}.{f}" for c, f in FIELDS])
def test_bad_input_is_refused_with_words_at_its_field(app_once: Flask, command: type[Command], field: str) -> None:
    rule = fields_of(command)[field]
    with app_once.test_request_context("/en/"):
        for kind, given in KINDS.items():
            if kind not in ACCEPTED_BY.get(rule.type, ()):
                assert at_field(command, field, given), kind
        for kind, given in BLANK.items():
            found = {problem.code for problem in at_field(command, field, given)}
            assert (found == {"required"}) if rule.required else ("required" not in found), kind


def at_field(command: type[Command], field: str, given: object) -> list[Problem]:
    """What is said at this field, every other answer missing: a field is judged by itself."""
    try:
        decode(command, {field: given})
    except Rejected as refusal:
        for problem in refusal.problems:
            assert problem.field is None or problem.field.split("-")[0] in fields_of(command), problem
            assert message(problem)
        return [problem for problem in refusal.problems if (problem.field or "").split("-")[0] == field]
    return []


@pytest.fixture(scope="session")
def app_once(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(test_config("sqlite://", tmp_path_factory.mktemp("words")))


def test_the_table_knows_every_command() -> None:
    assert {"OfferTerms", "NeedTerms", "OfferPledge", "Invite"} <= COMMANDS.keys()
    assert len(KINDS) + len(BLANK) >= 8
