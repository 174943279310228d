"""One round of work: pull, measure, report, put in the outbox, look for drift, send. Here is only their order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Generic, TypeVar

from breakthrough.delivery.outbox import Sent
from breakthrough.month import Month
from breakthrough.worker import faults
from breakthrough.worker.due import Work

log = logging.getLogger(__name__)

M = TypeVar("M")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Jobs(Generic[M, R]):
    """The steps of a tick, as the command line wires them.

    M is whatever measuring a month yields and reports need, R a report with its mails.
    """

    due: Callable[[], Sequence[Work]]  # from calendar, people and outbox as they are held now
    stale: Callable[[Sequence[Work]], bool]  # whether to pull before that work
    pull: Callable[[], object]
    measure: Callable[[Month], M]
    reports: Callable[[M, Sequence[Sequence[Work]]], Iterable[Callable[[], R]]]  # what makes each, for all its readers
    issue: Callable[[Sequence[R]], Sequence[str]]  # into outbox and archive, in one transaction; the keys that are new
    send: Callable[[Callable[[], bool]], Sent]  # what is pending, until told to stop
    drift: Callable[[], object] = lambda: None  # compares REDCap with the definition where that is due; mails go out
    returns: Callable[[], object] = lambda: None  # reads bounces, and tells of readers who get no more mails


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did. `failed` names the jobs that raised; each is in the log, and the next tick tries it again."""

    pulled: bool
    enqueued: int
    sent: Sent | None
    failed: tuple[str, ...]


def tick(jobs: Jobs[M, R], stop: Callable[[], bool]) -> Ticked:
    """What was done. A job that fails is logged and stops only what builds on it; mails that wait are sent regardless.

    Reports are made of fresh records or not at all: where the pull fails, they wait for the next tick.
    """
    failed: list[str] = []
    pulled, work = _prepare(jobs, failed)
    enqueued = 0 if stop() else _report(jobs, work, failed)
    if not stop():
        _try("drift", jobs.drift, failed)
    if not stop():
        _try("returns", jobs.returns, failed)
    sent = None if stop() else _try("send", lambda: jobs.send(stop), failed)
    log.info(
        "tick: pulled=%s enqueued=%d sent=%d left=%d failed=%s",
        "yes" if pulled else "no",
        enqueued,
        sent.sent if sent else 0,
        sent.left if sent else 0,
        ",".join(failed) or "none",
    )
    return Ticked(pulled, enqueued, sent, tuple(failed))


def _prepare(jobs: Jobs[M, R], failed: list[str]) -> tuple[bool, Sequence[Work]]:
    work = _try("due", jobs.due, failed)
    if work is None:
        return False, ()
    if not jobs.stale(work):
        return False, work
    if _try("pull", lambda: (jobs.pull(),), failed) is None:
        return False, ()
    return True, _try("due", jobs.due, failed) or ()


def _report(jobs: Jobs[M, R], work: Sequence[Work], failed: list[str]) -> int:
    """How many mails went into the outbox: all of them at once, so that no crash leaves half a month.

    A report that cannot be made holds up its own readers alone.
    """
    if not work:
        return 0
    measured = _try("measure", lambda: (jobs.measure(work[0].key.month),), failed)
    if measured is None:
        return 0
    every = [tuple(readers) for _, readers in groupby(sorted(work, key=_about), key=_about)]
    made: list[R] = []
    _try("reports", lambda: made.extend(_made(jobs.reports(measured[0], every), every, failed)), failed)
    new = _try("issue", lambda: jobs.issue(made), failed) if made else ()
    return len(new or ())


def _made(makes: Iterable[Callable[[], R]], every: Sequence[Sequence[Work]], failed: list[str]) -> Iterator[R]:
    for make, work in zip(makes, every, strict=True):
        yield from _try(f"report {'/'.join(work[0].about)}", partial(_alone, make), failed) or ()


def _alone(make: Callable[[], R]) -> tuple[R]:
    return (make(),)


def _about(work: Work) -> tuple[str, str]:
    return work.about


def _try(job: str, do: Callable[[], T], failed: list[str]) -> T | None:
    try:
        return do()
    except Exception as error:  # noqa: BLE001 (one job that fails must not stop the others)
        faults.record(log, job, error)
        failed.append(job)
        return None
