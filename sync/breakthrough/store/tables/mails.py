"""Tables about mails: those that wait or have gone, and the bytes of those that have."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from breakthrough.store.columns import Json, Name, Utc, metadata

# one row a mail that is to go out, or has gone out, exactly once
outbox = Table(
    "outbox",
    metadata,
    Column("key", Name, primary_key=True),
    Column("collaborative", Name, nullable=False),
    Column("report", Name, nullable=False),  # team, coach
    Column("subject", Name, nullable=False),  # team code or coach code
    Column("period", Name, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("recipient", Name, nullable=False),  # address
    Column("state", Name, nullable=False),
    Column("message_id", Name, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_until", Utc),  # the moment that matters in that state: see delivery/outbox/values.py
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("note", Text, nullable=False, default=""),
    # the message's bytes; last, since SQLite reads through a long column to reach those behind it
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint(
        "collaborative", "report", "subject", "period", "revision", "recipient", name="outbox_one_mail_each"
    ),
)
Index("outbox_by_state", outbox.c.state, outbox.c.lease_until)
Index("outbox_by_message_id", outbox.c.message_id)

# the bytes of every mail, as they were handed over: short pieces as they are, long ones as material
mail_archive = Table(
    "mail_archive",
    metadata,
    Column("key", Name, primary_key=True),  # the outbox's
    Column("archived_at", Utc, nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", Name, nullable=False),  # SHA-256 of the whole
    Column("pieces", Json, nullable=False),
)

# addresses that get no more of a collaborative's mails, or of its reports of one kind
suppressions = Table(
    "suppressions",
    metadata,
    Column("address", Name, primary_key=True),  # canonical, in small letters
    Column("collaborative", Name, primary_key=True),
    Column("report", Name, primary_key=True),  # '': of every kind
    Column("reason", Name, nullable=False),  # bounced, unsubscribed
    Column("since", Utc, nullable=False),
    Column("note", Text, nullable=False, default=""),  # the status code of a bounce alone
    Column("told_at", Utc),  # NULL until the coordinator has been told
)
