"""Under which name the register of the International Aid Transparency Initiative knows an agency."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agency") as table:
        table.add_column(sa.Column("iati_org_id", sa.String(length=60), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("agency") as table:
        table.drop_column("iati_org_id")
