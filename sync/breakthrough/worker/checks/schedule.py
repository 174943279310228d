"""The schedule: whether `run` is doing its work, by the trace that it leaves and by when records were pulled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress

from breakthrough.english import many
from breakthrough.settings import MAIN
from breakthrough.store import address
from breakthrough.worker.checks.finding import Finding, Now
from breakthrough.worker.deployment import Deployment

HEARTBEAT = "breakthrough.heartbeat"  # touched by each tick of the schedule
_QUIET = dt.timedelta(hours=26)  # a computer that is off over night, and a cron job once a day, are no fault


def schedule(here: Deployment, now: Now) -> Iterator[Finding]:
    """How long ago the schedule did something, and how old the records are."""
    moment = now()
    beat = None
    with suppress(OSError):
        beat = dt.datetime.fromtimestamp((here.folder / HEARTBEAT).stat().st_mtime, dt.UTC)
    yield running(beat, dt.datetime.now(dt.UTC))
    yield from _pulled(here, moment)


def running(beat: dt.datetime | None, now: dt.datetime) -> Finding:
    """What it means that the schedule's last tick was then; None for never. By this computer's own clock."""
    remedy = "Start it, or have it started: service/README.md tells how. To look once: breakthrough run --once"
    if beat is None:
        return Finding("advice", "schedule", "The schedule has never run in this folder.", remedy)
    if now - beat > _QUIET:
        return Finding("wrong", "schedule", f"The schedule has not run for {_long(now - beat)}.", remedy)
    return Finding("good", "schedule", f"The schedule ran {_long(now - beat)} ago.")


def _pulled(here: Deployment, now: dt.datetime) -> Iterator[Finding]:
    where = address.of(here.settings, here.folder, here.environment)
    if where.path and not where.path.exists():
        yield Finding("advice", "schedule", "No records were pulled yet.", "Run: breakthrough pull")
        return
    with here.store() as store:
        run = store.last_run(MAIN)
    if run is None:
        yield Finding("advice", "schedule", "No records were pulled yet.", "Run: breakthrough pull")
    elif run.state != "complete":
        yield Finding("wrong", "schedule", f"The last pull {run.state}.", "See what to do: breakthrough status")
    elif run.finished_at:
        age = now - run.finished_at
        late = age > dt.timedelta(hours=here.settings.redcap.every_hours) + _QUIET
        yield Finding(
            "advice" if late else "good",
            "schedule",
            f"Records were pulled {_long(age)} ago.",
            "Run: breakthrough pull" if late else "",
        )


def _long(age: dt.timedelta) -> str:
    minutes = max(0, round(age.total_seconds() / 60))
    if minutes < 120:
        return many(minutes, "minute")
    return many(minutes // 60, "hour") if minutes < 48 * 60 else many(minutes // (24 * 60), "day")
