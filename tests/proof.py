"""How much a run shows: PROOF=small, the default, is enough for every change; PROOF=full is `make prove`."""

import os

import pytest

FULL = os.environ.get("PROOF") == "full"

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))

_IN_PROVE = (pytest.mark.postgres, pytest.mark.proof)
"""What `make check` leaves out is marked as a proof, so that `make prove` takes it."""

on_sqlite = pytest.mark.parametrize("portal", ["sqlite"], indirect=True)
"""For what is made once, such as a table that people review."""

on_one_database = pytest.mark.parametrize(
    "portal", ["sqlite", *([pytest.param("postgresql", marks=_IN_PROVE)] if FULL else [])], indirect=True
)
"""For walks through every page whose outcome is the program's and not the database's: twin tests, races and the tests
of each slice run on both."""


def walked_by(argument: str, *people: str | None) -> pytest.MarkDecorator:
    """`argument` is each of `people` on SQLite and the first on PostgreSQL; `make prove` takes the others there too."""
    walks = [pytest.param("sqlite", who) for who in people]
    walks.append(pytest.param("postgresql", people[0], marks=pytest.mark.postgres))
    if FULL:
        walks += [pytest.param("postgresql", who, marks=_IN_PROVE) for who in people[1:]]
    return pytest.mark.parametrize(("portal", argument), walks, indirect=["portal"])
