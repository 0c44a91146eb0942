"""The ledger: a chain of entries for each agency, which the database itself refuses to change."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_entry",)


def upgrade() -> None:
    op.create_table(
        "ledger_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.CheckConstraint("length >= 0", name=op.f("ck_ledger_chain_length")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_ledger_chain_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_chain")),
        sa.UniqueConstraint("agency_id", name=op.f("uq_ledger_chain_agency_id")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_ref", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_ledger_entry_sequence")),
        sa.CheckConstraint("other_id <> agency_id", name=op.f("ck_ledger_entry_other")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_ledger_entry_agency_id_agency")),
        sa.ForeignKeyConstraint(["other_id"], ["agency.id"], name=op.f("fk_ledger_entry_other_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("agency_id", "sequence", name="uq_ledger_entry_place"),
        sa.UniqueConstraint("corrects_id", name="uq_ledger_entry_corrects"),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_event", ["event"], unique=False)
        batch_op.create_index(
            "ix_ledger_entry_subject", ["subject_type", "subject_ref", "agency_id", "sequence"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_ledger_entry_other_id"), ["other_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql()
    else:
        _guard_on_sqlite()


def _guard_on_postgresql() -> None:
    op.execute("""
CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
""")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION ledger_refuses()"
        )
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER, PUBLIC")
    op.execute(
        "CREATE TRIGGER ledger_chain_grows BEFORE UPDATE ON ledger_chain FOR EACH ROW"
        " WHEN (NEW.length < OLD.length OR NEW.agency_id <> OLD.agency_id) EXECUTE FUNCTION ledger_refuses()"
    )
    op.execute(
        "CREATE TRIGGER ledger_chain_stays BEFORE DELETE ON ledger_chain FOR EACH ROW EXECUTE FUNCTION ledger_refuses()"
    )
    op.execute("REVOKE DELETE, TRUNCATE ON ledger_chain FROM CURRENT_USER, PUBLIC")
    for table in (*APPEND_ONLY, "ledger_chain"):
        op.execute(
            f"CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
        )


def _guard_on_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for table in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    for table in (*APPEND_ONLY, "ledger_chain"):
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    op.execute(
        "CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM ledger_entry"
        f" WHERE id = NEW.id OR (agency_id = NEW.agency_id AND sequence = NEW.sequence)) {refuse}"
    )
    op.execute(
        "CREATE TRIGGER ledger_chain_grows BEFORE UPDATE ON ledger_chain"
        f" WHEN NEW.length < OLD.length OR NEW.agency_id <> OLD.agency_id {refuse}"
    )


def downgrade() -> None:
    op.drop_table("ledger_entry")
    op.drop_table("ledger_chain")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_refuses()")
