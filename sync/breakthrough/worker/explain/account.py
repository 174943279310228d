"""Puts an explanation together, from what was held at one time."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence

from breakthrough import __version__, teams
from breakthrough.collaborative import Collaborative, Exclusion, Phase
from breakthrough.entry import EntryKey
from breakthrough.errors import NameUnknown, NothingToReport
from breakthrough.month import Month
from breakthrough.settings import MAIN
from breakthrough.store import Store, View
from breakthrough.store.tables import SCHEMA
from breakthrough.teams.values import Roster, Team
from breakthrough.worker import footing
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.explain import sent
from breakthrough.worker.explain.definition import dated, definition
from breakthrough.worker.explain.evidence import Evidence
from breakthrough.worker.explain.figure import figure
from breakthrough.worker.explain.rows import cased, monthly, nowhere, role, traced
from breakthrough.worker.explain.sent import Archived, Today
from breakthrough.worker.explain.values import Explanation, Role
from breakthrough.worker.figures import figures, of_measure, projects_of

_TOLD = 12


def explain(
    here: Deployment,
    store: Store,
    team: str,
    measure: str,
    month: Month,
    now: dt.datetime,
    *,
    as_of: dt.datetime | None = None,
    most: int | None = None,
) -> Explanation:
    """Where that figure comes from, as of `as_of` or `now`: from the newest complete pulls that had ended by then.

    The definition is the deployment's as it is now. At most `most` case rows are traced; `Explanation.left_out` says
    how many more there are. Raises NameUnknown for a team or measure that is not there, NothingToReport for a month
    outside the collaborative's or where nothing had been pulled by then, FieldsMissing where REDCap lacks a field that
    reports rest on.
    """
    whole, at = here.collaborative, min(as_of, now) if as_of else now
    if measure not in whole.measures:
        raise unknown("measure", measure, {code: one.name for code, one in whole.measures.items()})
    _within(whole, month, here.today(at))
    view = store.newest(projects_of(whole), at, before=at if as_of else None)
    if MAIN not in view.snapshot.runs:
        when = f" by {at.astimezone(whole.zone):%d %B %Y, %H:%M}" if as_of else " yet"
        raise NothingToReport(
            f"No pull had been completed{when}, so there is no figure to explain. Run: breakthrough pull"
        )
    footing.require(view, whole, MAIN)
    reports = sent.archived(store, here.code, at if as_of else None)
    return _explained(here, view, reports, (team, measure, month), at, most)


def _explained(
    here: Deployment,
    view: View,
    reports: Sequence[Archived],
    which: tuple[str, str, Month],
    at: dt.datetime,
    most: int | None,
) -> Explanation:
    whole, today = here.collaborative, here.today(at)
    team, code, month = which
    roster = teams.read_roster(view, whole, today)
    who = _team(roster, team)
    what, measure = of_measure(whole, code), whole.measures[code]
    of = figures(view, what, roster, month, today)
    forms = monthly(view, what, code, who.code, month)
    cases = cased(of.cases, what, code, who.code, month, of.teams)
    told = figure(of, what, code, who, month, forms, cases, today)
    roles: dict[EntryKey, Role] = {row.key: row.role for row in forms if row.role != "gone"}
    if measure.source:
        roles = {one.key: role(one) for one in cases}
    return Explanation(
        collaborative=whole.name,
        team=who.code,
        team_name=who.name,
        month=month,
        as_of=at,
        figure=told,
        definition=dated(definition(whole, code, month), sent.versions(reports, code)),
        decisions=_decisions(whole, code, who.code, month),
        places=tuple(Evidence(view, one).place for one in projects_of(what) if one in view.snapshot.runs),
        code_version=__version__,
        store_version=SCHEMA,
        rows=(*forms, *traced(view, of.cases, measure, code, cases[:most])),
        left_out=0 if most is None else max(0, len(cases) - most),
        cases=len(cases),
        nowhere=nowhere(view, of, code, who.code, measure),
        shown=sent.shown(reports, Today(view, what, today, measure, code, who, month, told, roles)),
    )


def unknown(what: str, name: str, names: Mapping[str, str]) -> NameUnknown:
    """The error for a name that is none, with the nearest that are: `names` are what people call them, by code."""
    spelled = {code.casefold(): code for code in names} | {said.casefold(): code for code, said in names.items()}
    near = difflib.get_close_matches(name.casefold(), spelled, n=3, cutoff=0.5)
    codes = dict.fromkeys(spelled[one] for one in near)
    said = ", ".join(f"'{code}' ({names[code]})" for code in codes)
    if said:
        hint = f"Did you mean {said}?"
    elif len(names) <= _TOLD:
        hint = f"Known: {', '.join(names) or 'none yet'}."
    else:
        hint = f"Known: {', '.join(sorted(names)[:_TOLD])} …"
    return NameUnknown(f"There is no {what} '{name}'. {hint}")


def _team(roster: Roster, code: str) -> Team:
    found = next((one for one in roster.teams if one.code == code), None)
    if found is None:
        raise unknown("team", code, {one.code: one.name for one in roster.teams})
    return found


def _within(whole: Collaborative, month: Month, today: dt.date) -> None:
    calendar = whole.calendar
    last = min(calendar.last, Month.of(today))
    if last < calendar.first:
        raise NothingToReport(f"No month of the collaborative has begun: the first is {calendar.first}.")
    if not calendar.first <= month <= last:
        near = calendar.first if month < calendar.first else last
        why = "has not begun" if month.first > today else "is outside the collaborative's months"
        raise NothingToReport(
            f"{month} {why}: there are figures from {calendar.first} to {last}. The nearest month is {near}."
        )


def _decisions(whole: Collaborative, code: str, team: str, month: Month) -> tuple[Exclusion | Phase, ...]:
    """What people accepted about that month: its exclusion, and from when the line is another one, the newest last."""
    phases = [one for one in whole.phases if one.measure == code and one.team in {None, team} and one.from_ <= month]
    excluded = whole.excluded(code, team, month)
    return (*([excluded] if excluded else []), *sorted(phases, key=lambda one: one.from_))
