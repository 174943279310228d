"""What shows that a prediction was there before its test began: what pulls saw, else the date that REDCap filled in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from breakthrough.store import Sighting, Sightings
from breakthrough.teams.values import Basis, Pdsa

PREDICTION = ("pd_predict", "pd_predict_num")
STUDY = ("pd_met", "pd_result", "pd_result_num")
ACT = ("pd_act",)
_DATE = "pd_planned_on"
SIGHTED = (*PREDICTION, _DATE, *STUDY, *ACT)
EARNED: frozenset[Basis] = frozenset({"seen in time", "dated in time", "not begun"})


@dataclass(frozen=True, slots=True)
class Proof:
    """The sightings of PDSA forms, as days of the collaborative."""

    seen: Sightings
    zone: ZoneInfo

    def basis(self, cycle: Pdsa) -> Basis:
        """Whether the prediction of a cycle was saved on or before the day it began, and what shows it.

        A cycle that has not begun has kept to that so far; one that has ended without a start has not shown it. Only
        what a pull saw can prove anything: a prediction that was first seen later may have been there all the time
        since the pull before, and then REDCap's own date decides.
        """
        if not (cycle.prediction.written or cycle.predicted is not None):
            return "not written"
        if cycle.start is None:
            begun = cycle.end is not None or has_result(cycle)
            return "undated" if begun or cycle.planned_on is None else "not begun"
        return self._seen(cycle, cycle.start) or self._dated(cycle, cycle.start)

    def entered(self, cycle: Pdsa, *fields: str) -> dt.date | None:
        """The day on which the first of these fields was entered, or the day the cycle ended where none can be told."""
        sightings = self._sightings(cycle, fields)
        known = [one for one in sightings if one.unseen is not None]
        return self._day(min(one.seen for one in known)) if known and len(known) == len(sightings) else cycle.end

    def _seen(self, cycle: Pdsa, start: dt.date) -> Basis | None:
        sightings = self._sightings(cycle, PREDICTION)
        if any(self._day(one.seen) <= start for one in sightings):
            return "seen in time"
        if sightings and all(one.unseen is not None and self._day(one.unseen) > start for one in sightings):
            return "seen late"
        return None

    def _dated(self, cycle: Pdsa, start: dt.date) -> Basis:
        dated = self.seen.get(cycle.entry, {}).get(_DATE)
        if cycle.planned_on is None:
            return "undated"
        if dated is not None and dated.first != str(cycle.planned_on):
            return "date changed"
        return "dated in time" if cycle.planned_on <= start else "dated late"

    def _sightings(self, cycle: Pdsa, fields: tuple[str, ...]) -> list[Sighting]:
        own = self.seen.get(cycle.entry, {})
        return [own[field] for field in fields if field in own]

    def _day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()


def of(seen: Sightings, zone: ZoneInfo) -> Proof:
    """The proofs that these sightings are, in the collaborative's time zone."""
    return Proof(seen, zone)


def has_result(cycle: Pdsa) -> bool:
    """Whether anything was written about what came out."""
    return bool(cycle.result.written) or cycle.result_number is not None
