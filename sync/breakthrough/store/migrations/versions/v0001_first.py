"""The tables of version 1, which were only ever made on SQLite.

A migration is never changed once a release has it: it says how stores were then, and not how they are now.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the tables."""
    op.create_table("meta", *_name("key", key=True), *_name("value"))
    _projects()
    _runs()
    _rows()
    _reports()


def _projects() -> None:
    op.create_table(
        "project",
        *_name("id", key=True),
        *_name("server"),
        sa.Column("redcap_project_id", sa.Integer, nullable=False),
        *_name("redcap_version"),
        sa.Column("first_seen", UTC, nullable=False),
    )
    op.create_table(
        "schema_version",
        sa.Column("project", NAME, sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_name("digest"),
        sa.Column("dictionary", sa.JSON, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "sync_run",
        sa.Column("id", sa.Integer, primary_key=True),
        *_name("project", "mode", "state"),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("finished_at", UTC),
        sa.Column("lo", UTC),
        sa.Column("hi", UTC),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("records", "inserted", "updated", "deleted", "unchanged")
        ),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("sync_run_by_project", "sync_run", ["project", "id"])
    op.create_table(
        "run_chunk",
        sa.Column("run", sa.Integer, sa.ForeignKey("sync_run.id"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("records", sa.Integer, nullable=False),
        *_name("ids_digest"),
        sa.Column("done_at", UTC, nullable=False),
    )
    op.create_table(
        "cursor",
        sa.Column("project", NAME, sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("hi", UTC, nullable=False),
        sa.Column("run", sa.Integer, sa.ForeignKey("sync_run.id"), nullable=False),
    )


def _row_key(*, key: bool) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("project", NAME, sa.ForeignKey("project.id"), primary_key=key, nullable=False),
        *_name("record", "event", "instrument", key=key),
        sa.Column("instance", sa.Integer, primary_key=key, nullable=False, autoincrement=False),
    )


def _rows() -> None:
    op.create_table(
        "row_current",
        *_row_key(key=True),
        *_name("dag"),
        sa.Column("data", sa.JSON, nullable=False),
        *_name("digest"),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, sa.ForeignKey("sync_run.id"), nullable=False),
        sa.Column("deleted_at", UTC),
    )
    op.create_index("row_current_by_instrument", "row_current", ["project", "instrument", "record", "instance"])
    op.create_table(
        "row_history",
        sa.Column("seq", SERIAL, primary_key=True),
        *_row_key(key=False),
        sa.Column("valid_from_run", sa.Integer, sa.ForeignKey("sync_run.id"), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("op", sa.String(1), nullable=False),
        *_name("dag"),
        sa.Column("data", sa.JSON, nullable=False),
        *_name("digest"),
        sa.Column("schema_version", sa.Integer, nullable=False),
    )
    op.create_index(
        "row_history_by_key", "row_history", ["project", "record", "event", "instrument", "instance", "seq"]
    )
    op.create_index("row_history_by_run", "row_history", ["valid_from_run"])


def _reports() -> None:
    op.create_table(
        "snapshot",
        *_name("id", key=True),
        sa.Column("project", NAME, sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("as_of_run", sa.Integer, sa.ForeignKey("sync_run.id"), nullable=False),
        sa.Column("frozen_at", UTC, nullable=False),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True),
        *_name("collaborative", "kind", "subject", "period"),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("rendered_at", UTC, nullable=False),
        *_name("spec_hash", "code_version", "snapshot", "html_sha256"),
        sa.Column("archived", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("collaborative", "kind", "subject", "period", "revision", name="report_once"),
    )
    op.create_table(
        "outbox",
        *_name("key", key=True),
        *_name("collaborative", "report", "subject", "period"),
        sa.Column("revision", sa.Integer, nullable=False),
        *_name("recipient", "state", "message_id"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease_until", UTC),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("sent_at", UTC),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint(
            "collaborative", "report", "subject", "period", "revision", "recipient", name="outbox_one_mail_each"
        ),
    )
    op.create_index("outbox_by_state", "outbox", ["state", "lease_until"])


def _name(*names: str, key: bool = False) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, NAME, primary_key=key, nullable=False) for name in names)
