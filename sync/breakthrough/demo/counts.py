"""Made-up monthly counts of the demonstration: seasons, gaps, late months, and the plot of each team."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.demo.cast import Member, Row
from breakthrough.demo.plots import PLOTS, Plot
from breakthrough.month import Month

# School days in a month and how far absence lies from the year's average then, in points.
_DAYS = {9: 20, 10: 18, 11: 21, 12: 14, 1: 19, 2: 15, 3: 21, 4: 12, 5: 19, 6: 21, 7: 15, 8: 0}
_SEASON = {9: -0.5, 10: -0.2, 11: 0.3, 12: 0.7, 1: 0.3, 2: 0.0, 3: 0.0, 4: -0.1, 5: -0.2, 6: -0.1, 7: 0.2, 8: 0.0}
_FORM = "monthly_measures"


@dataclass(frozen=True, slots=True)
class _Size:
    """A team: pupils on roll; a month's usual pupils close to the line and newly over it; a month's meetings."""

    pupils: int
    close: int
    crossed: int
    meetings: int


def monthly(cast: Sequence[Member], collaborative: Collaborative, until: Month, rng: random.Random) -> list[Row]:
    """A row of the monthly form for every team and month in session, but for those it has not sent."""
    rows: list[Row] = []
    for index, member in enumerate(cast):
        plot = PLOTS[index % len(PLOTS)]
        size = _Size(
            rng.randrange(8_000, 30_000), rng.randrange(150, 250), rng.randrange(28, 52), rng.randrange(11, 17)
        )
        instance = 0
        sent: list[Row] = []
        for month in collaborative.calendar.first.to(until):
            if not collaborative.calendar.in_session(month) or until - month < plot.silent or _gap(index, month):
                continue
            instance += 1
            row = _plumbing(member, month, collaborative, instance)
            row |= (
                _will_follow(collaborative)
                if plot.late and month == until
                else _filled(plot, month, until, size, collaborative, rng)
            )
            sent.append(row)
        rows += _odd(sent, plot)
    return rows


def _gap(index: int, month: Month) -> bool:
    """A month here and there that nobody sent, in the baseline as in life."""
    return (index, month.name) in {(1, "2024-12"), (5, "2025-02"), (8, "2025-11"), (3, "2025-12")}


def _plumbing(member: Member, month: Month, collaborative: Collaborative, instance: int) -> Row:
    kind = {"history": "1", "baseline": "1", "live": "2", "tail": "3"}[collaborative.calendar.kind(month)]
    return {
        "record_id": member.record,
        "redcap_repeat_instrument": _FORM,
        "redcap_repeat_instance": str(instance),
        "mm_period": str(month.first),
        "mm_kind": kind,
        "mm_noid": "1",
        f"{_FORM}_complete": "2",
    }


def _filled(
    plot: Plot, month: Month, until: Month, size: _Size, collaborative: Collaborative, rng: random.Random
) -> Row:
    live = month - collaborative.calendar.start
    rate = plot.level + _SEASON[month.number] + rng.gauss(0, 0.22)
    if plot.turn is not None and live >= plot.turn:
        rate += plot.change * min(1.0, (live - plot.turn + 2) / 3)
    gain = plot.process_gain if plot.process_turn is not None and live >= plot.process_turn else 0.0
    half_days = size.pupils * _DAYS[month.number] * 2
    terms = {9: 1, 10: 2, 11: 3, 12: 4, 1: 5, 2: 6, 3: 7, 4: 8, 5: 9, 6: 10, 7: 11}[month.number]
    persistent = (0.15 + 0.004 * terms) * rate / 7.4
    special = size.pupils // 7
    close, crossed = _about(size.close, 0.12, rng), _about(size.crossed, 0.15, rng)
    meetings = _about(size.meetings, 0.1, rng)
    marks = round(half_days * rate / 100)
    of_ytd = round(size.pupils * persistent)
    submitted = (month + 1).day(rng.randrange(3, 10)) if rng.random() < 0.85 else (month + 1).day(rng.randrange(12, 20))
    counts = {
        "sd_poss": half_days,
        "sd_abs": marks,
        "en_me": size.pupils,
        "ch_ytd": of_ytd,
        "en_swd": special,
        "ch_swd": round(special * persistent * 1.45),
        "nr_prev": close,
        "nr_hold": _share(close, 80 + gain * 0.5, rng),
        "cr_new": crossed,
        "cr_ct5": _share(crossed, 52 + gain, rng),
        "ch_plan": _share(of_ytd, 45 + gain, rng),
        "mt_plan": meetings,
        "mt_done": _share(meetings, 55 + gain * 1.3, rng),
        "att_ent": marks,
        "att_rev": round(marks * rng.uniform(0.011, 0.018)),
    }
    row = {count: str(number) for count, number in counts.items() if count in collaborative.counts}
    row |= {f"{code}_st": "1" for code in collaborative.measures}
    return row | {"mm_submitted": str(min(submitted, until.last + dt.timedelta(days=14))), "mm_by": "Data lead"}


def _about(usual: int, spread: float, rng: random.Random) -> int:
    """That many, give or take: denominators differ from month to month, but not wildly."""
    return round(usual * rng.uniform(1 - spread, 1 + spread))


def _share(whole: int, percent: float, rng: random.Random) -> int:
    """A draw from `whole` cases, each with that chance."""
    chance = max(0.02, min(0.98, percent / 100))
    return (
        sum(rng.random() < chance for _ in range(whole))
        if whole < 400
        else round(whole * chance * rng.uniform(0.96, 1.04))
    )


def _will_follow(collaborative: Collaborative) -> Row:
    return {f"{code}_st": "5" for code in collaborative.measures} | {f"{_FORM}_complete": "0"}


def _odd(rows: list[Row], plot: Plot) -> list[Row]:
    """The plot's doubtful figures, put in where a data lead would have slipped."""
    if plot.invalid:
        rows[-2] |= {"cr_ct5": str(int(rows[-2]["cr_new"]) + 9)}
    if plot.jump:
        rows[-1] |= {"sd_poss": str(int(rows[-1]["sd_poss"]) * 2), "sd_abs": str(int(rows[-1]["sd_abs"]) * 2)}
    if plot.unchanged:
        for row in rows[-3:]:
            row |= {"en_me": rows[-3]["en_me"], "ch_ytd": rows[-3]["ch_ytd"], "nr_prev": "190", "nr_hold": "158"}
    return rows
