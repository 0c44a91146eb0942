"""The parts of a list that are kept between requests: the card of a post, and the card of filters."""

from markupsafe import Markup

from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.vocabulary import Format, PostKind
from portal.features.exchanges.forms.fields import LETTER_OF, language_choices, topic_choices
from portal.features.exchanges.queries.rows import Row
from portal.features.exchanges.views.blueprints import LISTS
from portal.kernel.languages import Level
from portal.kernel.states import REGIONS
from portal.kernel.topics import LETTERS, PROVISIONS
from portal.web.formats import state_name
from portal.web.i18n import current_language
from portal.web.kept import kept, part_of_page


@kept(most=2_000)
def card(row: Row) -> Markup:
    """All that a list shows of a post is in its row: who may see less gets another row."""
    return part_of_page("exchanges/_row.html", one=row, lang=current_language())


@kept(most=200)
def filter_card(kind: PostKind, filters: Filters, sort: Sort, may_fit: bool, states: tuple[str, ...]) -> Markup:
    choices = {
        "letters": [(tag, PROVISIONS[tag]) for tag in LETTERS],
        "topics": [(choice.value, choice.label, LETTER_OF[choice.value]) for choice in topic_choices()],
        "states": sorted(((iso2, state_name(iso2)) for iso2 in states), key=lambda pair: pair[1]),
        "regions": REGIONS,
        "languages": [(choice.value, choice.label) for choice in language_choices(filters.language)],
        "levels": [level.value for level in Level],
        "formats": list(Format),
        "may_fit": may_fit,
    }
    return part_of_page(
        "exchanges/_filters.html",
        kind=kind,
        filters=filters,
        sort=sort,
        choices=choices,
        list_endpoint=LISTS[kind],
        lang=current_language(),
    )
