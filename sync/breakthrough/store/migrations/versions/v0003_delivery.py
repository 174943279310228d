"""Addresses that get no more mails: those that mail came back from, and those who asked for none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "suppressions",
        *(sa.Column(name, NAME, primary_key=True, nullable=False) for name in ("address", "collaborative", "report")),
        sa.Column("reason", NAME, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("told_at", UTC),
    )
