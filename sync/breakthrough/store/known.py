"""The records that REDCap was seen to have, with their data access groups; some have no row that is of use to us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from breakthrough.store import bulk
from breakthrough.store.columns import moment, of_records
from breakthrough.store.tables import record as table

_COLUMNS = ("dag", "since_run", "run", "gone_at", "project", "record")


class _Line(NamedTuple):
    dag: str
    since_run: int
    gone: bool


def note(
    connection: Connection, project: str, records: Collection[str], there: Mapping[str, str], run: int, at: dt.datetime
) -> None:
    """Notes which of those records are there (with their groups) and that the others have gone, where that is new."""
    before = _before(connection, project, records)
    when = moment(connection, at)
    fresh, former = [], []
    for name in sorted(records):
        line = before.get(name)
        if name in there:
            dag = there[name]
            if line is None:
                fresh.append((dag, run, run, None, project, name))
            elif line.gone or line.dag != dag:
                former.append((dag, run if line.gone else line.since_run, run, None, project, name))
        elif line and not line.gone:
            former.append(("", line.since_run, run, when, project, name))
    bulk.insert(connection, table, _COLUMNS, fresh)
    bulk.replace(connection, table, ("project", "record"), _COLUMNS, former)


def groups(connection: Connection, project: str) -> dict[str, str]:
    """The data access group ('' in none) of every record that REDCap has, as last seen; by record."""
    return dict(each(connection, project))


def each(connection: Connection, project: str) -> Iterator[tuple[str, str]]:
    """Record and data access group of all that REDCap has, as last seen, in the order of their names' code points.

    However many there are, few are in memory at once.
    """
    found = (
        select(table.c.record, table.c.dag)
        .where(table.c.project == project, table.c.gone_at.is_(None))
        .order_by(table.c.record)
    )
    for row in bulk.stream(connection, found):
        yield row.record, row.dag


def there(connection: Connection, project: str, records: Collection[str]) -> set[str]:
    """Those of the records that REDCap has, as last seen."""
    return {name for name, line in _before(connection, project, records).items() if not line.gone}


def has_groups(connection: Connection, project: str) -> bool:
    """Whether any record that REDCap has belongs to a data access group."""
    grouped = (table.c.project == project, table.c.gone_at.is_(None), table.c.dag != "")
    return connection.execute(select(table.c.record).where(*grouped).limit(1)).first() is not None


def _before(connection: Connection, project: str, wanted: Collection[str]) -> dict[str, _Line]:
    lines = of_records(connection, table, ("record", "dag", "since_run", "gone_at"), project, wanted)
    return {name: _Line(dag, run, gone is not None) for name, dag, run, gone in connection.execute(lines)}
