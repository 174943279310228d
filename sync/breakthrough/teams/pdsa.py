"""PDSA cycles with their status and the 0–8 documentation score (domain §6), which nobody enters by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from breakthrough.entry import Entry
from breakthrough.language import message
from breakthrough.store import Sightings
from breakthrough.teams import proof, ramps
from breakthrough.teams.forms import Form
from breakthrough.teams.proof import Proof, has_result
from breakthrough.teams.ramps import Ramps
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
    message("a prediction written before the start"),
    message("what to measure or watch"),
    message("a small first test"),
    message("start and end, 30 days apart at most"),
    message("the result"),
    message("whether the prediction held"),
    message("the decision"),
    message("a link to the cycle before or after"),
)
SIGHTED = proof.SIGHTED  # the columns whose first sightings count
LONGEST = dt.timedelta(days=30)
STRONG = 7  # points of a well-kept log
SMALL = 2  # a few people or fewer
_NONE: Sightings = {}
_UTC = ZoneInfo("UTC")


def pdsas(
    forms: Iterable[Entry], today: dt.date, *, seen: Sightings = _NONE, zone: ZoneInfo = _UTC
) -> tuple[Pdsa, ...]:
    """Every cycle, by team, ramp, cycle and start, with its status on that day and its score among its ramp.

    `seen` are the sightings of the columns `SIGHTED`. A prediction that a pull proves to be younger than the start
    earns nothing, whatever date the form gives; one that a pull saw in time is proven, and otherwise the form's date
    counts, unless it was changed. `basis` says which it was. `studied_on` and `closed_on` are the days, in `zone`, on
    which the result and the decision were first seen; where no pull had looked before, the day on which the cycle
    ended.
    """
    proofs = proof.of(seen, zone)
    rows = [_cycle(Form(entry, "pd_noid"), today, proofs) for entry in forms]
    rows.sort(key=lambda row: ramps.order(row.pdsa))
    belonging = Ramps([row.pdsa for row in rows])
    return tuple(_scored(row, belonging) for row in rows)


@dataclass(frozen=True, slots=True)
class _Row:
    """A cycle, with what its score needs and nobody else asks for."""

    pdsa: Pdsa
    watched: bool  # it says what to measure or to watch


def _cycle(form: Form, today: dt.date, proofs: Proof) -> _Row:
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
    written = bool(pdsa.met) or has_result(pdsa)
    known = replace(
        pdsa,
        status=_status(pdsa, today),
        basis=proofs.basis(pdsa),
        studied_on=proofs.entered(pdsa, *proof.STUDY) if written else None,
        closed_on=proofs.entered(pdsa, *proof.ACT) if pdsa.decision else None,
    )
    return _Row(known, watched)


def _status(cycle: Pdsa, today: dt.date) -> Status:
    """Closed once a decision stands; else awaiting study once it has ended; else by its dates."""
    if cycle.decision:
        return "closed"
    if cycle.end and cycle.end <= today:
        return "awaiting study"
    if cycle.start is None or cycle.start > today:
        return "planned"
    return "overdue" if cycle.end_planned and cycle.end_planned < today else "running"


def _scored(row: _Row, belonging: Ramps) -> Pdsa:
    cycle, first = row.pdsa, belonging.first(row.pdsa)
    earned = (
        cycle.basis in proof.EARNED,
        row.watched,
        first is not None and 1 <= first.scale <= SMALL,
        _ran(cycle),
        has_result(cycle),
        cycle.met in {"as predicted", "partly", "not"},
        bool(cycle.decision),
        cycle.decision == "abandon" or belonging.linked(cycle),
    )
    missing = tuple(point for point, there in zip(POINTS, earned, strict=True) if not there)
    return replace(cycle, score=sum(earned), missing=missing)


def _ran(cycle: Pdsa) -> bool:
    return bool(cycle.start and cycle.end and dt.timedelta(0) <= cycle.end - cycle.start <= LONGEST)
