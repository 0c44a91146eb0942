"""Every field of every command against many kinds of bad input: refused at the field with words, never an error page.

The table is generated from the commands, so that a new field is in it without anyone remembering to add it.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

import portal.app  # noqa: F401 - loads every command
from portal import create_app
from portal.kernel.contract import Command, decode, fields_of
from portal.kernel.errors import Rejected
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
    "nothing": None,
    "blank": "   ",
}


def table() -> Iterator[tuple[type[Command], str, str]]:
    for command in {c.__qualname__: c for c in Command.every if c.__module__.startswith("portal.")}.values():
        for name in fields_of(command):
            for kind in KINDS:
                yield command, name, kind


ROWS = sorted(table(), key=lambda row: (row[0].__qualname__, row[1], row[2]))


@pytest.mark.parametrize(("command", "field", "kind"), ROWS, ids=[f"{c.__name__}.{f}: {k}" for c, f, k in ROWS])
def test_bad_input_is_answered_with_words_at_its_field(
    app_once: Flask, command: type[Command], field: str, kind: str
) -> None:
    """Alone in its field: accepted whole, or refused with a message at that field (besides what is missing)."""
    try:
        decode(command, {field: KINDS[kind]})
    except Rejected as refusal:
        with app_once.test_request_context("/en/"):
            for problem in refusal.problems:
                assert message(problem)
                at_field = problem.field is None or problem.field.split("-")[0] in fields_of(command)
                assert at_field, problem
        if kind in MUST_REFUSE and fields_of(command)[field].required:
            assert any(  # noqa: PT017 - a refusal is one of the two right answers
                (p.field or "").split("-")[0] == field for p in refusal.problems
            )
    else:
        assert kind not in MUST_REFUSE or not isinstance(KINDS[kind], str)


MUST_REFUSE = {"control characters", "direction override", "far too long", "lone surrogate", "a list of lists"}


@pytest.fixture(scope="session")
def app_once(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(test_config("sqlite://", tmp_path_factory.mktemp("words")))


def test_the_table_knows_every_command() -> None:
    assert {"OfferTerms", "NeedTerms"} <= {c.__name__ for c, _f, _k in ROWS}
    assert len(KINDS) >= 8
