"""The tables of the store, the same on SQLite and on PostgreSQL, and the two column types of our own.

One row of REDCap is one row here. No column of a key may be NULL, since NULLs are never equal to one another in a
unique index: a missing event is '', a missing repeat instance 0. Times are aware and in UTC.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

SCHEMA = "1"  # raised with every change of these tables

metadata = MetaData()


class Utc(TypeDecorator[dt.datetime]):
    """An aware time, stored in UTC and read back in UTC. A naive one is refused: nobody could say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The time in UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone was to be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The time, aware: SQLite keeps no zone."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=dt.UTC)


def _row_key(*, primary: bool) -> tuple[Column[str] | Column[int], ...]:
    """What makes a REDCap row the same row; see `breakthrough.entry.EntryKey`."""
    return (
        Column("project", String, ForeignKey("project.id"), primary_key=primary, nullable=False),
        Column("record", String, primary_key=primary, nullable=False),
        Column("event", String, primary_key=primary, nullable=False),
        Column("instrument", String, primary_key=primary, nullable=False),
        Column("instance", Integer, primary_key=primary, nullable=False, autoincrement=False),
    )


ROW_KEY = ("project", "record", "event", "instrument", "instance")

# what made this store, and of which version it is
meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

# whose rows these are. No token is ever stored.
project = Table(
    "project",
    metadata,
    Column("id", String, primary_key=True),  # our name for it: main
    Column("server", String, nullable=False),  # the API's address
    Column("redcap_project_id", Integer, nullable=False),
    Column("redcap_version", String, nullable=False, default=""),  # as last seen: links into REDCap's pages name it
    Column("first_seen", Utc, nullable=False),
)

# every data dictionary the project has had
schema_version = Table(
    "schema_version",
    metadata,
    Column("project", String, ForeignKey("project.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("dictionary", JSON, nullable=False),  # rows in REDCap's API names
    Column("seen_at", Utc, nullable=False),
)

# REDCap as it was when last pulled; a row that has gone keeps its place, without its values, and with the time
row_current = Table(
    "row_current",
    metadata,
    *_row_key(primary=True),
    Column("dag", String, nullable=False),
    Column("data", JSON, nullable=False),  # non-blank values by column name
    Column("digest", String, nullable=False),  # Entry.digest; '' when gone
    Column("schema_version", Integer, nullable=False),
    Column("run", Integer, ForeignKey("sync_run.id"), nullable=False),  # the run that last changed it
    Column("deleted_at", Utc),
)
Index("row_current_by_instrument", *(row_current.c[name] for name in ("project", "instrument", "record", "instance")))

# every change that was seen, in the order it was seen: only ever added to
row_history = Table(
    "row_history",
    metadata,
    Column("seq", Integer, primary_key=True),
    *_row_key(primary=False),
    Column("valid_from_run", Integer, ForeignKey("sync_run.id"), nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("op", String(1), nullable=False),  # I inserted, U updated, D deleted
    Column("dag", String, nullable=False),
    Column("data", JSON, nullable=False),
    Column("digest", String, nullable=False),
    Column("schema_version", Integer, nullable=False),
)
Index("row_history_by_key", *(row_history.c[name] for name in (*ROW_KEY, "seq")))
Index("row_history_by_run", row_history.c.valid_from_run)

# every pull, also those that failed before the project was known
sync_run = Table(
    "sync_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", String, nullable=False),
    Column("mode", String, nullable=False),  # full
    Column("state", String, nullable=False),  # running, complete, failed, interrupted
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("lo", Utc),  # changes were asked for from here (none: everything)
    Column("hi", Utc),  # to here, by the server's clock: the next run's cursor
    Column("records", Integer, nullable=False, default=0),
    Column("inserted", Integer, nullable=False, default=0),
    Column("updated", Integer, nullable=False, default=0),
    Column("deleted", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("note", Text, nullable=False, default=""),  # the kind of error that ended it
)
Index("sync_run_by_project", sync_run.c.project, sync_run.c.id)

run_chunk = Table(
    "run_chunk",
    metadata,
    Column("run", Integer, ForeignKey("sync_run.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("records", Integer, nullable=False),
    Column("ids_digest", String, nullable=False),
    Column("done_at", Utc, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("project", String, ForeignKey("project.id"), primary_key=True),
    Column("hi", Utc, nullable=False),
    Column("run", Integer, ForeignKey("sync_run.id"), nullable=False),
)

# the runs that a report was made from: one row a project, all under the snapshot's name
snapshot = Table(
    "snapshot",
    metadata,
    Column("id", String, primary_key=True),
    Column("project", String, ForeignKey("project.id"), primary_key=True),
    Column("as_of_run", Integer, ForeignKey("sync_run.id"), nullable=False),
    Column("frozen_at", Utc, nullable=False),
)

# every report that was sent, as it was sent
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("collaborative", String, nullable=False),
    Column("kind", String, nullable=False),  # team, coach
    Column("subject", String, nullable=False),  # team code or coach code
    Column("period", String, nullable=False),  # 2026-03
    Column("revision", Integer, nullable=False),
    Column("rendered_at", Utc, nullable=False),
    Column("spec_hash", String, nullable=False, default=""),  # of the collaborative's definition
    Column("code_version", String, nullable=False, default=""),
    Column("snapshot", String, nullable=False, default=""),
    Column("html_sha256", String, nullable=False),
    Column("archived", LargeBinary, nullable=False),
    UniqueConstraint("collaborative", "kind", "subject", "period", "revision", name="report_once"),
)

# one row a mail that is to go out, or has gone out, exactly once
outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("collaborative", String, nullable=False),
    Column("report", String, nullable=False),  # team, coach
    Column("subject", String, nullable=False),  # team code or coach code
    Column("period", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("recipient", String, nullable=False),  # address
    Column("state", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_until", Utc),
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
