"""When and for which month a report is made: what every view needs, and the header that all reports share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import get_args

from breakthrough.collaborative import Collaborative
from breakthrough.collaborative.timeline import Stage as StageName
from breakthrough.errors import ReportError
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import Links
from breakthrough.reporting.parts import Header, Stage
from breakthrough.reporting.sentences.words import capital

NAME = 60  # characters of a team's or person's name that are shown


@dataclass(frozen=True, slots=True)
class Occasion:
    """The month reported, the moment of issue, how fresh the data are, and where links lead. Times are aware."""

    month: Month
    now: dt.datetime
    data_as_of: dt.datetime
    links: Links
    revision: int = 0

    def today(self, collaborative: Collaborative) -> dt.date:
        """The day of issue where the collaborative is."""
        return self.now.astimezone(collaborative.zone).date()


def header(collaborative: Collaborative, occasion: Occasion, title: str, preview: str) -> Header:
    """The header of any report. Raises ReportError for a time without a zone."""
    if occasion.now.tzinfo is None or occasion.data_as_of.tzinfo is None:
        raise ReportError("A report’s times must have a time zone; without one the day of issue is a guess.")
    stage = collaborative.calendar.stage(occasion.today(collaborative))
    fresh = occasion.data_as_of.astimezone(collaborative.zone)
    sent = f"{'Revised' if occasion.revision else 'Sent'} {figures.long_day(occasion.today(collaborative))}."
    return Header(
        collaborative=line(collaborative.name, 80),
        stages=tuple(Stage(capital(name), name == stage) for name in get_args(StageName)),
        journey=journey(collaborative, occasion),
        title=title,
        issued=f"{sent} Data as of {figures.long_day(fresh.date())}, {fresh:%H:%M}.",
        preview=preview,
        rules=_RULES[collaborative.rules],
        notice=line(collaborative.notice, 300),
    )


def subject(collaborative: Collaborative, what: str, occasion: Occasion) -> str:
    """A mail's subject: what, which month, which collaborative. Never a figure, a team or a person."""
    revised = " (revised)" if occasion.revision else ""
    return f"{what}, {occasion.month.label}{revised} – {line(collaborative.name, 60)}"


def journey(collaborative: Collaborative, occasion: Occasion) -> str:
    """`month 7 of 11`; after the end, `after month 11 of 11`."""
    number, total = collaborative.calendar.position(occasion.month)
    after = "after " if occasion.month > collaborative.calendar.end else ""
    return f"{after}month {number} of {total}" if number else f"before month 1 of {total}"


_RULES = {
    "anhoej": (
        "Signals follow Anhøj’s rules against the line that is drawn: more months in a row on one side than chance "
        "explains, too few crossings of it, or, where limits are drawn, a month beyond them. They say that something "
        "changed, never what. A goal is met by three months running."
    ),
    "ihi": (
        "Signals follow the Institute for Healthcare Improvement’s run chart rules against the line that is drawn: six "
        "months in a row on one side, five in a row rising or falling, too few or too many runs, or, where limits are "
        "drawn, a month beyond them. They speak up more often by chance than other rules do: of stable charts of two "
        "years, about one in three. A signal says that something may have changed, never what. A goal is met by three "
        "months running."
    ),
    "nhs": (
        "Signals follow the NHS’s Making Data Count rules on XmR and p′ charts: a month beyond the limits, seven in a "
        "row rising or falling, two of three close to one limit, or seven in a row on one side of the average. The "
        "verdict is the newest month’s. They say that something changed, never what. A goal is met by three months "
        "running."
    ),
}
