"""The ledger: a chain of entries for each agency, which the database itself refuses to change."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PLACES = {
    "ledger_entry": " OR (agency_id = NEW.agency_id AND sequence = NEW.sequence)",
    "ledger_key": " OR (key_id = NEW.key_id)",
    "ledger_checkpoint": " OR (agency_id = NEW.agency_id AND sequence = NEW.sequence AND key_id = NEW.key_id)",
    "ledger_delivery": "",
}


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
        sa.Column("proposer_id", sa.Integer(), nullable=True),
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
    op.create_table(
        "ledger_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_ledger_key_key_id")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_ledger_checkpoint_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checkpoint")),
        sa.UniqueConstraint("agency_id", "sequence", "key_id", name="uq_ledger_checkpoint_place"),
    )
    op.create_table(
        "ledger_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_ledger_delivery_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_delivery")),
    )
    with op.batch_alter_table("ledger_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_delivery_chain", ["agency_id", "sequence"], unique=False)
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
    )
    op.create_table(
        "ledger_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_ref", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_ledger_correction_agency_id_agency")),
        sa.ForeignKeyConstraint(["other_id"], ["agency.id"], name=op.f("fk_ledger_correction_other_id_agency")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_ledger_correction_proposed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_correction")),
        sa.UniqueConstraint("ref", name=op.f("uq_ledger_correction_ref")),
    )
    with op.batch_alter_table("ledger_correction", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_correction_open", ["state", "agency_id"], unique=False)
        batch_op.create_index("ix_ledger_correction_other", ["state", "other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_correction_proposed_by"), ["proposed_by"], unique=False)
        batch_op.create_index(
            "uq_ledger_correction_one_open",
            ["event"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
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
    for table in PLACES:
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
    for table in (*PLACES, "ledger_chain"):
        op.execute(
            f"CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
        )


def _guard_on_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for table in PLACES:
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    for table in (*PLACES, "ledger_chain"):
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    for table, place in PLACES.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id{place}) {refuse}"
        )
    op.execute(
        "CREATE TRIGGER ledger_chain_grows BEFORE UPDATE ON ledger_chain"
        f" WHEN NEW.length < OLD.length OR NEW.agency_id <> OLD.agency_id {refuse}"
    )


def downgrade() -> None:
    for table in ("ledger_correction", "ledger_check", "ledger_delivery", "ledger_checkpoint", "ledger_key"):
        op.drop_table(table)
    op.drop_table("ledger_entry")
    op.drop_table("ledger_chain")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_refuses()")
