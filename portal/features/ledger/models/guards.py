"""Triggers on both databases and rights on PostgreSQL that refuse to change what the ledger says."""

from typing import cast

from sqlalchemy import DDL, FromClause, Table, event

REFUSAL = "the ledger is append-only"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}: no %% of %%', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
_POSTGRESQL = (
    _FUNCTION,
    """CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses()""",
    """CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()""",
    # The owner too: whoever is not a superuser must first give themselves these rights, which shows in the catalogue.
    "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER, PUBLIC",
)
_POSTGRESQL_CHAIN = (
    _FUNCTION,
    """CREATE TRIGGER {table}_grows BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (NEW.length < OLD.length OR NEW.agency_id <> OLD.agency_id) EXECUTE FUNCTION ledger_refuses()""",
    """CREATE TRIGGER {table}_stays BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses()""",
    """CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()""",
    "REVOKE DELETE, TRUNCATE ON {table} FROM CURRENT_USER, PUBLIC",
)
_RAISE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} " + _RAISE,
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} " + _RAISE,
)
_SQLITE_ENTRY = (
    *_SQLITE,
    # INSERT OR REPLACE would delete the old row without asking the trigger above.
    "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table}"  # noqa: S608
    " WHERE id = NEW.id OR (agency_id = NEW.agency_id AND sequence = NEW.sequence)) " + _RAISE,
)
_SQLITE_CHAIN = (
    """CREATE TRIGGER {table}_grows BEFORE UPDATE ON {table}
    WHEN NEW.length < OLD.length OR NEW.agency_id <> OLD.agency_id """
    + _RAISE,
    _SQLITE[1],
)


def guard(entries: FromClause, chains: FromClause) -> None:
    """Give the tables their guards whenever they are created."""
    _on_create(entries, "postgresql", _POSTGRESQL)
    _on_create(entries, "sqlite", _SQLITE_ENTRY)
    _on_create(chains, "postgresql", _POSTGRESQL_CHAIN)
    _on_create(chains, "sqlite", _SQLITE_CHAIN)


def _on_create(table: FromClause, dialect: str, statements: tuple[str, ...]) -> None:
    named = cast("Table", table)
    for statement in statements:
        ddl = DDL(statement.format(table=named.name) if "{table}" in statement else statement)
        event.listen(named, "after_create", ddl.execute_if(dialect=dialect))
