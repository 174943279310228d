"""The archived reports that showed a figure: what it was in them, and what has become of it since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from breakthrough import teams
from breakthrough.collaborative import Collaborative, Measure, parse
from breakthrough.delivery import outbox
from breakthrough.entry import EntryKey
from breakthrough.errors import BreakthroughError
from breakthrough.measures.counts import INSTRUMENT
from breakthrough.measures.lineage import forms
from breakthrough.month import Month
from breakthrough.reporting import figures as spelled
from breakthrough.settings import MAIN
from breakthrough.store import Report, Store, View, archive, materials, runs, snapshots
from breakthrough.teams import roster
from breakthrough.teams.values import Team
from breakthrough.worker import ledger
from breakthrough.worker.deployment import SPECIFICATION
from breakthrough.worker.explain.definition import digest
from breakthrough.worker.explain.figure import counted, found
from breakthrough.worker.explain.rows import cased, role
from breakthrough.worker.explain.values import Figure, Role, Shown, Turn
from breakthrough.worker.figures import cases_of, frame_of, of_measure

Roles = Mapping[EntryKey, Role]
_OF_ALL = frozenset({"collaborative", "coordinator", "closing"})  # reports with figures of all teams


@dataclass(frozen=True, slots=True)
class Archived:
    """An archived report, with the collaborative it was made by and the figures in it; None where they are lost."""

    report: Report
    collaborative: Collaborative | None
    figures: Mapping[ledger.Key, ledger.Line] | None


@dataclass(frozen=True, slots=True)
class Today:
    """The figure as it is now: of which team's month, its rows' roles, and from what it was worked out, on which day.

    `collaborative` has that measure alone.
    """

    view: View
    collaborative: Collaborative
    day: dt.date
    measure: Measure
    code: str
    team: Team
    month: Month
    figure: Figure
    roles: Roles


@dataclass(frozen=True, slots=True)
class _Then:
    """A figure as it was."""

    state: str
    numerator: float | None
    denominator: float | None
    value: float | None

    @classmethod
    def of(cls, figure: Figure) -> _Then:
        return cls(figure.state, figure.numerator, figure.denominator, figure.value)


def archived(store: Store, code: str, until: dt.datetime | None = None) -> tuple[Archived, ...]:
    """The reports of that collaborative (as keys name it), or those made `until` then, the oldest first."""
    read: dict[str, Collaborative | None] = {}
    told = []
    with store.read() as connection:
        for one in archive.listing(connection, collaborative=code):
            if until and one.rendered_at > until:
                continue
            if one.specification not in read:
                try:
                    files = materials.read_all(connection, one.specification)
                    read[one.specification] = parse(files[SPECIFICATION], SPECIFICATION)
                except (BreakthroughError, KeyError):
                    read[one.specification] = None
            try:
                lines = ledger.read(materials.read(connection, one.figures))
            except BreakthroughError:
                lines = None
            told.append(Archived(one, read[one.specification], lines))
    return tuple(sorted(told, key=lambda one: (one.report.rendered_at, one.report.key)))


def versions(of: Sequence[Archived], measure: str) -> Iterator[tuple[dt.datetime, str]]:
    """When each report was made, and with which version of the measure's definition; '' where that is not known."""
    for one in of:
        yield one.report.rendered_at, _version(one, measure)


def shown(of: Sequence[Archived], now: Today) -> tuple[Shown, ...]:
    """The reports that showed the figure: about the team, to its coach, on all teams; for the month, and after it.

    A report of which the figures are lost is told as well.
    """
    mails = outbox.listing(now.view.store)
    coaches: dict[str, str] = {}
    told = []
    for one in of:
        report = one.report
        if report.kind == "coach" and report.snapshot not in coaches:
            coaches[report.snapshot] = _coach(one, now)
        about_it = dict.fromkeys(("team", "leader", "story"), now.team.code)
        own = about_it | {"coach": coaches.get(report.snapshot)} | dict.fromkeys(_OF_ALL, report.subject)
        whose = own.get(report.kind)
        then = _then(one, now)
        if report.subject != whose or Month(report.period) < now.month or not (then or one.figures is None):
            continue
        about = (report.kind, report.subject, report.period, report.revision)
        went = [
            line.sent_at
            for line in mails
            if line.sent_at and (line.report, line.subject, line.period, line.revision) == about
        ]
        told.append(replace(_told(one, then, now), mails=len(went), sent=min(went, default=None)))
    return tuple(told)


def _coach(one: Archived, now: Today) -> str:
    """The code of the team's coach at that time; that of now where it is not to be had any more."""
    try:
        entries = now.view.store.view(one.report.snapshot).entries(MAIN, "team_profile")
        there = roster.teams(entries, one.collaborative) if one.collaborative else ()
    except BreakthroughError:
        there = ()
    return next((each.coach for each in there if each.code == now.team.code), now.team.coach)


def _version(one: Archived, measure: str) -> str:
    what = one.collaborative
    return digest(what, measure) if what and measure in what.measures else ""


def _then(one: Archived, now: Today) -> _Then | None:
    line = (one.figures or {}).get((now.team.code, now.code, str(now.month)))
    if line is None:
        return None
    state, *numbers = line
    numerator, denominator, value = (float(text) if text else None for text in numbers[:3])
    return _Then(state, numerator, denominator, value)


def _told(one: Archived, then: _Then | None, now: Today) -> Shown:
    report = one.report
    measure = (one.collaborative.measures.get(now.code) if one.collaborative else None) or now.measure
    told = Shown(
        report=report.kind,
        subject=report.subject,
        period=Month(report.period),
        revision=report.revision,
        made=report.rendered_at,
        mails=0,
        sent=None,
        code_version=report.code_version,
        definition=_version(one, now.code),
        state=then.state if then else "",
        numerator=then.numerator if then else None,
        denominator=then.denominator if then else None,
        printed=spelled.value(measure, then.value) if then else "",
        counted=counted(then.numerator, then.denominator) if then else "",
        unknown="" if then else "the figures behind it are not in the store any more",
        whole=report.kind in _OF_ALL,
    )
    if then in {None, _Then.of(now.figure)}:
        return told
    before = _roles(one, now)
    keys = sorted(now.roles.keys() | before.keys(), key=str)
    turns = [Turn(key, before.get(key, ""), now.roles.get(key, "")) for key in keys]
    moved = tuple(turn for turn in turns if turn.then != turn.now)
    since = _since(report, now)
    return replace(told, changed=True, turns=moved if before else (), since=since)


def _roles(one: Archived, now: Today) -> Roles:
    """What each row was to the figure in that report; none where what it was made from is not there any more."""
    whole, report, team = one.collaborative, one.report, now.team.code
    if whole is None or report.unreproducible_since or now.code not in whole.measures:
        return {}
    try:
        view = now.view.store.view(report.snapshot)
        if whole.measures[now.code].source is None:
            copies = forms(view.entries(MAIN, INSTRUMENT), team, now.month)
            return {each.entry.key: "taken" if each.taken else "not taken" for each in copies}
        what, day = of_measure(whole, now.code), report.rendered_at.astimezone(whole.zone).date()
        known = [each.code for each in teams.read_roster(view, what, day).teams]
        cases = cases_of(view, what)
    except BreakthroughError:
        return {}
    return {each.key: role(each) for each in cased(cases, what, now.code, team, now.month, known)}


def _since(report: Report, now: Today) -> dt.datetime | None:
    """When the pull was that made the figure what it is now; None where it is not a pull since that report that did."""
    store, at = now.view.store, now.view.snapshot
    try:
        then = store.view(report.snapshot).snapshot.runs
    except BreakthroughError:
        return None
    since = ((run, seen, then.get(one, 0)) for one in at.runs for run, seen in _touching(one, now))
    touching = {run: seen for run, seen, report_run in since if run > report_run}
    for run in sorted(touching, reverse=True):
        with store.read() as connection:
            before = {one: runs.newest(connection, one, until=min(run - 1, last)) for one, last in at.runs.items()}
            held = {one: past.id for one, past in before.items() if past}
            snapshot = snapshots.taken(connection, held, at.frozen_at)
        if MAIN not in held or _worked_out(View(store, snapshot), now) != _Then.of(now.figure):
            return touching[run]
    return None


def _touching(project: str, now: Today) -> Iterator[tuple[int, dt.datetime]]:
    """The runs, with their times, that saw a change in what the figure may hang on: the team's own forms or cases."""
    source, last, team = now.measure.source, now.view.snapshot.runs[project], now.team.code
    if project == MAIN:
        own = {INSTRUMENT, "team_profile"}
        for one in now.view.store.history(project, team):
            if one.run <= last and one.entry.key.instrument in own:
                yield one.run, one.seen_at
    if source and project == source.project:
        dags: dict[EntryKey, str] = {}
        for one in now.view.store.history(project):
            here = {one.entry.dag, dags.get(one.entry.key, "")}
            dags[one.entry.key] = one.entry.dag
            ours = {source.teams.get(dag, dag).casefold() for dag in here}
            if one.run <= last and (not source.by_group or team.casefold() in ours):
                yield one.run, one.seen_at


def _worked_out(view: View, now: Today) -> _Then | None:
    """The figure as the same definition makes it of another state of the store."""
    roster = teams.read_roster(view, now.collaborative, now.day)
    cases = cases_of(view, now.collaborative)
    frame = frame_of(view, now.collaborative, roster, now.month, now.day, cases)
    row = found(frame, now.team.code, now.code, now.month)
    return _Then(row["state"], row["numerator"], row["denominator"], row["value"]) if row else None
