"""Imports rates: a table is read, compared with what is there, and written down whole or not at all."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

from portal.features.rates.domain import COLUMNS, Plan, RateRow, RowProblem, plan
from portal.features.rates.models import Rate
from portal.features.rates.queries import in_force, newest_recorded_at
from portal.infra.db import db
from portal.kernel.contract import decode
from portal.kernel.errors import Problem, Rejected, Stale
from portal.kernel.policy import Actor

MOST_ROWS = 2_000
MOST_CHARACTERS = 300_000
_SHOWN = 60
_DELIMITERS = ",;\t"


def check(text: str, *, base: str, at: datetime) -> Plan:
    """What importing this table would do, with every problem by its row. Writes nothing."""
    rows, problems = _read(text)
    known = in_force(base, [row.date for _, row in rows])
    found = plan(base, rows, known, on=at.date())
    ordered = sorted([*problems, *found.problems], key=lambda p: (p.row, COLUMNS.index(p.column) if p.column else -1))
    return Plan(base, found.new, found.corrections, found.unchanged, ordered, found.warnings)


def import_rates(text: str, *, base: str, by: Actor, at: datetime, fingerprint: str | None = None) -> Plan:
    """Write the table down. `fingerprint` is that of the plan a person saw: when it no longer holds, `Stale`."""
    found = check(text, base=base, at=at)
    if found.problems:
        raise Rejected(*(one.problem for one in found.problems))
    if fingerprint is not None and fingerprint != found.fingerprint:
        raise Stale(Problem("changed_meanwhile"))
    recorded_at = _later_than_all(at)
    db.session.add_all(
        Rate(
            base=base,
            currency=row.currency,
            valid_on=row.date,
            rate=row.rate,
            source=row.source,
            recorded_at=recorded_at,
            person_id=by.person_id,
        )
        for row in found.rows
    )
    db.session.flush()
    return found


def _later_than_all(at: datetime) -> datetime:
    """A correction must be recorded later than what it corrects, also when a clock was set back."""
    newest = newest_recorded_at()
    return at if newest is None or newest < at else newest + timedelta(microseconds=1)


def _read(text: str) -> tuple[list[tuple[int, RateRow]], list[RowProblem]]:
    if len(text) > MOST_CHARACTERS:
        return [], [RowProblem(1, "", Problem("rates_too_many", None, {"most": MOST_ROWS}))]
    try:
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        return [], [RowProblem(1, "", Problem("rates_not_a_table"))]
    header = [cell.strip().lower() for cell in lines[0]] if lines else []
    if sorted(header) != sorted(COLUMNS):
        return [], [RowProblem(1, "", Problem("rates_columns", None, {"columns": ", ".join(COLUMNS)}))]
    if len(lines) - 1 > MOST_ROWS:
        return [], [RowProblem(1, "", Problem("rates_too_many", None, {"most": MOST_ROWS}))]
    rows: list[tuple[int, RateRow]] = []
    problems: list[RowProblem] = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            _take(number, header, cells, rows, problems)
    if not rows and not problems:
        problems.append(RowProblem(1, "", Problem("rates_none")))
    return rows, problems


def _take(
    number: int, header: list[str], cells: list[str], rows: list[tuple[int, RateRow]], problems: list[RowProblem]
) -> None:
    if len(cells) > len(header):
        problems.append(RowProblem(number, "", Problem("rates_too_many_cells", None, {"columns": len(header)})))
        return
    given = dict(zip(header, cells, strict=False))
    try:
        rows.append((number, decode(RateRow, given, by_program=True)))
    except Rejected as refusal:
        problems.extend(_at_row(number, given, refusal))


def _at_row(number: int, given: dict[str, str], refusal: Rejected) -> Iterator[RowProblem]:
    for problem in refusal.problems:
        column = problem.field or ""
        yield RowProblem(number, column, problem, given.get(column, "").strip()[:_SHOWN])


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)
