"""The heartbeat: a small file beside the settings from which anybody, and any monitoring, sees what `run` does."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from breakthrough.worker.tick import Ticked

log = logging.getLogger(__name__)

FILE = "breakthrough.heartbeat"


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the ticks: seconds that it last took, and when it last succeeded."""

    seconds: float
    succeeded: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """What the file says. Times are aware; `began` is that of the tick that goes on, None between two.

    `succeeded` is when a tick last ended in which no job failed; `failed` are the jobs of the last one that did, a
    report as `report`; `ticks` and `failures` count since the file began.
    """

    at: dt.datetime
    pid: int
    began: dt.datetime | None = None
    ended: dt.datetime | None = None
    succeeded: dt.datetime | None = None
    failed: tuple[str, ...] = ()
    pulled: bool = False
    enqueued: int = 0
    sent: int = 0
    next: dt.datetime | None = None
    ticks: int = 0
    failures: int = 0
    jobs: Mapping[str, Job] = field(default_factory=dict)


def read(path: Path) -> Beat | None:
    """What the heartbeat at `path` says; None where there is none, or none that can be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        times = {name: _time(said[name]) for name in ("at", "began", "ended", "succeeded", "next")}
        jobs = {name: Job(float(one["seconds"]), _time(one["succeeded"])) for name, one in said["jobs"].items()}
        at = times["at"]
        return Beat(**(said | times | {"at": at, "failed": tuple(said["failed"]), "jobs": jobs})) if at else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


class Heartbeat:
    """Keeps the file. What cannot be written is logged, and stops nothing."""

    def __init__(self, path: Path, now: dt.datetime) -> None:
        """Goes on from what the file says, if anything."""
        self.path = path
        self.beat = replace(read(path) or Beat(now, 0), at=now, pid=os.getpid(), began=None)

    def begin(self, now: dt.datetime) -> None:
        """Writes that a tick begins."""
        self._write(replace(self.beat, at=now, began=now, next=None))

    def end(self, done: Ticked, now: dt.datetime, following: dt.datetime | None) -> None:
        """Writes what the tick did, and when the next one comes; None where somebody else sees to that."""
        failed = tuple(sorted({job.partition(" ")[0] for job in done.failed}))
        jobs = dict(self.beat.jobs)
        for name, seconds in done.took.items():
            before = jobs.get(name)
            succeeded = (before.succeeded if before else None) if name in failed else now
            jobs[name] = Job(round(seconds, 3), succeeded)
        self._write(
            replace(
                self.beat,
                at=now,
                began=None,
                ended=now,
                succeeded=self.beat.succeeded if failed else now,
                failed=failed,
                pulled=done.pulled,
                enqueued=done.enqueued,
                sent=done.sent.sent if done.sent else 0,
                next=following,
                ticks=self.beat.ticks + 1,
                failures=self.beat.failures + bool(failed),
                jobs=jobs,
            )
        )

    def touch(self) -> None:
        """Between two ticks: the file's time says that somebody is there."""
        try:
            os.utime(self.path)
        except OSError:
            self._write(self.beat)

    def _write(self, beat: Beat) -> None:
        self.beat = beat
        new = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            new.write_text(json.dumps(_plain(asdict(beat)), indent=1) + "\n", encoding="utf-8")
            new.replace(self.path)
        except OSError as error:
            log.warning("the heartbeat %s could not be written: %s", self.path.name, error.strerror)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value.astimezone(dt.UTC).isoformat(timespec="seconds") if isinstance(value, dt.datetime) else value


def _time(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
