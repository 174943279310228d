"""Whom to call first: each team's flags as one line of evidence and one suggested move, teams ranked by need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import portfolio as words
from breakthrough.teams.values import Flag, Team

MOST = 5  # a longer list is not a list of what comes first
_WEIGHT = {"high": 0, "medium": 1, "low": 2}
_NOT_THE_TEAMS = frozenset({"unrated"})  # the coach's own duty: it stands with the ratings
_SENTENCES = 2
# A flag that says less than another of the same team.
_TOLD_BY = {"no_test": "stuck_test", "late": "silent2"}


@dataclass(frozen=True, slots=True)
class First:
    """A place on the act-first list."""

    place: int
    team: str
    evidence: str
    move: str
    url: str


def by_team(flags: Sequence[Flag]) -> dict[str, tuple[Flag, ...]]:
    """Each team's flags, gravest first, then oldest first."""
    found: dict[str, list[Flag]] = {}
    for flag in sorted(flags, key=_gravity):
        if flag.code not in _NOT_THE_TEAMS:
            found.setdefault(flag.team, []).append(flag)
    return {team: tuple(_telling(ones)) for team, ones in found.items()}


def _telling(flags: Sequence[Flag]) -> list[Flag]:
    codes = {flag.code for flag in flags}
    return [flag for flag in flags if _TOLD_BY.get(flag.code) not in codes]


def ranked(teams: Sequence[Team], flags: Mapping[str, Sequence[Flag]], last: Mapping[str, float]) -> list[Team]:
    """The teams by need: gravest flag, number of grave flags, age of the flag, then the lower rating, then the name."""
    return sorted(
        teams, key=lambda team: (*_need(flags.get(team.code, ())), last.get(team.code, 0.0), team.short, team.code)
    )


def first(
    teams: Sequence[Team], flags: Mapping[str, Sequence[Flag]], names: Mapping[str, str], urls: Mapping[str, str]
) -> tuple[First, ...]:
    """The act-first list: at most five teams that have a flag above low, in the order given."""
    pressing = [team.code for team in teams if any(flag.severity != "low" for flag in flags.get(team.code, ()))]
    return tuple(
        First(place, names[team], _evidence(flags[team]), line(flags[team][0].move, 240), urls[team])
        for place, team in enumerate(pressing[:MOST], start=1)
    )


def short(flags: Sequence[Flag]) -> str:
    """The gravest flags in a few words, for a row of the grid."""
    return "; ".join(dict.fromkeys(words.flag(flag) for flag in flags[:_SENTENCES]))


def _evidence(flags: Sequence[Flag]) -> str:
    return " ".join(_sentence(flag.evidence) for flag in flags[:_SENTENCES])


def _sentence(text: str) -> str:
    told = line(text, 240)
    return told if told.endswith((".", "?", "!", "…")) else f"{told}."


def _gravity(flag: Flag) -> tuple[int, dt.date, str]:
    return _WEIGHT[flag.severity], flag.since, flag.code


def _need(flags: Sequence[Flag]) -> tuple[int, int, dt.date]:
    if not flags:
        return len(_WEIGHT), 0, dt.date.max
    gravest = _WEIGHT[flags[0].severity]
    return gravest, -sum(_WEIGHT[flag.severity] == gravest for flag in flags), flags[0].since
