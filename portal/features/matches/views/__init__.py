"""The pages of fits and proposals, and what they add to the pages of offers and needs."""

from portal.features.matches.views import deciding, fits, forms_of_terms, proposals, refusals, scores
from portal.features.matches.views.blueprint import bp
from portal.features.matches.views.fits import part

__all__ = ["bp", "deciding", "fits", "forms_of_terms", "part", "proposals", "refusals", "scores"]
