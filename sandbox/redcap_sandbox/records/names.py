"""Record names: when two are the same, how they sort, which comes next."""

from __future__ import annotations

import re
import sqlite3

LONGEST = 100
_DIGITS = re.compile(r"[0-9]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_possible(name: str) -> bool:
    """Whether a record may be called so: not blank, not too long, without control characters."""
    return 0 < len(name) <= LONGEST and not has_controls(name)


def has_controls(name: str) -> bool:
    """Whether there are control characters in the name."""
    return not name.isprintable() and _CONTROL.search(name) is not None


def folded(name: str) -> str:
    """The form in which names are compared: records whose names differ by case only are one record."""
    return name.casefold()


def sort_key(name: str) -> str:
    """Text that sorts as people count: 2 before 10, `a2` before `a10`."""
    return _DIGITS.sub(_counted, folded(name))


def _counted(run: re.Match[str]) -> str:
    digits = run[0].lstrip("0")
    return f"{len(digits):03d}{digits}"


def next_number(db: sqlite3.Connection, project: int, prefix: str = "") -> int:
    """One more than the highest whole number among the names that begin with the prefix; 1 if there is none."""
    names = db.execute("SELECT name FROM record WHERE project = ?", (project,))
    tails = (name[len(prefix) :] for (name,) in names if name.startswith(prefix))
    return 1 + max((int(tail) for tail in tails if _DIGITS.fullmatch(tail)), default=0)


def prefix(group: int | None) -> str:
    """What the names of records made inside a data access group begin with."""
    return "" if group is None else f"{group}-"
