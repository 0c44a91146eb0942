"""What is wrong, or odd, in a programme file, with the place where it stands."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal.kernel.errors import Problem

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend (an error) or to look at (a warning). `row` counts as a spreadsheet does, from 1."""

    problem: Problem
    file: str
    row: int | None = None
    column: str | None = None
    value: str = ""
    """What stands there, shortened."""
    warning: bool = False


@dataclass
class Findings:
    """Collects them all, so that people mend a file once and not once for each mistake."""

    found: list[Finding] = field(default_factory=list)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.found)

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.found if not one.warning]

    @property
    def warnings(self) -> list[Finding]:
        return [one for one in self.found if one.warning]

    def extend(self, others: Iterable[Finding]) -> None:
        self.found.extend(others)

    def error(self, code: str, at: "Place", **params: object) -> None:
        self.found.append(at.finding(Problem(code, at.column, params), warning=False))

    def warn(self, code: str, at: "Place", **params: object) -> None:
        self.found.append(at.finding(Problem(code, at.column, params), warning=True))


@dataclass(frozen=True, slots=True)
class Place:
    """A file, a row of it, or a cell."""

    file: str
    row: int | None = None
    column: str | None = None
    value: str = ""

    def finding(self, problem: Problem, *, warning: bool) -> Finding:
        return Finding(
            problem=problem,
            file=self.file,
            row=self.row,
            column=self.column,
            value=shortened(self.value),
            warning=warning,
        )

    def cell(self, column: str, value: str = "") -> "Place":
        return Place(self.file, self.row, column, value)


def shortened(text: str) -> str:
    """On one line, without what could hide or turn around the text beside it, and not too long."""
    plain = "".join(c if unicodedata.category(c)[0] not in "CZ" or c == " " else " " for c in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= LONGEST_SHOWN else plain[:LONGEST_SHOWN] + "…"
