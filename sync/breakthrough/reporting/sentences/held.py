"""What the coordinator reads of reports that wait: which, until when, what looks odd in them, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from breakthrough.language import clock, long_day, message_as, say, say_as, says
from breakthrough.month import Month
from breakthrough.reporting.sentences.words import joined, shortened

_KINDS = {
    "team": message_as("a kind of report", "Team {name}"),
    "leader": message_as("a kind of report", "Senior leader of {name}"),
    "coach": message_as("a kind of report", "Coach {name}"),
    "collaborative": message_as("a kind of report", "All teams together"),
}


def heading(number: int, until: dt.datetime | None) -> str:
    """`38 reports wait until 15 April 2026, 12:00`."""
    if until is None:
        return says("{n} report waits for you", "{n} reports wait for you", number)
    return says(
        "{n} report waits until {day}, {clock}",
        "{n} reports wait until {day}, {clock}",
        number,
        day=long_day(until.date()),
        clock=clock(until),
    )


def summary(mails: int, odd: int) -> str:
    """How many mails, and in how many reports something looks odd."""
    told = says("{n} mail goes out then by itself.", "{n} mails go out then by themselves.", mails)
    if odd:
        return joined(told, says("{n} report has something odd in it.", "{n} reports have something odd in them.", odd))
    return joined(told, say("Nothing in them looks odd."))


def report(kind: str, name: str) -> str:
    """Whose report it is: `Team Alder Grove`."""
    return say_as(*_KINDS[kind], name=name)


def readers(number: int) -> str:
    """`3 readers`."""
    return says("{n} reader", "{n} readers", number)


def odd(*, doubts: int, missing: bool, shrunk: bool, new: int, unusable: int, month: Month) -> Iterator[str]:
    """What is worth a look before the report goes, a sentence each."""
    if missing:
        yield say("No counts for {month} have come.", month=month.word)
    if doubts:
        yield says(
            "{n} figure for {month} is in doubt.", "{n} figures for {month} are in doubt.", doubts, month=month.word
        )
    if shrunk:
        yield say("It is less than half as long as the last one.")
    if new:
        yield says("{n} reader gets it for the first time.", "{n} readers get it for the first time.", new)
    if unusable:
        yield says("{n} address cannot be written to.", "{n} addresses cannot be written to.", unusable)


def unread(names: Sequence[str]) -> str:
    """Teams of which nobody gets the report; '' where there is none."""
    if not names:
        return ""
    return says(
        "Nobody gets the report of {n} team: {names}. Look at its roster.",
        "Nobody gets the reports of {n} teams: {names}. Look at their rosters.",
        len(names),
        names=shortened(names, 8),
    )


def steps() -> tuple[tuple[str, str], ...]:
    """What can be done, and the command that does it."""
    return (
        (say("Let them go now"), "breakthrough outbox release --all"),
        (say("Keep one back for good"), "breakthrough outbox cancel KEY"),
        (say("See the keys"), "breakthrough outbox list --state held"),
        (say("See a mail as it will be sent"), "breakthrough outbox show KEY"),
    )


def notes() -> str:
    """That a coach may still add a note."""
    return joined(
        say("A coach may still release a rating with a note to a team in REDCap."),
        say("It is in the report if it is there before the report goes."),
    )


def attached(number: int, of: int) -> str:
    """What is attached."""
    if not number:
        return ""
    if number == of:
        return say("All of them are attached as pages.")
    return says("{n} of them is attached as a page.", "{n} of them are attached as pages, odd ones first.", number)
