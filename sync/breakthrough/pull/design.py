"""Under which design of the project the store was last read whole. While it stays the same, changes are enough.

It is noted together with the end of the pull that read everything: one that breaks off leaves it to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.entry import Entry
from breakthrough.pull.probe import Probe
from breakthrough.redcap.shapes import Layout
from breakthrough.store import bulk, projects
from breakthrough.store.columns import of_records
from breakthrough.store.tables import meta, row_current

Cell = tuple[str, int, str, str]  # event, instance, column, value


def note(connection: Connection, project: str, probe: Probe, version: int) -> None:
    """Notes that the store holds everything as it is under that design; `version` is the dictionary's number."""
    bulk.upsert(connection, meta, ("key",), [{"key": _key(project), "value": f"{version}/{probe.design}"}])


def unsettle(connection: Connection, project: str) -> None:
    """Notes that a pull begins under another design than the store was last read whole under.

    From now on some of its records may be as they are under that one, though the old design should come back before
    a pull has read everything.
    """
    found: str = connection.execute(select(meta.c.value).where(meta.c.key == _key(project))).scalar() or ""
    bulk.upsert(connection, meta, ("key",), [{"key": _key(project), "value": f"{found.partition('/')[0]}/"}])


def change(connection: Connection, project: str, probe: Probe) -> Redesign | None:
    """How the project's design differs from the one it was last read whole under; None where it does not.

    A project that was never read whole has not changed either.
    """
    value: str = connection.execute(select(meta.c.value).where(meta.c.key == _key(project))).scalar() or ""
    number, _, digest = value.partition("/")
    if digest == probe.design:
        return None
    version = int(number) if number else None
    dictionary = projects.dictionary(connection, project, version)
    if not dictionary:
        return None
    before = Layout.of(dictionary)
    asked = _asked(projects.asked(connection, project, version), before)
    now = _asked(probe.request.asked, probe.layout)
    removed = sorted(asked - probe.layout.fields.keys())
    return Redesign(before, probe.layout, asked & now, tuple(removed), probe.designated)


def _key(project: str) -> str:
    return f"read_whole/{project}"


@dataclass(frozen=True, slots=True)
class Redesign:
    """What a project was like when last read, and is now: which fields were and are asked for.

    `removed` were asked for and are no longer in REDCap's dictionary.
    """

    before: Layout
    after: Layout
    common: frozenset[str]
    removed: tuple[str, ...]
    designated: frozenset[tuple[str, str]] | None

    def explains(
        self, connection: Connection, project: str, records: Iterable[str], entries: Iterable[Entry]
    ) -> frozenset[str]:
        """Those of the records of which nothing but the design has changed.

        Of what is asked for before and now, and belongs to an event, the store holds what `entries` say.
        """
        now: dict[str, set[Cell]] = {record: set() for record in records}
        then: dict[str, set[Cell]] = {record: set() for record in records}
        groups: dict[str, set[str]] = {record: set() for record in records}
        columns = ("record", "event", "instrument", "instance", "dag", "data", "deleted_at")
        for row in connection.execute(of_records(connection, row_current, columns, project, list(now))):
            if row.deleted_at is None:
                then[row.record] |= self._cells(self.before, row.event, row.instance, row.data)
                groups[row.record].add(row.dag)
        for entry in entries:
            key = entry.key
            now[key.record] |= self._cells(self.after, key.event, key.instance, entry.values)
            groups[key.record].add(entry.dag)
        return frozenset(record for record in now if now[record] == then[record] and len(groups[record]) < 2)

    def _cells(self, layout: Layout, event: str, instance: int, values: Mapping[str, str]) -> set[Cell]:
        return {
            (event, instance or 1, column, value)  # a form that came to repeat has what it held as its first repeat
            for column, value in values.items()
            if (field := layout.field_of(column)) in self.common and self._designated(event, field)
        }

    def _designated(self, event: str, field: str | None) -> bool:
        return self.designated is None or (event, self.after.fields.get(field or "", "")) in self.designated


def _asked(fields: frozenset[str] | None, layout: Layout) -> frozenset[str]:
    return frozenset(layout.fields) if fields is None else fields & layout.fields.keys()
