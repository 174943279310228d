"""Reminders: what a team or a coach has not yet entered, with the form to enter it in; nothing of anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Coach, Collaborative
from breakthrough.entry import EntryKey
from breakthrough.language import long_day, say
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import of_entry
from breakthrough.reporting.parts import Duty, Header, Link
from breakthrough.reporting.sentences import duties
from breakthrough.reporting.sentences import reminders as words
from breakthrough.reporting.views import duty_list, gather
from breakthrough.reporting.views.occasion import Occasion, letter
from breakthrough.teams.occasional import FormDue
from breakthrough.teams.values import Portfolio, Team

_OWED = frozenset({"not_due", "missing", "late"})
_NAME = 60
COUNTS, REPORT, RATING = "monthly_measures", "monthly_report", "coach_rating"


@dataclass(frozen=True, slots=True)
class Reminder:
    """The mail, all settled. `about` is the code of its team or coach."""

    header: Header
    month: Month
    about: str
    subject: str
    heading: str
    lead: str
    duties: tuple[Duty, ...]
    done: str


def of_counts(
    team: Team,
    collaborative: Collaborative,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    occasion: Occasion,
) -> Reminder | None:
    """The team's reminder of the month's counts; None where all are there, or the report without them has gone out.

    `frame` is of this team alone.
    """
    gather.confine([team.code], portfolio, frame, {}, ())
    month, today, calendar = occasion.month, occasion.today(collaborative), collaborative.calendar
    coach, due = collaborative.coach(team.coach), calendar.due(month)
    out = calendar.report_on(month, coach.calls if coach else ())
    lacking = _lacking(team, collaborative, frame, month) if team.expected(month) and today < out else []
    if not lacking:
        return None
    chip = duties.overdue(due, today)
    text, form = _counts(team, collaborative, frame, lacking, month)
    where = of_entry(occasion.links, form) if form else occasion.blank(team.code, COUNTS)
    asked = [Duty(chip, text, Link(say("Enter the counts"), where))]
    written = gather.narrative(portfolio, team.code, month)
    if written is None or not (written.complete or written.submitted):
        where = of_entry(occasion.links, written.entry) if written else occasion.blank(team.code, REPORT)
        asked.append(Duty(chip, words.report(month), Link(say("Write the report"), where)))
    return _reminder(
        collaborative,
        occasion,
        about=team.code,
        title=say("Counts and report for {month}", month=month.label),
        heading=words.counts_heading(month, due, today),
        lead=words.counts_lead(out),
        duties=asked,
    )


def of_ratings(coach: Coach, collaborative: Collaborative, portfolio: Portfolio, occasion: Occasion) -> Reminder | None:
    """The coach's reminder of the teams that have no rating for the month; None where all have."""
    month, today = occasion.month, occasion.today(collaborative)
    due = collaborative.calendar.rating_due(month)
    mine = [team for team in portfolio.of_coach(coach.code) if team.status == "active" and team.expected(month)]
    unrated = [team for team in mine if gather.rating(portfolio, team.code, month) is None]
    if not unrated:
        return None
    asked = [
        Duty(
            duties.overdue(due, today),
            words.rating(line(team.short or team.name, _NAME), month),
            Link(say("Rate the team"), occasion.blank(team.code, RATING)),
        )
        for team in unrated
    ]
    return _reminder(
        collaborative,
        occasion,
        about=coach.code,
        title=say("Ratings for {month}", month=month.label),
        heading=words.ratings_heading(month, due),
        lead=words.ratings_lead(),
        duties=asked,
    )


def of_forms(team: Team, owed: Sequence[FormDue], collaborative: Collaborative, occasion: Occasion) -> Reminder | None:
    """The team's reminder of forms that all are due on one day; None where it owes none."""
    own = [one for one in owed if one.team == team.code]
    if not own:
        return None
    asked = [duty_list.form(one, collaborative, occasion) for one in own]
    return _reminder(
        collaborative,
        occasion,
        about=team.code,
        title=say("Forms due soon"),
        heading=words.forms_heading(own[0].day),
        lead=words.forms_lead(),
        duties=asked,
    )


def _lacking(team: Team, collaborative: Collaborative, frame: pd.DataFrame, month: Month) -> list[str]:
    """The measures whose counts the team enters itself, are due with the month's, and are not there."""
    own = frame[(frame["team"] == team.code) & (frame["month"] == str(month)) & frame["state"].isin(_OWED)]
    wanted = {code for code, one in collaborative.measures.items() if one.source is None and not one.lag}
    return [code for code in own["measure"].astype(str) if code in wanted]


def _counts(
    team: Team, collaborative: Collaborative, frame: pd.DataFrame, lacking: Sequence[str], month: Month
) -> tuple[str, EntryKey | None]:
    """Which counts are asked for, in words; and the form that was begun for the month, where one was."""
    own = frame[(frame["team"] == team.code) & (frame["month"] == str(month))]
    asked = [code for code, one in collaborative.measures.items() if one.source is None and not one.lag]
    names = [line(collaborative.measures[code].name, _NAME) for code in lacking]
    begun = (text.split("/") for text in own["entry_key"].astype(str))
    forms = [EntryKey(one[0], one[1], "", one[2], int(one[3])) for one in begun if len(one) == 4 and one[2] == COUNTS]
    return words.counts(month, names, int(own["measure"].isin(asked).sum())), forms[0] if forms else None


def _reminder(
    collaborative: Collaborative,
    occasion: Occasion,
    *,
    about: str,
    title: str,
    heading: str,
    lead: str,
    duties: Sequence[Duty],
) -> Reminder:
    name = line(collaborative.name, 60)
    return Reminder(
        header=letter(collaborative, title, say("Sent {day}.", day=long_day(occasion.today(collaborative))), heading),
        month=occasion.month,
        about=about,
        subject=say("Reminder: {what} – {collaborative}", what=title, collaborative=name),
        heading=heading,
        lead=lead,
        duties=tuple(duties),
        done=words.done(line(collaborative.coordinator.name, _NAME)),
    )
