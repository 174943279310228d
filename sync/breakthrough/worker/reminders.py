"""Reminds teams of counts and forms, and coaches of ratings: each round of reminders once, of records just pulled.

A round is a day's reminders of one kind. It is looked through once and marked, as most of the time nobody is to be
reminded and no mail shows that it was done.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from breakthrough import teams
from breakthrough.delivery import compose, outbox, recipients
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.delivery.recipients import Recipient
from breakthrough.measures.suppression import Audience
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.views import Reminder, reminder
from breakthrough.settings import MAIN
from breakthrough.store import Store, marks
from breakthrough.worker.calendar import mailing_day, reminding
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.figures import projects_of

log = logging.getLogger(__name__)

FORMS_AHEAD = dt.timedelta(7)  # so long before its day a form is asked for
RATINGS_AHEAD = dt.timedelta(2)

Kind = Literal["reminder", "rating", "forms"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Round:
    """The reminders of one kind that are sent from `day` on. `month` is the one that they are about."""

    kind: Kind
    month: Month
    day: dt.date

    @property
    def mark(self) -> str:
        """What the store knows it by once it is done."""
        return f"reminded {self.kind} {self.day}"


def due(here: Deployment, store: Store, now: dt.datetime) -> tuple[Round, ...]:
    """The rounds that are on now and not done. One that was missed is not made up for once it is of no more use."""
    today = mailing_day(here.collaborative, now, here.settings.schedule.hour)
    found = tuple(rounds(here, today)) if today else ()
    with store.read() as connection:
        return tuple(one for one in found if marks.at(connection, one.mark) is None)


def tell(here: Deployment, store: Store, now: dt.datetime) -> int:
    """How many reminders are new in the outbox. Each round's go in together with the mark that it is done.

    Raises what making an edition raises; the round is then tried again.
    """
    number = 0
    for one in due(here, store, now):
        items = made(here, store, one, now)
        if items is None:
            return number  # nobody is known yet
        with store.begin() as connection:
            new = outbox.put(connection, items, now)
            marks.put(connection, one.mark, now)
        log.info("reminders: kind=%s month=%s mails=%d", one.kind, one.month, len(new))
        number += len(new)
    return number


def made(here: Deployment, store: Store, one: Round, now: dt.datetime) -> tuple[Item, ...] | None:
    """The reminders of a round as records are now: of those who still owe something. None before the first pull."""
    view = store.newest(projects_of(here.collaborative), now)
    if MAIN not in view.snapshot.runs:
        return None
    with here.speaking():
        found = edition(view, here.collaborative, one.month, now)
        return tuple(_items(here, found, one))


def rounds(here: Deployment, today: dt.date) -> Iterator[Round]:
    """The rounds that are on on that day, done or not."""
    calendar = here.collaborative.calendar
    if found := reminding(here.collaborative, today):
        yield Round("reminder", *found)
    for month in calendar.start.to(min(calendar.last, Month.of(today))):
        rated = calendar.rating_due(month)
        if calendar.reports(month) and rated - RATINGS_AHEAD <= today <= rated:
            yield Round("rating", month, rated - RATINGS_AHEAD)
    for day in _form_days(here, today):
        yield Round("forms", Month.of(day), day - FORMS_AHEAD)


def _form_days(here: Deployment, today: dt.date) -> Iterable[dt.date]:
    """The days within a week on which some form may be due."""
    calendar = here.collaborative.calendar
    sessions = {one.date for one in calendar.events if one.kind == "learning_session"}
    checks = teams.check_days(None, calendar.end.last).values()
    return sorted(day for day in {*sessions, *checks} if today <= day <= today + FORMS_AHEAD)


def _items(here: Deployment, of: Edition, one: Round) -> Iterator[Item]:
    head = here.letterhead()
    for found, readers in _reminders(of, one):
        rendered = render.reminder(found, here.content) if readers else None
        for reader in readers:
            if rendered:
                key = Key(here.code, one.kind, found.about, one.month, one.day.day, reader.address)
                yield compose.item(rendered, key, reader.name, reader.address, head, of.occasion.now)


def _reminders(of: Edition, one: Round) -> Iterator[tuple[Reminder, tuple[Recipient, ...]]]:
    what, portfolio, occasion = of.collaborative, of.portfolio, of.occasion
    today = occasion.today(what)
    if one.kind == "rating":
        for reader in recipients.of_coaches(what, portfolio, today):
            coach = what.coach(reader.subject)
            if coach and (told := reminder.of_ratings(coach, what, portfolio, occasion)):
                yield told, (reader,)
        return
    owed = [form for form in teams.forms_due(portfolio, what, of.forms) if form.day == one.day + FORMS_AHEAD]
    for team in portfolio.teams:
        if team.status != "active" and one.kind == "reminder":
            continue
        own = portfolio.only(team.code)
        if one.kind == "reminder":
            rows = of.seen_by(Audience("team", team.code), [team.code]).frame
            told = reminder.of_counts(team, what, own, rows, occasion)
        else:
            told = reminder.of_forms(team, owed, what, occasion)
        if told:
            yield told, recipients.of_team(portfolio, team, "reminders", today)
