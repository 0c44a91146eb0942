"""The tables of matching rounds; a post can be held, and a proposal can have a deadline of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matching_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_until", sa.Date(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("planned_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_run", sa.Integer(), nullable=True),
        sa.Column("chosen_by", sa.Integer(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=True),
        sa.Column("cancelled_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["chosen_by"], ["person.id"], name=op.f("fk_matching_round_chosen_by_person")),
        sa.ForeignKeyConstraint(["planned_by"], ["person.id"], name=op.f("fk_matching_round_planned_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_round")),
        sa.UniqueConstraint("number", name=op.f("uq_matching_round_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_matching_round_ref")),
    )
    with op.batch_alter_table("matching_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matching_round_state"), ["state"], unique=False)

    op.create_table(
        "round_enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state_iso2", sa.String(length=2), nullable=True),
        sa.Column("enrolled_by", sa.Integer(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("brings", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_round_enrolment_agency_id_agency")),
        sa.ForeignKeyConstraint(["enrolled_by"], ["person.id"], name=op.f("fk_round_enrolment_enrolled_by_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_round_enrolment_post_id_post")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["matching_round.id"], name=op.f("fk_round_enrolment_round_id_matching_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_enrolment")),
        sa.UniqueConstraint("round_id", "post_id", name=op.f("uq_round_enrolment_round_id")),
    )
    with op.batch_alter_table("round_enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_round_enrolment_agency", ["agency_id", "round_id"], unique=False)
        batch_op.create_index("ix_round_enrolment_kind", ["round_id", "kind", "id"], unique=False)
        batch_op.create_index(
            "uq_round_enrolment_in_one_round",
            ["post_id"],
            unique=True,
            sqlite_where=sa.text("active"),
            postgresql_where=sa.text("active"),
        )

    op.create_table(
        "round_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"], name=op.f("fk_round_mark_lifted_by_person")),
        sa.ForeignKeyConstraint(["need_id"], ["post.id"], name=op.f("fk_round_mark_need_id_post")),
        sa.ForeignKeyConstraint(["offer_id"], ["post.id"], name=op.f("fk_round_mark_offer_id_post")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_round_mark_person_id_person")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["matching_round.id"], name=op.f("fk_round_mark_round_id_matching_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_mark")),
    )
    with op.batch_alter_table("round_mark", schema=None) as batch_op:
        batch_op.create_index("ix_round_mark_need", ["need_id"], unique=False)
        batch_op.create_index("ix_round_mark_offer", ["offer_id"], unique=False)
        batch_op.create_index(
            "uq_round_mark_one_each",
            ["round_id", "offer_id", "need_id"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "round_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("follow_up", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("wanted_by", sa.Integer(), nullable=True),
        sa.Column("wanted_as", sa.Integer(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("problem_details", sa.String(), nullable=True),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("proof", sa.String(length=20), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("objective", sa.BigInteger(), nullable=True),
        sa.Column("evenness", sa.Integer(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["matching_round.id"], name=op.f("fk_round_run_round_id_matching_round")),
        sa.ForeignKeyConstraint(["wanted_as"], ["membership.id"], name=op.f("fk_round_run_wanted_as_membership")),
        sa.ForeignKeyConstraint(["wanted_by"], ["person.id"], name=op.f("fk_round_run_wanted_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_run")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_round_run_round_id")),
    )
    with op.batch_alter_table("round_run", schema=None) as batch_op:
        batch_op.create_index("ix_round_run_waiting", ["ended_at", "begun_at", "id"], unique=False)
        batch_op.create_index(
            "uq_round_run_one_at_a_time",
            ["round_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "round_left",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state_iso2", sa.String(length=2), nullable=True),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("wholly", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_round_left_post_id_post")),
        sa.ForeignKeyConstraint(["run_id"], ["round_run.id"], name=op.f("fk_round_left_run_id_round_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_left")),
        sa.UniqueConstraint("run_id", "post_id", name=op.f("uq_round_left_run_id")),
    )
    with op.batch_alter_table("round_left", schema=None) as batch_op:
        batch_op.create_index("ix_round_left_page", ["run_id", "kind", "wholly", "id"], unique=False)
        batch_op.create_index("ix_round_left_post", ["post_id"], unique=False)

    op.create_table(
        "round_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("host_state", sa.String(length=2), nullable=True),
        sa.Column("sender_state", sa.String(length=2), nullable=True),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("locked", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("bonus", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("ranks", sa.JSON(), nullable=False),
        sa.Column("looks", sa.JSON(), nullable=False),
        sa.Column("needs_look", sa.Boolean(), nullable=False),
        sa.Column("kept_by", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_round_pair_kept_by_person")),
        sa.ForeignKeyConstraint(["need_id"], ["post.id"], name=op.f("fk_round_pair_need_id_post")),
        sa.ForeignKeyConstraint(["offer_id"], ["post.id"], name=op.f("fk_round_pair_offer_id_post")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_round_pair_proposal_id_proposal")),
        sa.ForeignKeyConstraint(["run_id"], ["round_run.id"], name=op.f("fk_round_pair_run_id_round_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_pair")),
        sa.UniqueConstraint("run_id", "offer_id", "need_id", name=op.f("uq_round_pair_run_id")),
    )
    with op.batch_alter_table("round_pair", schema=None) as batch_op:
        batch_op.create_index("ix_round_pair_look", ["run_id", "needs_look", "kept_at"], unique=False)
        batch_op.create_index("ix_round_pair_need", ["need_id", "run_id"], unique=False)
        batch_op.create_index("ix_round_pair_offer", ["offer_id", "run_id"], unique=False)
        batch_op.create_index("ix_round_pair_proposal", ["proposal_id"], unique=False)
        batch_op.create_index("ix_round_pair_score", ["run_id", "score", "id"], unique=False)

    op.add_column("post", sa.Column("held_for", sa.String(length=16), nullable=True))
    op.add_column("proposal", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("proposal", "answer_by")
    op.drop_column("post", "held_for")
    with op.batch_alter_table("round_pair", schema=None) as batch_op:
        batch_op.drop_index("ix_round_pair_score")
        batch_op.drop_index("ix_round_pair_proposal")
        batch_op.drop_index("ix_round_pair_offer")
        batch_op.drop_index("ix_round_pair_need")
        batch_op.drop_index("ix_round_pair_look")

    op.drop_table("round_pair")
    with op.batch_alter_table("round_left", schema=None) as batch_op:
        batch_op.drop_index("ix_round_left_post")
        batch_op.drop_index("ix_round_left_page")

    op.drop_table("round_left")
    with op.batch_alter_table("round_run", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_round_run_one_at_a_time",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_round_run_waiting")

    op.drop_table("round_run")
    with op.batch_alter_table("round_mark", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_round_mark_one_each",
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )
        batch_op.drop_index("ix_round_mark_offer")
        batch_op.drop_index("ix_round_mark_need")

    op.drop_table("round_mark")
    with op.batch_alter_table("round_enrolment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_round_enrolment_in_one_round", sqlite_where=sa.text("active"), postgresql_where=sa.text("active")
        )
        batch_op.drop_index("ix_round_enrolment_kind")
        batch_op.drop_index("ix_round_enrolment_agency")

    op.drop_table("round_enrolment")
    with op.batch_alter_table("matching_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matching_round_state"))

    op.drop_table("matching_round")
