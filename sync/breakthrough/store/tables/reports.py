"""Tables about reports: from what each was made, what it was, and what has been erased since."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, UniqueConstraint

from breakthrough.store.columns import Json, Name, Utc, metadata

# the runs that a report was made from: one row a project, all under the snapshot's name
snapshot = Table(
    "snapshot",
    metadata,
    Column("id", Name, primary_key=True),
    Column("project", Name, ForeignKey("project.id"), primary_key=True),
    Column("as_of_run", Integer, ForeignKey("sync_run.id"), nullable=False),
    Column("frozen_at", Utc, nullable=False),
    Column("redcap_version", Name, nullable=False, server_default=""),  # links in the reports name it
)

# texts and bytes that something was made of or is, each once, under its SHA-256
material = Table(
    "material",
    metadata,
    Column("digest", Name, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),  # deflated (zlib)
)

# every report that was made to be sent, with all that it takes to make it again
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("collaborative", Name, nullable=False),
    Column("kind", Name, nullable=False),  # team, coach
    Column("subject", Name, nullable=False),  # team code or coach code
    Column("period", Name, nullable=False),  # 2026-03
    Column("revision", Integer, nullable=False),
    Column("rendered_at", Utc, nullable=False),
    Column("snapshot", Name, nullable=False),
    Column("specification", Name, nullable=False),  # material: the manifest of the configuration's files
    Column("templates", Name, nullable=False),  # material: the manifest of templates, styles and wording
    Column("code_version", Name, nullable=False),
    Column("libraries", Json, nullable=False),  # version by name
    Column("parts", Name, nullable=False),  # material: the manifest of what it was, on the web and in a mail
    Column("figures", Name, nullable=False),  # material: the rows of the results frame behind it; '' where not kept
    Column("unreproducible_since", Utc),  # a record it was made of has been purged
    UniqueConstraint("collaborative", "kind", "subject", "period", "revision", name="report_once"),
)

# the records that went into a report; a report without any was made of everything its snapshot holds
report_source = Table(
    "report_source",
    metadata,
    Column("report", Integer, ForeignKey("report.id"), primary_key=True, autoincrement=False),
    Column("project", Name, primary_key=True),
    Column("record", Name, primary_key=True),
)
Index("report_source_by_record", report_source.c.project, report_source.c.record)

# that something was purged, and how much; not what it was called
erasure = Table(
    "erasure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", Name, nullable=False),
    Column("at", Utc, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("versions", Integer, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("archives", Integer, nullable=False),  # pages and mails erased with it
)
