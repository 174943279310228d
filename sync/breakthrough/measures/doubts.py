"""Figures to look at again, each with its evidence in a sentence. What is right, only the team can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Counted, Measure
from breakthrough.language import count, listed, of, say, worded
from breakthrough.measures import choice, saying
from breakthrough.measures.reasons import CLASH
from breakthrough.measures.values import Doubt, Each, Uncounted
from breakthrough.month import Month


@dataclass(frozen=True, slots=True)
class DoubtLimits:
    """From where a figure is doubted."""

    jump: float = 0.5  # a denominator further than this from its usual size, as a share of it
    usual_of: int = 6  # its usual size is the median of so many reported months before
    usual_from: int = 3  # and not told from fewer
    peers: int = 4  # so many teams or more: where most jump the same way, it is the calendar, not the team
    unchanged: int = 3  # months running with the same counts
    unchanged_from: int = 20  # a denominator under this repeats by itself: 4 of 4 meetings is no wonder


_FIELDS = ("team", "measure", "month", "numerator", "denominator", "reason", "copies")
_NAMED = 3  # measures that a doubt names
_ORDER = ("invalid", "duplicate", "uncounted", "small_sample", "jump", "unchanged")


def doubts(
    frame: pd.DataFrame,
    collaborative: Collaborative,
    *,
    limits: DoubtLimits | None = None,
    uncounted: Sequence[Uncounted] = (),
) -> tuple[Doubt, ...]:
    """Every doubt in the results frame, by team (in the frame's order), month and kind.

    invalid: counts that cannot be, or that contradict the status; duplicate: a month entered more than once; jump: a
    denominator more than half off the median of the last months in session, unless most teams jumped the same way
    (that is the calendar, so pass the frame of all teams); unchanged: the same counts three months running. A
    denominator that adds up over the year is not searched for jumps, as it starts anew each year; counts of case rows
    are not held to repeat, as each row is another case. uncounted: case rows of the team that count in no month, told
    in the frame's last, until they are put right. small_sample: fewer were looked at than `sampling` says; nothing is
    scaled up for it. `limits` in place of those that the collaborative has under `flags`.
    """
    own = collaborative.flags
    bounds = limits or DoubtLimits(jump=own.jump, unchanged=own.unchanged_months)
    found = [*_invalid(frame, collaborative), *_entered_twice(frame, collaborative), *_left_out(frame, uncounted)]
    for alike in _alike(frame, collaborative):
        jumped = _Jumps(collaborative, bounds)
        for code, rows in alike:
            measure = collaborative.measures[code]
            jumped.take(measure, rows)
            found += _small(rows, measure)
            if measure.source is None:
                found += _unchanged(rows, collaborative, measure, bounds)
        found += jumped.doubts()
    place = {team: at for at, team in enumerate(dict.fromkeys(frame["team"]))}
    return tuple(sorted(found, key=lambda doubt: (place[doubt.team], doubt.month, _ORDER.index(doubt.code))))


def jumps(frame: pd.DataFrame, collaborative: Collaborative) -> bool:
    """Whether `doubts` would find any denominator out of its usual size."""
    for alike in _alike(frame, collaborative):
        jumped = _Jumps(collaborative, DoubtLimits(jump=collaborative.flags.jump))
        for code, rows in alike:
            jumped.take(collaborative.measures[code], rows)
        if any(True for _ in jumped.doubts()):
            return True
    return False


def _invalid(frame: pd.DataFrame, collaborative: Collaborative) -> Iterator[Doubt]:
    wrong = frame[(frame["reason"] != "") & (frame["reason"] != CLASH) & (frame["state"] != "excluded")]
    for row in _records(wrong):
        name = collaborative.measures[row.measure].name
        evidence = say("{measure}, {month}: {why}.", measure=name, month=row.month.label, why=row.reason)
        yield Doubt(row.team, row.measure, row.month, "invalid", evidence)


def _entered_twice(frame: pd.DataFrame, collaborative: Collaborative) -> Iterator[Doubt]:
    """Months entered more than once, each told once: as invalid where the forms differ, else as a duplicate."""
    clashing: dict[tuple[str, Month], list[_Row]] = {}
    for row in _records(frame[(frame["reason"] == CLASH) & (frame["state"] != "excluded")]):
        clashing.setdefault((row.team, row.month), []).append(row)
    for (team, month), rows in clashing.items():
        names = [collaborative.measures[row.measure].name for row in rows]
        more = [worded("{n} more", "{n} more", len(names) - _NAMED)] if len(names) > _NAMED else []
        some = listed([*names[:_NAMED], *more])
        evidence = say("{measures}, {month}: {why}.", measures=some, month=month.label, why=say(CLASH))
        yield Doubt(team, rows[0].measure, month, "invalid", evidence)
    twice = frame[(frame["copies"] > 1) & (frame["state"] != "not_expected")]
    for row in _records(twice.drop_duplicates(["team", "month"])):
        if (row.team, row.month) not in clashing:
            told = worded(
                "{month} was entered {n} time. One form a month: which of them holds?",
                "{month} was entered {n} times. One form a month: which of them holds?",
                row.copies,
                month=row.month.label,
            )
            yield Doubt(row.team, row.measure, row.month, "duplicate", told)


class _Jumps:
    """Denominators out of size, of measures that share theirs: the doubt is told at the first of them."""

    def __init__(self, collaborative: Collaborative, limits: DoubtLimits) -> None:
        self.collaborative, self.limits = collaborative, limits
        self.sides: dict[Month, dict[str, int]] = {}  # by team, of all that could be judged
        self.far: list[_Jump] = []  # those out of size

    def take(self, measure: Measure, rows: Sequence[_Row]) -> None:
        """One measure of one team; what a measure before it has judged stays."""
        limits = self.limits
        if not _sized(measure, self.collaborative):
            return
        noun = choice.each(measure, "run")
        for at, row in enumerate(rows):
            former = rows[max(0, at - limits.usual_of) : at]
            if measure.versions:
                since = _defined(measure, row.month)
                former = [one for one in former if one.month >= since]
            before = [one.denominator for one in former if not isnan(one.denominator)]
            judged = self.sides.setdefault(row.month, {})
            if len(before) >= limits.usual_from and not isnan(row.denominator) and row.team not in judged:
                jump = _Jump(row, median(before), len(before), limits.jump, noun)
                judged[row.team] = jump.side
                self.far += [jump] if jump.side else []

    def doubts(self) -> Iterator[Doubt]:
        """The jumps of single teams: where most jumped the same way, it is the calendar."""
        calendar = {
            (month, side)
            for month, teams in self.sides.items()
            for side, many in Counter(teams.values()).items()
            if len(teams) >= self.limits.peers and 2 * many > len(teams)
        }
        for jump in self.far:
            if (jump.row.month, jump.side) not in calendar:
                yield jump.doubt(self.collaborative.measures[jump.row.measure].name)


def _unchanged(
    reported: Sequence[_Row], collaborative: Collaborative, measure: Measure, limits: DoubtLimits
) -> Iterator[Doubt]:
    """The same counts again and again. A median repeats by itself, as values are few; it is not asked about."""
    running: list[_Row] = []
    if measure.type == "median":
        return
    noun = choice.each(measure, "run")
    for row in reported:
        follows = (
            bool(running)
            and running[-1].counts == row.counts
            and _next(collaborative, measure, running[-1].month, row.month)
        )
        running = [*running, row] if follows else [row]
        if len(running) >= limits.unchanged and row.size >= limits.unchanged_from:
            evidence = say(
                "{measure} was {figures} in {points} running, {first} to {last}. Were the same counts sent again?",
                measure=measure.name,
                figures=row.figures,
                points=saying.counted(len(running), noun),
                first=running[0].month.label,
                last=row.month.label,
            )
            yield Doubt(row.team, row.measure, row.month, "unchanged", evidence)


def _small(reported: Sequence[_Row], measure: Measure) -> Iterator[Doubt]:
    """Samples that are smaller than agreed."""
    if measure.sampling is None:
        return
    for row in reported:
        size = measure.sampling.size
        if row.denominator < size:
            evidence = say(
                "{measure}, {month}, stands on {here}, and the sample should have {size} ({how}). Were there no more?",
                measure=measure.name,
                month=row.month.label,
                here=count(row.denominator),
                size=size,
                how=measure.sampling.how,
            )
            yield Doubt(row.team, row.measure, row.month, "small_sample", evidence)


def _left_out(frame: pd.DataFrame, uncounted: Sequence[Uncounted]) -> Iterator[Doubt]:
    teams, last = set(frame["team"]), max(frame["month"], default="")
    for one in uncounted:
        if one.team in teams:
            yield Doubt(one.team, one.measures[0], Month(last), "uncounted", one.evidence)


def _adds_up(measure: Measure, collaborative: Collaborative) -> bool:
    """Whether the denominator grows from the year's first day, as what stands above the line of a cumulative one."""
    if measure.source is not None:
        return measure.cumulative
    parts = [one.numerator for one in collaborative.measures.values() if one.cumulative]
    adding = {code for part in parts if isinstance(part, Counted) for code in part.counts}
    return isinstance(measure.denominator, Counted) and not adding.isdisjoint(measure.denominator.counts)


def _sized(measure: Measure, collaborative: Collaborative) -> bool:
    """Whether the denominator has a usual size: it is there, and neither adds up nor counts what happens by chance."""
    return measure.type not in {"count", "time_between"} and not _adds_up(measure, collaborative)


def _defined(measure: Measure, month: Month) -> Month:
    """The month since which the measure has been defined as it is in that month."""
    return max((one.from_ for one in measure.versions if one.from_ <= month), default=Month("0001-01"))


def _shared(measure: Measure) -> tuple[str, ...]:
    """What measures with the same denominator have in common."""
    source, parts = measure.source, [one.denominator for one in measure.parts]
    below = [part.text for part in (measure.denominator, measure.where, *parts) if part]
    return (*(below or [measure.name]), *((source.project, source.form, source.date, source.team) if source else ()))


def _next(collaborative: Collaborative, measure: Measure, month: Month, later: Month) -> bool:
    """Whether no month lies between the two that is in session and in which the measure is reported."""
    between = (month + n for n in range(1, later - month))
    return not any(collaborative.calendar.in_session(one) and measure.reports(one) for one in between)


@dataclass(frozen=True, slots=True)
class _Row:
    team: str
    measure: str
    month: Month
    numerator: float
    denominator: float
    reason: str
    copies: int

    @property
    def counts(self) -> tuple[float | None, float | None]:
        """Numerator and denominator, so that two rows without one compare equal."""
        n, d = (None if isnan(figure) else figure for figure in (self.numerator, self.denominator))
        return n, d

    @property
    def size(self) -> float:
        """How much the figure stands on: the denominator, or a count itself."""
        return self.numerator if isnan(self.denominator) else self.denominator

    @property
    def figures(self) -> str:
        """`5 of 100`, `34`."""
        part, whole = self.counts
        if part is None or whole is None:
            return count(part if part is not None else whole or 0)
        return of(part, whole)


@dataclass(frozen=True, slots=True)
class _Jump:
    """A month's denominator against its usual size."""

    row: _Row
    usual: float
    of: int
    far: float
    noun: Each

    @property
    def side(self) -> int:
        """+1 far above its usual size, -1 far below, 0 near it."""
        off = self.row.denominator - self.usual
        return (1 if off > 0 else -1) if abs(off) > self.far * self.usual else 0

    def doubt(self, name: str) -> Doubt:
        off = 100 * abs(self.row.denominator - self.usual) / self.usual
        places = {
            "measure": name,
            "here": count(self.row.denominator),
            "month": self.row.month.label,
            "share": count(off),
            "points": saying.counted(self.of, self.noun),
            "usual": count(self.usual),
        }
        if self.side > 0:
            told = say(
                "The denominator of {measure} was {here} in {month}, {share}% above the median of the {points} before "
                "({usual}).",
                **places,
            )
            question = say("Did part of another month land here?")
        else:
            told = say(
                "The denominator of {measure} was {here} in {month}, {share}% below the median of the {points} before "
                "({usual}).",
                **places,
            )
            question = say("Did part of this month land in another?")
        evidence = f"{told} {question}"
        return Doubt(self.row.team, self.row.measure, self.row.month, "jump", evidence)


def _alike(frame: pd.DataFrame, collaborative: Collaborative) -> Iterator[Iterator[tuple[str, list[_Row]]]]:
    """What was reported, measures with the same denominator together: each with a team's rows, one team at a time.

    All of it at once takes as much as the frame, which has the rows of a team together.
    """
    together: dict[tuple[str, ...], list[str]] = {}
    for code, measure in collaborative.measures.items():
        together.setdefault(_shared(measure), []).append(code)
    columns = {name: frame[name].to_numpy() for name in _FIELDS}
    reported = frame["state"].to_numpy() == "reported"
    months = {name: Month(name) for name in set(columns["month"])}

    def rows_of(codes: Sequence[str]) -> Iterator[tuple[str, list[_Row]]]:
        for code in codes:
            places = np.flatnonzero(reported & (columns["measure"] == code))
            teams = columns["team"][places]
            for some in np.split(places, np.flatnonzero(teams[1:] != teams[:-1]) + 1):
                yield code, _rows({name: column[some] for name, column in columns.items()}, months)

    yield from map(rows_of, together.values())


def _records(rows: pd.DataFrame) -> list[_Row]:
    months = {name: Month(name) for name in set(rows["month"])}
    return _rows({name: rows[name].to_numpy() for name in _FIELDS}, months)


def _rows(columns: Mapping[str, NDArray[Any]], months: Mapping[str, Month]) -> list[_Row]:
    found = {name: column.tolist() for name, column in columns.items()}
    found["month"] = [months[name] for name in found["month"]]
    return [_Row(*row) for row in zip(*found.values(), strict=True)]
