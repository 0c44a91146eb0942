"""What is read about fits and proposals."""

from portal.features.matches.queries.fits import strong_fits
from portal.features.matches.queries.proposals import proposal, visible
from portal.features.matches.queries.standing import Standing, standing, tasks

__all__ = ["Standing", "proposal", "standing", "strong_fits", "tasks", "visible"]
