"""The rows behind a figure: the monthly forms of the team's month, or case rows of any project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from breakthrough.collaborative import Collaborative, Counted, Measure
from breakthrough.entry import EntryKey
from breakthrough.measures import CaseRow, Cases, CaseValue
from breakthrough.measures.counts import INSTRUMENT, PERIOD, SUBMITTED, period
from breakthrough.measures.lineage import forms, lineage, spelled, undated
from breakthrough.month import Month
from breakthrough.settings import MAIN
from breakthrough.store import View
from breakthrough.worker.explain.evidence import Evidence, Wanted, gone
from breakthrough.worker.explain.values import Nowhere, Role, Row
from breakthrough.worker.figures import Figures

WHOLE = f"{INSTRUMENT}_complete"
_ORDER: Sequence[Role] = ("numerator", "denominator", "not counted")


def monthly(view: View, collaborative: Collaborative, code: str, team: str, month: Month) -> tuple[Row, ...]:
    """The team's monthly forms of that month: the one taken, its copies, and those that were there and have gone.

    Of a measure that is counted from case rows they matter for their status alone, so only one that has it is named.
    """
    evidence, measure = Evidence(view, MAIN), collaborative.measures[code]
    columns = _columns(measure, code)
    found = []
    for form in forms(view.entries(MAIN, INSTRUMENT), team, month):
        held = form.entry.values
        if measure.source is None or held.get(f"{code}_st"):
            wanted = [Wanted(f"[{c}]", c, part, held.get(c, ""), form.entry.key) for c, part in columns.items()]
            role: Role = "taken" if form.taken else "not taken"
            found.append(evidence.row(form.entry.key, form.entry.dag, role, form.why, wanted))
    if measure.source is None:
        for key, (last, left) in gone(evidence.versions(team, INSTRUMENT)).items():
            if period(last.entry.values.get(PERIOD, "")) == month:
                wanted = [Wanted(f"[{c}]", c, part, "", key) for c, part in columns.items()]
                why = "no longer in REDCap"
                found.append(evidence.row(key, last.entry.dag, "gone", why, wanted, left.seen_at))
    return tuple(found)


def cased(
    cases: Cases, collaborative: Collaborative, code: str, team: str, month: Month, teams: Sequence[str]
) -> list[CaseRow]:
    """The measure's case rows of that team and month: those in the numerator, in the denominator alone, then others."""
    if code not in cases.judged or team not in teams:
        return []
    found = lineage(cases, collaborative, code, team, month, teams=teams)
    return sorted(found, key=lambda one: _ORDER.index(role(one)))


def role(row: CaseRow) -> Role:
    """What a case row is to the figure."""
    return "numerator" if row.in_numerator else "denominator" if row.in_denominator else "not counted"


def traced(view: View, cases: Cases, measure: Measure, code: str, rows: Sequence[CaseRow]) -> Iterator[Row]:
    """Those case rows with the values that each was placed and judged by, traced."""
    if measure.source is None or code not in cases.judged:
        return
    evidence, parts = Evidence(view, measure.source.project), _parts(measure)
    of = cases.judged[code].sited.rows
    groups = dict(zip(of.keys, of.groups.tolist(), strict=True)) if rows else {}
    for row in rows:
        wanted = [_wanted(value, parts, row.key, of.design.forms) for value in row.values]
        yield evidence.row(row.key, groups[row.key], role(row), _WHY[role(row)], wanted)


def nowhere(view: View, of: Figures, code: str, team: str, measure: Measure) -> tuple[Nowhere, ...]:
    """Rows that concern the team and the measure and are in no figure: without a month, a day or a team."""
    found = []
    for one in of.uncounted:
        if code in one.measures and one.team in {team, ""} and one.rows:
            evidence = Evidence(view, one.rows[0].project)
            found.append(Nowhere(one.evidence, tuple((key, evidence.url(key)) for key in one.rows)))
    lost = [] if measure.source else [entry.key for entry in undated(view.entries(MAIN, INSTRUMENT), team)]
    if lost:
        evidence = Evidence(view, MAIN)
        why = "A monthly form whose month is blank or no date, so that it belongs to no month."
        found.append(Nowhere(why, tuple((key, evidence.url(key)) for key in lost)))
    return tuple(found)


def _columns(measure: Measure, code: str) -> dict[str, str]:
    """The columns of the monthly form that decide the figure, and what for."""
    parts: dict[str, list[str]] = {}
    named = {"numerator": measure.numerator, "denominator": measure.denominator}
    if measure.versus:
        other = measure.versus.name or "the other group"
        named |= {
            f"numerator of {other}": measure.versus.numerator,
            f"denominator of {other}": measure.versus.denominator,
        }
    for part, counted in named.items():
        for sign, count in counted.terms if isinstance(counted, Counted) else ():
            parts.setdefault(count, []).append(f"{part} (subtracted)" if sign < 0 else part)
    counts = {count: "; ".join(parts[count]) for count in measure.counts}
    return {PERIOD: "month", **counts, f"{code}_st": "status", SUBMITTED: "filled in", WHOLE: "form status"}


def _parts(measure: Measure) -> dict[str, str]:
    """What each reference of the measure's is for, by how logic writes it."""
    parts: dict[str, list[str]] = {}
    source = measure.source
    if source:
        parts[f"[{source.date}]"] = ["date"]
        parts["[record-dag-name]" if source.by_group else f"[{source.team}]"] = ["team"]
    for name, condition in measure.conditions.items():
        for read in condition.references.every:
            parts.setdefault(spelled(read), []).append(name)
    return {name: ", ".join(dict.fromkeys(found)) for name, found in parts.items()}


def _wanted(one: CaseValue, parts: Mapping[str, str], row: EntryKey, forms: Mapping[str, str]) -> Wanted:
    """The value to look up. A blank is looked up in the row itself, where it is a field of the row's own form."""
    own = one.name.count("[") == 1 and forms.get(one.column.partition("___")[0]) == row.instrument
    return Wanted(one.name, one.column, parts.get(one.name, ""), one.value, one.key or (row if own else None))


_WHY = {
    "numerator": "counts in numerator and denominator",
    "denominator": "counts in the denominator, and not in the numerator",
    "not counted": "does not meet the denominator, so it counts nowhere",
}
