"""The tables of the state database as the code uses them; `migrations/` makes them."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

# A delivery is known by its event id, a question by its message: one post can arrive as two events, and an event id is shared
# between apps mentioned together. Times are seconds since 1970.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("app", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("ts", String(32), nullable=False),
    Column("received_at", Float, nullable=False),
    Column("payload", Text),  # the envelope, to take an unanswered question up again; emptied when it is answered
    Column("owner", String(64), nullable=False),  # the process that is answering
    Column("owned_until", Float, nullable=False),  # a process that died no longer extends this
    Column("attempts", Integer, nullable=False),
    Column("sign_ts", String(32)),  # the message that says "working on it", if one was posted
    Column("finished_at", Float),
    Column("outcome", String(32)),
    UniqueConstraint("app", "team", "event_id", name="uq_events_delivery"),
    UniqueConstraint("team", "channel", "ts", name="uq_events_message"),
    Index("ix_events_open", "finished_at", "owned_until"),
    Index("ix_events_received_at", "received_at"),
)

posted_answers = Table(
    "posted_answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("thread_ts", String(32), nullable=False),
    Column("ts", String(32), nullable=False),
    Column("repos", Text, nullable=False),  # names, one a line
    Column("posted_at", Float, nullable=False),
    UniqueConstraint("team", "channel", "ts", name="uq_posted_answers_message"),
    Index("ix_posted_answers_question", "question"),
)
