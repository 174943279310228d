"""A tick with all that stands around it: heartbeat, a silence told, the dead man's switch; and the look between two."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from breakthrough.store import Store
from breakthrough.worker import alerts, faults, jobs, pulls
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.heartbeat import FILE, Heartbeat
from breakthrough.worker.notify import notify
from breakthrough.worker.ping import ping
from breakthrough.worker.tick import Ticked, Tried, tick

log = logging.getLogger(__name__)

_REST = dt.timedelta(minutes=1)  # after a tick, however it went, no hint brings another one


class Rounds:
    """The rounds of one process. `follow` False: another scheduler sees to it when the next one comes."""

    def __init__(
        self,
        here: Deployment,
        store: Store,
        now: Callable[[], dt.datetime],
        stop: Callable[[], bool],
        *,
        follow: bool = True,
    ) -> None:
        self.here, self.store, self.now, self.stop, self.follow = here, store, now, stop, follow
        self.heartbeat = Heartbeat(here.folder / FILE, now())

    def round(self) -> Ticked:
        """What one tick did; one that raises has failed as a whole, and so has said in the log."""
        self.heartbeat.begin(self.now())
        notify(self.here.environment, "WATCHDOG=1")
        _surely("silence", lambda: alerts.tell_silence(self.here, self.store, self.now()))
        why: dict[str, str] = {}
        try:
            done = tick(jobs.jobs(self.here, self.store, self.now), self.stop)
        except Exception as error:  # noqa: BLE001 (whatever it is, the next tick may go well)
            faults.record(log, "tick", error)
            why["tick"] = faults.said(error)
            done = Ticked(pulled=False, enqueued=0, sent=None, failed=("tick",))
        _surely("alerts", lambda: alerts.tell(self.here, self.store, Tried({"tick": 0.0}, why), self.now()))
        _surely("silence", lambda: alerts.ran(self.store, self.now()))
        self._ended(done)
        return done

    def look(self) -> bool:
        """Every few seconds between two ticks: whether the next one is to come now, as somebody has saved a form."""
        self.heartbeat.touch()
        notify(self.here.environment, "WATCHDOG=1")
        portal, now, ended = self.here.settings.portal, self.now(), self.heartbeat.beat.ended
        if portal is None or portal.trigger is None or (ended is not None and abs(now - ended) < _REST):
            return False
        return pulls.hinted(self.here, self.store, now)

    def _ended(self, done: Ticked) -> None:
        now, schedule = self.now(), self.here.settings.schedule
        following = now + dt.timedelta(minutes=schedule.every_minutes) if self.follow and not self.stop() else None
        self.heartbeat.end(done, now, following)
        said = f"the last round failed at: {', '.join(self.heartbeat.beat.failed)}" if done.failed else "all is well"
        notify(self.here.environment, f"WATCHDOG=1\nSTATUS={now:%Y-%m-%d %H:%M} UTC: {said}")
        if schedule.ping_url and not done.failed and not self.stop():
            ping(schedule.ping_url)


def _surely(job: str, do: Callable[[], None]) -> None:
    try:
        do()
    except Exception as error:  # noqa: BLE001 (what stands around a tick must not keep it from coming)
        faults.record(log, job, error)
