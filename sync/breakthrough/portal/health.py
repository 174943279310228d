"""Whether `run` does its work: for a monitor that asks, with the reasons where it does not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from breakthrough.errors import StoreError
from breakthrough.portal.server import NOT_FOUND, Answer, Request, Route
from breakthrough.store import Store
from breakthrough.worker import heartbeat, outages

_TICKS = 3  # so many may fail, or be left out, before it counts
_LONGEST_TICK = dt.timedelta(hours=2)  # a first pull of a large project, or the reports of 160 teams


def route(store: Store, beats: Path, every: dt.timedelta, now: Callable[[], dt.datetime]) -> Route:
    """Answers GET /healthz: 200 where all is well, else 503. `beats` is the heartbeat, `every` how often ticks come."""

    def healthz(request: Request) -> Answer:
        if request.method != "GET" or request.rest:
            return NOT_FOUND
        reasons = list(_reasons(store, beats, every, now()))
        body = json.dumps({"ok": not reasons, "reasons": reasons}, indent=1) + "\n"
        return Answer(503 if reasons else 200, body.encode(), "application/json")

    return healthz


def _reasons(store: Store, beats: Path, every: dt.timedelta, now: dt.datetime) -> Iterator[str]:
    try:
        with store.read() as connection:
            told = [one.job for one in outages.going_on(connection) if one.told]
    except StoreError as error:
        yield f"the store does not answer ({type(error).__name__})"
        told = []
    if told:
        yield f"keeps failing: {', '.join(told)}"
    beat = heartbeat.read(beats)
    if beat is None:
        yield "there is no heartbeat yet"
        return
    if beat.began is not None and now - beat.began > _LONGEST_TICK:
        yield "a round has been going on for more than two hours"
    # a round that takes its time is no fault of those before it
    until = beat.began or now
    allowed = _TICKS * every + dt.timedelta(minutes=1)
    if beat.succeeded is None:
        if beat.ticks or beat.began is None:
            yield "no round has succeeded yet" + _failed(beat.failed)
    elif until - beat.succeeded > allowed:
        yield f"no round has succeeded for {round((until - beat.succeeded).total_seconds() / 60)} minutes" + _failed(
            beat.failed
        )


def _failed(jobs: tuple[str, ...]) -> str:
    return f"; the last one failed at: {', '.join(jobs)}" if jobs else ""
