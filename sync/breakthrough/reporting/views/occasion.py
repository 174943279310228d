"""When and for which month a report is made: what every view needs, and the header that all reports share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from breakthrough.collaborative import Collaborative
from breakthrough.errors import ReportError
from breakthrough.language import capital, clock, long_day, message, message_as, say, say_as, says
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import Links, checked
from breakthrough.reporting.parts import Header, Stage
from breakthrough.reporting.sentences.words import joined

NAME = 60  # characters of a team's or person's name that are shown


@dataclass(frozen=True, slots=True)
class Occasion:
    """The month reported, the moment of issue, how fresh the data are, and where links lead. Times are aware."""

    month: Month
    now: dt.datetime
    data_as_of: dt.datetime
    links: Links
    revised: bool = False  # readers have had this month's already
    sent: bool = True  # False for one that is made for the archive alone
    unread: int = 0  # records that REDCap could not answer for, of which what was there before is told
    used: Mapping[tuple[str, str], int] = field(default_factory=dict)  # the last instance, by team and instrument

    def today(self, collaborative: Collaborative) -> dt.date:
        """The day of issue where the collaborative is."""
        return self.now.astimezone(collaborative.zone).date()

    def blank(self, team: str, instrument: str) -> str:
        """The address of that form where it is not filled in yet: of one that repeats, the next instance.

        REDCap opens the first instance where none is named, so one that nobody has filled in needs none.
        """
        last = self.used.get((team, instrument), 0)
        return checked(self.links(team, instrument, last + 1 if last else 0))


def header(collaborative: Collaborative, occasion: Occasion, title: str, preview: str) -> Header:
    """The header of any report. Raises ReportError for a time without a zone."""
    if occasion.now.tzinfo is None or occasion.data_as_of.tzinfo is None:
        raise ReportError("A report’s times must have a time zone; without one the day of issue is a guess.")
    stage = collaborative.calendar.stage(occasion.today(collaborative))
    fresh = occasion.data_as_of.astimezone(collaborative.zone)
    day = long_day(occasion.today(collaborative))
    if occasion.sent:
        sent = say("Revised {day}.", day=day) if occasion.revised else say("Sent {day}.", day=day)
    else:
        sent = say("Made for the archive, never sent.")
    as_of = say("Data as of {day}, {clock}.", day=long_day(fresh.date()), clock=clock(fresh))
    return Header(
        collaborative=line(collaborative.name, 80),
        stages=tuple(Stage(capital(say_as(*name)), code == stage) for code, name in _STAGES.items()),
        journey=journey(collaborative, occasion),
        title=title,
        issued=joined(sent, as_of),
        preview=preview,
        rules=say(_RULES[collaborative.rules]),
        notice=line(collaborative.notice, 300),
        caveat=caveat(collaborative, occasion),
    )


def letter(collaborative: Collaborative, title: str, issued: str, preview: str) -> Header:
    """The header of a mail that tells of one thing, and of no month's figures: no journey, no rules."""
    return Header(
        collaborative=line(collaborative.name, 80),
        stages=(),
        journey="",
        title=title,
        issued=issued,
        preview=preview,
        rules="",
        notice=line(collaborative.notice, 300),
    )


def caveat(collaborative: Collaborative, occasion: Occasion) -> str:
    """What is to be borne in mind above everything else: old records, or such as could not be read. '' for nothing."""
    told = []
    if occasion.now - occasion.data_as_of > dt.timedelta(hours=collaborative.reporting.oldest_hours):
        day = long_day(occasion.data_as_of.astimezone(collaborative.zone).date())
        told.append(
            say("These are the records of {day}: REDCap could not be read since. What came later is missing.", day=day)
        )
    if occasion.unread:
        told.append(
            says(
                "REDCap did not answer for {n} record. Here it is as it was before.",
                "REDCap did not answer for {n} records. Here they are as they were before.",
                occasion.unread,
            )
        )
    return joined(*told)


def subject(collaborative: Collaborative, what: str, occasion: Occasion) -> str:
    """A mail's subject: what, which month, which collaborative. Never a figure, a team or a person."""
    places = {"what": what, "month": occasion.month.label, "collaborative": line(collaborative.name, 60)}
    if occasion.revised:
        return say("{what}, {month} (revised) – {collaborative}", **places)
    return say("{what}, {month} – {collaborative}", **places)


def journey(collaborative: Collaborative, occasion: Occasion) -> str:
    """`month 7 of 11`; after the end, `after month 11 of 11`."""
    number, total = collaborative.calendar.position(occasion.month)
    if not number:
        return say("before month 1 of {total}", total=total)
    if occasion.month > collaborative.calendar.end:
        return say("after month {number} of {total}", number=number, total=total)
    return say("month {number} of {total}", number=number, total=total)


_STAGES = {
    "learning": message_as("stage of the journey", "learning"),
    "testing": message_as("stage of the journey", "testing"),
    "spreading": message_as("stage of the journey", "spreading"),
    "sustaining": message_as("stage of the journey", "sustaining"),
}
_RULES = {
    "anhoej": message(
        "Signals follow Anhøj’s rules, held against the line that is drawn. More months in a row on one side than "
        "chance explains make one. So do too few crossings of the line, and, where limits are drawn, a month beyond"
        " them. They say that something changed, never what. A goal is met by three months running."
    ),
    "ihi": message(
        "Signals follow the run chart rules of the Institute for Healthcare Improvement, held against the line that"
        " is drawn. Six months in a row on one side make one, and five in a row rising or falling. So do too few or"
        " too many runs, and, where limits are drawn, a month beyond them. They speak up more often by chance than "
        "other rules do: of stable charts of two years, about one in three. A signal says that something may have "
        "changed, never what. A goal is met by three months running."
    ),
    "nhs": message(
        "Signals follow the NHS’s Making Data Count rules on XmR and p′ charts. A month beyond the limits makes "
        "one, and so do seven in a row rising or falling. Two of three close to one limit make one, and seven in a "
        "row on one side of the average. The verdict is the newest month’s. They say that something changed, never "
        "what. A goal is met by three months running."
    ),
}
