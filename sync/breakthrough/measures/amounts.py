"""Case rows added up by team and month: counts, points and sums, medians, and days from one event to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Measure, Timeline
from breakthrough.measures.caserows import Flags, Places, Sited
from breakthrough.measures.judged import Judged
from breakthrough.month import Month

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

NOBODYS, UNKNOWN = -1, -2  # seats of rows without a team, and of a team that is none of ours


@dataclass(frozen=True, eq=False)
class Counts:
    """Teams × months: what is above and below the line, NaN where nothing can be said, and rows of the month.

    `middle` is the median of what was measured, `deviation` its standard deviation (n - 1); `gaps` the days between
    events as text (see `values.COLUMNS`).
    """

    numerator: Floats
    denominator: Floats
    rows: Whole
    versus_numerator: Floats
    versus_denominator: Floats
    middle: Floats
    deviation: Floats
    met: Floats
    opportunities: Floats
    gaps: NDArray[np.object_]


def counted(
    judged: Judged,
    groups: Mapping[str, str],
    measure: Measure,
    calendar: Timeline,
    teams: Sequence[str],
    months: Sequence[Month],
    today: dt.date,
) -> Counts:
    """The measure's counts for those teams and months, which are in order and without a gap.

    A month counts once it has ended and the measure's lag has passed; until then, and where the team has no row of it,
    nothing can be said. Where every case is entered, a month without rows that is due had none, from the team's first
    row on. A cumulative measure counts the months of the year so far; one that is not reported every month the months
    since it was last.
    """
    shape = len(teams), len(months)
    if 0 in shape:
        return _nothing(shape)
    first = calendar.year_of(months[0]) if measure.cumulative else months[0]
    every = tuple(first.to(months[-1]))
    dated = _months_since(first, judged.sited)
    laid = _Laid(seats(judged.sited, teams, groups), _reported_in(dated, first, measure), len(teams), len(every))
    whole = np.ones(len(judged.denominator), np.bool_)
    rows = laid.counts(whole).astype(np.int64)
    used = rows > 0
    if judged.sited.source.every_case:
        used |= laid.since_first(~np.isnat(judged.sited.days)) & np.array(
            [today > calendar.due(month, measure.lag) for month in every]
        )
    used &= np.array([today > (month + measure.lag).last for month in every])
    found = _added(judged, replace(laid, month=dated) if measure.cumulative else laid, measure, rows)
    shown = slice(len(every) - len(months), None)
    figures = {
        name: np.where(used, getattr(found, name), np.nan)[:, shown]
        for name in (
            *("numerator", "denominator", "versus_numerator", "versus_denominator"),
            *("middle", "deviation", "met", "opportunities"),
        )
    }
    return Counts(rows=rows[:, shown], gaps=np.where(used, found.gaps, "")[:, shown], **figures)


def _added(judged: Judged, laid: _Laid, measure: Measure, rows: Whole) -> Counts:
    if measure.type == "time_between":
        return _between(judged, laid, rows)
    sums = {
        "numerator": judged.above,
        "denominator": judged.below,
        "versus_numerator": judged.versus_numerator.astype(np.float64),
        "versus_denominator": judged.versus_denominator.astype(np.float64),
        "met": judged.met,
        "opportunities": judged.opportunities,
    }
    added = {name: laid.sums(amounts) for name, amounts in sums.items()}
    if measure.cumulative:
        added = {name: _so_far(one) for name, one in added.items()}
    nowhere = np.full(rows.shape, np.nan)
    if not measure.all_of:
        added |= {"met": nowhere, "opportunities": nowhere}
    if measure.type == "median":
        added["numerator"] = nowhere
    valued = measure.type in {"mean", "median"}
    return Counts(
        rows=rows,
        middle=laid.grouped(judged.value, "median") if valued else nowhere,
        deviation=laid.grouped(judged.value, "std") if valued else nowhere,
        gaps=np.full(rows.shape, "", dtype=object),
        **added,
    )


def _between(judged: Judged, laid: _Laid, rows: Whole) -> Counts:
    """Days from each day with an event to the next, in the month in which it came. Events of one day are one."""
    days = judged.sited.days
    at = np.flatnonzero(judged.denominator & (laid.team >= 0) & ~np.isnat(days))
    events = pd.DataFrame({"team": laid.team[at], "day": days[at], "month": laid.month[at]})
    events = events.drop_duplicates(["team", "day"]).sort_values(["team", "day"])
    events["gap"] = events.groupby("team")["day"].diff().dt.days
    ended = events[events["gap"].notna()]
    place = replace(laid, team=ended["team"].to_numpy(dtype=np.intp), month=ended["month"].to_numpy(dtype=np.int64))
    gaps = ended["gap"].to_numpy(dtype=np.float64)
    texts = np.full(rows.shape, "", dtype=object)
    for team, month, day, gap in zip(place.team, place.month, ended["day"].dt.day, gaps.tolist(), strict=True):
        if 0 <= month < laid.months:
            texts[team, month] = f"{texts[team, month]} {day:02d}:{gap:.0f}".strip()
    nowhere = np.full(rows.shape, np.nan)
    return Counts(
        numerator=place.sums(gaps),
        denominator=place.sums(np.ones(len(gaps))),
        rows=rows,
        versus_numerator=nowhere,
        versus_denominator=nowhere,
        middle=place.grouped(gaps, "median"),
        deviation=nowhere,
        met=nowhere,
        opportunities=nowhere,
        gaps=texts,
    )


def _nothing(shape: tuple[int, int]) -> Counts:
    nowhere = np.full(shape, np.nan)
    texts = np.full(shape, "", dtype=object)
    return Counts(
        nowhere, nowhere, np.zeros(shape, np.int64), nowhere, nowhere, nowhere, nowhere, nowhere, nowhere, texts
    )


@dataclass(frozen=True, eq=False)
class _Laid:
    """Case rows laid out by the place of their team and of their month; those outside have no place."""

    team: Places
    month: Whole
    teams: int
    months: int

    def counts(self, which: Flags) -> Floats:
        """How many of those rows each team has in each month."""
        return self.sums(which.astype(np.float64))

    def sums(self, amounts: Floats) -> Floats:
        """What the rows of each team and month add up to."""
        inside, places = self._places
        many = self.teams * self.months
        found = np.bincount(places, weights=amounts[inside], minlength=many).astype(np.float64)
        return found.reshape(self.teams, self.months)

    def grouped(self, values: Floats, statistic: str) -> Floats:
        """The median or the standard deviation of each team and month, of what is not NaN; NaN where there is none."""
        inside, places = self._places
        found = np.full(self.teams * self.months, np.nan)
        told = pd.Series(values[inside]).groupby(places).agg(statistic)
        found[told.index.to_numpy(dtype=np.intp)] = told.to_numpy(dtype=np.float64)
        return found.reshape(self.teams, self.months)

    @property
    def _places(self) -> tuple[Flags, Places]:
        inside = np.asarray((self.team >= 0) & (self.month >= 0) & (self.month < self.months))
        return inside, np.asarray(self.team[inside] * self.months + self.month[inside])

    def since_first(self, which: Flags) -> Flags:
        """The months from each team's first row on, be it long before."""
        first = np.full(self.teams, np.iinfo(np.int64).max)
        mine = which & (self.team >= 0)
        np.minimum.at(first, self.team[mine], self.month[mine])
        return np.arange(self.months) >= first[:, None]


def _months_since(first: Month, of: Sited) -> Whole:
    """How many months after that one each row is; far below 0 where it has no day."""
    return (of.days.astype("datetime64[M]") - np.datetime64(first.name, "M")).astype(np.int64)


def _reported_in(dated: Whole, first: Month, measure: Measure) -> Whole:
    """The months after `first` in which rows of those months are reported: the next that the measure is reported in."""
    if len(measure.every) == 12:
        return dated
    ahead = np.array(
        [next(n for n in range(12) if (first + (month + n)).number in measure.every) for month in range(12)]
    )
    return np.where(dated > -1200, dated + ahead[dated % 12], dated)


def _so_far(counts: Floats) -> Floats:
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
