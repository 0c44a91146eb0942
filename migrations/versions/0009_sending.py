"""The proposals of a round are sent by a job: what is on its way, and pairs that were lost before their turn."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("wanted_by", sa.Integer(), nullable=True),
        sa.Column("wanted_as", sa.Integer(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["matching_round.id"], name=op.f("fk_round_sending_round_id_matching_round")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["round_run.id"], name=op.f("fk_round_sending_run_id_round_run")),
        sa.ForeignKeyConstraint(["wanted_as"], ["membership.id"], name=op.f("fk_round_sending_wanted_as_membership")),
        sa.ForeignKeyConstraint(["wanted_by"], ["person.id"], name=op.f("fk_round_sending_wanted_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_sending")),
        sa.UniqueConstraint("round_id", name=op.f("uq_round_sending_round_id")),
    )
    with op.batch_alter_table("round_sending", schema=None) as batch_op:
        batch_op.create_index("ix_round_sending_waiting", ["ended_at", "id"], unique=False)
    op.add_column("round_pair", sa.Column("lost", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("round_pair", schema=None) as batch_op:
        batch_op.alter_column("lost", server_default=None)


def downgrade() -> None:
    op.drop_column("round_pair", "lost")
    with op.batch_alter_table("round_sending", schema=None) as batch_op:
        batch_op.drop_index("ix_round_sending_waiting")
    op.drop_table("round_sending")
