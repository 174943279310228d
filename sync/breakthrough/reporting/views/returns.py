"""What has come in: for each team and month, whether counts are sent, sent in part, or not sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures.values import State
from breakthrough.month import Month
from breakthrough.reporting.sentences.states import SENT, WANTED

_HERE: frozenset[State] = SENT | {"invalid"}  # counts that cannot be right have been sent all the same
Standing = Literal["sent", "in part", "not sent", "to come", "not expected"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A measure of a month that the team owes: `missing`, `late` (announced) or `invalid`, and for that the reason."""

    measure: str
    state: State
    reason: str
    entry: str  # text of the entry's key, or ''


@dataclass(frozen=True, slots=True)
class Return:
    """One team's month. `of` is how many measures it owes data for."""

    team: str
    month: Month
    standing: Standing
    gaps: tuple[Gap, ...]
    of: int


def returns(frame: pd.DataFrame, collaborative: Collaborative) -> dict[tuple[str, Month], Return]:
    """Every team's months in the results frame, each by its key measures and all it owes."""
    found: dict[tuple[str, Month], Return] = {}
    columns = ["team", "month", "measure", "state", "reason", "entry_key"]
    rows: dict[tuple[str, str], list[tuple[str, State, str, str]]] = {}
    for team, month, measure, state, reason, entry in zip(*(frame[name].tolist() for name in columns), strict=True):
        rows.setdefault((str(team), str(month)), []).append((str(measure), state, str(reason), str(entry)))
    for (team, name), measures in rows.items():
        month = Month(name)
        found[team, month] = _return(team, month, measures, collaborative)
    return found


def _return(
    team: str, month: Month, rows: Iterable[tuple[str, State, str, str]], collaborative: Collaborative
) -> Return:
    states = {measure: state for measure, state, _, _ in rows}
    gaps = tuple(Gap(measure, state, reason, entry) for measure, state, reason, entry in rows if state in WANTED)
    owed = [measure for measure, state in states.items() if state in SENT or state in WANTED]
    key = [code for code in collaborative.key_measures if code in owed] or owed
    return Return(team, month, _standing({states[code] for code in key}, set(states.values())), gaps, len(owed))


def _standing(key: set[State], every: set[State]) -> Standing:
    if not key:
        return "to come" if "not_due" in every else "not expected"
    if not key & _HERE:
        return "not sent"
    return "sent" if key.isdisjoint(WANTED - _HERE) else "in part"
