"""The tables of the store, the same on SQLite and on PostgreSQL.

One row of REDCap is one row here. No column of a key may be NULL, since NULLs are never equal to one another in a
unique index: a missing event is '', a missing repeat instance 0. Times are aware and in UTC. What is changed here also
takes a migration (`store/migrations`) and another number below; a test holds the two together.
"""

from breakthrough.store.columns import Utc, metadata
from breakthrough.store.tables.backwriting import write_backs
from breakthrough.store.tables.mails import mail_archive, outbox, suppressions
from breakthrough.store.tables.projects import hint, meta, project, refusal, schema_version
from breakthrough.store.tables.records import ROW_KEY, quarantine, record, record_alias, row_current, row_history
from breakthrough.store.tables.reports import erasure, material, report, report_source, snapshot
from breakthrough.store.tables.runs import cursor, pending_deletion, reconciliation, run_chunk, sync_run

SCHEMA = "3"  # raised with every change of these tables

__all__ = [
    "ROW_KEY",
    "SCHEMA",
    "Utc",
    "cursor",
    "erasure",
    "hint",
    "mail_archive",
    "material",
    "meta",
    "metadata",
    "outbox",
    "pending_deletion",
    "project",
    "quarantine",
    "reconciliation",
    "record",
    "record_alias",
    "refusal",
    "report",
    "report_source",
    "row_current",
    "row_history",
    "run_chunk",
    "schema_version",
    "snapshot",
    "suppressions",
    "sync_run",
    "write_backs",
]
