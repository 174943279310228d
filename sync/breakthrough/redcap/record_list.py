"""The list of a project's records, which may be a million: on disk beyond what is small, few in memory at once."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

_A_FETCH = 1000


class RecordList(Sequence[str]):
    """Names of records, each once, in the order in which they were given, with the data access group of each.

    It does not change. More than one thread may read it. It compares with others as itself alone.
    """

    def __init__(self, records: Iterable[tuple[str, str]], *, groups_told: bool = True) -> None:
        """`records` are name and group, '' for none; of a name that comes again, the first group that is not ''.

        `groups_told` is whether those groups can be relied on: False where it is not known who is in which.
        """
        self.groups_told = groups_told
        # a database without a name is a file of SQLite's own that is gone when it is closed
        self._lines = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._lines.close)
        self._lines.execute("PRAGMA journal_mode = OFF")
        self._lines.execute("CREATE TABLE line (n INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE, dag TEXT NOT NULL)")
        self._lines.execute("BEGIN")
        self._lines.executemany(
            "INSERT INTO line (record, dag) VALUES (?, ?) ON CONFLICT (record) DO UPDATE SET dag = excluded.dag "
            "WHERE line.dag = ''",
            records,
        )
        self._lines.execute("COMMIT")
        self._length = int(self._lines.execute("SELECT count(*) FROM line").fetchone()[0])

    @classmethod
    def of(cls, groups: Mapping[str, str]) -> RecordList:
        """The list of those records with their groups."""
        return cls(groups.items())

    @classmethod
    def named(cls, records: Iterable[str]) -> RecordList:
        """The list of those records, of which nobody says in which group they are."""
        return cls(((name, "") for name in records), groups_told=False)

    def __len__(self) -> int:
        """How many records there are."""
        return self._length

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        """The name in that place, or the names in those. Raises IndexError."""
        places = range(len(self))[at]
        if isinstance(places, int):
            return str(self._lines.execute("SELECT record FROM line WHERE n = ?", (places + 1,)).fetchone()[0])
        if places.step != 1:
            return [self[place] for place in places]
        wanted = "SELECT record FROM line WHERE n > ? AND n <= ? ORDER BY n"
        return [str(name) for (name,) in self._lines.execute(wanted, (places.start, places.stop))]

    def __iter__(self) -> Iterator[str]:
        """The names, in order."""
        for some in self.parts():
            yield from some

    def __contains__(self, name: object) -> bool:
        """Whether that record is listed."""
        return self._lines.execute("SELECT 1 FROM line WHERE record = ?", (name,)).fetchone() is not None

    def items(self) -> Iterator[tuple[str, str]]:
        """Names and groups, in order."""
        for some in self.parts():
            yield from some.items()

    def parts(self) -> Iterator[dict[str, str]]:
        """Groups by name, in order, some at a time."""
        wanted = "SELECT record, dag FROM line WHERE n > ? AND n <= ? ORDER BY n"
        for first in range(0, len(self), _A_FETCH):
            yield dict(self._lines.execute(wanted, (first, first + _A_FETCH)))

    def groups(self, some: Iterable[str]) -> dict[str, str]:
        """The group of each of those records that is listed."""
        names = json.dumps(list(some))
        wanted = "SELECT record, dag FROM line WHERE record IN (SELECT value FROM json_each(?))"
        return dict(self._lines.execute(wanted, (names,)))

    def lacking(self, other: RecordList) -> set[str]:
        """The records of that other list that this one has not."""
        found: set[str] = set()
        for some in other.parts():
            found.update(some.keys() - self.groups(some).keys())
        return found

    @property
    def grouped(self) -> bool:
        """Whether any record is in a group."""
        return self._lines.execute("SELECT 1 FROM line WHERE dag != '' LIMIT 1").fetchone() is not None
