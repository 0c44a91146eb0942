"""How much a run shows: PROOF=small, the default, is enough for every change; PROOF=full is `make prove`."""

import os

import pytest

FULL = os.environ.get("PROOF") == "full"

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))

on_one_database = pytest.mark.parametrize("portal", DATABASES if FULL else DATABASES[:1], indirect=True)
"""For walks through every page whose outcome is the program's and not the database's: twin tests, races and the tests
of each slice run on both. `make prove` runs these on both too."""


def walked_by(argument: str, *people: str | None) -> pytest.MarkDecorator:
    """`argument` is each of `people` on SQLite and the first on PostgreSQL too; `make prove` takes all on both."""
    second = people if FULL else people[:1]
    walks = [pytest.param("sqlite", who) for who in people]
    walks += [pytest.param("postgresql", who, marks=pytest.mark.postgres) for who in second]
    return pytest.mark.parametrize(("portal", argument), walks, indirect=["portal"])
