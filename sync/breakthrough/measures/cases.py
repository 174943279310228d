"""Measures counted from case rows: each row judged by REDCap's logic, then counted by team and month."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import Entry
from breakthrough.logic.tree import Reference
from breakthrough.measures import caserows
from breakthrough.measures.caserows import Flags, Places, Rows, Sited, sited
from breakthrough.measures.design import Design, faults, lacking, reference
from breakthrough.measures.values import Blocked
from breakthrough.month import Month

log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
NOBODYS, UNKNOWN = -1, -2  # seats of rows without a team, and of a team that is none of ours


class Held(Protocol):
    """Something that holds the entries of projects: the store, or a view of it as it was."""

    def entries(self, project: str, instrument: str | None = None) -> Iterable[Entry]:
        """The entries of that instrument, else of all of them."""


@dataclass(frozen=True, eq=False)
class Judged:
    """The case rows of a measure, and which count. The numerator's are among the denominator's."""

    sited: Sited
    denominator: Flags
    numerator: Flags


@dataclass(frozen=True, eq=False)
class Cases:
    """Every measure's case rows, by its code; those that cannot be read, with the reasons.

    `groups` names the team that a data access group belongs to, where its source does not.
    """

    judged: Mapping[str, Judged] = field(default_factory=dict)
    blocked: tuple[Blocked, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Counts:
    """Teams × months: rows counted below and above the line, NaN where nothing can be said, and rows of the month."""

    numerator: Floats
    denominator: Floats
    rows: NDArray[np.int64]


def fields_of(measure: Measure) -> frozenset[str]:
    """The fields of case rows that the measure reads: all that a pull has to ask for, beside the record's name."""
    return measure.case_fields


def read(
    held: Held,
    collaborative: Collaborative,
    projects: Mapping[str, Design],
    *,
    groups: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> Cases:
    """The case rows of all measures that are counted from such, or `only` of those, judged.

    `projects` are the deployment's by our names for them. `groups` names the team of a data access group; one that is
    in neither it nor `teams` of a source belongs to the team whose code it spells.
    """
    wanted = {
        code: measure
        for code, measure in collaborative.measures.items()
        if measure.source and (only is None or code in only)
    }
    reasons = {code: list(lacking(measure, projects)) for code, measure in wanted.items()}
    judged: dict[str, Judged] = {}
    by_project: dict[str, dict[str, Measure]] = {}
    for code, measure in wanted.items():
        if measure.source and not reasons[code]:
            by_project.setdefault(measure.source.project, {})[code] = measure
    for project, measures in by_project.items():
        design = projects[project]
        rows = _rows(held, project, design, measures.values())
        for code, measure in measures.items():
            reasons[code] += faults(measure, design, rows.events)
        judged |= _judged(rows, {code: measure for code, measure in measures.items() if not reasons[code]})
    blocked = tuple(Blocked(code, tuple(found)) for code, found in reasons.items() if found)
    for one in blocked:
        log.warning("measure not counted: measure=%s reasons=%d", one.measure, len(one.reasons))
    return Cases({code: judged[code] for code in wanted if code in judged}, blocked, groups or {})


def counted(
    cases: Cases,
    collaborative: Collaborative,
    code: str,
    teams: Sequence[str],
    months: Sequence[Month],
    today: dt.date,
) -> Counts:
    """The measure's counts for those teams and months, which are in order and without a gap.

    A month counts once it has ended and the measure's lag has passed; until then, and where the team has no row of it,
    nothing can be said. Where every case is entered, a month without rows that is due had none, from the team's first
    row on. A cumulative measure counts the months of the year so far.
    """
    measure, judged, calendar = collaborative.measures[code], cases.judged[code], collaborative.calendar
    shape = len(teams), len(months)
    if 0 in shape:
        return Counts(np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, np.int64))
    first = calendar.year_of(months[0]) if measure.cumulative else months[0]
    laid = _Laid(
        seats(judged.sited, teams, cases.groups), _months_since(first, judged.sited), len(teams), months[-1] - first + 1
    )
    every_row = np.ones(len(judged.denominator), np.bool_)
    rows, d, n = (laid.counts(which) for which in (every_row, judged.denominator, judged.numerator))
    every = tuple(first.to(months[-1]))
    used = rows > 0
    if judged.sited.source.every_case:
        used |= laid.since_first(~np.isnat(judged.sited.days)) & np.array(
            [today > calendar.due(month, measure.lag) for month in every]
        )
    if measure.cumulative:
        d, n = _so_far(d), _so_far(n)
    used &= np.array([today > (month + measure.lag).last for month in every])
    numerator, denominator = (np.where(used, one.astype(np.float64), np.nan) for one in (n, d))
    shown = slice(len(every) - len(months), None)
    return Counts(numerator[:, shown], denominator[:, shown], rows[:, shown])


@dataclass(frozen=True, eq=False)
class _Laid:
    """Case rows laid out by the place of their team and of their month; those outside have no place."""

    team: Places
    month: NDArray[np.int64]
    teams: int
    months: int

    def counts(self, which: Flags) -> NDArray[np.int64]:
        """How many of those rows each team has in each month."""
        inside = which & (self.team >= 0) & (self.month >= 0) & (self.month < self.months)
        places = self.team[inside] * self.months + self.month[inside]
        return np.bincount(places, minlength=self.teams * self.months).reshape(self.teams, self.months)

    def since_first(self, which: Flags) -> Flags:
        """The months from each team's first row on, be it long before."""
        first = np.full(self.teams, np.iinfo(np.int64).max)
        mine = which & (self.team >= 0)
        np.minimum.at(first, self.team[mine], self.month[mine])
        return np.arange(self.months) >= first[:, None]


def _months_since(first: Month, of: Sited) -> NDArray[np.int64]:
    """How many months after that one each row is; far below 0 where it has no day."""
    return (of.days.astype("datetime64[M]") - np.datetime64(first.name, "M")).astype(np.int64)


def _so_far(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums from each year's first month on; the first column begins a year."""
    years = (counts[:, start : start + 12] for start in range(0, counts.shape[1], 12))
    return np.concatenate([year.cumsum(axis=1) for year in years], axis=1)


def seats(of: Sited, teams: Sequence[str], groups: Mapping[str, str]) -> Places:
    """The place of each case row's team among `teams`; below 0 where there is none, or none of ours."""
    exact = {team: place for place, team in enumerate(teams)}
    folded = {team.casefold(): place for place, team in enumerate(teams)}
    names = {**(groups if of.source.by_group else {}), **of.source.teams}

    def seat(text: str) -> int:
        if not text:
            return NOBODYS
        team = names.get(text, text)
        return exact.get(team, folded.get(team.casefold(), UNKNOWN))

    codes, distinct = pd.factorize(of.whose)
    found = np.array([seat(text) for text in distinct], dtype=np.intp)
    return found[codes] if len(found) else np.zeros(0, np.intp)


def _rows(held: Held, project: str, design: Design, measures: Iterable[Measure]) -> Rows:
    """The rows of all forms that those measures count or read, seen at one time."""
    every = list(measures)
    forms = {one.source.form for one in every if one.source}
    read = [reference for one in every for reference in references(one)]
    names = {one.field for one in read} - {design.record_field}
    forms |= {design.forms[name] for name in names if name in design.forms}
    only = next(iter(forms)) if len(forms) == 1 else None
    entries = (entry for entry in held.entries(project, only) if entry.key.instrument in forms)
    return caserows.read(entries, design, read)


def references(measure: Measure) -> tuple[Reference, ...]:
    """The fields that say when a row was and whose, then those that its conditions read, each once."""
    placed = [reference(name) for name in measure.source.fields] if measure.source else []
    judged = [one for condition in measure.conditions.values() for one in condition.references.every]
    return tuple(dict.fromkeys([*placed, *judged]))


def _judged(rows: Rows, measures: Mapping[str, Measure]) -> dict[str, Judged]:
    """The measures' case rows; sources that are alike share theirs."""
    places: dict[tuple[object, ...], Sited] = {}
    judged: dict[str, Judged] = {}
    for code, measure in measures.items():
        source = measure.source
        if source is None:
            continue
        alike = (source.form, source.date, source.team, source.every_case, *sorted(source.teams.items()))
        of = places.get(alike) or places.setdefault(alike, sited(rows, source))
        denominator, numerator = (
            rows.holds(measure.conditions[part].tree)[of.places] for part in ("denominator", "numerator")
        )
        judged[code] = Judged(of, denominator, denominator & numerator)
    return judged
