"""Requests for technical assistance, pledges, and what belongs to them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_language", sa.String(length=8), nullable=False),
        sa.Column("end_user_unit", sa.String(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("ta_types", sa.JSON(), nullable=False),
        sa.Column("provisions", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("priority_reason", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("review_observation", sa.String(), nullable=False),
        sa.Column("other_donors", sa.String(), nullable=False),
        sa.Column("safeguards", sa.String(), nullable=False),
        sa.Column("data_protection_basis", sa.String(), nullable=False),
        sa.Column("restricted", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("without_second_approver", sa.Boolean(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("screening_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_pledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fair_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_cause", sa.String(length=40), nullable=True),
        sa.Column("diligence_outcome", sa.String(length=40), nullable=True),
        sa.Column("diligence_risk", sa.String(length=40), nullable=True),
        sa.Column("diligence_until", sa.Date(), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Integer(),
            sa.Computed(
                "CASE WHEN state IN ('open', 'on_hold') THEN 2 WHEN state IN ('fulfilled', 'closed_partly', 'closed_unmet') THEN 1 ELSE 0 END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "reach",
            sa.Integer(),
            sa.Computed(
                "CASE WHEN label = 'clear' THEN 4 WHEN label = 'green' THEN 3 WHEN label = 'amber' THEN 2 ELSE 1 END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_saved_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_request_agency_id_agency")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_request_author_id_person")),
        sa.ForeignKeyConstraint(["draft_saved_by"], ["person.id"], name=op.f("fk_request_draft_saved_by_person")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_request_submitted_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("ref", name=op.f("uq_request_ref")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index("ix_request_agency", ["agency_id", "state", "id"], unique=False)
        batch_op.create_index("ix_request_fair", ["stage", "reach", "fair_on", "id"], unique=False)
        batch_op.create_index("ix_request_newest", ["stage", "reach", "opened_at", "id"], unique=False)
        batch_op.create_index("ix_request_screening", ["state", "screening_at"], unique=False)
        batch_op.create_index("ix_request_soonest", ["stage", "reach", "needed_by", "id"], unique=False)

    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_saved_search_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_search_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_search_person_id"), ["person_id"], unique=False)

    op.create_table(
        "due_diligence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("risk", sa.String(length=40), nullable=True),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.Column("mitigation", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_due_diligence_request_id_request")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_due_diligence_reviewer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_diligence")),
    )
    with op.batch_alter_table("due_diligence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_due_diligence_request_id"), ["request_id"], unique=False)

    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_interest_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interest_person_id_person")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_interest_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("request_id", "agency_id", name=op.f("uq_interest_request_id")),
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "request_counterpart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.CheckConstraint("live >= 0 AND agreed >= 0", name=op.f("ck_request_counterpart_counted_from_zero")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_request_counterpart_agency_id_agency")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_counterpart_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_counterpart")),
        sa.UniqueConstraint("request_id", "agency_id", name=op.f("uq_request_counterpart_request_id")),
    )
    with op.batch_alter_table("request_counterpart", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_counterpart_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "request_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=True),
        sa.Column("withheld", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(label IS NULL) <> (withheld IS NULL)", name=op.f("ck_request_field_label_or_reason")),
        sa.CheckConstraint("withheld IS NULL OR withheld BETWEEN 1 AND 5", name=op.f("ck_request_field_known_reason")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_field_request_id_request")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_request_field_set_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_field")),
        sa.UniqueConstraint("request_id", "field", name=op.f("uq_request_field_request_id")),
    )
    op.create_table(
        "request_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("what", sa.String(length=160), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("pledged", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("est_minor", sa.BigInteger(), nullable=True),
        sa.Column("est_currency", sa.String(length=3), nullable=True),
        sa.Column("existing", sa.Integer(), nullable=True),
        sa.Column("existing_condition", sa.String(length=40), nullable=True),
        sa.Column("required", sa.Integer(), nullable=True),
        sa.Column("accepts_used", sa.Boolean(), nullable=False),
        sa.Column("needs_training", sa.Boolean(), nullable=False),
        sa.Column("alternatives", sa.String(), nullable=False),
        sa.Column("export_answer", sa.String(length=40), nullable=True),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("sustainment", sa.JSON(), nullable=True),
        sa.Column("sustainment_points", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(est_minor IS NULL) = (est_currency IS NULL)", name=op.f("ck_request_line_estimate_with_currency")
        ),
        sa.CheckConstraint("est_minor IS NULL OR est_minor >= 0", name=op.f("ck_request_line_estimate_not_negative")),
        sa.CheckConstraint(
            "pledged >= 0 AND pledged <= quantity", name=op.f("ck_request_line_pledged_within_quantity")
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_request_line_something_asked")),
        sa.CheckConstraint(
            "received >= 0 AND received <= pledged", name=op.f("ck_request_line_received_within_pledged")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_line_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_line")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_request_line_request_id")),
    )
    with op.batch_alter_table("request_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_line_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_line_sustainment_points"), ["sustainment_points"], unique=False)

    op.create_table(
        "request_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_language", sa.String(length=8), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_request_question_agency_id_agency")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_request_question_answered_by_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_request_question_asked_by_person")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_question_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_question")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_request_question_request_id")),
    )
    op.create_table(
        "request_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(agency_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_request_release_one_receiver")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_request_release_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_request_release_person_id_person")),
        sa.ForeignKeyConstraint(["released_by"], ["person.id"], name=op.f("fk_request_release_released_by_person")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_release_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_release")),
        sa.UniqueConstraint("request_id", "agency_id", name=op.f("uq_request_release_request_id")),
        sa.UniqueConstraint("request_id", "person_id", name="uq_request_release_person"),
    )
    with op.batch_alter_table("request_release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_release_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_release_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_release_request_id"), ["request_id"], unique=False)

    op.create_table(
        "request_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("fair_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_term_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_term")),
        sa.UniqueConstraint("request_id", "term", name=op.f("uq_request_term_request_id")),
    )
    with op.batch_alter_table("request_term", schema=None) as batch_op:
        batch_op.create_index("ix_request_term_fair", ["term", "stage", "reach", "fair_on", "request_id"], unique=False)
        batch_op.create_index(
            "ix_request_term_newest", ["term", "stage", "reach", "opened_at", "request_id"], unique=False
        )
        batch_op.create_index(
            "ix_request_term_soonest", ["term", "stage", "reach", "needed_by", "request_id"], unique=False
        )

    op.create_table(
        "request_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_version_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_version")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_request_version_request_id")),
    )
    op.create_table(
        "pledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("implementer_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valuation", sa.String(length=40), nullable=True),
        sa.Column("in_kind", sa.Boolean(), nullable=False),
        sa.Column("procurer", sa.String(length=40), nullable=True),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("conditions_language", sa.String(length=8), nullable=False),
        sa.Column("tied", sa.String(length=40), nullable=False),
        sa.Column("export_licence", sa.String(length=40), nullable=True),
        sa.Column("request_version", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("oda_answers", sa.JSON(), nullable=True),
        sa.Column("oda_suggested", sa.String(length=40), nullable=True),
        sa.Column("oda_flow", sa.String(length=40), nullable=True),
        sa.Column("oda_note", sa.String(), nullable=False),
        sa.Column("anonymous_reason", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("close_asked_by", sa.Integer(), nullable=True),
        sa.Column("reduce_to", sa.Integer(), nullable=True),
        sa.Column("pledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_pledge_something_promised")),
        sa.CheckConstraint("received >= 0 AND received <= quantity", name=op.f("ck_pledge_received_within_quantity")),
        sa.CheckConstraint("unit_minor >= 0", name=op.f("ck_pledge_value_not_negative")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_pledge_agency_id_agency")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_pledge_author_id_person")),
        sa.ForeignKeyConstraint(["close_asked_by"], ["agency.id"], name=op.f("fk_pledge_close_asked_by_agency")),
        sa.ForeignKeyConstraint(["implementer_id"], ["agency.id"], name=op.f("fk_pledge_implementer_id_agency")),
        sa.ForeignKeyConstraint(["line_id"], ["request_line.id"], name=op.f("fk_pledge_line_id_request_line")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_pledge_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("ref", name=op.f("uq_pledge_ref")),
    )
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.create_index("ix_pledge_agency", ["agency_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_implementer_id"), ["implementer_id"], unique=False)
        batch_op.create_index("ix_pledge_lapsing", ["state", "valid_until"], unique=False)
        batch_op.create_index("ix_pledge_line", ["line_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_request_id"), ["request_id"], unique=False)

    op.create_table(
        "pledge_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_pledge_waiting_something_wanted")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_pledge_waiting_agency_id_agency")),
        sa.ForeignKeyConstraint(["line_id"], ["request_line.id"], name=op.f("fk_pledge_waiting_line_id_request_line")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pledge_waiting_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_waiting")),
        sa.UniqueConstraint("line_id", "person_id", name=op.f("uq_pledge_waiting_line_id")),
    )
    with op.batch_alter_table("pledge_waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_waiting_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_waiting_person_id"), ["person_id"], unique=False)

    op.create_table(
        "service_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "accepted IS NULL OR (accepted >= 0 AND accepted <= quantity)",
            name=op.f("ck_service_delivery_accepted_within_quantity"),
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_service_delivery_something_delivered")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_service_delivery_days_in_order")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_service_delivery_confirmed_by_person")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_service_delivery_pledge_id_pledge")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_service_delivery_recorded_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_delivery")),
        sa.UniqueConstraint("pledge_id", "number", name=op.f("uq_service_delivery_pledge_id")),
    )


def downgrade() -> None:
    op.drop_table("service_delivery")
    with op.batch_alter_table("pledge_waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pledge_waiting_person_id"))
        batch_op.drop_index(batch_op.f("ix_pledge_waiting_agency_id"))

    op.drop_table("pledge_waiting")
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pledge_request_id"))
        batch_op.drop_index("ix_pledge_line")
        batch_op.drop_index("ix_pledge_lapsing")
        batch_op.drop_index(batch_op.f("ix_pledge_implementer_id"))
        batch_op.drop_index("ix_pledge_agency")

    op.drop_table("pledge")
    op.drop_table("request_version")
    with op.batch_alter_table("request_term", schema=None) as batch_op:
        batch_op.drop_index("ix_request_term_soonest")
        batch_op.drop_index("ix_request_term_fair")
        batch_op.drop_index("ix_request_term_newest")

    op.drop_table("request_term")
    with op.batch_alter_table("request_release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_release_request_id"))
        batch_op.drop_index(batch_op.f("ix_request_release_person_id"))
        batch_op.drop_index(batch_op.f("ix_request_release_agency_id"))

    op.drop_table("request_release")
    op.drop_table("request_question")
    with op.batch_alter_table("request_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_line_sustainment_points"))
        batch_op.drop_index(batch_op.f("ix_request_line_category"))

    op.drop_table("request_line")
    op.drop_table("request_field")
    with op.batch_alter_table("request_counterpart", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_counterpart_agency_id"))

    op.drop_table("request_counterpart")
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interest_agency_id"))

    op.drop_table("interest")
    with op.batch_alter_table("due_diligence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_due_diligence_request_id"))

    op.drop_table("due_diligence")
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_search_person_id"))
        batch_op.drop_index(batch_op.f("ix_saved_search_agency_id"))

    op.drop_table("saved_search")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index("ix_request_soonest")
        batch_op.drop_index("ix_request_screening")
        batch_op.drop_index("ix_request_newest")
        batch_op.drop_index("ix_request_fair")
        batch_op.drop_index("ix_request_agency")

    op.drop_table("request")
