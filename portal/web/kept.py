"""Parts of pages kept from one request to the next.

A part may be kept when it is drawn from nothing but what is handed in, the reader's language and the address under
which the portal stands. These are the key, whole, so that nothing kept can be out of date and nobody is shown what was
drawn from something they may not see: another key, another part.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVarTuple

from flask import current_app, request
from markupsafe import Markup

from portal.web.i18n import current_language, translations
from portal.web.pictures import drawn_alone, use_icons

Key = TypeVarTuple("Key")


def kept(*, most: int) -> Callable[[Callable[[*Key], Markup]], Callable[[*Key], Markup]]:
    """Keep the `most` last used results of a function of hashable values that draws a part of a page."""

    def decorate(draw: Callable[[*Key], Markup]) -> Callable[[*Key], Markup]:
        @lru_cache(maxsize=most)
        def part(_around: tuple[Hashable, ...], *key: *Key) -> tuple[Markup, tuple[str, ...]]:
            with drawn_alone() as icons:
                html = draw(*key)
            return html, tuple(icons)

        @wraps(draw)
        def shown(*key: *Key) -> Markup:
            html, icons = part(_surroundings(), *key)
            use_icons(icons)
            return html

        return shown

    return decorate


def _surroundings() -> tuple[Hashable, ...]:
    """What every part is drawn with besides its own values. The application: tests have several in one process."""
    return (current_language(), translations(), request.script_root, current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001


def part_of_page(template: str, /, **values: Any) -> Markup:
    """A template drawn from these values alone: it knows nothing of the reader."""
    return Markup(current_app.jinja_env.get_template(template).render(values))  # noqa: S704 - a rendered template
