"""PDSA cycles with their status and the 0–8 documentation score (domain §6), which nobody enters by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from breakthrough.entry import Entry
from breakthrough.teams.forms import Form
from breakthrough.teams.values import Pdsa

Status = Literal["planned", "running", "overdue", "awaiting study", "closed"]

_KIND: Mapping[str, Literal["test", "implement", "spread"]] = {"1": "test", "2": "implement", "3": "spread"}
_MET: Mapping[str, Literal["as predicted", "partly", "not", "cannot tell"]] = {
    "1": "as predicted",
    "2": "partly",
    "3": "not",
    "4": "cannot tell",
}
_ACT: Mapping[str, Literal["adopt", "adapt", "abandon", "extend"]] = {
    "1": "adopt",
    "2": "adapt",
    "3": "abandon",
    "4": "extend",
}
_SCALE = {str(scale): scale for scale in range(1, 7)}

# The eight points, in the order of a cycle; each text fits after "not written:" or "missing:".
POINTS = (
    "a prediction written before the start",
    "what to measure or watch",
    "a small first test",
    "start and end, 30 days apart at most",
    "the result",
    "whether the prediction held",
    "the decision",
    "a link to the cycle before or after",
)
LONGEST = dt.timedelta(days=30)
SMALL = 2  # a few people or fewer


def pdsas(forms: Iterable[Entry], today: dt.date) -> tuple[Pdsa, ...]:
    """Every cycle, by team, ramp, cycle and start, with its status on that day and its score among its ramp."""
    rows = [_cycle(Form(entry, "pd_noid"), today) for entry in forms]
    rows.sort(key=lambda row: _order(row.pdsa))
    ramps = _Ramps([row.pdsa for row in rows])
    return tuple(_scored(row, ramps) for row in rows)


def is_first(cycle: Pdsa, cycles: Iterable[Pdsa]) -> bool:
    """Whether a cycle is the first of its ramp among all `cycles`; without a ramp, whether it is numbered 1."""
    first = _Ramps(sorted(cycles, key=_order)).first(cycle)
    return first is not None and first.entry == cycle.entry


@dataclass(frozen=True, slots=True)
class _Row:
    """A cycle, with what its score needs and nobody else asks for."""

    pdsa: Pdsa
    watched: bool  # it says what to measure or to watch


class _Ramps:
    """Which cycles belong together: those of one team that name the same ramp, and those that name one another."""

    def __init__(self, cycles: Sequence[Pdsa]) -> None:
        self._ramps: dict[tuple[str, str], list[Pdsa]] = {}
        for cycle in cycles:
            self._ramps.setdefault((cycle.team, cycle.ramp), []).append(cycle)
        self._codes = {(cycle.team, cycle.code) for cycle in cycles}
        self._followed = {(cycle.team, cycle.previous) for cycle in cycles if cycle.previous != cycle.code}

    def first(self, cycle: Pdsa) -> Pdsa | None:
        """The first cycle of its ramp; None where it names no ramp and is not numbered 1, as nobody can know."""
        if cycle.ramp:
            return self._ramps[cycle.team, cycle.ramp][0]
        return cycle if cycle.cycle == 1 and not cycle.previous else None

    def linked(self, cycle: Pdsa) -> bool:
        """Whether it has a predecessor or a successor: one names the other, or the ramp has another number."""
        before = cycle.previous != cycle.code and (cycle.team, cycle.previous) in self._codes
        after = (cycle.team, cycle.code) in self._followed
        ramp = self._ramps[cycle.team, cycle.ramp] if cycle.ramp else []
        return before or after or any(one.cycle != cycle.cycle for one in ramp)


def _cycle(form: Form, today: dt.date) -> _Row:
    cycle = form.number("pd_cycle")
    pdsa = Pdsa(
        team=form.team,
        code=form.text("pd_id") or str(form.key.instance),
        title=form.written("pd_title"),
        ramp=form.text("pd_ramp"),
        cycle=int(cycle) if cycle is not None and 1 <= cycle <= 999 else 1,
        previous=form.text("pd_prev"),
        idea=form.text("pd_change"),
        measure=form.text("pd_measure"),
        kind=form.choice("pd_kind", _KIND) or "",
        scale=form.choice("pd_scale", _SCALE) or 0,
        prediction=form.written("pd_predict"),
        predicted=form.number("pd_predict_num"),
        planned_on=form.day("pd_planned_on"),
        start=form.day("pd_start"),
        end_planned=form.day("pd_end_plan"),
        end=form.day("pd_end"),
        result=form.written("pd_result"),
        result_number=form.number("pd_result_num"),
        met=form.choice("pd_met", _MET) or "",
        decision=form.choice("pd_act", _ACT) or "",
        status="planned",
        score=0,
        missing=(),
        entry=form.key,
    )
    watched = bool(pdsa.measure or form.text("pd_data_plan"))
    return _Row(replace(pdsa, status=_status(pdsa, today)), watched)


def _status(cycle: Pdsa, today: dt.date) -> Status:
    """Closed once a decision stands; else awaiting study once it has ended; else by its dates."""
    if cycle.decision:
        return "closed"
    if cycle.end and cycle.end <= today:
        return "awaiting study"
    if cycle.start is None or cycle.start > today:
        return "planned"
    return "overdue" if cycle.end_planned and cycle.end_planned < today else "running"


def _scored(row: _Row, ramps: _Ramps) -> Pdsa:
    cycle, first = row.pdsa, ramps.first(row.pdsa)
    earned = (
        _predicted(cycle),
        row.watched,
        first is not None and 1 <= first.scale <= SMALL,
        _ran(cycle),
        _has_result(cycle),
        cycle.met in {"as predicted", "partly", "not"},
        bool(cycle.decision),
        cycle.decision == "abandon" or ramps.linked(cycle),
    )
    missing = tuple(point for point, there in zip(POINTS, earned, strict=True) if not there)
    return replace(cycle, score=sum(earned), missing=missing)


def _predicted(cycle: Pdsa) -> bool:
    """A prediction saved on or before the day it began. The date is REDCap's own (@TODAY), so it cannot be back-dated.

    A cycle that has not begun has kept to that so far; one that has ended without a start has not shown it.
    """
    if not (cycle.prediction.written or cycle.predicted is not None) or cycle.planned_on is None:
        return False
    if cycle.start is None:
        return cycle.end is None and not _has_result(cycle)
    return cycle.planned_on <= cycle.start


def _ran(cycle: Pdsa) -> bool:
    return bool(cycle.start and cycle.end and dt.timedelta(0) <= cycle.end - cycle.start <= LONGEST)


def _has_result(cycle: Pdsa) -> bool:
    return bool(cycle.result.written) or cycle.result_number is not None


def _order(cycle: Pdsa) -> tuple[str, str, int, dt.date, int]:
    return cycle.team, cycle.ramp, cycle.cycle, cycle.start or dt.date.max, cycle.entry.instance
