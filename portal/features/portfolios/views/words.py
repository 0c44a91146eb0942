"""Words for States, headings and amounts of a portfolio."""

from portal.features.assistance.domain.gaps import WITHHELD
from portal.features.assistance.domain.vocabulary import LineKind
from portal.features.portfolios.domain.figures import OTHER
from portal.kernel.equipment import GROUPS
from portal.kernel.states import STATES
from portal.web.formats import state_name
from portal.web.i18n import current_language, gettext
from portal.web.labels import label


def heading_words(key: str) -> str:
    if key == WITHHELD:
        return gettext("Withheld")
    if key == OTHER:
        return gettext("Other equipment")
    return GROUPS[key].name(current_language()) if key in GROUPS else label(LineKind(key))


def state_words(iso2: str) -> str:
    return state_name(iso2) if iso2 in STATES else gettext("Organisations without a State")
