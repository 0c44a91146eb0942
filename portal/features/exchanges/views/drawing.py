"""What the templates of posts draw with: names of topics, words of codes, permissions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Flask

from portal.features.exchanges.domain.vocabulary import Cost, Format
from portal.features.exchanges.forms.fields import LETTER_OF
from portal.features.exchanges.forms.steps import AUDIENCES
from portal.features.exchanges.models import Post
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.views.blueprints import bp
from portal.kernel.labels import Tlp
from portal.kernel.topics import PROVISIONS, TOPICS
from portal.web.filtering import region_name
from portal.web.i18n import current_language
from portal.web.labels import label
from portal.web.shell import tlp


def topic_name(key: str) -> str:
    return TOPICS[key].name(current_language()) if key in TOPICS else key


def topic_letters(key: str) -> list[str]:
    """As lawyers write them: `14(2)(b)`."""
    return [PROVISIONS[tag].shown for tag in TOPICS[key].provisions] if key in TOPICS else []


def window_pairs(post: Post) -> Sequence[tuple[date, date]]:
    return [(window.starts_on, window.ends_on) for window in post.windows]


def details_missing(post: Post) -> bool:
    """A post from a programme file has no words of its own yet."""
    return bool(post.imported_key) and not (post.contact and post.programme)


def label_marks() -> dict[str, Any]:
    """The badge at the end of each answer to "who may see it"."""
    return {of.value: tlp(of) for of in Tlp}


@bp.record_once
def install(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.filters["format_label"] = lambda value: label(Format(value))
    app.jinja_env.filters["cost_label"] = lambda value: label(Cost(value))
    app.jinja_env.globals |= {
        "Posts": Posts,
        "topic_name": topic_name,
        "topic_letters": topic_letters,
        "letter_of": LETTER_OF,
        "region_name": region_name,
        "window_pairs": window_pairs,
        "details_missing": details_missing,
        "label_marks": label_marks,
        "audiences": AUDIENCES,
    }
