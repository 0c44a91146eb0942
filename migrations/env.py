"""Runs migrations with the models of every feature, on the connection or address that the caller gives."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, Enum, NullPool, create_engine

from portal.features.agencies import models as _agencies  # noqa: F401
from portal.features.assistance import models as _assistance  # noqa: F401
from portal.features.exchanges import models as _exchanges  # noqa: F401
from portal.features.exchanges.programme import models as _programme  # noqa: F401
from portal.features.items import models as _items  # noqa: F401
from portal.features.ledger import models as _ledger  # noqa: F401
from portal.features.matches import models as _matches  # noqa: F401
from portal.features.people import models as _people  # noqa: F401
from portal.features.rounds import models as _rounds  # noqa: F401
from portal.features.shipments import models as _shipments  # noqa: F401
from portal.infra import history as _history  # noqa: F401
from portal.infra import outbox as _outbox  # noqa: F401
from portal.infra import submissions as _submissions  # noqa: F401
from portal.infra.db import Base, Instant


def plain_type(kind: str, item: Any, _autogenerate: Any) -> str | bool:
    """Migrations name column types of the database, not classes of today's code that may move."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)
    with engine.connect() as opened:
        run(opened)
        opened.commit()
