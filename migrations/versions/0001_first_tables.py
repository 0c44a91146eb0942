"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fit_board",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_board")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_throttle")),
        sa.UniqueConstraint("subject", name=op.f("uq_sign_in_throttle_subject")),
    )
    op.create_table(
        "state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("iso2", sa.String(length=2), nullable=False),
        sa.Column("party_status", sa.String(length=40), nullable=False),
        sa.Column("party_as_of", sa.String(), nullable=False),
        sa.Column("party_source", sa.String(), nullable=False),
        sa.Column("party_note", sa.String(), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("endorses", sa.JSON(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state")),
        sa.UniqueConstraint("iso2", name=op.f("uq_state_iso2")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("person_id", "token", name=op.f("uq_submission_person_id")),
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("state_iso2", sa.String(length=2), nullable=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("name_language", sa.String(length=8), nullable=False),
        sa.Column("acronym", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("protocol_roles", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("working_days", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["state_iso2"], ["state.iso2"], name=op.f("fk_agency_state_iso2_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("key", name=op.f("uq_agency_key")),
    )
    with op.batch_alter_table("agency") as batch_op:
        batch_op.create_index("ix_agency_list", ["status", "key"], unique=False)
        batch_op.create_index(batch_op.f("ix_agency_state_iso2"), ["state_iso2"], unique=False)
        batch_op.create_index(batch_op.f("ix_agency_status"), ["status"], unique=False)

    op.create_table(
        "kept_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_form_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
        sa.UniqueConstraint("person_id", name=op.f("uq_kept_form_person_id")),
    )
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outbox_mail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mail_message_id")),
    )
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_mail_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_outbox_mail_waiting", ["sent_at", "next_try_at"], unique=False)

    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_password_reset_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
    )
    with op.batch_alter_table("password_reset") as batch_op:
        batch_op.create_index(batch_op.f("ix_password_reset_person_id"), ["person_id"], unique=False)

    op.create_table(
        "programme_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["applied_by"], ["person.id"], name=op.f("fk_programme_upload_applied_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_programme_upload_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_programme_upload_key")),
    )
    with op.batch_alter_table("programme_upload") as batch_op:
        batch_op.create_index(batch_op.f("ix_programme_upload_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_programme_upload_person_id"), ["person_id"], unique=False)

    op.create_table(
        "contact_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_contact_point_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
    )
    with op.batch_alter_table("contact_point") as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_point_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_invitation_agency_id_agency")),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_invitation_invited_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("handle", name=op.f("uq_invitation_handle")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_email"), ["email"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_membership_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("handle", name=op.f("uq_membership_handle")),
    )
    with op.batch_alter_table("membership") as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index("ix_membership_person_agency", ["person_id", "agency_id"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("imported_key", sa.String(length=20), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_language", sa.String(length=8), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=False),
        sa.Column("max_days", sa.Integer(), nullable=False),
        sa.Column("band_min", sa.Integer(), nullable=False),
        sa.Column("band_max", sa.Integer(), nullable=False),
        sa.Column("clearance", sa.String(length=40), nullable=False),
        sa.Column("costs", sa.JSON(), nullable=False),
        sa.Column("costs_note", sa.String(length=300), nullable=False),
        sa.Column("accepts_states", sa.JSON(), nullable=False),
        sa.Column("excludes_states", sa.JSON(), nullable=False),
        sa.Column("prefers_states", sa.JSON(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("restricted", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column(
            "reach",
            sa.Integer(),
            sa.Computed(
                "CASE WHEN state NOT IN ('published', 'full', 'partly_matched', 'matched') THEN 0 WHEN label = 'clear' THEN 4 WHEN label = 'green' THEN 3 WHEN label = 'amber' THEN 2 ELSE 1 END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_saved_by", sa.Integer(), nullable=True),
        sa.Column("without_second_approver", sa.Boolean(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("claimed >= 0 AND claimed <= capacity", name=op.f("ck_post_claimed_within_capacity")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_post_agency_id_agency")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_post_author_id_person")),
        sa.ForeignKeyConstraint(["draft_saved_by"], ["person.id"], name=op.f("fk_post_draft_saved_by_person")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_post_submitted_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("kind", "imported_key", name=op.f("uq_post_kind")),
        sa.UniqueConstraint("ref", name=op.f("uq_post_ref")),
    )
    with op.batch_alter_table("post") as batch_op:
        batch_op.create_index(
            "ix_post_agency_newest", ["agency_id", "kind", "reach", "published_at", "id"], unique=False
        )
        batch_op.create_index("ix_post_agency_soonest", ["agency_id", "kind", "reach", "first_day", "id"], unique=False)
        batch_op.create_index("ix_post_agency_state", ["agency_id", "state", "id"], unique=False)
        batch_op.create_index("ix_post_expiring", ["state", "last_day"], unique=False)
        batch_op.create_index("ix_post_newest", ["kind", "reach", "published_at", "id"], unique=False)
        batch_op.create_index("ix_post_soonest", ["kind", "reach", "first_day", "id"], unique=False)

    op.create_table(
        "programme_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["programme_upload.id"], name=op.f("fk_programme_file_upload_id_programme_upload")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_file")),
    )
    with op.batch_alter_table("programme_file") as batch_op:
        batch_op.create_index(batch_op.f("ix_programme_file_upload_id"), ["upload_id"], unique=False)

    op.create_table(
        "state_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lifecycle", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("transition", sa.String(), nullable=False),
        sa.Column("came_from", sa.String(), nullable=False),
        sa.Column("went_to", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_state_change_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_state_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_change")),
    )
    with op.batch_alter_table("state_change") as batch_op:
        batch_op.create_index(batch_op.f("ix_state_change_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_state_change_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_state_change_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_state_change_subject", ["lifecycle", "subject_id", "id"], unique=False)

    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=16), nullable=False),
        sa.Column("for_membership_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_deputy_days_in_order")),
        sa.ForeignKeyConstraint(
            ["for_membership_id"], ["membership.id"], name=op.f("fk_deputy_for_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_deputy_membership_id_membership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
        sa.UniqueConstraint("handle", name=op.f("uq_deputy_handle")),
    )
    with op.batch_alter_table("deputy") as batch_op:
        batch_op.create_index(batch_op.f("ix_deputy_for_membership_id"), ["for_membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deputy_membership_id"), ["membership_id"], unique=False)

    op.create_table(
        "fit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["post.id"], name=op.f("fk_fit_need_id_post")),
        sa.ForeignKeyConstraint(["offer_id"], ["post.id"], name=op.f("fk_fit_offer_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit")),
        sa.UniqueConstraint("offer_id", "need_id", name=op.f("uq_fit_offer_id")),
    )
    with op.batch_alter_table("fit") as batch_op:
        batch_op.create_index("ix_fit_need", ["need_id", "score", "id"], unique=False)
        batch_op.create_index("ix_fit_offer", ["offer_id", "score", "id"], unique=False)

    op.create_table(
        "fit_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["post.id"], name=op.f("fk_fit_notice_other_id_post")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_fit_notice_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_notice")),
        sa.UniqueConstraint("post_id", "day", name=op.f("uq_fit_notice_post_id")),
    )
    with op.batch_alter_table("fit_notice") as batch_op:
        batch_op.create_index("ix_fit_notice_open", ["post_id", "dismissed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_fit_notice_other_id"), ["other_id"], unique=False)

    op.create_table(
        "post_counterpart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_post_counterpart_agency_id_agency")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_counterpart_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_counterpart")),
        sa.UniqueConstraint("post_id", "agency_id", name=op.f("uq_post_counterpart_post_id")),
    )
    with op.batch_alter_table("post_counterpart") as batch_op:
        batch_op.create_index(batch_op.f("ix_post_counterpart_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "post_language",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_language_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_language")),
        sa.UniqueConstraint("post_id", "language", name=op.f("uq_post_language_post_id")),
    )
    op.create_table(
        "post_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("released_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(agency_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_post_release_one_receiver")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_post_release_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_release_person_id_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_release_post_id_post")),
        sa.ForeignKeyConstraint(["released_by"], ["person.id"], name=op.f("fk_post_release_released_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_release")),
    )
    with op.batch_alter_table("post_release") as batch_op:
        batch_op.create_index(batch_op.f("ix_post_release_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_release_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_release_post_id"), ["post_id"], unique=False)

    op.create_table(
        "post_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_term_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_term")),
        sa.UniqueConstraint("post_id", "term", name=op.f("uq_post_term_post_id")),
    )
    with op.batch_alter_table("post_term") as batch_op:
        batch_op.create_index("ix_post_term_newest", ["kind", "term", "reach", "published_at", "post_id"], unique=False)
        batch_op.create_index("ix_post_term_soonest", ["kind", "term", "reach", "first_day", "post_id"], unique=False)

    op.create_table(
        "post_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_terms_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_terms")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_post_terms_post_id")),
    )
    op.create_table(
        "post_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_topic_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_topic")),
        sa.UniqueConstraint("post_id", "topic", name=op.f("uq_post_topic_post_id")),
    )
    op.create_table(
        "post_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_post_window_window_in_order")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_window_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_window")),
    )
    with op.batch_alter_table("post_window") as batch_op:
        batch_op.create_index(batch_op.f("ix_post_window_post_id"), ["post_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("host_agency_id", sa.Integer(), nullable=False),
        sa.Column("sender_agency_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("terms_by", sa.String(length=40), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("terms_hash", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_for", sa.String(length=40), nullable=True),
        sa.CheckConstraint("host_agency_id <> sender_agency_id", name=op.f("ck_proposal_two_agencies")),
        sa.CheckConstraint("officers >= 1", name=op.f("ck_proposal_some_officers")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_proposal_days_in_order")),
        sa.ForeignKeyConstraint(["host_agency_id"], ["agency.id"], name=op.f("fk_proposal_host_agency_id_agency")),
        sa.ForeignKeyConstraint(["need_id"], ["post.id"], name=op.f("fk_proposal_need_id_post")),
        sa.ForeignKeyConstraint(["offer_id"], ["post.id"], name=op.f("fk_proposal_offer_id_post")),
        sa.ForeignKeyConstraint(["sender_agency_id"], ["agency.id"], name=op.f("fk_proposal_sender_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("ref", name=op.f("uq_proposal_ref")),
    )
    with op.batch_alter_table("proposal") as batch_op:
        batch_op.create_index("ix_proposal_due", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_proposal_host", ["host_agency_id", "state", "id"], unique=False)
        batch_op.create_index("ix_proposal_need", ["need_id", "state", "waiting_since", "id"], unique=False)
        batch_op.create_index("ix_proposal_offer", ["offer_id", "state", "waiting_since", "id"], unique=False)
        batch_op.create_index("ix_proposal_sender", ["sender_agency_id", "state", "id"], unique=False)
        batch_op.create_index(
            "uq_proposal_open_pair",
            ["offer_id", "need_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('host_accepted', 'proposed', 'sender_accepted', 'waiting')"),
            postgresql_where=sa.text("state IN ('host_accepted', 'proposed', 'sender_accepted', 'waiting')"),
        )

    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_acceptance_agency_id_agency")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_acceptance_person_id_person")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_acceptance_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("proposal_id", "number", "person_id", name="uq_acceptance_one_side_each"),
        sa.UniqueConstraint("proposal_id", "number", "side", name=op.f("uq_acceptance_proposal_id")),
    )
    op.create_table(
        "proposal_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("costs", sa.JSON(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("conditions_language", sa.String(length=8), nullable=False),
        sa.Column("offer_ref", sa.String(length=16), nullable=False),
        sa.Column("offer_version", sa.Integer(), nullable=False),
        sa.Column("offer_hash", sa.String(length=64), nullable=False),
        sa.Column("need_ref", sa.String(length=16), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("need_hash", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proposal_terms_person_id_person")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_terms_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_terms")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_proposal_terms_proposal_id")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_language", sa.String(length=8), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_question_answered_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_person_id_person")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_question_proposal_id_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_question_proposal_id")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputy.id"], name=op.f("fk_user_session_deputy_id_deputy")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_user_session_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("handle", name=op.f("uq_user_session_handle")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session") as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("user_session") as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_person_id"))

    op.drop_table("user_session")
    op.drop_table("question")
    op.drop_table("proposal_terms")
    op.drop_table("acceptance")
    with op.batch_alter_table("proposal") as batch_op:
        batch_op.drop_index(
            "uq_proposal_open_pair",
            sqlite_where=sa.text("state IN ('host_accepted', 'proposed', 'sender_accepted', 'waiting')"),
            postgresql_where=sa.text("state IN ('host_accepted', 'proposed', 'sender_accepted', 'waiting')"),
        )
        batch_op.drop_index("ix_proposal_sender")
        batch_op.drop_index("ix_proposal_offer")
        batch_op.drop_index("ix_proposal_need")
        batch_op.drop_index("ix_proposal_host")
        batch_op.drop_index("ix_proposal_due")

    op.drop_table("proposal")
    with op.batch_alter_table("post_window") as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_window_post_id"))

    op.drop_table("post_window")
    op.drop_table("post_topic")
    op.drop_table("post_terms")
    with op.batch_alter_table("post_term") as batch_op:
        batch_op.drop_index("ix_post_term_soonest")
        batch_op.drop_index("ix_post_term_newest")

    op.drop_table("post_term")
    with op.batch_alter_table("post_release") as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_release_post_id"))
        batch_op.drop_index(batch_op.f("ix_post_release_person_id"))
        batch_op.drop_index(batch_op.f("ix_post_release_agency_id"))

    op.drop_table("post_release")
    op.drop_table("post_language")
    with op.batch_alter_table("post_counterpart") as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_counterpart_agency_id"))

    op.drop_table("post_counterpart")
    with op.batch_alter_table("fit_notice") as batch_op:
        batch_op.drop_index(batch_op.f("ix_fit_notice_other_id"))
        batch_op.drop_index("ix_fit_notice_open")

    op.drop_table("fit_notice")
    with op.batch_alter_table("fit") as batch_op:
        batch_op.drop_index("ix_fit_offer")
        batch_op.drop_index("ix_fit_need")

    op.drop_table("fit")
    with op.batch_alter_table("deputy") as batch_op:
        batch_op.drop_index(batch_op.f("ix_deputy_membership_id"))
        batch_op.drop_index(batch_op.f("ix_deputy_for_membership_id"))

    op.drop_table("deputy")
    with op.batch_alter_table("state_change") as batch_op:
        batch_op.drop_index("ix_state_change_subject")
        batch_op.drop_index(batch_op.f("ix_state_change_person_id"))
        batch_op.drop_index(batch_op.f("ix_state_change_at"))
        batch_op.drop_index(batch_op.f("ix_state_change_agency_id"))

    op.drop_table("state_change")
    with op.batch_alter_table("programme_file") as batch_op:
        batch_op.drop_index(batch_op.f("ix_programme_file_upload_id"))

    op.drop_table("programme_file")
    with op.batch_alter_table("post") as batch_op:
        batch_op.drop_index("ix_post_soonest")
        batch_op.drop_index("ix_post_newest")
        batch_op.drop_index("ix_post_expiring")
        batch_op.drop_index("ix_post_agency_state")
        batch_op.drop_index("ix_post_agency_soonest")
        batch_op.drop_index("ix_post_agency_newest")

    op.drop_table("post")
    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_index("ix_membership_person_agency")
        batch_op.drop_index(batch_op.f("ix_membership_agency_id"))

    op.drop_table("membership")
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_email"))
        batch_op.drop_index(batch_op.f("ix_invitation_agency_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("contact_point") as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_point_agency_id"))

    op.drop_table("contact_point")
    with op.batch_alter_table("programme_upload") as batch_op:
        batch_op.drop_index(batch_op.f("ix_programme_upload_person_id"))
        batch_op.drop_index(batch_op.f("ix_programme_upload_expires_at"))

    op.drop_table("programme_upload")
    with op.batch_alter_table("password_reset") as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_reset_person_id"))

    op.drop_table("password_reset")
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.drop_index("ix_outbox_mail_waiting")
        batch_op.drop_index(batch_op.f("ix_outbox_mail_person_id"))

    op.drop_table("outbox_mail")
    op.drop_table("kept_form")
    with op.batch_alter_table("agency") as batch_op:
        batch_op.drop_index(batch_op.f("ix_agency_status"))
        batch_op.drop_index(batch_op.f("ix_agency_state_iso2"))
        batch_op.drop_index("ix_agency_list")

    op.drop_table("agency")
    op.drop_table("submission")
    op.drop_table("state")
    op.drop_table("sign_in_throttle")
    op.drop_table("person")
    op.drop_table("fit_board")
