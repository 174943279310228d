"""Made-up monthly counts of a demonstration: seasons, gaps, late months, and the plot of each team."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Mapping

from breakthrough.collaborative import Collaborative
from breakthrough.demo import draws
from breakthrough.demo.cast import Row
from breakthrough.demo.figures import Figures, Slips
from breakthrough.demo.plots import Plot
from breakthrough.demo.scene import Member, Scene
from breakthrough.month import Month

FORM = "monthly_measures"


def monthly(scene: Scene, rng: random.Random) -> list[Row]:
    """A row of the monthly form for every team and month in session, but for those it has not sent."""
    calendar, figures = scene.collaborative.calendar, scene.story.figures
    rows: list[Row] = []
    for _, member, plot in scene.played:
        sizes = {name: rng.randint(*band) for name, band in figures.sizes.items()}
        sent: list[Row] = []
        for month in calendar.first.to(scene.until):
            if not calendar.in_session(month) or scene.until - month < plot.silent or month in plot.gaps:
                continue
            if not _asked(scene.collaborative, month):
                continue  # nobody opens a form for nothing
            row = _plumbing(member, month, scene.collaborative, len(sent) + 1)
            if plot.late and month == scene.until:
                row |= _will_follow(scene.collaborative, month)
            else:
                row |= _filled(scene, plot, month, sizes, rng)
            sent.append(row)
        rows += _odd(sent, plot, figures.slips)
    return rows


def numbers(scene: Scene, plot: Plot, month: Month, sizes: Mapping[str, int], noise: float) -> dict[str, float]:
    """What formulas may name in that team's month, but for counts: `noise` is what chance adds to the level."""
    figures, live = scene.story.figures, month - scene.collaborative.calendar.start
    tables = {name: table[month.number] for name, table in figures.tables.items()}
    level = plot.level + tables.get("season", 0.0) + noise
    if plot.turn is not None and live >= plot.turn:
        level += plot.change * min(1.0, (live - plot.turn + 2) / 3)
    gain = plot.process_gain if plot.process_turn is not None and live >= plot.process_turn else 0.0
    return {**sizes, **tables, **figures.own, **plot.own, "level": level, "gain": gain}


def _plumbing(member: Member, month: Month, collaborative: Collaborative, instance: int) -> Row:
    kind = {"history": "1", "baseline": "1", "live": "2", "tail": "3"}[collaborative.calendar.kind(month)]
    return {
        "record_id": member.record,
        "redcap_repeat_instrument": FORM,
        "redcap_repeat_instance": str(instance),
        "mm_period": str(month.first),
        "mm_kind": kind,
        "mm_noid": "1",
        f"{FORM}_complete": "2",
    }


def _filled(scene: Scene, plot: Plot, month: Month, sizes: Mapping[str, int], rng: random.Random) -> Row:
    figures = scene.story.figures
    asked = _asked(scene.collaborative, month)
    known = numbers(scene, plot, month, sizes, rng.gauss(0, figures.noise))
    drawn = _whole(figures, asked, sizes, rng)
    prompt = rng.random() < 0.85
    submitted = (month + 1).day(rng.randrange(3, 10)) if prompt else (month + 1).day(rng.randrange(12, 20))
    for code, draw in figures.counts.items():
        if code in asked and code not in drawn:
            drawn[code] = draws.figure(draw, known | drawn, rng)
    row = {code: f"{drawn[code]:.15g}" for code in figures.counts if code in asked}
    row |= {f"{code}_st": "1" for code in _reported(scene.collaborative, month)}
    last = scene.until.last + dt.timedelta(days=14)
    return row | {"mm_submitted": str(min(submitted, last)), "mm_by": "Data lead"}


def _whole(figures: Figures, asked: Collection[str], sizes: Mapping[str, int], rng: random.Random) -> dict[str, float]:
    """The counts that others are parts of: they come first."""
    return {
        code: draws.whole(draw, sizes, rng)
        for code, draw in figures.counts.items()
        if code in asked and draw.about is not None
    }


def _reported(collaborative: Collaborative, month: Month) -> list[str]:
    """The measures that the form asks for in that month."""
    return [code for code, one in collaborative.measures.items() if one.source is None and one.reports(month)]


def _asked(collaborative: Collaborative, month: Month) -> set[str]:
    """The counts that are asked for in that month: all but those of measures that are not reported then."""
    of = {code: set(one.counts) for code, one in collaborative.measures.items()}
    reported = set().union(*(of[code] for code in _reported(collaborative, month)))
    return reported | (set(collaborative.counts) - set().union(*of.values()))


def _will_follow(collaborative: Collaborative, month: Month) -> Row:
    return {f"{code}_st": "5" for code in _reported(collaborative, month)} | {f"{FORM}_complete": "0"}


def _odd(rows: list[Row], plot: Plot, slips: Slips) -> list[Row]:
    """The plot's doubtful figures, put in where a data lead would have slipped."""
    if plot.invalid and slips.invalid:
        part, of, more = slips.invalid
        rows[-2] |= {part: str(int(rows[-2][of]) + more)}
    if plot.jump:
        rows[-1] |= {code: str(int(rows[-1][code]) * 2) for code in slips.jump}
    if plot.unchanged:
        for row in rows[-3:]:
            row |= {code: rows[-3][code] for code in slips.unchanged}
            row |= {code: str(number) for code, number in slips.stuck_at.items()}
    return rows
