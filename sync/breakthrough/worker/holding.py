"""Reports that wait for the coordinator's look: brought up to date before they go, and shown while they wait."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from itertools import groupby

from breakthrough import teams
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Line
from breakthrough.month import Month
from breakthrough.store import Report, Store, archive
from breakthrough.teams.values import CoachRating
from breakthrough.worker import again, fitness, revising
from breakthrough.worker import press as presses
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition
from breakthrough.worker.figures import projects_of
from breakthrough.worker.reports import KINDS

log = logging.getLogger(__name__)


def going(here: Deployment, store: Store, now: dt.datetime) -> tuple[Report, ...]:
    """The reports that go out now after having been held, of which nobody has had any mail yet."""
    if not here.settings.schedule.hold_hours:
        return ()
    found: dict[tuple[str, ...], list[Line]] = {}
    for line in outbox.listing(store):
        key = Key.read(line.key)
        if key.collaborative == here.code and line.report in KINDS:
            found.setdefault((line.report, line.subject, line.period, str(line.revision)), []).append(line)
    with store.read() as connection:
        every = {
            (one.kind, one.subject, one.period, str(one.revision)): one
            for one in archive.listing(connection, collaborative=here.code)
        }
    return tuple(every[about] for about, lines in found.items() if about in every and _due(lines, now))


def renew(here: Deployment, store: Store, now: dt.datetime) -> int:
    """How many mails take the place of held ones: of reports whose figures or covering note are others by now.

    Raises what a press raises, RecordsUnfit among it; the held ones go out as they are then.
    """
    waiting = going(here, store, now)
    if not waiting:
        return 0
    view = store.newest(projects_of(here.collaborative), now)
    old = [one for one in waiting if one.snapshot != view.snapshot.id and not one.unreproducible_since]
    if not old:
        return 0
    fitness.require(view, here.collaborative, now)
    number = 0
    for period, some in groupby(sorted(old, key=_period), key=_period):
        for revised, alike in again.corrected(store, tuple(some)):
            of = presses.press(here, view, Month(period), now, revised=revised)
            noted = _Notes(of.edition, store)
            wrong = [one for one in alike if revising.changed(of.edition, store, one) or noted.others(one)]
            new = presses.issue(store, revising.renewed(of, store, wrong), now)
            log.info("held reports brought up to date: month=%s reports=%d mails=%d", period, len(wrong), len(new))
            number += len(new)
    return number


def _due(lines: Sequence[Line], now: dt.datetime) -> bool:
    """Whether all mails of a report are still here, and the first of them goes out now."""
    waiting = all(one.state in {"held", "pending"} for one in lines)
    return waiting and any(one.lease_until is not None and one.lease_until <= now for one in lines)


def _period(report: Report) -> str:
    return report.period


class _Notes:
    """The notes that coaches have released to their teams, now and when a report was made."""

    def __init__(self, of: Edition, store: Store) -> None:
        self._of = of
        self._store = store
        self._then: dict[str, tuple[CoachRating, ...]] = {}  # by snapshot, which many reports share

    def others(self, report: Report) -> bool:
        """Whether the coach has since released a note, or another, to a team that the report is about."""
        if report.snapshot not in self._then:
            view, today = self._store.view(report.snapshot), self._of.occasion.today(self._of.collaborative)
            self._then[report.snapshot] = teams.read(view, self._of.collaborative, today).ratings
        own = KINDS[report.kind].own(self._of, report.subject)
        return _notes(self._then[report.snapshot], own) != _notes(self._of.portfolio.ratings, own)


def _notes(ratings: Iterable[CoachRating], own: frozenset[str]) -> set[tuple[object, ...]]:
    released = (one for one in ratings if one.released and one.team in own)
    return {(one.team, one.month, one.score, one.why, one.suggestion) for one in released}
