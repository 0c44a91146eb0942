"""What is read of rounds: the rounds themselves, enrolled posts, runs and their pairs, what waits for someone."""

from portal.features.rounds.queries.enrolled import able_agencies, enrolled_agencies
from portal.features.rounds.queries.rounds import find, visible
from portal.features.rounds.queries.standing import tasks

__all__ = ["able_agencies", "enrolled_agencies", "find", "tasks", "visible"]
