"""What shows that a team's senior leader is with it: every sign of it, by day, from whichever form it stands on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from breakthrough.month import Month
from breakthrough.teams.values import Portfolio

Kind = Literal["met the team", "was at an event", "spoke with the coach", "answered"]


@dataclass(frozen=True, slots=True)
class Sign:
    """Something a senior leader did. What is told of a month is taken as done by its last day."""

    team: str
    day: dt.date
    kind: Kind


def signs(portfolio: Portfolio, today: dt.date) -> tuple[Sign, ...]:
    """Every sign up to that day, by team and day.

    The team's report or the leader's own answer that they met; presence at an event; a coach's contact with the
    leader; and that the leader read or answered anything.
    """
    found = [
        *(Sign(one.team, _end(one.month, today), "met the team") for one in portfolio.narratives if one.leader_met),
        *(Sign(one.team, _end(one.month, today), "met the team") for one in portfolio.leader_answers if one.met),
        *(Sign(one.team, one.day, "was at an event") for one in portfolio.attendance if one.leader),
        *(Sign(one.team, one.day, "spoke with the coach") for one in portfolio.contacts if one.leader),
        *(
            Sign(one.team, _end(one.month, today), "answered")
            for one in portfolio.leader_answers
            if one.read or one.cleared or one.decision in {"yes", "no", "talk"}
        ),
    ]
    return tuple(sorted((one for one in found if one.day <= today), key=lambda one: (one.team, one.day, one.kind)))


def met_in(portfolio: Portfolio, month: Month) -> frozenset[str]:
    """The teams that their senior leader met in that month, as the team or the leader says (domain §11.5, h_leader)."""
    told = {one.team for one in portfolio.narratives if one.month == month and one.leader_met}
    return frozenset(told | {one.team for one in portfolio.leader_answers if one.month == month and one.met})


def latest(found: Iterable[Sign]) -> Sign | None:
    """The newest of them, or None."""
    return max(found, key=lambda one: one.day, default=None)


def _end(month: Month, today: dt.date) -> dt.date:
    return today if Month.of(today) == month else month.last
