"""Tables about records and their rows: as they are now, and everything that was ever seen of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from breakthrough.store.columns import Json, Name, Serial, Utc, metadata

ROW_KEY = ("project", "record", "event", "instrument", "instance")


def _row_key(*, primary: bool) -> tuple[Column[Any], ...]:
    """What makes a REDCap row the same row; see `breakthrough.entry.EntryKey`."""
    return (
        Column("project", Name, ForeignKey("project.id"), primary_key=primary, nullable=False),
        Column("record", Name, primary_key=primary, nullable=False),
        Column("event", Name, primary_key=primary, nullable=False),
        Column("instrument", Name, primary_key=primary, nullable=False),
        Column("instance", Integer, primary_key=primary, nullable=False, autoincrement=False),
    )


# every record that REDCap was seen to have, also those of which no row is of use to us: they would look new each time
record = Table(
    "record",
    metadata,
    Column("project", Name, ForeignKey("project.id"), primary_key=True),
    Column("record", Name, primary_key=True),
    Column("dag", Name, nullable=False),  # '' in no group
    Column("since_run", Integer, ForeignKey("sync_run.id"), nullable=False),  # that first saw it, or saw it come back
    Column("run", Integer, ForeignKey("sync_run.id"), nullable=False),  # that last changed this line
    Column("gone_at", Utc),
)

# REDCap as it was when last pulled; a row that has gone keeps its place, without its values, and with the time
row_current = Table(
    "row_current",
    metadata,
    *_row_key(primary=True),
    Column("dag", Name, nullable=False),
    Column("data", Json, nullable=False),  # non-blank values by column name
    Column("digest", Name, nullable=False),  # Entry.digest; '' when gone
    Column("schema_version", Integer, nullable=False),
    Column("run", Integer, ForeignKey("sync_run.id"), nullable=False),  # the run that last changed it
    Column("deleted_at", Utc),
)
Index("row_current_by_instrument", *(row_current.c[name] for name in ("project", "instrument", "record", "instance")))

# every change that was seen, in the order it was seen: only ever added to, but by `store purge`
row_history = Table(
    "row_history",
    metadata,
    Column("seq", Serial, primary_key=True),
    *_row_key(primary=False),
    Column("valid_from_run", Integer, ForeignKey("sync_run.id"), nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("op", String(1), nullable=False),  # I inserted, U updated, D deleted
    Column("dag", Name, nullable=False),
    Column("data", Json, nullable=False),
    Column("digest", Name, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("cause", Name, nullable=False, server_default=""),  # rows.Cause; '' in what version 1 wrote
)
Index("row_history_by_key", *(row_history.c[name] for name in (*ROW_KEY, "seq")))
Index("row_history_by_run", row_history.c.valid_from_run)

# records that were renamed in REDCap, where that could be told from one that went and another that came
record_alias = Table(
    "record_alias",
    metadata,
    Column("project", Name, ForeignKey("project.id"), primary_key=True),
    Column("run", Integer, ForeignKey("sync_run.id"), primary_key=True, autoincrement=False),
    Column("old", Name, primary_key=True),
    Column("new", Name, nullable=False),
    Column("at", Utc, nullable=False),
)

# records that REDCap cannot answer for: the rest is pulled without them, and they are tried again
quarantine = Table(
    "quarantine",
    metadata,
    Column("project", Name, ForeignKey("project.id"), primary_key=True),
    Column("record", Name, primary_key=True),
    Column("why", Text, nullable=False),  # the kind of error
    Column("since", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
)
