"""Files of items that were sent, until they are confirmed, and what was found in them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("wanted_as", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_item_file_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_item_file_person_id_person")),
        sa.ForeignKeyConstraint(["wanted_as"], ["membership.id"], name=op.f("fk_item_file_wanted_as_membership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_file")),
        sa.UniqueConstraint("key", name=op.f("uq_item_file_key")),
    )
    op.create_index(op.f("ix_item_file_agency_id"), "item_file", ["agency_id"])
    op.create_index(op.f("ix_item_file_person_id"), "item_file", ["person_id"])
    op.create_index(op.f("ix_item_file_expires_at"), "item_file", ["expires_at"])
    op.create_index("ix_item_file_stage", "item_file", ["stage", "id"])
    op.create_table(
        "item_file_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["item_file.id"], name=op.f("fk_item_file_findings_file_id_item_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_file_findings")),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_item_file_findings_file_id")),
    )


def downgrade() -> None:
    op.drop_table("item_file_findings")
    op.drop_table("item_file")
