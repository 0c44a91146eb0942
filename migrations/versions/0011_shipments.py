"""Shipments, their lines and receipts; a pledge knows how many of its units were sent and how many fell short."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WITHIN = "shipped >= 0 AND short >= 0 AND shipped - short <= quantity"


def upgrade() -> None:
    op.create_table(
        "shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("implementer_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("own_label", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("waybill", sa.String(), nullable=False),
        sa.Column("customs_ref", sa.String(), nullable=False),
        sa.Column("port_from", sa.String(), nullable=False),
        sa.Column("port_to", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.Column("dispatched_on", sa.Date(), nullable=True),
        sa.Column("border_on", sa.Date(), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipts", sa.Integer(), nullable=False),
        sa.Column("differs", sa.Integer(), nullable=False),
        sa.Column("acknowledged", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(length=40), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(asked IS NULL) = (asked_by IS NULL)", name=op.f("ck_shipment_asked_by_a_side")),
        sa.CheckConstraint("agency_id <> recipient_id", name=op.f("ck_shipment_two_sides")),
        sa.CheckConstraint("receipts >= 0 AND acknowledged >= 0", name=op.f("ck_shipment_receipts_counted")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_shipment_agency_id_agency")),
        sa.ForeignKeyConstraint(["asked_by"], ["agency.id"], name=op.f("fk_shipment_asked_by_agency")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_shipment_author_id_person")),
        sa.ForeignKeyConstraint(["implementer_id"], ["agency.id"], name=op.f("fk_shipment_implementer_id_agency")),
        sa.ForeignKeyConstraint(["recipient_id"], ["agency.id"], name=op.f("fk_shipment_recipient_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("ref", name=op.f("uq_shipment_ref")),
    )
    with op.batch_alter_table("shipment") as batch_op:
        batch_op.create_index("ix_shipment_agency", ["agency_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipment_implementer_id"), ["implementer_id"], unique=False)
        batch_op.create_index("ix_shipment_recipient", ["recipient_id", "state", "id"], unique=False)
        batch_op.create_index("ix_shipment_state", ["state", "id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_receipt_agency_id_agency")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_receipt_recorded_by_person")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_receipt_shipment_id_shipment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("shipment_id", "number", name=op.f("uq_receipt_shipment_id")),
    )
    op.create_table(
        "shipment_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("what", sa.String(length=160), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("packages", sa.Integer(), nullable=True),
        sa.Column("weight_kg", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(unit_minor IS NULL) = (currency IS NULL)", name=op.f("ck_shipment_line_value_with_currency")
        ),
        sa.CheckConstraint(
            "received + damaged + missing + refused + returned <= sent", name=op.f("ck_shipment_line_no_more_than_sent")
        ),
        sa.CheckConstraint(
            "received >= 0 AND damaged >= 0 AND missing >= 0 AND refused >= 0 AND returned >= 0",
            name=op.f("ck_shipment_line_from_zero"),
        ),
        sa.CheckConstraint("sent >= 1", name=op.f("ck_shipment_line_something_sent")),
        sa.CheckConstraint("settled >= 0", name=op.f("ck_shipment_line_settled_from_zero")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_shipment_line_pledge_id_pledge")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_line_shipment_id_shipment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
        sa.UniqueConstraint("shipment_id", "number", name=op.f("uq_shipment_line_shipment_id")),
        sa.UniqueConstraint("shipment_id", "pledge_id", name="uq_shipment_line_pledge"),
    )
    with op.batch_alter_table("shipment_line") as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_line_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "receipt_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("photo", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["shipment_line.id"], name=op.f("fk_receipt_line_line_id_shipment_line")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_line_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_line")),
        sa.UniqueConstraint("receipt_id", "line_id", name=op.f("uq_receipt_line_receipt_id")),
    )
    with op.batch_alter_table("receipt_line") as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_line_line_id"), ["line_id"], unique=False)

    op.execute("ALTER TABLE pledge ADD COLUMN short INTEGER NOT NULL DEFAULT 0")
    # In one statement: SQLite adds a constraint together with its column, and never rebuilds the table.
    op.execute(
        "ALTER TABLE pledge ADD COLUMN shipped INTEGER NOT NULL DEFAULT 0"
        f" CONSTRAINT ck_pledge_shipped_within_quantity CHECK ({WITHIN})"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE pledge DROP COLUMN shipped")
    op.execute("ALTER TABLE pledge DROP COLUMN short")
    op.drop_table("receipt_line")
    op.drop_table("shipment_line")
    op.drop_table("receipt")
    op.drop_table("shipment")
