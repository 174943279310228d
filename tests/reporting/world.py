"""Three teams of the worked collaborative with counts, people and work: enough for every section of a report.

Ash (T001) and Birch (T002) are coach c1's, Cedar (T003) is c2's. Each team's figures and texts carry marks of its own, so
that a report can be searched for what is another team's. Figures go through the real measures.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from tests.reporting import given

from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures.suppression import Audience, release
from breakthrough.measures.values import Chart, Doubt
from breakthrough.month import Month
from breakthrough.reporting.links import redcap
from breakthrough.reporting.sentences import collaborative as words
from breakthrough.reporting.views import (
    CoachReport,
    CollaborativeReport,
    LeaderReport,
    TeamReport,
    coach_report,
    collaborative_report,
    leader_report,
    team_report,
)
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.reporting.views.peers import Elsewhere, Peers
from breakthrough.reporting.views.together import Together
from breakthrough.teams import spread
from breakthrough.teams.determinants import determinants
from breakthrough.teams.health import health
from breakthrough.teams.values import Ask, Charter, Flag, Portfolio, Team
from breakthrough.worker import disclosure, peers

MARCH = Month("2026-03")
NOW = dt.datetime(2026, 4, 15, 6, 30, tzinfo=ZoneInfo("Europe/London"))
TODAY = NOW.date()
LINKS = redcap("https://redcap.example.org/api/", "14.5.1", 16)
NAMES = {"T001": "Ash", "T002": "Birch", "T003": "Cedar"}
ELSEWHERE = "Register by nine"  # what another team calls its test
# Absence in hundredths of a per cent: what each team had in the baseline, and from October on.
LEVELS = {"T001": (740, 690), "T002": (812, 812), "T003": (655, 655)}
POSSIBLE = {"T001": 404_667, "T002": 202_339, "T003": 101_173}  # each a mark of its team


@dataclass(frozen=True)
class World:
    collaborative: Collaborative
    portfolio: Portfolio
    frame: pd.DataFrame
    charts: dict[tuple[str, str], Chart]
    doubts: tuple[Doubt, ...]
    flags: tuple[Flag, ...] = ()

    def team(self, code: str = "T001", **changes: Any) -> TeamReport:
        """The report of a team, given that team's own rows."""
        told: dict[str, Any] = {
            "portfolio": self.portfolio.only(code),
            "frame": self.frame[self.frame["team"] == code],
            "charts": {key: chart for key, chart in self.charts.items() if key[0] == code},
            "occasion": occasion(),
            "doubts": [one for one in self.doubts if one.team == code],
            "received": dt.date(2026, 4, 8),
            "peers": self.peers(code),
            "elsewhere": [Elsewhere("D1a", "D1", "ca_day", "adopted", written=ELSEWHERE)],
        }
        return team_report(self.collaborative, code, **(told | changes))

    def peers(self, code: str = "T001") -> Peers | None:
        """What the filter lets a team know of the others."""
        rows = peers.newest(self.frame, self.collaborative, MARCH)
        released = disclosure.released(
            disclosure.of_aim(self.frame, self.collaborative), self.collaborative, self.portfolio
        )
        return peers.peers(peers.field(rows, self.collaborative, self.portfolio, released), code)

    def leader(self, code: str = "T001", **changes: Any) -> LeaderReport:
        """The half page for a team's senior leader, given that team's own rows."""
        told: dict[str, Any] = {
            "portfolio": self.portfolio.only(code),
            "frame": self.frame[self.frame["team"] == code],
            "charts": {key: chart for key, chart in self.charts.items() if key[0] == code},
            "flags": [flag for flag in self.flags if flag.team == code],
            "occasion": occasion(),
        }
        return leader_report(self.collaborative, code, **(told | changes))

    def together(self, **changes: Any) -> Together:
        """What the report on the whole collaborative is made of, as the release lets a sponsor have it."""
        what, aim, who = self.collaborative, self.collaborative.aim.measure, Audience("sponsor")
        let = release(self.frame, what, {team.code: team.coach for team in self.portfolio.teams})
        rows = let.rows(self.frame[self.frame["measure"] == aim], who)
        charts = measures.charts(let.counted(self.frame), what)
        lines = {code: let.line(measures.pooled(self.frame, what, code), code, who) for code in what.measures}
        rated = {(one.team, one.month): one.score for one in self.portfolio.ratings if one.released}
        told: dict[str, Any] = {
            "collaborative": what,
            "occasion": occasion(),
            "teams": frozenset(team.code for team in self.portfolio.teams),
            "rows": rows,
            "names": {str(team): NAMES.get(str(team)) or words.coded(str(team)) for team in rows["team"].unique()},
            "panels": {team: chart for (team, _), chart in measures.charts(rows, what).items()},
            "lines": lines,
            "line_charts": {code: measures.pooled_chart(self.frame, what, code, line=lines[code]) for code in lines},
            "charts": charts,
            "changes": teams.changes(self.portfolio, what, charts, TODAY),
            "scores": {
                team.code: [(MARCH + -back, rated.get((team.code, MARCH + -back))) for back in (2, 1, 0)]
                for team in self.portfolio.teams
            },
            "health": health(self.portfolio, self.frame, what, MARCH, TODAY, received={}, sent={}),
            "determinants": determinants(self.portfolio, self.frame, what, MARCH, TODAY),
            "reach": spread.reach(self.portfolio.units),
        }
        return Together(**(told | changes))

    def whole(self, **changes: Any) -> CollaborativeReport:
        """The report on all teams together."""
        return collaborative_report(self.together(**changes))

    def coach(self, code: str = "c1", **changes: Any) -> CoachReport:
        """The report of a coach, given the rows of that coach's teams."""
        mine = [team.code for team in self.portfolio.teams if team.coach == code]
        aim = self.collaborative.aim.measure
        told: dict[str, Any] = {
            "portfolio": of_teams(self.portfolio, mine),
            "frame": self.frame[self.frame["team"].isin(mine)],
            "charts": {key: chart for key, chart in self.charts.items() if key[0] in mine},
            "pooled": measures.pooled(self.frame, self.collaborative, aim),
            "pooled_chart": measures.pooled_chart(self.frame, self.collaborative, aim),
            "flags": [flag for flag in self.flags if flag.team in mine],
            "occasion": occasion(),
            "doubts": [one for one in self.doubts if one.team in mine],
            "received": dict.fromkeys(mine, dt.date(2026, 4, 8)),
        }
        coach = self.collaborative.coach(code)
        assert coach is not None
        return coach_report(self.collaborative, coach, **(told | changes))


def occasion(**changes: Any) -> Occasion:
    return replace(Occasion(MARCH, NOW, NOW - dt.timedelta(hours=12), LINKS), **changes)


def of_teams(portfolio: Portfolio, codes: Sequence[str]) -> Portfolio:
    """The portfolio with nothing of other teams in it."""
    return Portfolio(
        teams=tuple(one for one in portfolio.teams if one.code in codes),
        people=tuple(one for one in portfolio.people if one.team in codes),
        charters={code: one for code, one in portfolio.charters.items() if code in codes},
        pdsas=tuple(one for one in portfolio.pdsas if one.team in codes),
        ratings=tuple(one for one in portfolio.ratings if one.team in codes),
        narratives=tuple(one for one in portfolio.narratives if one.team in codes),
        asks=tuple(one for one in portfolio.asks if one.team in codes),
        contacts=tuple(one for one in portfolio.contacts if one.team in codes),
    )


def world(
    collaborative: Collaborative, portfolio: Portfolio | None = None, drop: Sequence[tuple[str, str]] = ()
) -> World:
    """The world; the months of `drop`, by team, were never sent."""
    people = portfolio or folk()
    entries = [
        form(team, month, at)
        for team in NAMES
        for at, month in enumerate(collaborative.calendar.first.to(MARCH), start=1)
        if collaborative.calendar.in_session(month) and (team, month.name) not in drop
    ]
    frame = measures.results(
        collaborative, entries, teams=list(NAMES), expected=people.expected, today=TODAY, until=MARCH
    )
    return World(
        collaborative,
        people,
        frame,
        measures.charts(frame, collaborative),
        measures.doubts(frame, collaborative),
        flags(),
    )


def form(team: str, month: Month, instance: int) -> Entry:
    """A month's counts: absence by the team's level, the rest plausible and moving a little."""
    before, after = LEVELS[team]
    level = (after if month >= Month("2025-10") else before) + (-14, 9, 2, -5, 11)[instance % 5]
    values = {
        "sd_poss": POSSIBLE[team],
        "sd_abs": POSSIBLE[team] * level // 10_000,
        "en_me": 3_001 + instance,
        "ch_ytd": 570 + instance % 7,
        "nr_prev": 191 + instance % 9,
        "nr_hold": 160 + instance % 11,
        "cr_new": 41 + instance % 6,
        "cr_ct5": 22 + instance % 8,
    }
    status = {f"{code}_st": "4" for code in ("ca_gap", "ca_plan", "ca_team", "ca_code")}
    entered = {"mm_period": str(month.first), **{name: str(value) for name, value in values.items()}, **status}
    return Entry(EntryKey("main", team, "", "monthly_measures", instance), team.lower(), entered)


def folk() -> Portfolio:
    """People and work: Ash tests and is rated, Birch is silent in words, Cedar is somebody else's."""
    tests = (
        given.cycle(1, team="T001", scale=2),
        given.cycle(2, team="T001", scale=3),
        given.unfinished(3, team="T001", scale=4, start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 20)),
        given.cycle(1, team="T003", idea="D5a", ramp="Cedar ramp", predicted=31.0, result_number=29.0),
    )
    scores = {"T001": (2.0, 2.5, 3.0), "T002": (2.0, 2.0, 2.0), "T003": (4.5, 4.5, 4.5)}
    ratings = tuple(
        given.rating(score, team=team, month=(MARCH + (at - 2)).name)
        for team, steps in scores.items()
        for at, score in enumerate(steps)
    )
    asked = given.text("Bus-pass data for two routes", entry=given.key("monthly_report", team="T002"))
    return Portfolio(
        teams=tuple(
            Team(
                code,
                f"{name} District",
                name,
                code.lower(),
                "c2" if code == "T003" else "c1",
                "active",
                dt.date(2025, 7, 1),
            )
            for code, name in NAMES.items()
        ),
        people=(),
        charters={"T001": Charter("T001", given.text("Fewer days lost in Year 9", entry=given.key("tc", 0)), "", {})},
        pdsas=tests,
        ratings=ratings,
        narratives=(
            given.narrative(3.5, team="T001", bright=given.text("Pupils liked being asked")),
            given.narrative(4.0, team="T003", bright=given.text("Cedar’s own bright spot")),
        ),
        asks=(Ask("T002", MARCH, asked, "senior leader", dt.date(2026, 3, 27)),),
    )


def flags() -> tuple[Flag, ...]:
    return (
        Flag(
            "ask_open",
            "T002",
            "high",
            dt.date(2026, 3, 27),
            "Asked the senior leader for help 19 days ago.",
            "Answer it.",
        ),
        Flag("stuck_test", "T001", "medium", dt.date(2026, 3, 20), "Test 3 has no result", "Ask for three lines."),
        Flag("no_test", "T001", "medium", dt.date(2026, 3, 1), "No test for 46 days.", "Plan one."),
        Flag("late", "T003", "high", dt.date(2026, 4, 10), "Cedar is late.", "Ring Cedar."),
    )


def strings(value: Any) -> list[str]:
    """Every text in a report, pictures' words among them."""
    if isinstance(value, str):
        return [value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [text for field in dataclasses.fields(value) for text in strings(getattr(value, field.name))]
    return [text for one in value for text in strings(one)] if isinstance(value, tuple) else []
