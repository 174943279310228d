"""What is missing, open or coming due, as sentences with their urgency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from breakthrough import language
from breakthrough.language import capital, message, message_as, say, say_as, says, worded
from breakthrough.measures.values import Doubt
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Chip
from breakthrough.reporting.sentences import cycles
from breakthrough.reporting.sentences.words import days, joined, series, shortened
from breakthrough.teams.values import Pdsa

_INSTRUMENTS = {
    "storyboard": message("the storyboard for {about}"),
    "spread_plan": message("the spread plan: a page for each place that a change is to go to"),
    "sustain_check": message("the sustainability check {about}"),
    "closeout": message("the closing form: what came of it, and what you would tell the next team"),
}
_CHECKS = {
    "session 3": message_as("which sustainability check", "at learning session 3"),
    "end": message_as("which sustainability check", "at the end"),
    "3 months later": message_as("which sustainability check", "three months after the end"),
    "6 months later": message_as("which sustainability check", "six months after the end"),
    "12 months later": message_as("which sustainability check", "a year after the end"),
}


def overdue(due: dt.date, today: dt.date) -> Chip:
    """`5 days late`."""
    late = (today - due).days
    return Chip("×", say("{days} late", days=days(late)), "bad") if late > 0 else due_on(due, today)


def due_on(due: dt.date, today: dt.date) -> Chip:
    """`Due Sun 10 May`, or `Due today`."""
    return Chip("", say("Due today") if due == today else say("Due {day}", day=language.day(due)))


def months_missing(months: Sequence[Month], due: dt.date, now: Month) -> str:
    """Months of which nothing is there; `due` is the day of the first of them."""
    return joined(say("The counts for {months} are not sent.", months=series(months, now)), _were_due(months, due))


def counts_missing(months: Sequence[Month], due: dt.date, names: Sequence[str], now: Month) -> str:
    """Measures whose counts are not there in those months, though others are; `due` is the day of the first month."""
    missing = worded(
        "Counts for {months} are missing in {n} measure: {names}.",
        "Counts for {months} are missing in {n} measures: {names}.",
        len(names),
        months=series(months, now),
        names=shortened(names, 3),
    )
    return joined(missing, _were_due(months, due))


def _were_due(months: Sequence[Month], due: dt.date) -> str:
    if len(months) == 1:
        return say("They were due on {day}.", day=language.day(due))
    return say("The first were due on {day}.", day=language.day(due))


def counts_announced(month: Month, names: Sequence[str], of: int) -> str:
    """Counts that the team itself said would follow."""
    if len(names) == of:
        return say("You said that the counts for {month} would follow.", month=month.word)
    return say("You said that counts for {month} would follow: {names}.", month=month.word, names=shortened(names, 3))


def counts_wrong(month: Month, names: Sequence[str], reason: str) -> str:
    """Counts that cannot be right, of one measure or several, and why."""
    why, measures = line(reason, 140).rstrip("."), shortened(names, 3)
    told = (
        say("{measures}, {month}: {why}.", measures=measures, month=month.word, why=why)
        if reason
        else say("{measures}, {month}.", measures=measures, month=month.word)
    )
    left = says("It is left out until it is put right.", "They are left out until they are put right.", len(names))
    return joined(told, left)


def report_missing(month: Month, due: dt.date) -> str:
    """The monthly report that has not been written."""
    return joined(
        say(
            "Your report for {month} is not written: own rating, what you learned, what you ask for.", month=month.word
        ),
        say("It was due on {day}.", day=language.day(due)),
    )


def test_open(cycle: Pdsa, numbers: cycles.Numbers, today: dt.date) -> str:
    """`Test 4 (D1c, cycle 2) ended on Fri 20 March. What happened is not written.`."""
    return capital(cycles.open_since(cycle, cycles.called(cycle, numbers), today))


def doubt(one: Doubt) -> str:
    """A figure to look at again."""
    return line(one.evidence, 240)


def form(instrument: str, about: str, due: dt.date | None = None) -> str:
    """A form of now and then: which, and what about; `due` is its day where that is past.

    `about` is an event's name, or a check's.
    """
    told = say_as(*_CHECKS[about]) if about in _CHECKS else about
    name = capital(say(_INSTRUMENTS[instrument], about=told)) + "."
    return joined(name, say("It was due on {day}.", day=language.day(due))) if due else name


def next_month(month: Month) -> str:
    """What falls due next."""
    return say("Counts and report for {month}.", month=month.word)


def heading(number: int) -> str:
    """`Three things need you`."""
    if number == 0:
        return say("Nothing is missing")
    return capital(worded("{n} thing needs you", "{n} things need you", number))


def thanks(month: Month, received: dt.date | None, due: dt.date) -> str:
    """Acknowledges counts that came, with the day; '' where the day is not known."""
    if received is None:
        return ""
    early = (due - received).days
    places = {"month": month.word, "day": language.day(received), "days": days(abs(early))}
    if early == 0:
        return say("Thank you: the counts for {month} came on {day}, on the due day.", **places)
    if early > 0:
        return say("Thank you: the counts for {month} came on {day}, {days} early.", **places)
    return say("Thank you: the counts for {month} came on {day}, {days} late.", **places)


def more(number: int) -> str:
    """`And two more, in REDCap.`; '' where there is none."""
    return worded("And {n} more, in REDCap.", "And {n} more, in REDCap.", number) if number > 0 else ""
