"""The pages of portfolios, and what is taken away from them."""

from portal.features.portfolios.views import exporting, lists, portfolio, public
from portal.features.portfolios.views.blueprint import bp

__all__ = ["bp", "exporting", "lists", "portfolio", "public"]
