"""What each collaborative-health measure is: its parts in words, its goal, which way is better, how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from breakthrough.collaborative import Collaborative
from breakthrough.language import say, score
from breakthrough.month import Month

# line and levels: points that depend on one another, on which no run rule holds
Shape = Literal["run", "line", "levels"]


@dataclass(frozen=True, slots=True)
class Health:
    """One measure of the collaborative itself. `numerator` and `denominator` are words; `goal` is in `unit`."""

    code: str
    name: str
    plain: str
    numerator: str
    denominator: str
    goal: float
    direction: Literal["higher", "lower"] = "higher"
    multiply: float = 100
    unit: str = "%"
    shape: Shape = "run"
    goal_by: Month | None = None


SOLVED_IN = 14  # days within which a request should be solved
RATED_IN = 60  # days after which a rating no longer tells how a team stands
WELL_KEPT = 7  # of 8 points of a well-kept log
SENT_IN = 15  # days after the month within which its report should be out

_ACTIVE = "teams active in the month: accepted and joined, not paused, withdrawn or completed before it"

CODES = (
    "h_report",
    "h_ontime",
    "h_narr",
    "h_test",
    "h_pdsa",
    "h_pdsaq",
    "h_small",
    "h_attend",
    "h_leader",
    "h_rated",
    "h_at4",
    "h_retain",
    "h_turn",
    "h_asks",
)


def definitions(collaborative: Collaborative) -> dict[str, Health]:
    """Every health measure by code, in the order of `CODES`; where the collaborative set a goal, it is that one."""
    reporting, rating, calendar = collaborative.reporting, collaborative.rating, collaborative.calendar
    key = "key measure" if collaborative.key_measures else "measure"
    owing = f"{_ACTIVE}; that are in session and owe a {key} of the month that is due"
    found = (
        Health(
            "h_report",
            say("Teams reporting"),
            say("Of every 100 teams, how many have sent the month's figures"),
            f"teams of the denominator that have reported every {key} that they owe and that is due, cases or none",
            owing,
            reporting.goal,
        ),
        Health(
            "h_ontime",
            say("Teams reporting on time"),
            say("Of every 100 teams, how many have sent the month's figures by the due day"),
            f"those of h_report whose monthly form says that it was filled in by day {calendar.due_day} of the next "
            "month; a form without a date is not on time",
            owing,
            reporting.on_time,
        ),
        Health(
            "h_narr",
            say("Monthly reports written"),
            say("Of every 100 teams, how many have completed the month's report in words"),
            "active teams whose monthly_report of the month is marked Complete",
            _ACTIVE,
            85,
        ),
        Health(
            "h_test",
            say("Teams learning from a test"),
            say("Of every 100 teams, how many wrote down what a test showed"),
            "active teams with a PDSA cycle whose study was entered in the month",
            f"{_ACTIVE}; months from the first learning session to the end",
            80,
        ),
        Health(
            "h_pdsa",
            say("Tests closed per team"),
            say("How many PDSA cycles a team brought to a decision in the month"),
            "PDSA cycles of active teams whose decision was entered in the month",
            _ACTIVE,
            2,
            multiply=1,
            unit=" per team",
        ),
        Health(
            "h_pdsaq",
            say("Tests well documented"),
            say("Of every 100 closed tests, how many have a well-kept log"),
            f"cycles of the denominator with {WELL_KEPT} of 8 points of a well-kept log or more",
            "PDSA cycles of active teams whose decision was entered in the month",
            60,
        ),
        Health(
            "h_small",
            say("First tests small"),
            say("Of every 100 first tests of an idea, how many began with a few people or fewer"),
            "cycles of the denominator with scale 1 or 2",
            "PDSA cycles of active teams that began in the month and are the first of their ramp",
            70,
        ),
        Health(
            "h_attend",
            say("Teams at events"),
            say("Of every 100 teams expected at the month's events, how many came"),
            "teams present at the events of the month, for all of them or part",
            "the same and those absent without excuse; two events count a team twice, one not recorded not at all",
            90,
        ),
        Health(
            "h_leader",
            say("Leaders with their team"),
            say("Of every 100 teams, how many met their senior leader"),
            "active teams that met their senior leader, as their report or the leader's answer says",
            _ACTIVE,
            80,
        ),
        Health(
            "h_rated",
            say("Teams rated in time"),
            say("Of every 100 teams, how many their coach has rated by the rating day"),
            f"active teams whose coach's rating of the month was given by day {calendar.rating_day} of the next month",
            _ACTIVE,
            100,
        ),
        Health(
            "h_at4",
            say("Teams rated {score} or more", score=score(rating.target)),
            say(
                "Of every 100 teams, how many the coach's newest rating puts at {score} or above",
                score=score(rating.target),
            ),
            f"active teams whose newest rating, of the month or before and given at most {RATED_IN} days before the "
            f"report day, is {rating.target:.1f} or more",
            _ACTIVE,
            rating.share_of_teams,
            shape="levels",
            goal_by=calendar.end,
        ),
        Health(
            "h_retain",
            say("Teams that stayed"),
            say("Of every 100 teams that ever took part, how many still do"),
            "active teams, and those that completed",
            "teams accepted that had joined by the month",
            90,
            shape="line",
        ),
        Health(
            "h_turn",
            say("Days until the report is out"),
            say("How many days after the month's end half of its reports were sent"),
            "median of the days from the month's end to the day the report was first sent",
            "reports of the month that were sent, one for each team and each coach",
            SENT_IN,
            direction="lower",
            multiply=1,
            unit=" days",
        ),
        Health(
            "h_asks",
            say("Requests solved in two weeks"),
            say("Of every 100 requests for help, how many were solved within {days} days", days=SOLVED_IN),
            f"requests of the denominator that were solved within {SOLVED_IN} days",
            f"requests in the reports of the month that are solved or older than {SOLVED_IN} days",
            80,
        ),
    )
    return {one.code: one for one in found}
