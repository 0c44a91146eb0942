"""Rates of exchange, and documents of records."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_document_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("key", name=op.f("uq_document_key")),
    )
    with op.batch_alter_table("document") as batch_op:
        batch_op.create_index("ix_document_subject", ["subject", "ref", "id"])
        batch_op.create_index(batch_op.f("ix_document_digest"), ["digest"])
        batch_op.create_index(batch_op.f("ix_document_agency_id"), ["agency_id"])
        batch_op.create_index(batch_op.f("ix_document_person_id"), ["person_id"])

    op.create_table(
        "rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rate_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
        sa.UniqueConstraint("base", "currency", "valid_on", "recorded_at", name="uq_rate_recorded"),
    )
    with op.batch_alter_table("rate") as batch_op:
        batch_op.create_index("ix_rate_list", ["valid_on", "currency", "id"])
        batch_op.create_index("ix_rate_of_currency", ["currency", "valid_on", "id"])
        batch_op.create_index(batch_op.f("ix_rate_person_id"), ["person_id"])


def downgrade() -> None:
    with op.batch_alter_table("rate") as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_person_id"))
        batch_op.drop_index("ix_rate_of_currency")
        batch_op.drop_index("ix_rate_list")

    op.drop_table("rate")
    with op.batch_alter_table("document") as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_person_id"))
        batch_op.drop_index(batch_op.f("ix_document_agency_id"))
        batch_op.drop_index(batch_op.f("ix_document_digest"))
        batch_op.drop_index("ix_document_subject")

    op.drop_table("document")
