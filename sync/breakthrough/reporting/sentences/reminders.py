"""What a reminder says: what is due, by when, and that whoever has done it may forget about the mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from breakthrough import language
from breakthrough.language import say
from breakthrough.month import Month
from breakthrough.reporting.sentences.words import joined, shortened


def counts_heading(month: Month, due: dt.date, today: dt.date) -> str:
    """`Counts for March are due on Fri 10 April`, or were."""
    if today > due:
        return say("Counts for {month} were due on {day}", month=month.word, day=language.day(due))
    return say("Counts for {month} are due on {day}", month=month.word, day=language.day(due))


def counts_lead(report: dt.date) -> str:
    """Why it matters by when."""
    return joined(
        say("Your report goes out on {day}.", day=language.day(report)),
        say("What is in REDCap by then is in it."),
    )


def counts(month: Month, names: Sequence[str], of: int) -> str:
    """Which counts are not there."""
    if len(names) == of:
        return say("The counts for {month}.", month=month.word)
    return say("Counts for {month}: {names}.", month=month.word, names=shortened(names, 6))


def report(month: Month) -> str:
    """The team's own report."""
    return say("Your report for {month}: own rating, what you learned, what you ask for.", month=month.word)


def ratings_heading(month: Month, due: dt.date) -> str:
    """`Ratings for March are due on Tue 14 April`."""
    return say("Ratings for {month} are due on {day}", month=month.word, day=language.day(due))


def ratings_lead() -> str:
    """What the coach's rating is for."""
    return joined(
        say("A team sees your rating and your suggestion once you release them."),
        say("They are in its report if you do so before it goes out."),
    )


def rating(team: str, month: Month) -> str:
    """A team that is not rated."""
    return say("{team} has no rating for {month} yet.", team=team, month=month.word)


def forms_heading(day: dt.date) -> str:
    """`Due on Thu 5 March`."""
    return say("Due on {day}", day=language.day(day))


def forms_lead() -> str:
    """That it is asked for once."""
    return say("This comes now and then, not each month.")


def done(name: str) -> str:
    """For whoever has just done it, and for whoever cannot."""
    return joined(
        say("If you have just done it, thank you: there is nothing more to do."),
        say("If something is in the way, answer this mail; it reaches {name}.", name=name),
    )
