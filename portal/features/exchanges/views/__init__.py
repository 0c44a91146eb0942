"""The pages of offers and needs."""

from portal.features.exchanges.views import drawing, lists, posts, programme, steps
from portal.features.exchanges.views.blueprints import BLUEPRINTS

__all__ = ["BLUEPRINTS", "drawing", "lists", "posts", "programme", "steps"]
