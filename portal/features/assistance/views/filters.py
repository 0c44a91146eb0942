"""What every list of requests draws with: its rows, the words of its filters, and what they may be set to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.features.assistance.domain.asking import PROVISIONS
from portal.features.assistance.domain.disclosure import Disclosure, disclosure
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.finding import SCORES
from portal.features.assistance.domain.vocabulary import ClosingCause, LineKind, Priority
from portal.features.assistance.forms import as_args
from portal.features.assistance.forms.fields import equipment_choices, provision_words
from portal.features.assistance.models import Request
from portal.features.assistance.views.progress import meter_of
from portal.features.exchanges.queries.drafts import states_taking_part
from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.kernel.money import Money
from portal.kernel.policy import Actor
from portal.kernel.states import REGIONS
from portal.web.filtering import Chip, region_name
from portal.web.formats import day_text, money_text, number, state_name
from portal.web.i18n import current_language, gettext
from portal.web.labels import label


@dataclass(frozen=True, slots=True)
class Row:
    """A request of the list as this reader sees it."""

    request: Request
    bare: bool
    lines: Sequence[Any] = ()
    hidden: int = 0
    meter: Any = None

    @classmethod
    def of(cls, request: Request, actor: Actor | None) -> "Row":
        if disclosure(actor, request, request.seen) is Disclosure.REFERENCE:
            return cls(request, bare=True)
        lines = [line for line in request.live_lines if request.shows(actor, line.field)]
        hidden = len(request.live_lines) - len(lines)
        return cls(request, False, lines, hidden, meter_of(request.live_lines))


def filter_chips(filters: Filters, sort: Sort, address: Callable[..., str]) -> list[Chip]:
    return [
        Chip(_words(filters, name), filters.without(name), address(**as_args(filters.without(name), sort)))
        for name in filters.used()
    ]


def _words(filters: Filters, name: str) -> str:
    lang = current_language()
    return {
        "q": lambda: gettext("Search: %(words)s", words=filters.q),
        "group": lambda: GROUPS[filters.group].name(lang),
        "category": lambda: EQUIPMENT[filters.category].name(lang),
        "line": lambda: label(LineKind(filters.line)),
        "letter": lambda: provision_words(filters.letter),
        "state": lambda: state_name(filters.state),
        "region": lambda: region_name(filters.region),
        "priority": lambda: label(Priority(filters.priority)),
        "keeps": lambda: score_words(filters.keeps),
        "needed": lambda: gettext("Needed by %(day)s", day=day_text(filters.needed)) if filters.needed else "",
        "least": lambda: gettext("From %(amount)s", amount=_money(filters.least, filters)),
        "most": lambda: gettext("Up to %(amount)s", amount=_money(filters.most, filters)),
        "cause": lambda: label(ClosingCause(filters.cause)),
        "never_pledged": lambda: gettext("Never pledged so far"),
        "stage": lambda: gettext("Ended") if filters.stage == "ended" else gettext("Open and ended"),
        "unmet": lambda: gettext("Not met"),
    }[name]()


def score_words(score: int) -> str:
    return gettext("Sustainment at least %(score)s of 100", score=number(score))


def _money(amount: Any, filters: Filters) -> str:
    return money_text(Money.of(amount, filters.currency)) if amount is not None else ""


def choices() -> dict[str, Any]:
    lang = current_language()
    states = sorted(((iso2, state_name(iso2)) for iso2 in states_taking_part()), key=lambda pair: pair[1])
    return {
        "letter": [(tag, provision_words(tag)) for tag in PROVISIONS],
        "group": [(key, group.name(lang)) for key, group in GROUPS.items()],
        "category": [(choice.value, choice.label) for choice in equipment_choices() if choice.value],
        "line": [(kind.value, label(kind)) for kind in LineKind],
        "state": states,
        "region": [(region, region_name(region)) for region in REGIONS],
        "priority": [(one.value, label(one)) for one in Priority],
        "keeps": [(score, score_words(score)) for score in sorted(SCORES)],
        "stage": [("ended", gettext("Ended")), ("all", gettext("Open and ended"))],
    }
