"""What a measure's figure is decided by, and which version of that reports were made with."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import replace

import orjson

from breakthrough.collaborative import Collaborative, Measure, Part, Ratio
from breakthrough.collaborative.definition import EVERY_MONTH
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.worker.explain.values import Definition, Version

# Keys of a measure that its figure, its state or their spelling hang on. The chart's kind is among them, as a
# proportion's numerator must not exceed its denominator.
_KEYS = (
    "source",
    "numerator",
    "denominator",
    "versus",
    "definition",
    "multiply",
    "unit",
    "decimals",
    "chart",
    "cumulative",
    "lag",
)
# Those that few measures have: where one has not, its digest is as it was before there were such keys.
_MORE = ("value", "parts", "all_of", "where", "event", "every", "versions")
_CALENDAR = ("start", "not_in_session", "due_day")


def digest(collaborative: Collaborative, code: str) -> str:
    """12 hexadecimal digits over all that decides the measure's figure: equal definitions have equal digests.

    That is the measure itself, the words by which its counts are asked for, and the calendar's start, due day and
    months not in session with the time zone. Goals, names, drivers and other measures are not.
    """
    measure, calendar = collaborative.measures[code], collaborative.calendar
    decides = {
        "measure": measure.model_dump(mode="json", include=set(_KEYS))
        | measure.model_dump(mode="json", include=set(_MORE), exclude_defaults=True, by_alias=True),
        "counts": {count: collaborative.counts[count].model_dump(mode="json") for count in measure.counts},
        "calendar": calendar.model_dump(mode="json", include=set(_CALENDAR)),
        "timezone": collaborative.timezone,
    }
    return hashlib.sha256(orjson.dumps(decides, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def definition(collaborative: Collaborative, code: str, month: Month | None = None) -> Definition:
    """The measure's definition in force in that month, else the newest, with its version; `dated` says since when."""
    whole = collaborative.measures[code]
    then = month or collaborative.calendar.last
    measure, (goal, goal_by) = whole.at(then), whole.goal_at(then)
    versus = measure.versus
    return Definition(
        measure=code,
        name=measure.name,
        plain=measure.plain,
        definition=measure.definition,
        kind=measure.kind,
        type=measure.type,
        numerator=_above(measure),
        denominator=_below(measure),
        versus=(versus.name, *_other(measure, versus)) if versus else None,
        source=measure.source,
        counts={count: collaborative.counts[count].label for count in measure.counts},
        multiply=measure.multiply,
        unit=measure.unit,
        direction=measure.direction,
        goal="" if goal is None else figures.goal(measure, goal),
        goal_by=goal_by,
        cumulative=measure.cumulative,
        lag=measure.lag,
        version=digest(collaborative, code),
        every=() if len(measure.every) == len(EVERY_MONTH) else measure.every,
        sampling=measure.sampling.words if measure.sampling else "",
        changes=tuple((one.from_, one.change, one.accepted_by, one.on) for one in whole.versions),
    )


def _above(measure: Measure) -> str:
    """What stands above the line, as the collaborative's file has it."""
    if measure.type == "time_between":
        return "days from one such day to the next; a month's figure is the median of those that ended in it"
    if measure.parts:
        return "; ".join(f"{one.numerator.text}{_times(one)}" for one in measure.parts)
    found = measure.numerator or measure.value
    return f"{found.text if found else ''}{f' [where {measure.where.text}]' if measure.where else ''}"


def _below(measure: Measure) -> str:
    """What stands below it; '' where nothing does."""
    own = measure.denominator.text if measure.denominator else ""
    if measure.parts:
        parts = "; ".join(f"{one.denominator.text if one.denominator else own}{_times(one)}" for one in measure.parts)
        return f"{parts} (in rows with {own})" if own else parts
    return f"{own}{f' [where {measure.where.text}]' if own and measure.where else ''}"


def _times(part: Part) -> str:
    return f" x {part.weight:g}" if part.weight != 1 else ""


def _other(measure: Measure, versus: Ratio) -> tuple[str, str]:
    """Numerator and denominator of the other group."""
    if versus.where:
        n, d = (one.text if one else "" for one in (measure.numerator, measure.denominator))
        return f"{n} [where {versus.where.text}]", f"{d} [where {versus.where.text}]"
    return versus.numerator.text if versus.numerator else "", versus.denominator.text if versus.denominator else ""


def dated(of: Definition, reports: Iterable[tuple[dt.datetime, str]]) -> Definition:
    """The definition with since when it has been this one, by reports: when each was made, with which version.

    Reports of which the version is not known ('') are passed over.
    """
    streaks: list[Version] = []
    for at, version in sorted(one for one in reports if one[1]):
        if streaks and streaks[-1].digest == version:
            streaks[-1] = replace(streaks[-1], last=at)
        else:
            streaks.append(Version(version, at, at))
    current = streaks.pop() if streaks and streaks[-1].digest == of.version else None
    return replace(of, since=current.first if current else None, before=tuple(reversed(streaks)))
