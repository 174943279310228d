"""The held entries with those of some teams given other words or figures: a report that tells of them comes out other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.settings import MAIN
from breakthrough.store import View

Change = Callable[[Entry], Entry]

_CODE = re.compile(r"[A-Za-z]\w{0,10}")
_NAMED = ("_name", "_short", "_title", "_email", "_ramp", "_org")
_PEOPLE = ("_name", "_short", "_email", "_org")
_COUNT = re.compile(r"\d+")
_DONE = frozenset({"au_plan_on", "au_screen_on", "au_back_on", "au_ready"})  # what a case row of ours says was done


@dataclass(frozen=True)
class Disguised:
    """A view in which entries of those teams are changed."""

    view: View
    teams: Collection[str]
    changes: tuple[Change, ...]
    groups: Collection[str] = ()  # the data access groups of those teams, to which case rows belong

    def entries(self, project: str, instrument: str | None = None) -> Iterator[Entry]:
        for entry in self.view.entries(project, instrument):
            if entry.key.record in self.teams or entry.dag in self.groups:
                for change in self.changes:
                    entry = change(entry)  # noqa: PLW2901 - one change after the other
            yield entry

    def __getattr__(self, name: str) -> Any:
        return getattr(self.view, name)


def mark(seed: int, entry: Entry, name: str) -> str:
    """A word that stands nowhere else."""
    found = hashlib.sha256(f"{seed}/{entry.key}/{name}".encode()).hexdigest()[:10]
    return f"Zq{found.translate(str.maketrans('0123456789', 'ghijklmnop'))}"


def names(seed: int) -> Change:
    """Other names of teams and people, and addresses: a mark in place of each."""
    return lambda entry: replace(
        entry,
        values={
            name: _marked(seed, entry, name) if name.endswith(_PEOPLE) else value
            for name, value in entry.values.items()
        },
    )


def words(seed: int) -> Change:
    """Other names, addresses and texts: a mark in place of each."""

    def change(entry: Entry) -> Entry:
        return replace(
            entry,
            values={
                name: _marked(seed, entry, name) if _written(name, value) else value
                for name, value in entry.values.items()
            },
        )

    return change


def _written(name: str, value: str) -> bool:
    letters = any(one.isalpha() for one in value)
    return letters and (name.endswith(_NAMED) or not _CODE.fullmatch(value))


def _marked(seed: int, entry: Entry, name: str) -> str:
    found = mark(seed, entry, name)
    return f"{found}@example.org" if name.endswith("_email") else found


def figures(collaborative: Collaborative, seed: int, *, but: Collection[str] = ()) -> Change:
    """Other counts in the monthly form, except those named."""
    counts = collaborative.counts.keys() - set(but)

    def change(entry: Entry) -> Entry:
        if entry.key.instrument != "monthly_measures":
            return entry
        return replace(
            entry,
            values={
                name: str(int(value) + 1 + seed % 7) if name in counts and _COUNT.fullmatch(value) else value
                for name, value in entry.values.items()
            },
        )

    return change


def cases(seed: int) -> Change:
    """Other cases in the rows of other projects: every second one has lost what was done for it."""

    def change(entry: Entry) -> Entry:
        if entry.key.project == MAIN or int(hashlib.sha256(f"{seed}/{entry.key}".encode()).hexdigest(), 16) % 2:
            return entry
        return replace(entry, values={name: value for name, value in entry.values.items() if name not in _DONE})

    return change
