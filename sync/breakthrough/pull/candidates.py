"""Which records may have changed: what REDCap's date filter says, what its log says, and what its list of records says.

The filter knows nothing of deletions, of old names, nor of what was wiped from the log; the log needs a right; the list
shows which records are there and in which group, and costs a narrow export of all. Together they miss only what leaves
no trace at all, which `reconcile` finds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from breakthrough.errors import TryAgain
from breakthrough.pull import guard, renames
from breakthrough.pull.probe import Probe
from breakthrough.pull.window import Window
from breakthrough.redcap.client import Client
from breakthrough.redcap.log import Line
from breakthrough.redcap.record_list import RecordList

EACH_TIME = 20_000  # up to so many records the list is asked for in every pull
DAILY = dt.timedelta(hours=23)  # beyond, once a day, and where something happened that only the list can tell
_LONGEST_LOG = dt.timedelta(days=2)  # the log of a longer time is a large answer, and the list is due by then anyway


@dataclass(frozen=True, slots=True)
class Changes:
    """What filter and log tell: records that were made or changed, and new names by old.

    `there` are those of them that the filter names, which knows of no record that has gone. `list_needed`: the log
    tells of something that only the list of records can show, or that is not understood.
    """

    records: frozenset[str] = frozenset()
    there: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    list_needed: bool = False


def changes(client: Client, window: Window) -> Changes:
    """What REDCap's date filter and, where the token's user may see it, its log say of that window."""
    if window.since is None or window.lo is None:
        return Changes()
    there = frozenset(client.changed_since(window.since))
    lines = _logged(client, window.since) if window.hi - window.lo <= _LONGEST_LOG else None
    if lines is None:
        return Changes(there, there)
    found = there.union(name for line in lines for name in (line.record, line.renamed) if name)
    renamed = renames.followed((line.record, line.renamed) for line in reversed(lines) if line.renamed)
    return Changes(found, there, renamed, any(_asks_for_list(line) for line in lines))


def listing(client: Client, probe: Probe, *, held_groups: bool) -> RecordList:
    """The list of records; without groups where the project has none.

    `held_groups`: the store has records with a group. Raises Refused where it cannot be whole, as the token's user is
    in a data access group.
    """
    if probe.groups == frozenset():
        return client.record_list(groups=False)
    found = client.record_list()
    if not found.groups_told:
        guard.require_groups(there=held_groups if probe.groups is None else bool(probe.groups))
    return found


def list_due(held: int, last_listed: dt.datetime | None, now: dt.datetime, found: Changes) -> bool:
    """Whether the list is to be asked for; `held` is how many records the store has."""
    return held < EACH_TIME or found.list_needed or last_listed is None or now - last_listed >= DAILY


def candidates(found: Changes, listed: RecordList | None, held: RecordList, again: Collection[str]) -> list[str]:
    """The records to be read, in REDCap's order where it is known.

    `held` are those of the store with their groups; `again` are to be read in any case, where they are there.
    """
    wanted = found.records | set(again)
    if listed is None:
        return sorted(wanted)
    return [
        name
        for some in listed.parts()
        for there in [held.groups(some)]
        for name, group in some.items()
        if name in wanted or name not in there or (listed.groups_told and there[name] != group)
    ]


def _logged(client: Client, since: dt.datetime) -> list[Line] | None:
    try:
        return client.log(since)
    except TryAgain:  # it only makes things quicker: nothing rests on it
        return None


def _asks_for_list(line: Line) -> bool:
    return line.kind in {"delete", "other"} or not line.record or bool(line.renamed)
