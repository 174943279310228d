"""A chart audit of an existing REDCap project, and a collaborative whose measures are counted from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from tests.measures.sheets import collaborative, row

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures import Cases, Design
from breakthrough.measures.cases import read
from breakthrough.month import Month

UNTIL = Month("2026-06")
TODAY = dt.date(2026, 7, 15)
TEAMS = ("T001", "T002")
CHOICES = "select_choices_or_calculations"

# form, field, type, choices. A child has a person form, and a chart audit that repeats.
FIELDS = (
    ("person", "record_id", "text", ""),
    ("person", "sex", "radio", "1, F | 2, M"),
    ("person", "cond", "checkbox", "1, Asthma | 2, Other"),
    ("chart_audit", "audit_date", "text", ""),
    ("chart_audit", "site", "text", ""),
    ("chart_audit", "tier", "radio", "1, Low | 2, Middle | 3, High"),
    ("chart_audit", "plan_date", "text", ""),
    ("chart_audit", "photo", "file", ""),
)
SOURCE = {"project": "audit", "form": "chart_audit", "date": "audit_date", "team": "dag"}
# The example of the design.
PLAN = {
    "name": "Shared plan",
    "plain": "Children of tier 2 and 3 whose plan was made within a year.",
    "kind": "process",
    "direction": "higher",
    "source": SOURCE,
    "denominator": "[tier] >= 2",
    "numerator": "[tier] >= 2 and datediff([plan_date],[audit_date],'d') <= 365",
}


def dictionary(fields: Iterable[tuple[str, str, str, str]] = FIELDS) -> list[dict[str, str]]:
    """Rows of the API's metadata."""
    names = ("form_name", "field_name", "field_type", CHOICES)
    return [dict(zip(names, row, strict=True)) for row in fields]


DESIGN = Design(dictionary())


def measured(**changes: Any) -> Collaborative:
    """The small collaborative with one measure, `plan`: that of the example with some keys replaced."""
    return several(plan={**PLAN, **changes})


def several(**of: Mapping[str, Any]) -> Collaborative:
    aim = {"statement": "More.", "measure": next(iter(of)), "goal": 75, "by": "2026-07"}
    return collaborative(measures=of, aim=aim, counts={})


def case(record: str, instance: int, values: Mapping[str, object], *, dag: str = "t001") -> Entry:
    """One audited chart; what is None is left blank."""
    entered = {name: str(value) for name, value in values.items() if value is not None}
    return Entry(EntryKey("audit", record, "", "chart_audit", instance), dag, {**entered, "chart_audit_complete": "2"})


def chart(record: str = "1", instance: int = 1, dag: str = "t001", **values: object) -> Entry:
    """A chart audited in March, of tier 2, with a plan of the year before."""
    told = {"audit_date": "2026-03-10", "tier": "2", "plan_date": "2025-09-01", **values}
    return case(record, instance, told, dag=dag)


def person(record: str, values: Mapping[str, str], *, dag: str = "t001") -> Entry:
    return Entry(EntryKey("audit", record, "", "person", 0), dag, {**values, "person_complete": "2"})


class Held:
    """Entries in memory, handed out as the store does."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)

    def entries(self, project: str, instrument: str | None = None) -> list[Entry]:
        return [one for one in self._entries if one.key.project == project and instrument in {None, one.key.instrument}]


def cases(
    entries: Iterable[Entry], what: Collaborative, design: Design = DESIGN, *, groups: Mapping[str, str] | None = None
) -> Cases:
    return read(Held(entries), what, {"audit": design}, groups=groups)


def frame(
    entries: Iterable[Entry],
    what: Collaborative,
    *,
    design: Design = DESIGN,
    forms: Iterable[Entry] = (),
    teams: Sequence[str] = TEAMS,
    today: dt.date = TODAY,
    until: Month = UNTIL,
    groups: Mapping[str, str] | None = None,
    joined: Mapping[str, Month] | None = None,
) -> pd.DataFrame:
    return measures.results(
        what,
        forms,
        teams=teams,
        expected=lambda team, month: True,
        today=today,
        until=until,
        joined=joined,
        cases=cases(entries, what, design, groups=groups),
    )


def counts(found: pd.DataFrame, measure: str = "plan", month: str = "2026-03", team: str = "T001") -> tuple[Any, ...]:
    """State, numerator and denominator."""
    one = row(found, measure, month, team)
    return one.state, one.numerator, one.denominator
