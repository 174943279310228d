"""What a reader was told before and is told otherwise now, so that no figure changes in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.language import long_day, of, say, short_day, worded
from breakthrough.measures.values import Restated, Result
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import states
from breakthrough.reporting.sentences.words import named, series

_EACH = 2  # months of a measure that are told one by one; more are summed up
_NAMED = 3  # months that a summary names one by one


def told(some: Sequence[Restated], collaborative: Collaborative, now: Month) -> tuple[str, ...]:
    """A sentence for each figure of one team that changed, the measure of the aim first, the newest month first.

    Of a month that came late in more than two measures, one sentence; then, of a measure with more than two months that
    changed, one for all of them. `now` is the month reported.
    """
    order = [collaborative.aim.measure, *collaborative.measures]
    newest_first = sorted(some, key=lambda one: one.month, reverse=True)
    ranked = sorted(newest_first, key=lambda one: order.index(one.measure))
    late = _whole_months(ranked)
    rest = [one for one in ranked if one.month not in late or not _came(one)]
    return (
        *(_of_month(late[month], collaborative, now) for month in sorted(late, reverse=True)[:_EACH]),
        *_earlier(sorted(late)[:-_EACH], now),
        *(
            sentence
            for code, group in groupby(rest, key=lambda one: one.measure)
            for sentence in _of_measure(tuple(group), collaborative.measures[code], collaborative, now)
        ),
    )


def _came(one: Restated) -> bool:
    return one.after.there and not one.before.there


def _whole_months(ranked: Sequence[Restated]) -> dict[Month, list[Restated]]:
    """The months that came late in more measures than are told one by one."""
    months: dict[Month, list[Restated]] = {}
    for one in ranked:
        if _came(one):
            months.setdefault(one.month, []).append(one)
    return {month: its for month, its in months.items() if len(its) > _EACH}


def _of_month(some: Sequence[Restated], collaborative: Collaborative, now: Month) -> str:
    first = _one(some[0], collaborative.measures[some[0].measure], collaborative, now)
    return worded(
        "{figure}; with it came {n} further measure.",
        "{figure}; with it came {n} further measures.",
        len(some) - 1,
        figure=first,
    )


def _earlier(months: Sequence[Month], now: Month) -> Iterator[str]:
    """The months beyond those told one by one."""
    if months and len(months) <= _NAMED:
        yield say("The counts of {months} came in after the last report, too.", months=series(months, now))
    elif months:
        yield worded(
            "The counts of {n} earlier month came in after the last report, too.",
            "The counts of {n} earlier months came in after the last report, too.",
            len(months),
        )


def _of_measure(some: Sequence[Restated], measure: Measure, collaborative: Collaborative, now: Month) -> Iterator[str]:
    if len(some) <= _EACH:
        yield from (f"{_one(one, measure, collaborative, now)}." for one in some)
        return
    newest = max((one.since for one in some if one.since), default=None)
    late = all(not one.before.there for one in some)
    places = {"measure": line(measure.name, 60), "months": _months(some, now)}
    if newest is None and late:
        yield say("{measure}: the counts of {months} came in after the last report.", **places)
    elif newest is None:
        yield say("{measure}: the counts of {months} are others than in the last report.", **places)
    elif late:
        yield say(
            "{measure}: the counts of {months} came in after the last report, the newest on {day}.",
            day=_day(newest, collaborative, now),
            **places,
        )
    else:
        yield say(
            "{measure}: the counts of {months} are others than in the last report, the newest on {day}.",
            day=_day(newest, collaborative, now),
            **places,
        )


def _one(one: Restated, measure: Measure, collaborative: Collaborative, now: Month) -> str:
    """`Absence rate, February: was 40 of 230, now 41 of 230 since 8 March`."""
    places = {
        "measure": line(measure.name, 60),
        "month": named(one.month, now),
        "before": result(one.before, measure),
        "after": result(one.after, measure),
    }
    if one.since:
        return say(
            "{measure}, {month}: was {before}, now {after} since {day}",
            day=_day(one.since, collaborative, now),
            **places,
        )
    return say("{measure}, {month}: was {before}, now {after}", **places)


def result(one: Result, measure: Measure) -> str:
    """`41 of 230`, `4.2 points`, `0 of 0`, or the state in words: `not sent`."""
    if not one.there or one.numerator is None or one.denominator is None:
        return states.cell(one.state) or say("not there")
    if one.versus_numerator is not None and one.value is not None:
        return figures.value(measure, one.value)
    counts = of(one.numerator, one.denominator)
    return f"{counts} ({states.cell(one.state)})" if one.state in {"invalid", "excluded"} else counts


def _months(some: Sequence[Restated], now: Month) -> str:
    months = sorted(one.month for one in some)
    if len(months) <= _NAMED:
        return series(months, now)
    return worded(
        "{n} month between {first} and {last}",
        "{n} months between {first} and {last}",
        len(months),
        first=named(months[0], now),
        last=named(months[-1], now),
    )


def _day(at: dt.datetime, collaborative: Collaborative, now: Month) -> str:
    there = at.astimezone(collaborative.zone).date()
    return short_day(there) if abs(Month.of(there) - now) < 6 else long_day(there)


def more(number: int) -> str:
    """`And two more.`; '' where there is none."""
    return worded("And {n} more.", "And {n} more.", number) if number > 0 else ""
