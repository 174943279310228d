"""Tables about pulls: which ran, what each did, how well the quick ones did, and what waits for a second look."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from breakthrough.store.columns import Name, Utc, metadata

# every pull, also those that failed before the project was known
sync_run = Table(
    "sync_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", Name, nullable=False),
    Column("mode", Name, nullable=False),  # runs.Mode
    Column("state", Name, nullable=False),  # runs.State
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("lo", Utc),  # changes were asked for from here (none: everything)
    Column("hi", Utc),  # to here, by the server's clock: the next run's cursor
    Column("records", Integer, nullable=False, default=0),  # asked for
    Column("inserted", Integer, nullable=False, default=0),
    Column("updated", Integer, nullable=False, default=0),
    Column("deleted", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("note", Text, nullable=False, default=""),  # the kind of error that ended it
    Column("listed", Integer),  # records on REDCap's list; none where no list was asked for
    Column("quarantined", Integer, nullable=False, server_default="0"),
)
Index("sync_run_by_project", sync_run.c.project, sync_run.c.id)

run_chunk = Table(
    "run_chunk",
    metadata,
    Column("run", Integer, ForeignKey("sync_run.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("records", Integer, nullable=False),
    Column("ids_digest", Name, nullable=False),
    Column("done_at", Utc, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("project", Name, ForeignKey("project.id"), primary_key=True),
    Column("hi", Utc, nullable=False),
    Column("run", Integer, ForeignKey("sync_run.id"), nullable=False),
)

# what a whole comparison with REDCap found, and how much of it quicker pulls had missed
reconciliation = Table(
    "reconciliation",
    metadata,
    Column("run", Integer, ForeignKey("sync_run.id"), primary_key=True, autoincrement=False),
    Column("project", Name, ForeignKey("project.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("checked", Integer, nullable=False),  # records compared
    Column("rows", Integer, nullable=False),  # in the store, afterwards
    Column("differing", Integer, nullable=False),  # records that differed
    Column("missed", Integer, nullable=False),  # of these, changed before the cursor: a quicker pull should have seen
    Column("redcap_digest", Name, nullable=False),  # proof.Proof.digest over REDCap's answers
    Column("store_digest", Name, nullable=False),  # and over the store, afterwards
)
Index("reconciliation_by_project", reconciliation.c.project, reconciliation.c.run)

# records that were not on REDCap's list, and stay until a second list, or a person, says the same
pending_deletion = Table(
    "pending_deletion",
    metadata,
    Column("project", Name, ForeignKey("project.id"), primary_key=True),
    Column("record", Name, primary_key=True),
    Column("run", Integer, ForeignKey("sync_run.id"), nullable=False),  # that first missed it
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("lists", Integer, nullable=False),  # how many in a row were without it
    Column("confirmed_at", Utc),
    Column("confirmed_by", Name, nullable=False, server_default=""),
)
