"""What a request says, whole and step by step, each rule written once."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from portal.features.assistance.domain.specification import needs_legal_basis, problems_of
from portal.features.assistance.domain.vocabulary import (
    UNITS,
    Condition,
    ExportAnswer,
    LineKind,
    Priority,
    SiteKind,
    Supply,
    TaType,
    Unit,
)
from portal.kernel.contract import Command, Day, Part, count, prose, words
from portal.kernel.equipment import EQUIPMENT, ExportFlag
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.money import money
from portal.kernel.spoken import CODES

MOST_UNITS = 100_000
MOST_LINES = 20
MOST_SITES = 20
PROVISIONS = ("14.1", "14.2.a", "14.2.b", "14.2.c", "14.2.d", "14.2.e", "14.3")
SOFTWARE = "software-licence"


def _once_each(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _known_language(value: str) -> str:
    if value not in CODES:
        raise PydanticCustomError("unknown_language", "", {"given": value[:60]})
    return value


def _known_provision(value: str) -> str:
    if value not in PROVISIONS:
        raise PydanticCustomError("unknown_provision", "")
    return value


def _known_kind(value: str) -> str:
    if value not in EQUIPMENT:
        raise PydanticCustomError("unknown_equipment", "")
    return value


Language = Annotated[str, AfterValidator(_known_language)]
Provision = Annotated[str, AfterValidator(_known_provision)]
KindOfEquipment = Annotated[str, AfterValidator(_known_kind)]


class Site(Part):
    """Where the help will be used: exact, and hidden from all but the two sides of an accepted pledge."""

    name: words(160)
    kind: SiteKind


class Sustaining(BaseModel):
    """How one kind of equipment is kept running, and who pays."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    power: Supply
    fuel: Supply
    spares: Supply
    licences: Supply
    insurance: Supply
    operators: count(0, 10_000)
    """How many people will be named to use it."""
    licence_until: Day | None = None
    budget_owner: words(120, min_length=0) = ""
    """Who pays for its running costs."""


class Sustainment(Sustaining, Part):
    """As part of a line."""


class SustainmentStep(Sustaining, Command):
    """Fourth step, once for each line of equipment."""


class LineTerms(BaseModel):
    """One thing that is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    kind: LineKind
    category: KindOfEquipment | None = None
    what: words(160)
    quantity: count(1, MOST_UNITS)
    unit: Unit
    days: count(1, 366) | None = None
    """How long a training or a mission lasts."""
    unit_cost: money() | None = None
    """Estimated."""
    existing: count(0, MOST_UNITS) | None = None
    existing_condition: Condition | None = None
    required: count(0, MOST_UNITS) | None = None
    accepts_used: bool = False
    needs_training: bool = False
    alternatives: prose(600) = ""
    export_answer: ExportAnswer | None = None
    spec: dict[str, str] = Field(default_factory=dict, max_length=40)

    def problems(self) -> Iterable[Problem]:
        return line_problems(self, "")


def line_problems(line: Any, before: str) -> Iterator[Problem]:
    """The rules that join the fields of a line. `before` is the start of its fields' names: `lines-0-`."""
    if line.unit not in UNITS[line.kind]:
        yield Problem("unit_of_other_kind", f"{before}unit")
    if line.kind == LineKind.EQUIPMENT and line.category is None:
        yield Problem("required", f"{before}category")
    if line.kind != LineKind.EQUIPMENT and line.category not in {None, SOFTWARE}:
        yield Problem("not_equipment", f"{before}category")
    if line.kind == LineKind.TRAINING and line.days is None:
        yield Problem("required", f"{before}days")
    if (line.existing is None) != (line.required is None):
        yield Problem("required", f"{before}{'existing' if line.existing is None else 'required'}")
    if line.existing is not None and line.required is not None and line.required < line.existing:
        yield Problem("nothing_missing", f"{before}required")
    if controlled(line.category) and line.export_answer is None:
        yield Problem("export_answer_needed", f"{before}export_answer")
    yield from problems_of(line.category or "", line.spec, f"{before}spec")


def controlled(category: str | None) -> bool:
    """Whether the export of such a thing is controlled, or must be looked up."""
    kind = EQUIPMENT.get(category or "")
    return kind is not None and kind.export_flag is not ExportFlag.NO


class LineStep(LineTerms, Command):
    """Third step, once for each line."""


class Line(LineTerms, Part):
    """A line as part of the whole request. `number` names one that is there already when a request is amended."""

    number: count(1, MOST_LINES * 50) | None = None
    sustainment: Sustainment | None = None


class Terms(BaseModel):
    """Base of the parts of a request."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def problems(self) -> Iterable[Problem]:
        return ()


class Who(Terms):
    title: words(200)
    title_language: Language
    end_user_unit: words(160)
    sites: Annotated[tuple[Site, ...], Field(min_length=1, max_length=MOST_SITES)]
    contact: prose(400, min_length=1)
    needed_by: Day


class Situation(Terms):
    ta_types: Annotated[tuple[TaType, ...], Field(min_length=1, max_length=len(TaType)), AfterValidator(_once_each)]
    provisions: Annotated[tuple[Provision, ...], Field(min_length=1, max_length=7), AfterValidator(_once_each)]
    problem: prose(4000, min_length=1)
    objective: prose(2000, min_length=1)
    priority: Priority
    priority_reason: prose(1000) = ""
    strategy: words(200, min_length=0) = ""
    review_observation: words(200, min_length=0) = ""
    other_donors: prose(600) = ""

    def problems(self) -> Iterator[Problem]:
        if self.priority == Priority.CRITICAL and not self.priority_reason:
            yield Problem("critical_needs_reason", "priority_reason")


class Safeguards(Terms):
    safeguards: prose(2000, min_length=1)
    data_protection_basis: prose(1000) = ""
    restricted: prose(2000) = ""
    label: Tlp = Tlp.AMBER


class WhoStep(Who, Command):
    """First step: who asks, and where the help will be used."""


class SituationStep(Situation, Command):
    """Second step: the problem, the objective and how pressing it is."""


class SafeguardsStep(Safeguards, Command):
    """Fifth step: what protects people, and who may see the request."""


class RequestTerms(Who, Situation, Safeguards, Command):
    """Everything a request says."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_LINES)]
    text_confirmed: bool = False
    """The writer looked again at what may be case data, and it is not."""

    def problems(self) -> Iterator[Problem]:
        yield from Situation.problems(self)
        for index, line in enumerate(self.lines):
            yield from line_problems(line, f"lines-{index}-")
            if line.kind == LineKind.EQUIPMENT and line.sustainment is None:
                yield Problem("sustainment_needed", f"lines-{index}-sustainment")
        if not self.data_protection_basis:
            yield from legal_basis_problems(line.category for line in self.lines)


STEPS: dict[str, type[Command]] = {
    "who": WhoStep,
    "situation": SituationStep,
    "lines": LineStep,
    "sustainment": SustainmentStep,
    "safeguards": SafeguardsStep,
}
FLAT = ("who", "situation", "safeguards")
"""Steps that are asked once; the two others once for each line."""
REVIEW = "review"
"""The last step, which asks nothing new: check and send."""
TEXTS = (
    *("title", "end_user_unit", "contact", "problem", "objective", "priority_reason", "strategy"),
    *("review_observation", "other_donors", "safeguards", "data_protection_basis", "restricted"),
)
"""What people write in their own words, outside the lines."""
TEXTS_OF_LINE = ("what", "alternatives")


def legal_basis_problems(categories: Iterable[str | None]) -> Iterator[Problem]:
    """What no basis in law was named for, where one of these kinds of equipment needs it."""
    if any(needs_legal_basis(category) for category in categories):
        yield Problem("legal_basis_needed", "data_protection_basis")


def past_needed_by(needed_by: date, today: date) -> Iterator[Problem]:
    """Nothing can be delivered yesterday."""
    if needed_by < today:
        yield Problem("needed_by_over", "needed_by")


def step_of(field: str) -> str:
    """The step that asks for a field, by the first part of its name."""
    root, *rest = field.split("-")
    if root == "lines":
        return "sustainment" if "sustainment" in rest else "lines"
    return next((step for step in FLAT if root in STEPS[step].model_fields), REVIEW)
