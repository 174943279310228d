"""What the coordinator is told of readers who get no more mails: whose came back, who has unsubscribed, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.language import clock, long_day, say, says
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Header
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views.occasion import letter


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets no more mails. `team` is a team's name, '' for a coach, sponsor or coordinator.

    `report` is the kind that was unsubscribed from; '' where mail came back, with the status code of that.
    """

    name: str
    team: str
    report: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A reader as the mail names one; never with the address."""

    who: str
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class ReturnedReport:
    """The mail about such readers, all settled."""

    header: Header
    month: Month
    code: str
    subject: str
    heading: str
    summary: str
    bounced: tuple[Told, ...]
    unsubscribed: tuple[Told, ...]
    correct: str
    lift: str
    consent: str


def returned_report(
    readers: Sequence[Reader], collaborative: Collaborative, month: Month, now: dt.datetime, code: str
) -> ReturnedReport:
    """The mail about those readers. `month` and `code` are what it is filed under; `now` is aware."""
    there = now.astimezone(collaborative.zone)
    bounced = tuple(_told(one) for one in readers if not one.report)
    left = tuple(_told(one) for one in readers if one.report)
    return ReturnedReport(
        header=letter(
            collaborative,
            say("Mail has stopped for some readers"),
            say("As of {day}, {clock}.", day=long_day(there.date()), clock=clock(there)),
            say("Who they are, why, and what to do."),
        ),
        month=month,
        code=code,
        subject=say("Mail has stopped for some readers – {collaborative}", collaborative=line(collaborative.name, 60)),
        heading=says("Mail has stopped for {n} reader", "Mail has stopped for {n} readers", len(readers)),
        summary=joined(
            say("This is only about mail from this collaborative."), say("Their colleagues get theirs as before.")
        ),
        bounced=bounced,
        unsubscribed=left,
        correct=say("Mail that came back: ask for the right address and correct it in REDCap. Mail then goes there.")
        if bounced
        else "",
        lift=say(
            "If the address was right after all, run breakthrough outbox allow KEY with the key of that mail; "
            "breakthrough outbox list shows the keys."
        )
        if bounced
        else "",
        consent=say("Readers who unsubscribed: you need do nothing. You can take the report off in the team roster.")
        if left
        else "",
    )


def _told(one: Reader) -> Told:
    why = say("unsubscribed from the {report} report", report=one.report) if one.report else _why(one.status)
    return Told(
        who=line(one.name, 80) or say("Somebody no longer listed"),
        where=line(one.team, 80),
        why=why,
    )


def _why(status: str) -> str:
    """In words what the code of a bounce says (RFC 3463), with the code for whoever looks after mail."""
    match status:
        case "5.1.1":
            said = say("there is no such mailbox")
        case "5.1.2" | "5.1.10":
            said = say("there is no such domain for mail")
        case "5.2.1":
            said = say("the mailbox is closed")
        case _:
            said = say("the address takes no mail")
    return say("{reason} (code {status})", reason=said, status=status) if status else said
