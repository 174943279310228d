"""What readers were told in their last report and are told otherwise now, and since when it is so.

Both are worked out by the collaborative's present definitions, so that what differs is what was entered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures import Restated
from breakthrough.measures.caserows import GROUP
from breakthrough.measures.counts import PERIOD, SUBMITTED, period
from breakthrough.month import Month
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.settings import MAIN
from breakthrough.store import Report, View, archive
from breakthrough.teams.values import Roster
from breakthrough.worker.figures import FORM, Figures, figures

About = tuple[str, str]  # team or coach, and its code
Cells = dict[EntryKey, set[str]]  # the columns of each entry that a figure stands on


@dataclass(frozen=True)
class State:
    """The figures of all teams as they stood in a view, on that day."""

    view: View
    roster: Roster
    figures: Figures

    @classmethod
    def of(cls, view: View, collaborative: Collaborative, month: Month, today: dt.date) -> State:
        """The state whose newest month is that one."""
        roster = teams.read_roster(view, collaborative, today)
        return cls(view, roster, figures(view, collaborative, roster, month, today))

    @cached_property
    def forms(self) -> dict[tuple[str, Month], list[EntryKey]]:
        """The monthly forms of each team and month."""
        found: dict[tuple[str, Month], list[EntryKey]] = {}
        for entry in self.view.entries(MAIN, FORM):
            if month := period(entry.values.get(PERIOD, "")):
                found.setdefault((entry.key.record, month), []).append(entry.key)
        return found


@dataclass(frozen=True)
class Last:
    """The last report that a reader had: the figures of all teams then, and those that are others now."""

    figures: Figures
    restated: tuple[Restated, ...]


def last(
    now: State, collaborative: Collaborative, code: str, occasion: Occasion, of: Iterable[About]
) -> dict[About, Last]:
    """The last report before this one of each of those, `(team or coach, code)`, for whom there is one in the archive.

    `code` names the collaborative there. A report of which a record has been purged is passed over: nobody can say any
    more what it said.
    """
    store, at = now.view.store, occasion.now
    with store.read() as connection:
        found = {
            about: report
            for about in of
            if (report := archive.before(connection, (code, *about, str(occasion.month)), at))
            and report.unreproducible_since is None
        }
    done: dict[tuple[str, dt.datetime, str], Last] = {}
    for report in found.values():
        if _made_of(report) not in done:
            day = report.rendered_at.astimezone(collaborative.zone).date()
            state = State.of(store.view(report.snapshot), collaborative, Month(report.period), day)
            until = Month(report.period)
            done[_made_of(report)] = Last(state.figures, restatements(state, now, collaborative, until))
    return {about: done[_made_of(report)] for about, report in found.items()}


def _made_of(report: Report) -> tuple[str, dt.datetime, str]:
    return report.snapshot, report.rendered_at, report.period


def restatements(before: State, now: State, collaborative: Collaborative, until: Month) -> tuple[Restated, ...]:
    """Every figure up to the month `until` that is another now than `before`, with the day since which it is."""
    since = _Since(before.view, now.view)
    found = measures.restated(before.figures.frame, now.figures.frame, until)
    return tuple(
        replace(one, since=since.of(project, cells))
        for one in found
        for project, cells in [_stands_on(one, collaborative, before, now)]
    )


def _stands_on(one: Restated, collaborative: Collaborative, before: State, now: State) -> tuple[str, Cells]:
    """The project of the entries that the figure stood on and stands on, and their columns that decide it."""
    measure = collaborative.measures[one.measure]
    cells: Cells = {}
    if measure.source is None:
        columns = {PERIOD, SUBMITTED, f"{FORM}_complete", f"{one.measure}_st", *measure.counts}
        for state in (before, now):
            for key in state.forms.get((one.team, one.month), []):
                cells[key] = columns
        return MAIN, cells
    for state in (before, now):
        for key, column in _of_cases(one, measure, collaborative, state):
            cells.setdefault(key, set()).add(column)
    return measure.source.project, cells


def _of_cases(
    one: Restated, measure: Measure, collaborative: Collaborative, state: State
) -> Iterator[tuple[EntryKey, str]]:
    if measure.source is None or one.measure not in state.figures.cases.judged:
        return
    codes = [team.code for team in state.roster.teams]
    if one.team not in codes:
        return
    for row in measures.lineage(state.figures.cases, collaborative, one.measure, one.team, one.month, teams=codes):
        yield row.key, measure.source.status
        yield from ((value.key, value.column) for value in row.values if value.key)


@dataclass(frozen=True)
class _Since:
    """Finds, between two views of a store, when values came to be what they are."""

    before: View
    now: View

    def of(self, project: str, cells: Cells) -> dt.datetime | None:
        """When any of those was last seen to change; None where none did."""
        first, last = (view.snapshot.runs.get(project, 0) for view in (self.before, self.now))
        seen: list[dt.datetime] = []
        for record in {key.record for key in cells}:
            former: dict[EntryKey, Entry] = {}
            for version in self.now.store.history(project, record):
                entry, key = version.entry, version.entry.key
                columns = cells.get(key)
                if columns and first < version.run <= last and _differ(former.get(key), entry, columns):
                    seen.append(version.seen_at)
                former[key] = entry
        return max(seen, default=None)


def _differ(before: Entry | None, after: Entry, columns: set[str]) -> bool:
    if before is None:
        return True
    if GROUP in columns and before.dag != after.dag:
        return True
    return any(before.values.get(column, "") != after.values.get(column, "") for column in columns)
