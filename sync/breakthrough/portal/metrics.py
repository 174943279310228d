"""Numbers about `run` and its store, in the form that Prometheus reads. No label names a team or a person."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from breakthrough.portal.server import NOT_FOUND, Answer, Request, Route
from breakthrough.store import Store, deletions, marks, quarantine, runs
from breakthrough.store.tables import outbox, row_current
from breakthrough.worker import heartbeat, outages
from breakthrough.worker.heartbeat import Beat

_STATES = ("pending", "held", "sending", "sent", "uncertain", "refused", "cancelled", "superseded")


def route(store: Store, folder: Path, projects: Collection[str], now: Callable[[], dt.datetime]) -> Route:
    """Answers GET /metrics. `folder` is the deployment's; `projects` are our names of what is pulled."""

    def metrics(request: Request) -> Answer:
        if request.method != "GET" or request.rest:
            return NOT_FOUND
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Numbers(store, folder, projects, now()))
        return Answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)

    return metrics


@dataclass(frozen=True)
class _Numbers(Collector):
    store: Store
    folder: Path
    projects: Collection[str]
    now: dt.datetime

    def collect(self) -> Iterator[Metric]:
        yield from _ticks(heartbeat.read(self.folder / heartbeat.FILE))
        yield _one("disk_free_bytes", "Bytes free where the deployment is", shutil.disk_usage(self.folder).free)
        with self.store.read() as connection:
            counted = select(outbox.c.state, func.count()).group_by(outbox.c.state)
            found = {state: int(number) for state, number in connection.execute(counted)}
            mails = dict.fromkeys(_STATES, 0) | found
            yield _each("mails", "Mails of the outbox by state", "state", mails)
            yield _one("outages", "Jobs that keep failing", len(outages.going_on(connection)))
            last = {name: runs.newest(connection, name) for name in self.projects}
            ages = {
                name: (self.now - run.finished_at).total_seconds()
                for name, run in last.items()
                if run and run.finished_at
            }
            yield _each("pull_age_seconds", "Seconds since the newest complete pull", "project", ages)
            there = select(row_current.c.project, func.count()).where(row_current.c.deleted_at.is_(None))
            rows = {name: int(number) for name, number in connection.execute(there.group_by(row_current.c.project))}
            yield _each("rows", "Rows held", "project", {name: rows.get(name, 0) for name in self.projects})
            aside = {name: len(quarantine.of(connection, name)) for name in self.projects}
            yield _each("records_set_aside", "Records that REDCap cannot answer for", "project", aside)
            waiting = {name: len(deletions.of(connection, name)) for name in self.projects}
            yield _each("records_held", "Records no longer listed, and not yet let go", "project", waiting)
            drift = {name: marks.counted(connection, f"drift found {name}") for name in self.projects}
            known = {name: number for name, number in drift.items() if number is not None}
            yield _each("drift_differences", "Differences between REDCap and the definition", "project", known)


def _ticks(beat: Beat | None) -> Iterator[Metric]:
    if beat is None:
        return
    ticks = CounterMetricFamily("breakthrough_ticks", "Rounds that have ended", labels=["outcome"])
    ticks.add_metric(["ok"], beat.ticks - beat.failures)
    ticks.add_metric(["failed"], beat.failures)
    yield ticks
    if beat.succeeded:
        when = "When a round last ended in which nothing failed"
        yield _one("last_success_timestamp_seconds", when, beat.succeeded.timestamp())
    succeeded = {name: job.succeeded.timestamp() for name, job in beat.jobs.items() if job.succeeded}
    yield _each("job_last_success_timestamp_seconds", "When the job last succeeded", "job", succeeded)
    took = {name: job.seconds for name, job in beat.jobs.items()}
    yield _each("job_seconds", "Seconds that the job last took", "job", took)


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"breakthrough_{name}", what, value=value)


def _each(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    found = GaugeMetricFamily(f"breakthrough_{name}", what, labels=[label])
    for one, value in sorted(values.items()):
        found.add_metric([one], value)
    return found
