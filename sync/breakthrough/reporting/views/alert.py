"""What is told of the schedule itself: a job that keeps failing, one that is well again, a time when nothing ran."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.language import clock, long_day, say, says
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Header
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views.occasion import letter


@dataclass(frozen=True, slots=True)
class Failing:
    """A job that has failed each time since then; `why` is what it said the last time. `every` is minutes."""

    job: str
    since: dt.datetime
    tries: int
    why: str
    every: int


@dataclass(frozen=True, slots=True)
class Over:
    """A job that had failed since then, and is well again."""

    job: str
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Silent:
    """A time in which nothing ran at all."""

    since: dt.datetime
    until: dt.datetime


News = Failing | Over | Silent


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class AlertReport:
    """The mail about the schedule, all settled."""

    header: Header
    month: Month
    code: str
    subject: str
    heading: str
    summary: str
    facts: tuple[Fact, ...]
    todo: tuple[str, ...]


def alert_report(news: News, collaborative: Collaborative, month: Month, now: dt.datetime) -> AlertReport:
    """The mail about it. `month` is what it is filed under; `now` is aware."""
    name = line(collaborative.name, 60)
    heading, subject = _headed(news, name)
    there = now.astimezone(collaborative.zone)
    return AlertReport(
        header=letter(
            collaborative,
            say("The schedule"),
            say("Written on {day}, {clock}.", day=long_day(there.date()), clock=clock(there)),
            _summary(news),
        ),
        month=month,
        code="schedule",
        subject=subject,
        heading=heading,
        summary=_summary(news),
        facts=_facts(news, collaborative),
        todo=_todo(news),
    )


def _headed(news: News, name: str) -> tuple[str, str]:
    """Heading and subject."""
    if isinstance(news, Failing):
        return _what(news.job), say("Something needs you: the schedule – {collaborative}", collaborative=name)
    if isinstance(news, Over):
        return _again(news.job), say("It works again: the schedule – {collaborative}", collaborative=name)
    return say("Nothing ran for a time"), say(
        "Nothing ran for a time: the schedule – {collaborative}", collaborative=name
    )


def _what(job: str) -> str:
    known = {
        "due": say("What is due cannot be worked out"),
        "pull": say("Records cannot be pulled from REDCap"),
        "measure": say("Measures cannot be worked out"),
        "reports": say("Reports cannot be made"),
        "report": say("A report cannot be made"),
        "issue": say("Reports cannot be put in the outbox"),
        "preview": say("You cannot be shown the reports that wait"),
        "renew": say("Reports that wait cannot be brought up to date"),
        "revise": say("Revised reports cannot be made"),
        "remind": say("Reminders cannot be made"),
        "drift": say("REDCap cannot be compared with the definition"),
        "write-back": say("Reports cannot be put back into REDCap"),
        "tick": say("The rounds of the schedule break off"),
    }
    return known.get(job) or say("The job “{job}” keeps failing", job=job)


def _again(job: str) -> str:
    known = {
        "due": say("What is due can be worked out again"),
        "pull": say("Records can be pulled from REDCap again"),
        "measure": say("Measures can be worked out again"),
        "reports": say("Reports can be made again"),
        "report": say("All reports can be made again"),
        "issue": say("Reports can be put in the outbox again"),
        "preview": say("You can be shown the reports that wait again"),
        "renew": say("Reports that wait can be brought up to date again"),
        "revise": say("Revised reports can be made again"),
        "remind": say("Reminders can be made again"),
        "drift": say("REDCap can be compared with the definition again"),
        "write-back": say("Reports can be put back into REDCap again"),
        "send": say("Mails can be sent again"),
        "tick": say("The rounds of the schedule are whole again"),
    }
    return known.get(job) or say("The job “{job}” works again", job=job)


def _summary(news: News) -> str:
    if isinstance(news, Failing):
        held = {
            "drift": say("Reports go out regardless; changes made in REDCap by hand are not noticed."),
            "report": say("Its readers get nothing until it can; all other reports go out."),
        }
        waits = say("Reports that rest on it wait. What was ready before goes out regardless, and nothing is lost.")
        return held.get(news.job) or waits
    if isinstance(news, Over):
        if news.job == "send":
            return say("Meanwhile every mail waited. They go out now, each once; there is nothing to do.")
        return say("What had waited for it is done now; there is nothing to do.")
    return joined(
        say("From the first of these times to the second, the schedule did not run."),
        say("Records were not pulled and no mail went out; what is still of use is done now."),
    )


def _facts(news: News, collaborative: Collaborative) -> tuple[Fact, ...]:
    def at(moment: dt.datetime) -> str:
        there = moment.astimezone(collaborative.zone)
        return say("{day}, {clock}", day=long_day(there.date()), clock=clock(there))

    if isinstance(news, Failing):
        return (
            Fact(say("Since"), at(news.since)),
            Fact(say("Tried"), says("{n} time", "{n} times", news.tries)),
            Fact(say("What it says"), line(news.why, 600)),
        )
    return (Fact(say("From"), at(news.since)), Fact(say("Until"), at(news.until)), Fact(say("For"), _long(news)))


def _long(news: Over | Silent) -> str:
    minutes = max(1, round((news.until - news.since).total_seconds() / 60))
    if minutes < 120:
        return says("{n} minute", "{n} minutes", minutes)
    if minutes < 48 * 60:
        return says("{n} hour", "{n} hours", round(minutes / 60))
    return says("{n} day", "{n} days", round(minutes / 1440))


def _todo(news: News) -> tuple[str, ...]:
    status = say("“{command}” shows how things stand.", command="breakthrough status")
    if isinstance(news, Failing):
        return (
            joined(
                says(
                    "It is tried again every minute.",
                    "It is tried again every {n} minutes.",
                    news.every,
                ),
                say("Do what the message above asks for, or show it to whoever looks after this server."),
                status,
            ),
            say("You hear of it again when it works, and not before."),
        )
    if isinstance(news, Silent):
        return (
            joined(
                say("If the computer was meant to be off, there is nothing to do."),
                say("Else ask whoever looks after this server what stopped it."),
                status,
            ),
        )
    return ()
