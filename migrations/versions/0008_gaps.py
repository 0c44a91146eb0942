"""What is not met is counted while it changes, and what of it everyone may read is published by the quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None

GROUPS = {
    "vehicles": (
        "vehicle-4x4",
        "vehicle-pickup",
        "vehicle-van",
        "vehicle-minibus",
        "vehicle-ambulance",
        "vehicle-motorcycle",
        "vehicle-atv",
        "boat-patrol",
        "boat-rescue",
        "boat-rhib",
        "vehicle-trailer",
    ),
    "computer_systems": (
        "computer-laptop",
        "computer-desktop",
        "computer-tablet",
        "computer-server",
        "network-switch",
        "network-router",
        "network-firewall",
        "monitor",
        "printer-mfp",
        "storage-drive",
        "ups",
        "generator",
        "projector",
        "software-licence",
    ),
    "document_readers": (
        "passport-reader-full",
        "mrz-swipe-reader",
        "handheld-doc-reader",
        "epassport-chip-reader",
        "video-spectral-comparator",
        "uv-lamp",
        "magnifier",
        "stereo-microscope",
        "fingerprint-scanner",
        "document-camera-kit",
    ),
    "surveillance": (
        "cctv-camera",
        "video-recorder",
        "body-camera",
        "thermal-camera",
        "night-vision",
        "binoculars",
        "drone",
        "radar-surveillance",
        "motion-sensor",
        "xray-scanner",
        "co2-detector",
        "heartbeat-detector",
        "metal-detector",
    ),
    "communications": (
        "radio-handheld",
        "radio-vehicle",
        "satellite-phone",
        "mobile-phone",
        "gps-receiver",
        "voice-recorder",
    ),
    "interception": (
        "mobile-interception",
        "network-surveillance",
        "lawful-interception-monitoring",
        "mobile-forensics",
    ),
    "protective_humanitarian": (
        "life-jacket",
        "life-ring",
        "life-raft",
        "first-aid-kit",
        "blanket",
        "thermal-blanket",
        "stretcher",
        "tent",
        "safety-vest",
        "safety-helmet",
        "body-armour",
        "torch",
    ),
}
"""Of kinds of equipment, as they were when the counting began."""


def upgrade() -> None:
    op.create_table(
        "unmet_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("state_iso2", sa.String(length=2), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_unmet_need_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_need")),
        sa.UniqueConstraint("request_id", "heading", name=op.f("uq_unmet_need_request_id")),
    )
    op.create_table(
        "unmet_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("state_iso2", sa.String(length=2), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_count")),
    )
    with op.batch_alter_table("unmet_count", schema=None) as batch_op:
        columns = ["stage", "reach", "heading", "state_iso2", "cause"]
        batch_op.create_index("ix_unmet_count_sums", columns, unique=False)
    op.create_table(
        "public_gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter_on", sa.Date(), nullable=False),
        sa.Column("of", sa.String(length=8), nullable=False),
        sa.Column("heading", sa.String(length=40), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("requests = 0 OR requests >= 5", name=op.f("ck_public_gap_enough_behind_it")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_gap")),
        sa.UniqueConstraint("quarter_on", "of", "heading", name=op.f("uq_public_gap_quarter_on")),
    )
    _count_what_is_there()


def _count_what_is_there() -> None:
    cases = " ".join(
        f"WHEN l.category IN ({', '.join(repr(key) for key in keys)}) THEN '{group}'" for group, keys in GROUPS.items()
    )
    ruled = (
        "EXISTS (SELECT 1 FROM request_field f WHERE f.request_id = r.id"
        " AND f.field = 'line-' || CAST(l.number AS VARCHAR))"
    )
    unmet = (
        " FROM request r JOIN agency a ON a.id = r.agency_id JOIN request_line l ON l.request_id = r.id"
        " WHERE r.state IN ('open', 'closed_partly', 'closed_unmet') AND l.live AND l.pledged < l.quantity"
    )
    keys = "r.stage, r.reach, COALESCE(a.state_iso2, ''), COALESCE(r.closing_cause, '')"
    into = "INSERT INTO unmet_need (request_id, heading, stage, reach, state_iso2, cause, units)"
    for heading, which in (
        ("''", f" AND NOT {ruled}"),
        (f"CASE {cases} END", f" AND NOT {ruled} AND CASE {cases} END IS NOT NULL"),
        ("l.kind", f" AND NOT {ruled} AND l.kind IN ('training', 'expertise', 'software')"),
    ):
        op.execute(
            f"{into} SELECT r.id, {heading}, {keys}, SUM(l.quantity - l.pledged){unmet}{which}"
            " GROUP BY 1, 2, 3, 4, 5, 6"
        )
    op.execute(
        f"{into} SELECT r.id, 'withheld', {keys}, SUM(l.quantity - l.pledged){unmet}"
        f" AND NOT EXISTS (SELECT 1 FROM unmet_need n WHERE n.request_id = r.id) GROUP BY r.id, {keys}"
    )
    op.execute(
        "INSERT INTO unmet_count (heading, stage, reach, state_iso2, cause, requests, units)"
        " SELECT heading, stage, reach, state_iso2, cause, COUNT(*), SUM(units) FROM unmet_need"
        " GROUP BY heading, stage, reach, state_iso2, cause"
    )


def downgrade() -> None:
    op.drop_table("public_gap")
    with op.batch_alter_table("unmet_count", schema=None) as batch_op:
        batch_op.drop_index("ix_unmet_count_sums")
    op.drop_table("unmet_count")
    op.drop_table("unmet_need")
