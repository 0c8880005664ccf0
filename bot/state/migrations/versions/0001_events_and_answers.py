"""Events handled and answers posted."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("app", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("owned_until", sa.Float, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sign_ts", sa.String(32)),
        sa.Column("finished_at", sa.Float),
        sa.Column("outcome", sa.String(32)),
        sa.UniqueConstraint("app", "team", "event_id", name="uq_events_delivery"),
        sa.UniqueConstraint("team", "channel", "ts", name="uq_events_message"),
    )
    op.create_index("ix_events_open", "events", ["finished_at", "owned_until"])
    op.create_index("ix_events_received_at", "events", ["received_at"])
    op.create_table(
        "posted_answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("thread_ts", sa.String(32), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("repos", sa.Text, nullable=False),
        sa.Column("posted_at", sa.Float, nullable=False),
        sa.UniqueConstraint("team", "channel", "ts", name="uq_posted_answers_message"),
    )
    op.create_index("ix_posted_answers_question", "posted_answers", ["question"])


def downgrade() -> None:
    op.drop_table("posted_answers")
    op.drop_table("events")
