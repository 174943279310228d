"""What pulls, reports and explanations need to be trusted: causes, records, reconciliations, materials, archives."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds columns and tables, and fills them from what is there."""
    op.add_column("project", *_name("dag_scope", default=""))
    op.add_column("project", sa.Column("in_production", sa.Boolean))
    for name in ("asked", "events", "missing_codes"):
        op.add_column("schema_version", sa.Column(name, sa.JSON))
    op.add_column("sync_run", sa.Column("listed", sa.Integer))
    op.add_column("sync_run", sa.Column("quarantined", sa.Integer, nullable=False, server_default="0"))
    op.add_column("row_history", *_name("cause", default=""))
    op.add_column("snapshot", *_name("redcap_version", default=""))
    _records()
    _pulls()
    _reports()
    _mails()


def _records() -> None:
    op.create_table(
        "record",
        *_of_project(key=True),
        *_name("record", key=True),
        *_name("dag"),
        sa.Column("since_run", sa.Integer, sa.ForeignKey("sync_run.id"), nullable=False),
        sa.Column("run", sa.Integer, sa.ForeignKey("sync_run.id"), nullable=False),
        sa.Column("gone_at", UTC),
    )
    # a record is there as long as one of its rows is; the last row's going is the record's
    op.execute(
        """
        INSERT INTO record (project, record, dag, since_run, run, gone_at)
        SELECT project, record, max(dag),
               (SELECT min(valid_from_run) FROM row_history AS h
                WHERE h.project = c.project AND h.record = c.record),
               max(run),
               CASE WHEN count(deleted_at) = count(*) THEN max(deleted_at) END
        FROM row_current AS c GROUP BY project, record
        """
    )
    op.create_table(
        "record_alias",
        *_of_project(key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("sync_run.id"), primary_key=True, autoincrement=False),
        *_name("old", key=True),
        *_name("new"),
        sa.Column("at", UTC, nullable=False),
    )
    op.create_table(
        "quarantine",
        *_of_project(key=True),
        *_name("record", key=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("last_at", UTC, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )


def _pulls() -> None:
    op.create_table(
        "refusal",
        *_name("project", key=True),
        sa.Column("since", UTC, nullable=False),
        sa.Column("last_at", UTC, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("told_at", UTC),
    )
    op.create_table(
        "hint",
        *_name("project", "record", key=True),
        sa.Column("first_at", UTC, nullable=False),
        sa.Column("last_at", UTC, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
    )
    op.create_table(
        "reconciliation",
        sa.Column("run", sa.Integer, sa.ForeignKey("sync_run.id"), primary_key=True, autoincrement=False),
        *_of_project(),
        sa.Column("at", UTC, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("checked", "rows", "differing", "missed")),
        *_name("redcap_digest", "store_digest"),
    )
    op.create_index("reconciliation_by_project", "reconciliation", ["project", "run"])
    op.create_table(
        "pending_deletion",
        *_of_project(key=True),
        *_name("record", key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("sync_run.id"), nullable=False),
        sa.Column("first_at", UTC, nullable=False),
        sa.Column("last_at", UTC, nullable=False),
        sa.Column("lists", sa.Integer, nullable=False),
        sa.Column("confirmed_at", UTC),
        *_name("confirmed_by", default=""),
    )


def _reports() -> None:
    op.create_table(
        "material",
        *_name("digest", key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    former = op.get_bind().execute(sa.select(_FORMER).order_by(_FORMER.c.id)).mappings().all()
    op.drop_table("report")
    report = op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True),
        *_name("collaborative", "kind", "subject", "period"),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("rendered_at", UTC, nullable=False),
        *_name("snapshot", "specification", "templates", "code_version"),
        sa.Column("libraries", sa.JSON, nullable=False),
        *_name("parts", "figures"),
        sa.Column("unreproducible_since", UTC),
        sa.UniqueConstraint("collaborative", "kind", "subject", "period", "revision", name="report_once"),
    )
    for row in former:
        _carry_over(report, row)
    op.create_table(
        "report_source",
        sa.Column("report", sa.Integer, sa.ForeignKey("report.id"), primary_key=True, autoincrement=False),
        *_name("project", "record", key=True),
    )
    op.create_index("report_source_by_record", "report_source", ["project", "record"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer, primary_key=True),
        *_name("project"),
        sa.Column("at", UTC, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("rows", "versions", "reports", "archives")),
    )


_KEPT = ("collaborative", "kind", "subject", "period", "revision", "code_version", "snapshot")
_FORMER = sa.table(
    "report",
    sa.column("id"),
    *(sa.column(name) for name in _KEPT),
    sa.column("rendered_at", UTC),
    sa.column("archived", sa.LargeBinary),
)


def _carry_over(report: sa.Table, row: sa.RowMapping) -> None:
    """A report of version 1 keeps its page; what it takes to make it again was not kept then."""
    parts = _keep(json.dumps({"page.html": [_keep(row["archived"])]}, separators=(",", ":")).encode())
    line = {name: row[name] for name in (*_KEPT, "rendered_at")}
    made = report.insert().values(**line, specification="", templates="", libraries={}, parts=parts, figures="")
    op.get_bind().execute(made)


def _keep(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    material = sa.table("material", sa.column("digest"), sa.column("size"), sa.column("content", sa.LargeBinary))
    bind = op.get_bind()
    if not bind.execute(sa.select(material.c.digest).where(material.c.digest == digest)).first():
        bind.execute(material.insert().values(digest=digest, size=len(content), content=zlib.compress(content, 6)))
    return digest


def _mails() -> None:
    op.create_table(
        "mail_archive",
        *_name("key", key=True),
        sa.Column("archived_at", UTC, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        *_name("digest"),
        sa.Column("pieces", sa.JSON, nullable=False),
    )


def _of_project(*, key: bool = False) -> tuple[sa.Column[Any], ...]:
    return (sa.Column("project", NAME, sa.ForeignKey("project.id"), primary_key=key, nullable=False),)


def _name(*names: str, key: bool = False, default: str | None = None) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, NAME, primary_key=key, nullable=False, server_default=default) for name in names)
