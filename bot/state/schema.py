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

# One row for each digest: the unique key makes sure that a channel has one a day, whoever comes first.
digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("team", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("day", String(10), nullable=False),  # the channel's local date, ISO 8601
    Column("status", String(16), nullable=False),  # see bot.state.digests.Status
    Column("owner", String(64), nullable=False),  # one attempt, not one process; empty while nobody works on it
    Column("owned_until", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Float),
    Column("begun_at", Float, nullable=False),
    Column("ts", String(32)),  # of the message, once it is known to stand
    Column("details", String(16), nullable=False),  # of the thread: "", "due", "posted", "failed"
    Column("heads", Text),  # JSON {repository: [base, head]}: what the message tells, written before it is posted
    Column("posted_at", Float),
    Column("words", Text),  # how the last attempt ended
    UniqueConstraint("team", "channel", "day", name="uq_digests_day"),
)

# What a channel was told of last: its next digest begins there.
digest_heads = Table(
    "digest_heads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("team", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("repository", String(200), nullable=False),
    Column("head", String(64), nullable=False),
    Column("told_at", Float, nullable=False),
    UniqueConstraint("team", "channel", "repository", name="uq_digest_heads_repository"),
)

# What people chose for a channel in Slack; empty columns are as the settings have it.
digest_choices = Table(
    "digest_choices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("team", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("switched_on", Integer, nullable=False),
    Column("at", String(5)),
    Column("zone", String(64)),
    Column("days", String(32)),  # "mon,tue"
    Column("repositories", Text),  # names, one a line
    Column("every", String(8)),
    Column("quiet", String(8)),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("since", Float),  # when it was last switched on
    UniqueConstraint("team", "channel", name="uq_digest_choices_channel"),
)
