"""Made-up case rows of a sister project: a month's chart audits of each team, as REDCap's records."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping

from breakthrough.demo import counts, draws
from breakthrough.demo.cast import Row
from breakthrough.demo.figures import Case, Cases, Given
from breakthrough.demo.plots import Plot
from breakthrough.demo.scene import Scene
from breakthrough.month import Month


def rows(scene: Scene, project: str) -> list[Row]:
    """The case rows of every team that are in by the scene's day: a record each, in the team's data access group."""
    cases = scene.story.cases[project]
    rng = random.Random(f"{scene.story.seed} {project}")  # noqa: S311 - a story that is the same each time
    found: list[Row] = []
    for _, member, plot in scene.played:
        sizes = {name: rng.randint(*band) for name, band in scene.story.figures.sizes.items()}
        told = [*_of_team(scene, cases, plot, sizes, rng)]
        for row in told[-plot.undated :] if plot.undated else []:
            row[cases.date] = ""
        for number, row in enumerate(told, start=1):
            place = {"record_id": f"{member.record}-{number}", "redcap_data_access_group": member.dag}
            found.append(place | row | {f"{cases.form}_complete": "2"})
    return found


def _of_team(scene: Scene, cases: Cases, plot: Plot, sizes: Mapping[str, int], rng: random.Random) -> Iterator[Row]:
    calendar = scene.collaborative.calendar
    for month in calendar.first.to(scene.until):
        if not calendar.in_session(month) or month in plot.gaps:
            continue
        known = counts.numbers(scene, plot, month, sizes, rng.gauss(0, scene.story.figures.noise))
        for kind in cases.kinds:
            newest = scene.until + -(plot.silent or int(plot.late)) + -kind.lag
            if month <= newest:
                yield from _of_month(kind, cases.date, month, known, rng)


def _of_month(case: Case, date: str, month: Month, known: Mapping[str, float], rng: random.Random) -> Iterator[Row]:
    days = sorted(_weekday(month, rng) for _ in range(rng.randint(*case.each)))
    for day in days:
        row = {date: str(day)}
        for field, given in case.fields.items():
            value = _value(given, day, known, rng)
            row[field] = value if given.when is None or given.when.holds(row) else ""
        yield row


def _weekday(month: Month, rng: random.Random) -> dt.date:
    """A day of the month on which somebody is there."""
    day = month.first + dt.timedelta(days=rng.randrange(month.last.day))
    over = max(0, day.weekday() - 4)
    earlier = day - dt.timedelta(days=over)
    return earlier if earlier >= month.first else day + dt.timedelta(days=3 - over)


def _value(given: Given, day: dt.date, known: Mapping[str, float], rng: random.Random) -> str:
    if given.is_ is not None:
        return given.is_
    if given.weights is not None:
        return draws.code(given, rng)
    if given.yes is not None:
        return "1" if draws.happens(given.yes, known, rng) else "0"
    is_there = given.day is not None and draws.happens(given.day, known, rng)
    band = given.within if is_there else given.otherwise
    return str(day + dt.timedelta(days=rng.randint(*band))) if band else ""
