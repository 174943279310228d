"""Makes archived reports again, from what they were made of then, and says whether they come out as they were sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from breakthrough import collaborative as collaboratives
from breakthrough.english import long_day
from breakthrough.errors import BreakthroughError, NothingToReport, StoreLocked
from breakthrough.language import speaking
from breakthrough.month import Month
from breakthrough.reporting import wording
from breakthrough.reporting.render import sources
from breakthrough.reporting.values import Rendered
from breakthrough.settings import MAIN
from breakthrough.store import Report, Store, archive, materials, runs
from breakthrough.worker import ledger, pages, versions
from breakthrough.worker.deployment import SPECIFICATION, Deployment
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.figures import projects_of
from breakthrough.worker.reports import KINDS, rendered

Key = ledger.Key


@dataclass(frozen=True)
class Again:
    """What came of making a report again. `page` is None where it could not be made: `hindered` says why.

    `differing` names the parts that are not byte for byte what was archived, `versions` what is another version since,
    and `moved` the figures, by team, measure and month, that are others. `excused` is what no version could make again.
    """

    report: Report
    page: Rendered | None
    differing: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    moved: tuple[Key, ...] = ()
    hindered: str = ""
    excused: bool = False

    @property
    def as_it_should_be(self) -> bool:
        """Whether all is as promised: every byte with the same versions, else every figure."""
        if self.page is None:
            return self.excused
        return not self.moved if self.versions else not self.differing


def sent(here: Deployment, store: Store, month: Month, at: dt.datetime, only: str | None = None) -> tuple[Report, ...]:
    """The reports of that month that had been made to be sent by then, each in its newest revision of then.

    In the order of `KINDS`; or those of the code `only`. Documents of the closing congress are none of them.
    """
    with store.read() as connection:
        found = archive.listing(connection, collaborative=here.code, period=str(month), by=at)
    order = {kind: place for place, kind in enumerate(KINDS)}
    newest = {(one.kind, one.subject): one for one in found if one.kind in order and only in {None, one.subject}}
    return tuple(sorted(newest.values(), key=lambda one: (order[one.kind], one.subject)))


def corrected(store: Store, wanted: Collection[Report]) -> Iterator[tuple[bool, tuple[Report, ...]]]:
    """Those reports apart by whether a next revision of them would correct one that has gone to readers."""
    with store.read() as connection:
        gone = {one.key: archive.corrects(connection, (*one.key[:4], one.revision + 1)) for one in wanted}
    every = sorted(wanted, key=lambda one: gone[one.key])
    for revised, some in groupby(every, key=lambda one: gone[one.key]):
        yield revised, tuple(some)


def reports(
    here: Deployment, store: Store, wanted: Sequence[Report], advance: Callable[[int], object]
) -> Iterator[Again]:
    """What comes of making each of them again, in an order in which those made of the same things stand together."""
    with store.read() as connection:
        revised = {one.key: archive.corrects(connection, one.key) for one in wanted}

    def made_of(report: Report) -> tuple[object, ...]:
        return (*_made_of(report), revised[report.key])

    for _, alike in groupby(sorted(wanted, key=made_of), key=made_of):
        for one in _alike(here, store, tuple(alike)):
            yield one
            advance(1)


def as_of(here: Deployment, store: Store, month: Month, at: dt.datetime) -> Edition:
    """That month as it would have been made at that moment: from what the store held then, as things are decided today.

    Raises NothingToReport where nothing had been pulled to the end by then, and what `edition` raises.
    """
    view = store.newest(projects_of(here.collaborative), at, before=at)
    if MAIN not in view.snapshot.runs:
        with store.read() as connection:
            first = runs.first(connection, MAIN)
        when = first and first.finished_at
        raise NothingToReport(
            f"By {_told(at, here)} no records had been pulled to the end, so there was nothing to report."
            + (f" The first complete pull ended at {_told(when, here)}." if when else "")
        )
    with here.speaking():
        return edition(view, here.collaborative, month, at, code=here.code)


def _alike(here: Deployment, store: Store, alike: Sequence[Report]) -> Iterator[Again]:
    """The same for reports of one edition, which is worked out once."""
    lost = {one.key: why for one in alike if (why := _hindered(one, here))}
    yield from (Again(one, None, hindered=lost[one.key], excused=True) for one in alike if one.key in lost)
    possible = [one for one in alike if one.key not in lost]
    if possible:
        yield from _remade(store, possible)


def _remade(store: Store, possible: Sequence[Report]) -> Iterator[Again]:
    first = possible[0]
    try:
        with store.read() as connection:
            revised = archive.corrects(connection, first.key)
            specification = materials.read_all(connection, first.specification)
            templates = materials.read_all(connection, first.templates)
        collaborative = collaboratives.parse(specification[SPECIFICATION], f"the archived {SPECIFICATION}")
        month, view = Month(first.period), store.view(first.snapshot)
        with sources.put_out(templates) as content:
            speech = wording.read(content, collaborative.language)
        with speaking(speech):
            made = edition(view, collaborative, month, first.rendered_at, code=first.collaborative, revised=revised)
    except StoreLocked:
        raise
    except BreakthroughError as broken:
        yield from (Again(one, None, versions=_versions(one), hindered=str(broken)) for one in possible)
        return
    with sources.put_out(templates) as content:
        for one in possible:
            try:
                with speaking(speech):
                    page = rendered(made, one.kind, one.subject, content)
                yield _compared(store, one, page, ledger.written(KINDS[one.kind].behind(made, one.subject)))
            except StoreLocked:
                raise
            except BreakthroughError as broken:
                yield Again(one, None, versions=_versions(one), hindered=str(broken))


def _compared(store: Store, report: Report, page: Rendered, figures: bytes) -> Again:
    with store.read() as connection:
        before = materials.read_all(connection, report.parts)
        then = materials.read(connection, report.figures)
    now = pages.packed(page)
    differing = tuple(name for name in dict.fromkeys([*before, *now]) if before.get(name) != now.get(name))
    return Again(report, page, differing, _versions(report), ledger.moved(then, figures))


def _hindered(report: Report, here: Deployment) -> str:
    """Why the report cannot be made again, whatever is done; '' where it can."""
    if report.unreproducible_since:
        day = long_day(here.today(report.unreproducible_since))
        return f"a record that it was made of was erased from the store on {day}"
    if not (report.specification and report.templates and report.figures):
        return "it was archived by version 1 of this program, which did not keep what it takes"
    if KINDS[report.kind].momentary:
        return "it tells how mails and records stood at that moment, which is not kept. The archive has what was sent"
    return ""


def _made_of(report: Report) -> tuple[str, str, str, dt.datetime, str]:
    return (report.snapshot, report.specification, report.templates, report.rendered_at, report.period)


def _versions(report: Report) -> tuple[str, ...]:
    return versions.changed(report.code_version, report.libraries)


def _told(moment: dt.datetime, here: Deployment) -> str:
    there = moment.astimezone(here.collaborative.zone)
    return f"{there:%H:%M} on {long_day(there.date())}"
