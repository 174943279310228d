"""What happens to each team of the demonstration: who improves after a test, who does not, who falls silent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plot:
    """One team's story. Months are counted from the collaborative's start: 0 is the first live month.

    `level` is its absence rate before, `turn` the live month from which it changes by `change` points (none: never).
    `process_turn` is the live month from which families are reached and meetings held more often.
    `cycles` are its tests, the last begun `idle` days before the newest month ends; `rating` how its coach's rating
    climbs; `silent` how many of the newest months it sent nothing for; `ask_age` how many months ago it asked, and
    `solved` after how many days its coach noted that this was solved (none: not yet). `misses` are the newest events it
    was not at; `leaderless`: nothing is ever seen of its senior leader; `spreads`: other places take its change up.
    """

    level: float
    turn: int | None = None
    change: float = 0.0
    process_turn: int | None = None
    process_gain: float = 0.0
    idea: str = "D1b"
    cycles: int = 2
    big_first: bool = False
    open_test: bool = False
    poor_log: bool = False
    rating: tuple[float, ...] = (1.5, 2.0, 2.0, 2.5, 2.5, 2.5, 2.5)
    self_gap: float = 0.5
    silent: int = 0
    late: bool = False
    invalid: bool = False
    jump: bool = False
    unchanged: bool = False
    ask: str = ""
    ask_of: str = "5"
    ask_age: int = 0
    idle: int = 24
    unticked: bool = False
    solved: int | None = None
    misses: int = 0
    leaderless: bool = False
    spreads: bool = False


# A story needs all of these: signals both ways, none yet, a claim without data, silence, an open ask, a doubt.
PLOTS = (
    Plot(
        7.6,
        turn=1,
        change=-1.7,
        process_turn=1,
        process_gain=24,
        idea="D1b",
        cycles=4,
        rating=(1.5, 2.0, 2.5, 3.0, 3.0, 3.5, 3.5),
        ask="A quiet room for the Friday meeting",
        ask_of="1",
        ask_age=4,
        solved=9,
        spreads=True,
    ),
    Plot(
        7.1,
        process_turn=3,
        process_gain=12,
        idea="D2b",
        cycles=3,
        open_test=True,
        rating=(1.5, 2.0, 2.5, 2.5, 2.5, 3.0, 3.0),
    ),
    Plot(
        7.4,
        turn=2,
        change=1.3,
        idea="D4a",
        cycles=1,
        big_first=True,
        rating=(1.5, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0),
        leaderless=True,
    ),
    Plot(
        8.2,
        process_turn=2,
        process_gain=10,
        idea="D3b",
        cycles=2,
        late=True,
        rating=(1.0, 1.5, 2.0, 2.5, 2.5, 2.5, 2.5),
    ),
    Plot(
        6.9,
        process_turn=2,
        process_gain=18,
        idea="D3a",
        cycles=3,
        ask="Bus-pass data for two routes",
        ask_of="2",
        ask_age=1,
    ),
    Plot(7.8, idea="D1c", cycles=2, poor_log=True, self_gap=1.5, rating=(1.5, 2.0, 2.0, 2.5, 2.5, 2.5, 2.5)),
    Plot(
        7.2,
        turn=3,
        change=-1.2,
        process_turn=2,
        process_gain=22,
        idea="D2a",
        cycles=4,
        rating=(1.5, 2.0, 2.5, 3.0, 3.0, 3.5, 3.5),
        spreads=True,
    ),
    Plot(7.5, idea="D5a", cycles=2, invalid=True, ask="An example of a translated text line", ask_of="4"),
    Plot(8.0, process_turn=4, process_gain=14, idea="D3c", cycles=2, unchanged=True, unticked=True),
    Plot(7.7, idea="D4c", cycles=1, idle=110, silent=2, misses=2, rating=(1.5, 2.0, 2.0, 2.0, 2.0)),
    Plot(7.3, idea="D2c", cycles=3, jump=True, rating=(1.5, 1.5, 2.0, 2.5, 2.5, 2.5, 3.0)),
    Plot(
        7.0,
        turn=1,
        change=-1.0,
        process_turn=0,
        process_gain=20,
        idea="D1a",
        cycles=3,
        rating=(2.0, 2.5, 2.5, 3.0, 3.0, 3.0, 3.5),
    ),
)
