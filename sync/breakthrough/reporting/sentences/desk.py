"""The coordinator's sentences: who is late, what became of the mails, what differs in REDCap, what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from breakthrough import language
from breakthrough.language import capital, inside, long_day, message, message_as, say, say_as, says, worded
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.desk import Compared, Desk, Mails, Unanswered
from breakthrough.reporting.sentences.words import joined, listed, many, series, shortened

_KINDS = {
    "team": message_as("mails of a kind", "Team reports"),
    "coach": message_as("mails of a kind", "Coach reports"),
    "leader": message_as("mails of a kind", "Leader reports"),
    "collaborative": message_as("mails of a kind", "Collaborative reports"),
    "coordinator": message_as("mails of a kind", "This report"),
    "closing": message_as("mails of a kind", "Closing reports"),
    "drift": message_as("mails of a kind", "Mails about changes in REDCap"),
    "reminder": message_as("mails of a kind", "Reminders of counts"),
    "rating": message_as("mails of a kind", "Reminders of ratings"),
    "forms": message_as("mails of a kind", "Reminders of forms"),
    "preview": message_as("mails of a kind", "Mails about reports that wait"),
    "alert": message_as("mails of a kind", "Mails about the schedule"),
    "returned": message_as("mails of a kind", "Mails about readers without mail"),
}
_ROLES = {
    "1": message("senior leader"),
    "2": message("day-to-day leader"),
    "3": message("data lead"),
}
_UNITS = {
    "%": message("{figure}%"),
    " per team": message("{figure} per team"),
    " days": message("{figure} days"),
}
RUNG = ("2", "3", "1")  # whom to ring first, by REDCap's code of tr_role


def headline(late: int, doubts: int, month: Month) -> str:
    """`Three teams owe counts or a report; five things in the data need a look`."""
    if not late and not doubts:
        return say("Every team has sent {month}, and nothing in the data looks odd", month=month.word)
    if not late:
        return worded(
            "No team owes anything; {n} thing in the data needs a look",
            "No team owes anything; {n} things in the data need a look",
            doubts,
        )
    teams = capital(worded("{n} team owes counts or a report", "{n} teams owe counts or a report", late))
    if not doubts:
        return teams
    things = worded("{n} thing in the data needs a look", "{n} things in the data need a look", doubts)
    return say("{teams}; {things}", teams=teams, things=things)


def sent(number: int, of: int, on_time: int | None, due: dt.date) -> str:
    """`Ten of 12 teams have sent the month's counts, nine of them by Fri 10 April.`."""
    told = capital(
        worded(
            "{part} of {n} team has sent the month’s counts.",
            "{part} of {n} teams have sent the month’s counts.",
            of,
            part=many(number),
        )
    )
    if on_time is None or not number:
        return told
    return joined(
        told,
        capital(
            worded(
                "{n} of them came by the due day, {day}.",
                "{n} of them came by the due day, {day}.",
                on_time,
                day=language.day(due),
            )
        ),
    )


def counts_owed(months: Sequence[Month], names: Sequence[str], now: Month) -> str:
    """`Counts for February and March`; with the measures where others of those months are there."""
    told = series(months, now)
    if not names:
        return say("Counts for {months}", months=told)
    return say("Counts for {months}: {names}", months=told, names=shortened([inside(name) for name in names], 3))


def report_owed(month: Month) -> str:
    """`Report for March`."""
    return say("Report for {month}", month=month.word)


def person(name: str, role: str) -> str:
    """`Rachel Moore, day-to-day leader`."""
    return say("{name}, {role}", name=line(name, 60), role=say(_ROLES[role]))


def nobody() -> str:
    """Where a roster names nobody to ring."""
    return say("nobody on the roster")


def lacking(fields: Sequence[str]) -> str:
    """Fields that reports rest on and REDCap has not."""
    return says(
        "REDCap has no field {names}, which reports rest on.",
        "REDCap has no fields {names}, which reports rest on.",
        len(fields),
        names=shortened(fields, 5),
    )


def blocked(measure: str, reasons: Sequence[str]) -> str:
    """A measure that cannot be counted, with the reasons."""
    return joined(say("{measure} cannot be counted.", measure=measure), *(line(one, 200) for one in reasons))


def unanswered(one: Unanswered) -> str:
    """A record that REDCap does not give out."""
    return say(
        "REDCap has not answered for record {record} since {day}. Its figures are as old as that.",
        record=line(one.record, 40),
        day=long_day(one.since.date()),
    )


def vanished(project: str, number: int) -> str:
    """Records that are gone from REDCap's list."""
    return worded(
        "{n} record of the project {project} is no longer on REDCap’s list. It stays until you say that it is gone.",
        "{n} records of the project {project} are no longer on REDCap’s list. They stay until you say that they are "
        "gone.",
        number,
        project=project,
    )


def shut(project: str, since: dt.datetime) -> str:
    """A project whose token is refused."""
    return say(
        "REDCap has refused the token of the project {project} since {day}. Nothing new comes from there.",
        project=project,
        day=long_day(since.date()),
    )


def compared(one: Compared) -> str:
    """How REDCap stood against the definition when it was last looked at."""
    day = long_day(one.at.date())
    if one.differences is None:
        return say("The project {project} was last compared on {day}.", project=one.project, day=day)
    if not one.differences:
        return say("The project {project} was as defined on {day}.", project=one.project, day=day)
    return worded(
        "The project {project} differed in {n} place from its definition on {day}.",
        "The project {project} differed in {n} places from its definition on {day}.",
        one.differences,
        project=one.project,
        day=day,
    )


def unwritten(number: int) -> str:
    """What could not be put back into REDCap, and what to do."""
    return capital(
        worded(
            "{n} file or line about a report could not be put back into REDCap. Run breakthrough status to see why.",
            "{n} files or lines about reports could not be put back into REDCap. Run breakthrough status to see why.",
            number,
        )
    )


def drift_action(some: Sequence[Compared]) -> str:
    """What to do about differences; '' where there is none."""
    if not any(one.differences for one in some):
        return ""
    return say("Run breakthrough plan to see each of them, and put it back or take it over.")


def kind(of: Mails) -> str:
    """What mails of that kind are called."""
    return say_as(*_KINDS[of.kind]) if of.kind in _KINDS else of.kind


def mailed(desk: Desk) -> str:
    """What became of the mails, in a sentence or two."""
    refused, uncertain, sent_, waiting, held = (
        sum(getattr(one, name) for one in desk.mails) for name in ("refused", "uncertain", "sent", "waiting", "held")
    )
    since = long_day(desk.since)
    if not desk.mails:
        return say("No mail has gone out since {day}.", day=since)
    return joined(
        capital(worded("{n} mail has gone out since {day}.", "{n} mails have gone out since {day}.", sent_, day=since))
        if sent_
        else say("No mail has gone out since {day}.", day=since),
        capital(worded("{n} waits to be sent.", "{n} wait to be sent.", waiting)) if waiting else "",
        capital(worded("{n} is held, to be looked at first.", "{n} are held, to be looked at first.", held))
        if held
        else "",
        capital(worded("{n} was refused.", "{n} were refused.", refused)) if refused else "",
        capital(
            worded(
                "Of {n} it is not known whether it arrived, so it is held.",
                "Of {n} it is not known whether they arrived, so they are held.",
                uncertain,
            )
        )
        if uncertain
        else "",
    )


def mail_action(desk: Desk) -> str:
    """What to do about mails."""
    stuck = [one for one in desk.mails if one.refused or one.uncertain]
    if not stuck and any(one.held for one in desk.mails):
        return say("Run breakthrough outbox list --state held, read them, then breakthrough outbox release or cancel.")
    if not stuck:
        return say("Nothing: no mail is refused or in doubt.")
    return say(
        "Run breakthrough outbox list, correct the address in REDCap or ask the reader, then send again or cancel."
    )


def unrated(number: int, month: Month, due: dt.date, today: dt.date) -> str:
    """How many coaches have teams without a rating, and since when these are due."""
    if not number:
        return say("Every coach has given every team a rating for {month}.", month=month.word)
    places = {"month": month.word, "day": language.day(due)}
    told = capital(
        worded(
            "{n} coach has teams without a rating for {month}.",
            "{n} coaches have teams without a rating for {month}.",
            number,
            **places,
        )
    )
    when = say("They were due on {day}.", **places) if due < today else say("They are due on {day}.", **places)
    return joined(told, when)


def late_action(first: str, coaches: Sequence[str]) -> str:
    """Whom to ring first about counts, and which coaches know."""
    if not first:
        return say("Thank the teams: a full month is the ground of every chart.")
    told = say("Ring {team} first, and ask what stands in the way.", team=first)
    return joined(told, say("Tell {coaches} whom you rang.", coaches=listed(coaches)) if coaches else "")


def measured(figure: str, unit: str) -> str:
    """`83%`, `0.75 per team`: a figure of the collaborative's own measures."""
    return say(_UNITS[unit], figure=figure)


def wording_action(number: int) -> str:
    """What to do about files of the deployment that cannot be used; '' where all can."""
    if not number:
        return ""
    return say("Correct the file at the line that is named. Until then the shipped one is used.")


def health_action(below: Sequence[str]) -> str:
    """What to bring up about the collaborative's own health."""
    if not below:
        return say("Keep to it: every health measure with a figure is at its goal.")
    return say("Bring {names} to the next faculty call, and agree on one thing to try.", names=shortened(below, 3))
