"""Triggers on both databases and rights on PostgreSQL that refuse to change what the ledger says."""

from typing import cast

from sqlalchemy import DDL, FromClause, Table, event

REFUSAL = "the ledger is append-only"
_FUNCTION = f"""CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}: no %% of %%', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$"""
_REFUSE = "EXECUTE FUNCTION ledger_refuses()"
_RAISE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
_SHRINKS = "NEW.length < OLD.length OR NEW.agency_id <> OLD.agency_id"


def keep(table: FromClause, *, place: str = "") -> None:
    """Rows of this table stay as they are; `place` says by which columns a new row would take the place of an old one."""
    name = cast("Table", table).name
    _on_create(
        table,
        "postgresql",
        _FUNCTION,
        f"CREATE TRIGGER {name}_stays BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW {_REFUSE}",
        f"CREATE TRIGGER {name}_stays_whole BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {_REFUSE}",
        # The owner too: who is not a superuser must first take these rights back, and that shows in the catalogue.
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM CURRENT_USER, PUBLIC",
    )
    same = f"id = NEW.id OR ({place})" if place else "id = NEW.id"
    taken = f"EXISTS (SELECT 1 FROM {name} WHERE {same})"  # noqa: S608 # nosec B608 - names of our own
    _on_create(
        table,
        "sqlite",
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {_RAISE}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {_RAISE}",
        # INSERT OR REPLACE would delete the old row without asking the trigger above.
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {taken} {_RAISE}",
    )


def let_grow(table: FromClause) -> None:
    """Rows of this table stay, and their `length` never falls."""
    name = cast("Table", table).name
    _on_create(
        table,
        "postgresql",
        _FUNCTION,
        f"CREATE TRIGGER {name}_grows BEFORE UPDATE ON {name} FOR EACH ROW WHEN ({_SHRINKS}) {_REFUSE}",
        f"CREATE TRIGGER {name}_stays BEFORE DELETE ON {name} FOR EACH ROW {_REFUSE}",
        f"CREATE TRIGGER {name}_stays_whole BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {_REFUSE}",
        f"REVOKE DELETE, TRUNCATE ON {name} FROM CURRENT_USER, PUBLIC",
    )
    _on_create(
        table,
        "sqlite",
        f"CREATE TRIGGER {name}_grows BEFORE UPDATE ON {name} WHEN {_SHRINKS} {_RAISE}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {_RAISE}",
    )


def _on_create(table: FromClause, dialect: str, *statements: str) -> None:
    for statement in statements:
        event.listen(cast("Table", table), "after_create", DDL(statement).execute_if(dialect=dialect))
