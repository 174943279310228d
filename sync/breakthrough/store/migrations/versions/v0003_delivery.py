"""Addresses that get no more mails, and what goes back into REDCap; bounces find their mail by its Message-ID."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds the tables and the index."""
    op.create_table(
        "suppressions",
        *(sa.Column(name, NAME, primary_key=True, nullable=False) for name in ("address", "collaborative", "report")),
        sa.Column("reason", NAME, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("told_at", UTC),
    )
    op.create_table(
        "write_backs",
        sa.Column("key", NAME, primary_key=True),
        sa.Column("what", NAME, primary_key=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("place", NAME, nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lease_until", UTC),
        sa.Column("updated_at", UTC, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("outbox_by_message_id", "outbox", ["message_id"])
