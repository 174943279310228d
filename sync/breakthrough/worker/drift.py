"""Compares REDCap with the definition, once a day for each deployed project, and tells the coordinator what differs."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
from collections.abc import Collection
from zoneinfo import ZoneInfo

from breakthrough.delivery import compose, outbox
from breakthrough.delivery.key import Key
from breakthrough.errors import AuthFailed
from breakthrough.instruments import dictionary, plan
from breakthrough.instruments.plan import Plan
from breakthrough.language import ENGLISH, speaking
from breakthrough.month import Month
from breakthrough.redcap.client import Client
from breakthrough.redcap.log import Line
from breakthrough.reporting import render
from breakthrough.reporting.views.drift import Change, Found, drift_report
from breakthrough.store import Store, marks, refusals
from breakthrough.worker import deployed, faults, planning
from breakthrough.worker.deployed import Deployed
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.planning import Prospect

log = logging.getLogger(__name__)

_AGAIN = dt.timedelta(hours=1)  # after a look that failed
_UNKNOWN = dt.timedelta(days=14)  # so far back the log is read where it is not known when the project was deployed
_HELD = re.compile(r"[\d,]+ records?(?: holds?)?")


def find(here: Deployment, client: Client, name: str, now: dt.datetime, teams: Collection[str] = ()) -> Found:
    """What differs between REDCap and the definition of that project, and, where anything does, who worked on it.

    `name` is its key in breakthrough.yaml; `teams` are wanted besides those that have a record; `now` is aware. The
    plan is told in the language that is spoken. What is compared is English in any, as it was when it was deployed:
    the generated forms have months in them. So is what makes a drift the same. Raises what `planning.look` raises.
    """
    with speaking(ENGLISH):
        seen = planning.look(here, client, name, here.today(now), teams)
    last = deployed.load(here.folder).get(name)
    zone = ZoneInfo(here.settings.redcap_projects()[name].timezone)
    since = (last.at if last else now - _UNKNOWN).astimezone(zone)
    until = (last.until or last.at).astimezone(zone) if last else None
    return Found(
        project=name,
        title=seen.live.settings.get("project_title", ""),
        plan=plan.make(seen.wanted, seen.live),
        changes=changes(client, seen.plan, since, until, last.by if last else "") if seen.plan.steps else (),
        since=since.date(),
        deployed=last is not None,
        digest=_digest(name, seen, last),
    )


def changes(
    client: Client, made: Plan, since: dt.datetime, until: dt.datetime | None = None, by: str = ""
) -> tuple[Change, ...] | None:
    """Who worked on the project since that minute, newest first; None where the log may not be seen.

    Times are in the time zone of the server. From `since` to `until` a deploy went on, by the user `by`: what that user
    did then through the API is left out, and where it is not known who that was, nothing can be told apart.
    Work on users and roles is looked up only where the plan is about them.
    """
    begin = since.replace(second=0, microsecond=0, tzinfo=None)
    end = until.replace(tzinfo=None) if until else begin
    kinds = ("manage", "user") if made.part("roles") or made.part("users") else ("manage",)
    found: list[Change] = []
    for kind in kinds:
        lines = client.log(begin, kind=kind)
        if lines is None:
            return None
        found += [Change(line.at, line.user, line.work) for line in lines if line.work and not _own(line, by, end)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _own(line: Line, by: str, end: dt.datetime) -> bool:
    """Whether it is a line of the deploy itself."""
    return bool(by) and line.api and line.user == by and line.at <= end


def due(here: Deployment, store: Store, now: dt.datetime) -> tuple[str, ...]:
    """The projects to look at now: deployed from here, not yet looked at today, not tried within the hour, not shut."""
    if not here.settings.schedule.drift or now.astimezone(here.collaborative.zone).hour < here.settings.schedule.hour:
        return ()
    names = [name for name in deployed.load(here.folder) if name in here.settings.redcap_projects()]
    return tuple(name for name in names if _waits(here, store, name, now))


def tell(here: Deployment, store: Store, now: dt.datetime) -> None:
    """Looks at each project that is due; what differs goes to the coordinator through the outbox, the same only once.

    A project that cannot be looked at holds up no other; the last such error is raised at the end, and the project is
    tried again in an hour.
    """
    failed: Exception | None = None
    for name in due(here, store, now):
        try:
            _look(here, store, name, now)
        except Exception as error:  # noqa: BLE001 (whatever it is, the others are still looked at)
            if failed:
                faults.record(log, "drift", failed)
            failed = error
    if failed:
        raise failed


def _digest(name: str, seen: Prospect, last: Deployed | None) -> str:
    """What makes a drift the same: its steps, what REDCap has in these fields, and the deploy that it is measured by.

    A step tells in words what differs, and not always what stands there now. How many records hold something is no
    part of it: that changes while people work. Nor is the language: another one would send the same mail again.
    """
    fields = {field.field_name: field for field in seen.live.fields}
    said = [name, last.at.isoformat() if last else ""]
    for step in seen.plan.steps:
        now = fields.get(step.key.partition(":")[0]) if step.part == "dictionary" else None
        said += [step.name, _HELD.sub("records", step.evidence), *(dictionary.rows([now])[0].values() if now else ())]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]


def _waits(here: Deployment, store: Store, name: str, now: dt.datetime) -> bool:
    with store.read() as connection:
        looked, tried = (marks.at(connection, f"drift {what} {name}") for what in ("looked", "tried"))
        shut = refusals.of(connection, name)
    fresh = looked is not None and here.today(looked) >= here.today(now)
    return not fresh and not shut and (tried is None or not dt.timedelta() <= now - tried < _AGAIN)


def _look(here: Deployment, store: Store, name: str, now: dt.datetime) -> None:
    _mark(store, f"drift tried {name}", now)
    try:
        with here.speaking():
            found = find(here, here.client(name), name, now)
    except AuthFailed as shut:
        with store.begin() as connection:
            refusals.note(connection, name, type(shut).__name__, now)
        raise
    new = _enqueue(here, store, found, now) if found.plan.steps else False
    with store.begin() as connection:
        marks.put(connection, f"drift looked {name}", now)
        marks.count(connection, f"drift found {name}", len(found.plan.steps))
    log.info("drift: project=%s differences=%d mail=%s", name, len(found.plan.steps), "new" if new else "none")


def _enqueue(here: Deployment, store: Store, found: Found, now: dt.datetime) -> bool:
    """Whether a mail about it is new in the outbox."""
    last = deployed.load(here.folder).get(found.project)
    month = Month.of(here.today(last.at if last else now))
    coordinator = here.collaborative.coordinator
    key = Key(here.code, "drift", f"{found.project}-{found.digest}", month, 0, coordinator.email)
    if str(key) in outbox.keys(store, here.code, month):
        return False
    with here.speaking():
        rendered = render.drift(drift_report(found, here.collaborative, month, now), here.content)
    head = here.letterhead()
    item = compose.item(rendered, key, coordinator.name, coordinator.email, head, now, about=found.project)
    return bool(outbox.enqueue(store, [item], now))


def _mark(store: Store, name: str, now: dt.datetime) -> None:
    with store.begin() as connection:
        marks.put(connection, name, now)
