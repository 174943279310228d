"""The table about what goes back into REDCap."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from breakthrough.store.columns import Name, Utc, metadata

# one row for each thing that is to stand in REDCap once: a file of a report, or its row in the log of reports
write_backs = Table(
    "write_backs",
    metadata,
    Column("key", Name, primary_key=True),  # of the report's edition: the outbox's without the recipient
    Column("what", Name, primary_key=True),  # html, pdf, log
    Column("state", Name, nullable=False),  # pending, writing, written, uncertain, refused
    Column("place", Name, nullable=False, server_default=""),  # doc_id, or repeat instances
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_until", Utc),  # writing: whoever writes is gone after that; pending, refused: not before
    Column("updated_at", Utc, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)
