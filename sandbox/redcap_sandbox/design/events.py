"""Arms and events, and which instruments are designated to which event."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

_LONGEST_UNIQUE_NAME = 18


@dataclass(frozen=True)
class Arm:
    """An arm: its number and its name."""

    number: int
    name: str


@dataclass(frozen=True)
class Event:
    """An event of an arm.

    `id` is unique among all projects, `unique_name` within its own; offsets are days, as text.
    """

    id: int
    arm: int
    name: str
    unique_name: str
    custom_label: str = ""
    day_offset: str = "0"
    offset_min: str = "0"
    offset_max: str = "0"


_ATTRIBUTES = ("arm", "name", "unique_name", "custom_label", "day_offset", "offset_min", "offset_max")


def load_arms(db: sqlite3.Connection, project: int) -> tuple[Arm, ...]:
    """The project's arms by number, those without events too."""
    rows = db.execute("SELECT number, name FROM arm WHERE project = ? ORDER BY number", (project,))
    return tuple(Arm(*row) for row in rows)


def load(db: sqlite3.Connection, project: int) -> tuple[Event, ...]:
    """The project's events, arm by arm in their order."""
    rows = db.execute(
        f"SELECT id, {', '.join(_ATTRIBUTES)} FROM event WHERE project = ? ORDER BY arm, position, id",  # noqa: S608  (constants)
        (project,),
    )
    return tuple(Event(*row) for row in rows)


def load_designations(db: sqlite3.Connection, project: int) -> dict[int, frozenset[str]]:
    """Event → the forms designated to it; events with none are left out."""
    found: dict[int, set[str]] = {}
    rows = db.execute(
        "SELECT event, form FROM designation JOIN event ON event.id = designation.event WHERE event.project = ?",
        (project,),
    )
    for event, form in rows:
        found.setdefault(event, set()).add(form)
    return {event: frozenset(forms) for event, forms in found.items()}


def unique_name(name: str, arm: int, taken: Container[str] = ()) -> str:
    """REDCap's unique name for an event so called in that arm.

    Lower case, what is neither letter nor digit as `_`, cut at 18, `_arm_N` behind it, and a letter from b on if
    another event has it already.
    """
    made = re.sub(r"[^a-z0-9]", "_", name.strip().lower())[:_LONGEST_UNIQUE_NAME].strip("_") or "event"
    base = f"{made}_arm_{arm}"
    endings = chain([""], "bcdefghijklmnopqrstuvwxyz", map(str, count(27)))
    return next(base + ending for ending in endings if base + ending not in taken)


def save_arm(db: sqlite3.Connection, project: int, arm: Arm) -> None:
    """Adds the arm, or renames the one of that number."""
    db.execute(
        "INSERT INTO arm (project, number, name) VALUES (?, ?, ?) "
        "ON CONFLICT (project, number) DO UPDATE SET name = excluded.name",
        (project, arm.number, arm.name),
    )


def delete_arms(db: sqlite3.Connection, project: int, numbers: Iterable[int]) -> None:
    """Deletes the arms with their events and the data in them."""
    db.executemany("DELETE FROM arm WHERE project = ? AND number = ?", [(project, number) for number in numbers])
    drop_absent_records(db, project)


def add(db: sqlite3.Connection, project: int, arm: int, name: str, about: Mapping[str, str] | None = None) -> Event:
    """The new event, last in its arm. `about` may give unique_name, custom_label and offsets."""
    given = dict(about or {})
    taken = {name for (name,) in db.execute("SELECT unique_name FROM event WHERE project = ?", (project,))}
    unique = given.pop("unique_name", "")
    if not unique or unique in taken:
        unique = unique_name(name, arm, taken)
    event = Event(0, arm, name, unique, **given)
    (number,) = db.execute(
        "INSERT INTO event (project, position, arm, name, unique_name, custom_label, day_offset, offset_min, "
        "offset_max) VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM event WHERE project = ?), "
        "?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (project, project, *(getattr(event, attribute) for attribute in _ATTRIBUTES)),
    ).fetchone()
    return replace(event, id=number)


def change(db: sqlite3.Connection, event: Event) -> None:
    """Stores what the event now says."""
    settings = ", ".join(f"{attribute} = ?" for attribute in _ATTRIBUTES)
    db.execute(
        f"UPDATE event SET {settings} WHERE id = ?",  # noqa: S608  (constants)
        (*(getattr(event, attribute) for attribute in _ATTRIBUTES), event.id),
    )


def delete(db: sqlite3.Connection, project: int, events: Iterable[Event]) -> None:
    """Deletes the events with the data in them."""
    db.executemany("DELETE FROM event WHERE id = ?", [(event.id,) for event in events])
    drop_absent_records(db, project)


def designate(db: sqlite3.Connection, project: int, pairs: Sequence[tuple[int, str]]) -> None:
    """Replaces all designations by these pairs of an event's number and a form; data are not touched."""
    db.execute("DELETE FROM designation WHERE event IN (SELECT id FROM event WHERE project = ?)", (project,))
    db.executemany("INSERT OR IGNORE INTO designation (event, form) VALUES (?, ?)", pairs)


def drop_absent_records(db: sqlite3.Connection, project: int) -> None:
    """Deletes the records that are in no event any more."""
    db.execute(
        "DELETE FROM record WHERE project = ? AND NOT EXISTS (SELECT 1 FROM document WHERE record = record.id)",
        (project,),
    )
