"""Measures counted from case rows: each row judged by REDCap's logic, then counted by team and month."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import Entry
from breakthrough.logic.tree import Reference
from breakthrough.measures import caserows
from breakthrough.measures.caserows import Rows, Sited, sited
from breakthrough.measures.design import Design, faults, lacking, reference
from breakthrough.measures.judged import Judged, judged
from breakthrough.measures.values import Blocked

log = logging.getLogger(__name__)


class Held(Protocol):
    """Something that holds the entries of projects: the store, or a view of it as it was."""

    def entries(self, project: str, instrument: str | None = None) -> Iterable[Entry]:
        """The entries of that instrument, else of all of them."""


@dataclass(frozen=True, eq=False)
class Cases:
    """Every measure's case rows, by its code; those that cannot be read, with the reasons.

    `groups` names the team that a data access group belongs to, where its source does not.
    """

    judged: Mapping[str, Judged] = field(default_factory=dict)
    blocked: tuple[Blocked, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)


def fields_of(measure: Measure) -> frozenset[str]:
    """The fields of case rows that the measure reads: all that a pull has to ask for, beside the record's name."""
    return measure.case_fields


def read(
    held: Held,
    collaborative: Collaborative,
    projects: Mapping[str, Design],
    *,
    groups: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> Cases:
    """The case rows of all measures that are counted from such, or `only` of those, judged.

    `projects` are the deployment's by our names for them. `groups` names the team of a data access group; one that is
    in neither it nor `teams` of a source belongs to the team whose code it spells.
    """
    wanted = {
        code: measure
        for code, measure in collaborative.measures.items()
        if measure.source and (only is None or code in only)
    }
    reasons = {code: list(lacking(measure, projects)) for code, measure in wanted.items()}
    every: dict[str, Judged] = {}
    by_project: dict[str, dict[str, Measure]] = {}
    for code, measure in wanted.items():
        if measure.source and not reasons[code]:
            by_project.setdefault(measure.source.project, {})[code] = measure
    for project, measures in by_project.items():
        design = projects[project]
        rows = _rows(held, project, design, measures.values())
        for code, measure in measures.items():
            reasons[code] += faults(measure, design, rows.events)
        every |= _judged(rows, {code: measure for code, measure in measures.items() if not reasons[code]})
    blocked = tuple(Blocked(code, tuple(found)) for code, found in reasons.items() if found)
    for one in blocked:
        log.warning("measure not counted: measure=%s reasons=%d", one.measure, len(one.reasons))
    return Cases({code: every[code] for code in wanted if code in every}, blocked, groups or {})


def _rows(held: Held, project: str, design: Design, measures: Iterable[Measure]) -> Rows:
    """The rows of all forms that those measures count or read, seen at one time."""
    every = list(measures)
    forms = {one.source.form for one in every if one.source}
    read = [reference for one in every for reference in references(one)]
    names = {one.field for one in read} - {design.record_field}
    forms |= {design.forms[name] for name in names if name in design.forms}
    only = next(iter(forms)) if len(forms) == 1 else None
    entries = (entry for entry in held.entries(project, only) if entry.key.instrument in forms)
    return caserows.read(entries, design, read)


def references(measure: Measure) -> tuple[Reference, ...]:
    """The fields that say when a row was and whose, then those that its conditions read, each once."""
    placed = [reference(name) for name in measure.source.fields] if measure.source else []
    judged = [one for condition in measure.conditions.values() for one in condition.references.every]
    return tuple(dict.fromkeys([*placed, *judged]))


def _judged(rows: Rows, measures: Mapping[str, Measure]) -> dict[str, Judged]:
    """The measures' case rows; sources that are alike share theirs."""
    places: dict[tuple[object, ...], Sited] = {}
    found: dict[str, Judged] = {}
    for code, measure in measures.items():
        source = measure.source
        if source is None:
            continue
        alike = (source.form, source.date, source.team, source.every_case, *sorted(source.teams.items()))
        of = places.get(alike) or places.setdefault(alike, sited(rows, source))
        found[code] = judged(rows, measure, of)
    return found
