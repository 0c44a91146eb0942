"""Form fields of our own: lists of States, and choices of spoken languages and topics."""

import re
from typing import Any

from wtforms import StringField
from wtforms.fields.choices import SelectChoice

from portal.kernel.languages import LANGUAGES
from portal.kernel.states import STATES
from portal.kernel.topics import PROVISIONS, TOPICS
from portal.web.formats import language_name, state_name
from portal.web.i18n import current_language

_BETWEEN = re.compile(r"[,;،；、\n]+")
FREQUENT = tuple(
    """
    am az be bg bm bn bs cs da de el et fa ff fi fil ha he hi hr hu hy id ig it ja ka kab kk km ko ku ky ln lo lt
    lv mk ml mn ms my nb ne nl om pa pl ps pt ro rw si sk sl sn so sq sr sv sw ta tg th ti tk tr uk ur uz vi wo yo
    zgh zu
    """.split()  # noqa: SIM905 - as in portal.kernel.spoken
)
"""Languages offered beside the six; every other one of ISO 639 is kept when it is there already."""


class StatesField(StringField):
    """States by name or code, with commas between; shown again by the name the reader knows."""

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = [part.strip() for part in _BETWEEN.split(valuelist[0]) if part.strip()]

    def _value(self) -> str:
        return ", ".join(state_name(part) if part in STATES else str(part) for part in self.data or [])


def language_choices(chosen: str | None = None) -> list[SelectChoice]:
    """The six first, then the frequent ones by name; and what was chosen before, whatever it is."""
    others = sorted(FREQUENT, key=lambda code: language_name(code).casefold())
    kept = [chosen] if chosen and chosen not in {*LANGUAGES, *FREQUENT} else []
    return [SelectChoice(code, language_name(code)) for code in (*LANGUAGES, *others, *kept)]


def topic_choices() -> list[SelectChoice]:
    """In the order of Article 14, each topic below the one it belongs to."""
    return [SelectChoice(key, TOPICS[key].name(current_language())) for key in TOPIC_ORDER]


def _in_order() -> tuple[str, ...]:
    def below(parent: str | None) -> list[str]:
        children = [key for key, topic in TOPICS.items() if topic.parent == parent]
        return [key for child in children for key in (child, *below(child))]

    return tuple(below(None))


TOPIC_ORDER = _in_order()
LETTER_OF = {key: ", ".join(PROVISIONS[tag].shown for tag in topic.provisions) for key, topic in TOPICS.items()}
"""What stands at the end of a topic's line: `14(2)(b)`."""
