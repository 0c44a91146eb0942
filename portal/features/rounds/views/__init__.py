"""The pages of matching rounds."""

from portal.features.rounds.views import (  # noqa: F401
    comparing,
    drawing,
    enrolling,
    lists,
    pair,
    planning,
    report,
    rounds,
    runs,
    sending,
)
from portal.features.rounds.views.blueprint import bp
from portal.features.rounds.views.enrolling import part_of_post
from portal.features.rounds.views.rounds import part_of_proposal

__all__ = ["bp", "part_of_post", "part_of_proposal"]
