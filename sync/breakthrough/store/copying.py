"""Copies a whole store into a new one, of either kind: what a backup of PostgreSQL is, and how one is put back."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, MetaData, Table, func, select, text

from breakthrough.errors import StoreError
from breakthrough.store import schema
from breakthrough.store.backend import Backend

_ROWS = 500


def copy(source: Backend, target: Backend, advance: Callable[[int], None] = lambda _: None) -> str:
    """The version of the store that was copied, all of it as it was at one moment, into `target`, which has no tables.

    `advance` is called with the number of rows, as they are copied. Raises StoreError where `target` has tables, or
    `source` has none.
    """
    with source.read() as old, target.begin() as new:
        version = schema.version(old, source)
        if version is None or not schema.known(version):
            raise StoreError(f"{source} holds no store that this program knows, so there is nothing to copy.")
        if schema.version(new, target) is not None:
            raise StoreError(f"{target} holds a store already, and none is overwritten. Name an empty place.")
        # the tables as they were in that version, whatever they have become since
        schema.migrate(new, None, version)
        new.execute(text("DELETE FROM meta"))
        theirs = {table.name: table for table in _tables(old)}
        for table in _tables(new):
            _fill(old, new, theirs[table.name], table, advance)
    return version


def _tables(connection: Connection) -> list[Table]:
    """The store's tables as they stand in the database, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _fill(old: Connection, new: Connection, source: Table, target: Table, advance: Callable[[int], None]) -> None:
    wanted = select(*(source.c[column.name] for column in target.columns)).order_by(*source.primary_key.columns)
    rows = old.execute(wanted.execution_options(yield_per=_ROWS))
    for some in rows.mappings().partitions(_ROWS):
        new.execute(target.insert(), [dict(row) for row in some])
        advance(len(some))
    before, after = (c.execute(select(func.count()).select_from(t)).scalar() for c, t in ((old, source), (new, target)))
    if before != after:
        raise StoreError(f"Of {before} rows in {source.name}, {after} were copied. Nothing was kept of the copy.")
    number = target.autoincrement_column
    if number is not None and new.dialect.name == "postgresql":
        # numbers that were brought along must not be given out again
        new.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{target.name}', '{number.name}'), max({number.name})) "  # noqa: S608
                f"FROM {target.name} HAVING max({number.name}) IS NOT NULL"
            )
        )
