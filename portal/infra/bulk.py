"""Writes very many rows of one table at once, in the session's transaction, the fastest way each database has."""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import ARRAY, JSON, Column, ColumnElement, FromClause, Table, Text, func, literal, select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from portal.infra.db import db

Row = Sequence[Any]
_PIECE = 256 * 1024


def insert_rows(table: FromClause, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Append `rows`, each with a value for each of `columns`. Constraints and triggers hold as for any other row.

    An empty text in a column that may be NULL is written as NULL. JSON comes as text.
    """
    known = cast("Table", table)
    db.session.flush()
    connection = db.session.connection()
    found = [known.c[name] for name in columns]
    driver: Any = connection.connection.driver_connection
    write = _copy if connection.dialect.name == "postgresql" else _execute
    try:
        write(driver, known, found, _bound(rows, found, connection.dialect))
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise IntegrityError(f"rows of {known.name}", None, error) from error


def among(column: InstrumentedAttribute[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether `column` is one of very many texts, which travel as one parameter."""
    if db.engine.dialect.name == "postgresql":
        # A join with the texts: `= ANY` would compare each with every row of a table that has just grown.
        return column.in_(select(func.unnest(literal(list(values), ARRAY(Text)))))
    each = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(each.c.value))


def claim_ids(table: FromClause, number: int) -> Sequence[int]:
    """That many ids for rows of this table, which nobody else gets. SQLite has one writer at a time."""
    known = cast("Table", table)
    if db.engine.dialect.name == "postgresql":
        name = db.session.scalar(select(func.pg_get_serial_sequence(known.name, "id")))
        query = select(func.nextval(name)).select_from(func.generate_series(1, number))
        return db.session.scalars(query).all()
    last = db.session.scalar(select(func.max(known.c.id))) or 0
    return range(last + 1, last + number + 1)


def _bound(rows: Iterable[Row], columns: Sequence[Column[Any]], dialect: Dialect) -> Iterator[Row]:
    """The values as the driver takes them; days and instants repeat, so each is converted once."""
    steps = [(place, step) for place, one in enumerate(columns) if (step := _step(one, dialect)) is not None]
    for row in rows:
        bound = list(row)
        for place, step in steps:
            value = bound[place]
            if value is not None:
                bound[place] = step[value]
        yield bound


class _Step(dict[Any, Any]):
    """What one column makes of a value, remembered for those that come again."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        super().__init__()
        self.convert = convert

    def __missing__(self, value: Any) -> Any:
        made = self.convert(value)
        if len(self) < 1_000:  # noqa: PLR2004
            self[value] = made
        return made


def _step(column: Column[Any], dialect: Dialect) -> _Step | None:
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    return _Step(convert) if convert and not isinstance(column.type, JSON) else None


def _execute(driver: Any, table: Table, columns: Sequence[Column[Any]], rows: Iterable[Row]) -> None:
    names, marks = ", ".join(f'"{one.name}"' for one in columns), ", ".join("?" * len(columns))
    driver.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - our own names


def _copy(driver: Any, table: Table, columns: Sequence[Column[Any]], rows: Iterable[Row]) -> None:
    names = ", ".join(f'"{one.name}"' for one in columns)
    filled = ", ".join(f'"{one.name}"' for one in columns if not one.nullable)
    empty = ", ".join(f'"{one.name}"' for one in columns if one.nullable)
    options = ["FORMAT csv", *([f"FORCE_NOT_NULL ({filled})"] if filled else []),
               *([f"FORCE_NULL ({empty})"] if empty else [])]  # fmt: skip
    piece = io.StringIO(newline="")
    writer = csv.writer(piece, lineterminator="\n")
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN WITH ({", ".join(options)})') as copy,
    ):
        for row in rows:
            writer.writerow(row)
            if piece.tell() > _PIECE:
                copy.write(piece.getvalue())
                piece.seek(0)
                piece.truncate()
        copy.write(piece.getvalue())
