"""Digests posted, what they told, and what people chose for them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("owned_until", sa.Float, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_at", sa.Float),
        sa.Column("begun_at", sa.Float, nullable=False),
        sa.Column("ts", sa.String(32)),
        sa.Column("details", sa.String(16), nullable=False),
        sa.Column("heads", sa.Text),
        sa.Column("posted_at", sa.Float),
        sa.Column("words", sa.Text),
        sa.UniqueConstraint("team", "channel", "day", name="uq_digests_day"),
    )
    op.create_table(
        "digest_heads",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("repository", sa.String(200), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("told_at", sa.Float, nullable=False),
        sa.UniqueConstraint("team", "channel", "repository", name="uq_digest_heads_repository"),
    )
    op.create_table(
        "digest_choices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("switched_on", sa.Integer, nullable=False),
        sa.Column("at", sa.String(5)),
        sa.Column("zone", sa.String(64)),
        sa.Column("days", sa.String(32)),
        sa.Column("repositories", sa.Text),
        sa.Column("every", sa.String(8)),
        sa.Column("quiet", sa.String(8)),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Column("since", sa.Float),
        sa.UniqueConstraint("team", "channel", name="uq_digest_choices_channel"),
    )


def downgrade() -> None:
    op.drop_table("digest_choices")
    op.drop_table("digest_heads")
    op.drop_table("digests")
