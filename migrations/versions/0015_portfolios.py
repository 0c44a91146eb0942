"""Portfolios: indexes that their sums run along, and the figures that everyone may read."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CHECKED = (
    "receipt_line_id", "currency", "state", "verified_until", "operators_required", "operators_trained", "risk_class",
    "quantity", "value_minor",
)  # fmt: skip
SIDES = ("funder", "owner")


def upgrade() -> None:
    checked = sa.text("verified_until IS NOT NULL")
    for side in SIDES:
        op.drop_index(f"ix_item_{side}_id", table_name="item")
        op.create_index(f"ix_item_{side}", "item", [f"{side}_id", "state", "id"])
        op.create_index(
            f"ix_item_checked_{side}", "item", [f"{side}_id", *CHECKED], sqlite_where=checked, postgresql_where=checked
        )
    op.create_table(
        "public_donation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter_on", sa.Date(), nullable=False),
        sa.Column("of", sa.String(length=8), nullable=False),
        sa.Column("heading", sa.String(length=40), nullable=False),
        sa.Column("pledges", sa.Integer(), nullable=False),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "pledged >= 0 AND (received IS NULL OR received >= 0)", name=op.f("ck_public_donation_amounts_from_zero")
        ),
        sa.CheckConstraint("pledges = 0 OR pledges >= 5", name=op.f("ck_public_donation_enough_behind_it")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_donation")),
        sa.UniqueConstraint("quarter_on", "of", "heading", name=op.f("uq_public_donation_quarter_on")),
    )


def downgrade() -> None:
    op.drop_table("public_donation")
    for side in reversed(SIDES):
        op.drop_index(f"ix_item_checked_{side}", table_name="item")
        op.drop_index(f"ix_item_{side}", table_name="item")
        op.create_index(f"ix_item_{side}_id", "item", [f"{side}_id"])
