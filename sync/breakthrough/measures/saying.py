"""What the sentences about measures share: what a point of a chart stands for, and the line it is judged against."""

from __future__ import annotations

from typing import Literal

from breakthrough.english import MONTHS
from breakthrough.language import message, say, says, spelled
from breakthrough.measures.values import Each
from breakthrough.month import Month

Whose = Literal["", "the", "your", "its"]

_LINES = {  # as a chart names its line: alone, with an article, and whose it is
    "baseline median": (
        message("baseline median"),
        message("the baseline median"),
        message("your baseline median"),
        message("its baseline median"),
    ),
    "baseline average": (
        message("baseline average"),
        message("the baseline average"),
        message("your baseline average"),
        message("its baseline average"),
    ),
    "median of all months": (message("median of all months"), message("the median of all months")),
    "median of all quarters": (message("median of all quarters"), message("the median of all quarters")),
    "median of all periods": (message("median of all periods"), message("the median of all periods")),
    "median of all events": (message("median of all events"), message("the median of all events")),
    "average of all months": (message("average of all months"), message("the average of all months")),
    "average of all quarters": (message("average of all quarters"), message("the average of all quarters")),
    "average of all periods": (message("average of all periods"), message("the average of all periods")),
    "average of all events": (message("average of all events"), message("the average of all events")),
}
_PLACES: dict[Whose, int] = {"": 0, "the": 1, "your": 2, "its": 3}


def line(named: str, whose: Whose = "") -> str:
    """The line of a chart, as `Chart.line` names it, in words: `baseline median`, `your baseline median`.

    A line that nobody's baseline gave is nobody's: `the median of all months`, whoever asks.
    """
    kind, since, label = named.partition(" since ")
    if since:
        month = _month(label)
        if kind == "median":
            return say("the median since {month}", month=month) if whose else say("median since {month}", month=month)
        return say("the average since {month}", month=month) if whose else say("average since {month}", month=month)
    forms = _LINES.get(named)
    if forms is None:
        return named
    return say(forms[min(_PLACES[whose], len(forms) - 1)])


def _month(label: str) -> str:
    """A month that a line is named by, `March 2026`, in the language spoken."""
    name, _, year = label.partition(" ")
    return Month(f"{year}-{MONTHS.index(name) + 1:02d}").label


def one(each: Each) -> str:
    """What a point is: `month`."""
    match each:
        case "quarter":
            return say("quarter")
        case "period":
            return say("period")
        case "event":
            return say("event")
        case _:
            return say("month")


def several(each: Each) -> str:
    """What the points are: `months`."""
    match each:
        case "quarter":
            return say("quarters")
        case "period":
            return say("periods")
        case "event":
            return say("events")
        case _:
            return say("months")


def counted(number: int, each: Each) -> str:
    """`seven months`."""
    return _so_many(number, each, spelled(number))


def figured(number: int, each: Each) -> str:
    """`7 months`."""
    return _so_many(number, each, number)


def _so_many(number: int, each: Each, told: object) -> str:
    match each:
        case "quarter":
            return says("{n} quarter", "{n} quarters", number, n=told)
        case "period":
            return says("{n} period", "{n} periods", number, n=told)
        case "event":
            return says("{n} event", "{n} events", number, n=told)
        case _:
            return says("{n} month", "{n} months", number, n=told)
