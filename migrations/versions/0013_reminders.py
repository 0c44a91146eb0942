"""A proposal knows when its next reminder is due, so that those of a round with a short deadline are reminded too."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEGOTIATING = ("proposed", "host_accepted", "sender_accepted")
PARTS, OF = (14, 19), 21


def upgrade() -> None:
    op.add_column("proposal", sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_proposal_to_remind", "proposal", ["state", "remind_at"], unique=False)
    # An agency's posts of a round in the order of its page.
    op.drop_index("ix_round_enrolment_agency", table_name="round_enrolment")
    op.create_index(
        "ix_round_enrolment_agency", "round_enrolment", ["agency_id", "round_id", "kind", "id"], unique=False
    )
    proposal = sa.table(
        "proposal",
        sa.column("id", sa.Integer()),
        sa.column("state", sa.String()),
        sa.column("reminders", sa.Integer()),
        sa.column("moved_at", sa.DateTime(timezone=True)),
        sa.column("expires_at", sa.DateTime(timezone=True)),
        sa.column("remind_at", sa.DateTime(timezone=True)),
    )
    connection = op.get_bind()
    open_ones = sa.select(proposal).where(proposal.c.state.in_(NEGOTIATING), proposal.c.reminders < len(PARTS))
    for row in connection.execute(open_ones).all():
        # As the rule stands today: at 14 and 19 parts of 21 of the time that is given, the second a day later or never.
        first, second = (row.moved_at + (row.expires_at - row.moved_at) * (part / OF) for part in PARTS)
        times = (first, second) if second - first >= timedelta(days=1) else (first,)
        if row.reminders < len(times):
            change = sa.update(proposal).where(proposal.c.id == row.id)
            connection.execute(change.values(remind_at=times[row.reminders]))


def downgrade() -> None:
    op.drop_index("ix_round_enrolment_agency", table_name="round_enrolment")
    op.create_index("ix_round_enrolment_agency", "round_enrolment", ["agency_id", "round_id"], unique=False)
    op.drop_index("ix_proposal_to_remind", table_name="proposal")
    op.drop_column("proposal", "remind_at")
