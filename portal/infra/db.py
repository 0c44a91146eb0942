"""The database session and the columns every table has."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, Enum, MetaData, Select, String, TypeDecorator, event
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    return datetime.now(UTC)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values, because SQLite would lose their zone without a word."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a naive datetime reached the database: {value}")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Exact(TypeDecorator[Decimal]):
    """A decimal number with every digit it has. SQLite would keep a NUMERIC as a float."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"not an exact number: {value!r}")
        return f"{value:f}"

    def process_result_value(self, value: str | None, _dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value)


# Store what the code, the API and the exports all say: "agreed", not "AGREED" and not 2.
WORDS = Enum(StrEnum, native_enum=False, length=40, values_callable=lambda kind: [m.value for m in kind])


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMES), type_annotation_map={StrEnum: WORDS, datetime: Instant()}
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Table(Model):
    """Base of tables whose rows are written once or belong to another record."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)


class Record(Table):
    """Base of everything people edit. `version` makes two people editing the same row a visible conflict."""

    __abstract__ = True

    version: Mapped[int] = mapped_column(default=1, sort_order=-1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}


R = TypeVar("R")


def first(query: Select[Any]) -> Any:
    """The first record of a query, or None."""
    return db.session.scalars(query).first()


_reading: ContextVar[bool] = ContextVar("reading", default=False)


def reading(*, only: bool) -> None:
    """Say whether what follows only reads. On SQLite a writer takes its lock at BEGIN, so it never upgrades late."""
    _reading.set(only)


@contextmanager
def bookkeeping() -> Iterator[Connection]:
    """A transaction of its own for what must survive a refusal: sign-in throttle, last-seen time, audit of denials.

    Ends the session's read first: on SQLite one process must not wait for its own other connection.
    """
    was_reading = _reading.get()
    reading(only=False)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        reading(only=was_reading)


def configure_engine(engine: Engine) -> None:
    """Give SQLite the durability and the locking the portal promises; PostgreSQL has them by itself."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself: `begin` below does
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
