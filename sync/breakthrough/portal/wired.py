"""The portal of a deployment: its routes, and the server that answers them while `run` goes on."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from breakthrough import settings as institution
from breakthrough.portal import health, metrics, unsubscribe
from breakthrough.portal.server import Route, serving
from breakthrough.portal.trigger import Trigger
from breakthrough.store import Store
from breakthrough.worker import heartbeat
from breakthrough.worker.deployment import Deployment

log = logging.getLogger(__name__)


@contextmanager
def portal(
    here: Deployment, store: Store, now: Callable[[], dt.datetime], accept: Callable[[str], bool] | None = None
) -> Iterator[Callable[[], None]]:
    """Answers within the block, where breakthrough.yaml has a `portal`; gives what is to be called now and then.

    That writes the hints of REDCap's trigger into the store. `accept` says whether a token for unsubscribing is one
    of ours, and then acts on it; without it there is no such page. Raises SettingInvalid where the port is taken,
    TokenMissing where the trigger's secret is not to be had.
    """
    wanted = here.settings.portal
    if wanted is None:
        yield lambda: None
        return
    every = dt.timedelta(minutes=here.settings.schedule.every_minutes)
    projects = tuple(here.settings.redcap_projects())
    routes: dict[str, Route] = {
        "healthz": health.route(store, here.folder / heartbeat.FILE, every, now),
        "metrics": metrics.route(store, here.folder, projects, now),
    }
    trigger = None
    if wanted.trigger:
        secret = institution.secret(wanted.trigger, here.folder, here.environment)
        trigger = Trigger(store, secret, projects, now)
        routes["trigger"] = trigger.route
    if accept:
        routes["unsubscribe"] = unsubscribe.route(accept, here.content, here.collaborative.name, here.speaking)
    with serving(wanted.host, wanted.port, routes) as address:
        log.info("portal: listening at %s", address)
        yield trigger.note if trigger else lambda: None
