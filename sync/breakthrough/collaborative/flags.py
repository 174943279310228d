"""`flags:` in collaborative.yaml: from when on a coach's attention is called for, and what is not watched at all."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from breakthrough.collaborative.timeline import Stage
from breakthrough.configfile import Model

FlagCode = Literal[
    "ask_open",
    "silent2",
    "worse",
    "late",
    "no_test",
    "stuck_test",
    "big_first",
    "gap",
    "claim",
    "plateau",
    "absent",
    "leader",
    "driver_gap",
    "data_odd",
    "unrated",
]

Days = Annotated[int, Field(ge=0, le=730)]
Months = Annotated[int, Field(ge=1, le=24)]
Score = Annotated[float, Field(ge=0.5, le=5)]


class Trajectory(Model):
    """What a rating should have reached in each stage; in `sustaining` it is the collaborative's target."""

    learning: Score = 1.5
    testing: Score = 2.5
    spreading: Score = 3.5

    def at(self, stage: Stage, target: float) -> float:
        """What a rating should have reached in that stage of a collaborative with that target."""
        hoped = {"learning": self.learning, "testing": self.testing, "spreading": self.spreading}
        return hoped.get(stage, target)


class Flags(Model):
    """When flags fire. Grace after a due day is the calendar's, the target rating the collaborative's."""

    unused: tuple[FlagCode, ...] = ()  # flags that this collaborative does not raise
    ask_days: Days = 7  # a request is open longer than this
    silent_months: Months = 2  # months in session without figures and without a report
    test_days: Days = 45  # in session, without the start or end of a test
    stuck_days: Days = 30  # since a test began whose result is not written
    big_scale: Annotated[int, Field(ge=2, le=6)] = 4  # several classes: too large for a first test
    gap: Annotated[float, Field(ge=0.5, le=4.5)] = 1.0  # between the team's and the coach's rating
    claim_score: Score = 3.0  # a rating that needs figures behind it
    claim_stale: Annotated[int, Field(ge=0, le=12)] = 1  # months in session that key figures may be old
    claim_run: Months = 4  # months on the good side that speak for such a rating
    rating_age: Months = 2  # months in session within which the newest rating still tells the state
    plateau_months: Months = 3  # with the same rating
    trajectory: Trajectory = Trajectory()
    missed_events: Annotated[int, Field(ge=1, le=12)] = 2  # events running that a team was not at, without excuse
    leader_days: Days = 60  # in session, without a sign of the senior leader
    driver_session: Annotated[int, Field(ge=1, le=12)] = 2  # learning session from which on every driver has a test
    driver_stage: Annotated[int, Field(ge=1, le=5)] = 3  # stage of a change that shows its driver is worked on
    unrated_days: Days = 5  # after the coach's rating was due
    jump: Annotated[float, Field(gt=0, le=5)] = 0.5  # of a denominator off its usual size, as a share of it
    unchanged_months: Annotated[int, Field(ge=2, le=24)] = 3  # with the same counts
