"""For whom figures are: whose rows a reader owns, and gets as they are; all else goes through the filter."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from breakthrough.collaborative import Collaborative

Role = Literal["coordinator", "team", "coach", "leader", "sponsor", "public"]
_WITH_CODE = frozenset({"team", "coach"})
_SHORT = 4  # characters of a coded name, as long as they tell all teams apart


@dataclass(frozen=True, slots=True)
class Audience:
    """A kind of reader; `code` says which team or which coach, and is '' for the others.

    The coordinator holds the store, and sees everything. Leaders, sponsors and the public own no row.
    """

    role: Role
    code: str = ""

    def __str__(self) -> str:
        return f"{self.role}:{self.code}" if self.code else self.role


COORDINATOR = Audience("coordinator")


def audience(text: str) -> Audience:
    """`team:T001`, `coach:c1`, `leader`, `sponsor`, `public` or `coordinator`. Raises ValueError for anything else."""
    role, _, code = text.strip().partition(":")
    for known in get_args(Role):
        if role == known and bool(code) == (known in _WITH_CODE):
            return Audience(known, code)
    raise ValueError(
        f"'{text}' is no audience. Write team:T001 or coach:c1 with a code of yours, or leader, sponsor, public or "
        "coordinator"
    )


def owned(who: Audience, collaborative: Collaborative, coach_of: Mapping[str, str]) -> frozenset[str]:
    """The teams whose rows that reader gets as they are. `coach_of` gives each team's coach."""
    privacy = collaborative.privacy
    match who.role:
        case "coordinator":
            return frozenset(coach_of)
        case "team" if privacy.own_team == "shown":
            return frozenset({who.code} & coach_of.keys())
        case "coach" if privacy.coach == "shown":
            return frozenset(team for team, coach in coach_of.items() if coach == who.code)
        case _:
            return frozenset()


def coded(teams: Sequence[str], collaborative: str) -> dict[str, str]:
    """A name for each team that does not say who it is, and is the same every month.

    A courtesy among teams and no protection: who knows the teams can work the names out. Nothing rests on them.
    """
    hashes = {team: hashlib.sha256(f"{collaborative}\n{team}".encode()).hexdigest() for team in teams}
    long = next(n for n in range(_SHORT, 65) if len({one[:n] for one in hashes.values()}) == len(hashes))
    return {team: f"team {one[:long]}" for team, one in hashes.items()}
