"""The one decision that a senior leader is asked for: chosen from the evidence, what only a leader can do first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Coach, Collaborative
from breakthrough.language import day, message, say, short_day
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import Links
from breakthrough.reporting.parts import Link, Passage
from breakthrough.reporting.sentences import leader as words
from breakthrough.reporting.views import gather
from breakthrough.teams.determinants import ROLES
from breakthrough.teams.values import Flag, Portfolio

_SOON, _LATE = 3, 21  # days from now in which a meeting is a good day to have decided by
_ELSE = 14  # days, where nobody meets in that time
_SATURDAY = 5
# A role that somebody has to be named for; the others a team may do without.
_NEEDED = ("2", "3")


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to decide: the question, by when, why it is asked, and where to answer."""

    by: str
    question: str
    why: str
    quote: Passage | None
    link: Link | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its reason; the team's own words, where it is one of theirs."""

    question: str
    why: str = ""
    quote: Passage | None = None
    about: str = ""  # the code of the flag that it rests on


def by_when(collaborative: Collaborative, coach: Coach | None, today: dt.date) -> dt.date:
    """The next call or event in three days to three weeks, else a working day in two weeks."""
    days = [event.date for event in collaborative.calendar.events] + list(coach.calls if coach else ())
    near = [one for one in days if today + dt.timedelta(_SOON) <= one <= today + dt.timedelta(_LATE)]
    if near:
        return min(near)
    found = today + dt.timedelta(_ELSE)
    return found + dt.timedelta(max(0, 7 - found.weekday()) if found.weekday() >= _SATURDAY else 0)


def asked(
    portfolio: Portfolio,
    flags: Sequence[Flag],
    collaborative: Collaborative,
    links: Links,
    today: dt.date,
    by: dt.date,
    *,
    wins: bool = False,
) -> Asked:
    """The first question that there is a reason for. Portfolio and flags are the team's own.

    `wins`: the aim's measure improves, and the team keeps a change.
    """
    found = {flag.code: flag for flag in flags}
    every = (
        *_of_the_team(portfolio, links, today),
        *_of(found, "silent2"),
        *_of(found, "leader"),
        *_roles(portfolio, today),
        *_of(found, "stuck_test"),
        *_of(found, "late"),
        *_absent(found, collaborative, today),
        *_of(found, "no_test"),
        *(_spread(collaborative, today) if wins else ()),
        *_of(found, "driver_gap"),
        *_hours(portfolio, today),
    )
    return every[0] if every else _otherwise(collaborative, today, by)


_QUESTIONS: Mapping[str, str] = {
    "silent2": message("Will you find out whether the work goes on, and what the team needs for it?"),
    "leader": message("Will you give your team ten minutes, and ask what is in its way?"),
    "stuck_test": message("Will you free one hour, so that the team can finish this test?"),
    "late": message("Will you see to it that somebody has the time to send the counts?"),
    "no_test": message("Will you free two hours for one small test?"),
    "driver_gap": message("Will you ask the team which of these it can try first, and back it?"),
}


def _of(found: Mapping[str, Flag], code: str) -> Iterator[Asked]:
    if code in found:
        yield Asked(say(_QUESTIONS[code]), sentence(found[code].evidence), about=code)


def _of_the_team(portfolio: Portfolio, links: Links, today: dt.date) -> Iterator[Asked]:
    """What the team has asked its senior leader, the oldest first."""
    open_ = [one for one in portfolio.asks if one.of == "senior leader" and one.state == "open"]
    for ask in sorted(open_, key=lambda one: one.since)[:1]:
        question = say("Your team has asked you for help. Will you give it?")
        yield Asked(
            question,
            words.heard(short_day(ask.since), max(0, ask.age(today))),
            gather.passage(ask.text, links, 240),
            "ask_open",
        )


def _roles(portfolio: Portfolio, today: dt.date) -> Iterator[Asked]:
    """A role that nobody fills, where there is a list of people at all."""
    here = [one for one in portfolio.people if one.since <= today and (one.until is None or today <= one.until)]
    lacking = [say(ROLES[code]) for code in _NEEDED if all(one.role != code for one in here)]
    if here and lacking:
        yield Asked(say("Whom will you name as {role}?", role=lacking[0]), words.roles(lacking))


def _absent(found: Mapping[str, Flag], collaborative: Collaborative, today: dt.date) -> Iterator[Asked]:
    ahead = sorted(event.date for event in collaborative.calendar.events if event.date > today)
    if "absent" in found and ahead:
        question = say("Will you free the team for the event on {day}?", day=day(ahead[0]))
        yield Asked(question, sentence(found["absent"].evidence), about="absent")


def _hours(portfolio: Portfolio, today: dt.date) -> Iterator[Asked]:
    """No time is set aside for anybody, though the list asks for it."""
    here = [one for one in portfolio.people if one.since <= today and (one.until is None or today <= one.until)]
    if here and not any(one.hours for one in here):
        why = say("The team’s list shows no hours set aside for this work.")
        yield Asked(say("How many hours a week will you set aside for the team?"), why)


def _spread(collaborative: Collaborative, today: dt.date) -> Iterator[Asked]:
    """Late in the journey, what works is for the leader to carry on."""
    if collaborative.calendar.stage(today) in {"spreading", "sustaining"}:
        why = say("The aim’s measure improves, and the team keeps what it tried. Only you can make it the rule.")
        yield Asked(say("Which change will you make the rule everywhere, and who will own it?"), why)


def _otherwise(collaborative: Collaborative, today: dt.date, by: dt.date) -> Asked:
    """Nothing presses: the leader is asked to be there."""
    ahead = [event for event in collaborative.calendar.events if event.date >= today]
    why = say("Nothing presses. Teams whose leader comes by keep going.")
    if any(event.date == by for event in ahead):
        return Asked(say("Will you join your team at its meeting on {day}?", day=day(by)), why)
    return Asked(say("Will you visit the team, and see one test as it runs?"), why)


def sentence(text: str) -> str:
    """The text on one line, ended as a sentence is."""
    told = line(text, 240)
    return told if told.endswith((".", "?", "!", "…")) else f"{told}."
