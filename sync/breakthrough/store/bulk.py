"""Many rows at once, in and out: in by each driver's own way of taking them, several times faster than SQLAlchemy's.

What is handed over is what the drivers take: JSON as text (`columns.canonical`), times by `columns.moment`. Names of
tables and columns are ours; nothing else is ever written into a statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from sys import intern
from typing import Any

from sqlalchemy import Connection, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

from breakthrough.entry import Entry, EntryKey

Rows = Sequence[tuple[Any, ...]]

_A_FETCH = 1000


def stream(connection: Connection, wanted: Select[Any]) -> Iterator[Any]:
    """The rows of that query, of which few are in memory at once."""
    with connection.execute(wanted.execution_options(yield_per=_A_FETCH)) as found:
        yield from found


def entries(connection: Connection, wanted: Select[Any]) -> Iterator[Entry]:
    """The entries that query finds: a key's columns in their order, then group and values.

    Names are kept once, however many rows have them: what is made of rows keeps their keys for as long as it is there.
    """
    for project, record, event, instrument, instance, dag, data in stream(connection, wanted):
        key = EntryKey(intern(project), intern(record), intern(event), intern(instrument), instance)
        yield Entry(key, intern(dag), data)


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Adds those rows, in their order; `columns` names what stands in each."""
    if not rows:
        return
    listed = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({listed}) FROM STDIN", rows)
    else:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", list(rows))  # noqa: S608


def replace(connection: Connection, table: Table, key: Collection[str], columns: Sequence[str], rows: Rows) -> None:
    """Writes those rows over the ones of the same key; `columns` names what stands in each, the key's at the end."""
    if not rows:
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    new = ", ".join(f"{name} = {mark}" for name in columns if name not in key)
    old = " AND ".join(f"{name} = {mark}" for name in columns if name in key)
    connection.exec_driver_sql(f"UPDATE {table.name} SET {new} WHERE {old}", list(rows))  # noqa: S608


def upsert(connection: Connection, table: Table, key: Collection[str], values: Sequence[Mapping[str, Any]]) -> None:
    """Writes those rows in place of the ones that have the same key, or beside the others. For a few rows."""
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
    statement = dialect.insert(table)
    replaced = {name: statement.excluded[name] for name in values[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=replaced), list(values))


def _copy(connection: Connection, statement: str, rows: Rows) -> None:
    raw: Any = connection.connection.dbapi_connection  # psycopg's; its errors are told in our words by `begin`
    with raw.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
