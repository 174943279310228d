"""What happens to one team of a demonstration: whether it improves, falls silent, sends doubtful figures."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from breakthrough.collaborative.timeline import MonthField
from breakthrough.configfile import Model

Live = Annotated[int, Field(ge=0, le=60)]
Score = Annotated[float, Field(ge=0.5, le=5)]
Agreed = Literal["story", "storyboard", "document"]


class Plot(Model):
    """One of the `plots:` of demo.yaml. Months are counted from the collaborative's start: 0 is the first live month.

    `level` is where the team's outcome was before, `turn` the live month from which it changes by `change` (or never).
    From `process_turn` on, process measures are `process_gain` points better. `own` are further numbers for formulas.
    `cycles` are its tests of `idea`, the first of them begun on the day `begun`, where that is given, the last `idle`
    days before the newest month ends; of each idea in `also` it made one small test, early on. `rating` is how its
    coach's rating climbs; `silent` how many of the newest months it sent nothing for, `gaps` single months not sent.
    `ask_age` is how many months ago it asked, `solved` after how many days its coach noted that this was solved (none:
    not yet). `misses` are the newest events it was not at; `leaderless`: nothing is ever seen of its senior leader;
    `spreads`: other places take its change up; `undated`: case rows without a day.
    `aim_met` is what its closing form says (a code of co_aim_met), and `agrees` what it lets others see at the end.
    """

    level: float
    turn: Live | None = None
    change: float = 0.0
    process_turn: Live | None = None
    process_gain: float = 0.0
    own: dict[str, float] = Field(default_factory=dict)
    idea: str
    cycles: Annotated[int, Field(ge=1, le=12)] = 2
    also: tuple[str, ...] = ()
    big_first: bool = False
    open_test: bool = False
    poor_log: bool = False
    rating: Annotated[tuple[Score, ...], Field(min_length=1)] = (1.5, 2.0, 2.0, 2.5, 2.5, 2.5, 2.5)
    self_gap: float = 0.5
    silent: Live = 0
    gaps: tuple[MonthField, ...] = ()
    late: bool = False
    invalid: bool = False
    jump: bool = False
    unchanged: bool = False
    ask: str = ""
    ask_of: Annotated[str, Field(pattern="^[1-5]$")] = "5"
    ask_age: Live = 0
    idle: Annotated[int, Field(ge=0, le=365)] = 24
    unticked: bool = False
    solved: Live | None = None
    misses: Live = 0
    leaderless: bool = False
    spreads: bool = False
    undated: Live = 0
    begun: dt.date | None = None
    aim_met: Annotated[str, Field(pattern="^[1-4]$")] = "3"
    agrees: tuple[Agreed, ...] = ()
