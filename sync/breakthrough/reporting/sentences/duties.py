"""What is missing, open or coming due, as sentences with their urgency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from breakthrough.measures.values import Doubt
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Chip
from breakthrough.reporting.sentences import cycles
from breakthrough.reporting.sentences.words import capital, days, plural, series, shortened
from breakthrough.teams.values import Pdsa


def overdue(due: dt.date, today: dt.date) -> Chip:
    """`5 days late`."""
    late = (today - due).days
    return Chip("×", f"{days(late)} late", "bad") if late > 0 else due_on(due, today)


def due_on(due: dt.date, today: dt.date) -> Chip:
    """`Due Sun 10 May`, or `Due today`."""
    return Chip("", "Due today" if due == today else f"Due {due:%a} {due.day} {due:%B}")


def months_missing(months: Sequence[Month], due: dt.date, now: Month) -> str:
    """Months of which nothing is there; `due` is the day of the first of them."""
    return f"The counts for {series(months, now)} are not sent. {_were_due(months, due)}"


def counts_missing(months: Sequence[Month], due: dt.date, names: Sequence[str], now: Month) -> str:
    """Measures whose counts are not there in those months, though others are; `due` is the day of the first month."""
    where = f"{plural(len(names), 'measure')}: {shortened(names, 3)}"
    return f"Counts for {series(months, now)} are missing in {where}. {_were_due(months, due)}"


def _were_due(months: Sequence[Month], due: dt.date) -> str:
    return f"{'They' if len(months) == 1 else 'The first'} were due on {figures.day(due)}."


def counts_announced(month: Month, names: Sequence[str], of: int) -> str:
    """Counts that the team itself said would follow."""
    if len(names) == of:
        return f"You said that the counts for {month.word} would follow."
    return f"You said that counts for {month.word} would follow: {shortened(names, 3)}."


def counts_wrong(month: Month, names: Sequence[str], reason: str) -> str:
    """Counts that cannot be right, of one measure or several, and why."""
    why = f": {line(reason, 140).rstrip('.')}" if reason else ""
    left = "It is left out until it is" if len(names) == 1 else "They are left out until they are"
    return f"{shortened(names, 3)}, {month.word}{why}. {left} put right."


def report_missing(month: Month, due: dt.date) -> str:
    """The monthly report that has not been written."""
    return (
        f"Your report for {month.word} is not written: own rating, what you learned, what you ask for. "
        f"It was due on {figures.day(due)}."
    )


def test_open(cycle: Pdsa, numbers: cycles.Numbers, today: dt.date) -> str:
    """`Test 4 (D1c, cycle 2) ended on Fri 20 March. What happened is not written.`."""
    return f"{capital(cycles.called(cycle, numbers))} {cycles.waiting(cycle, today)[0]}"


def doubt(one: Doubt) -> str:
    """A figure to look at again."""
    return line(one.evidence, 240)


def next_month(month: Month) -> str:
    """What falls due next."""
    return f"Counts and report for {month.word}."


def heading(number: int) -> str:
    """`Three things need you`."""
    if number == 0:
        return "Nothing is missing"
    return f"{capital(plural(number, 'thing'))} need{'s' if number == 1 else ''} you"


def thanks(month: Month, received: dt.date | None, due: dt.date) -> str:
    """Acknowledges counts that came, with the day; '' where the day is not known."""
    if received is None:
        return ""
    early = (due - received).days
    when = "on the due day" if early == 0 else f"{days(abs(early))} {'early' if early > 0 else 'late'}"
    return f"Thank you: the counts for {month.word} came on {figures.day(received)}, {when}."


def more(number: int) -> str:
    """`And two more, in REDCap.`; '' where there is none."""
    return f"And {figures.spelled(number)} more, in REDCap." if number > 0 else ""
