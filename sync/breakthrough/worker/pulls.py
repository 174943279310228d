"""Pulls a deployment's REDCap projects: each with its own token and cadence, and what may follow from what came."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

from breakthrough.errors import DeletionsHeld, SettingInvalid
from breakthrough.pull import Outcome, Pulled, Source, due, need, several, window
from breakthrough.settings import MAIN, is_loopback
from breakthrough.store import Run, Store, hints, runs
from breakthrough.store.runs import Mode
from breakthrough.worker import faults, footing
from breakthrough.worker.deployment import Deployment

log = logging.getLogger(__name__)


def sources(here: Deployment, names: Collection[str] = ()) -> tuple[Source, ...]:
    """The REDCap projects of the deployment, or those of that name, as they are pulled; main first.

    Raises SettingInvalid for a name that breakthrough.yaml has not.
    """
    found = here.settings.redcap_projects()
    if unknown := [name for name in names if name not in found]:
        raise SettingInvalid(
            f"{here.folder / 'breakthrough.yaml'} names the projects {', '.join(found)}, and no '{unknown[0]}'. "
            "Correct the name, or add the project under 'projects'."
        )
    return tuple(
        Source(
            name,
            client=partial(here.client, name),
            need=need.of(here.collaborative, name, redcap.identifiers),
            zone=ZoneInfo(redcap.timezone),
            every=dt.timedelta(hours=redcap.every_hours),
            most_skew=None if is_loopback(redcap.url) else window.SKEW,  # this computer has one clock
        )
        for name, redcap in found.items()
        if not names or name in names
    )


def pull(here: Deployment, store: Store, now: dt.datetime, advance: Callable[[int], None]) -> Run:
    """The pull of the collaborative's own project into the store.

    Raises what kept it from being made, FieldsMissing after one that lacks a field, and DeletionsHeld where so many
    records are missing that a person has to say that they are gone.
    """
    (done,) = pull_each(here, store, now, [MAIN], advance=advance)
    if wrong := complaint(here, store, done):
        raise wrong
    return cast("Pulled", done.pulled).run  # else there was an error


def pull_each(
    here: Deployment,
    store: Store,
    now: dt.datetime,
    names: Collection[str] = (),
    *,
    mode: Mode | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """What became of each of those projects, or of all: a person asks for it, so it is tried in any case."""
    return several.pull_each(store, sources(here, names), now=now, mode=mode, advance=advance)


def pull_due(here: Deployment, store: Store, now: dt.datetime, *, main: bool) -> None:
    """Pulls the projects that are due, and the collaborative's own where `main`, as reports are to be made.

    Raises what `pull` raises. What became of the other projects is logged, and holds nothing up.
    """
    done = several.pull_due(store, sources(here), now=now, in_any_case=[MAIN] if main else [])
    for one in done:
        if one.project != MAIN and one.error:
            faults.record(log, f"pull {one.project}", one.error)
    if wrong := complaint(here, store, done[0]):
        raise wrong


def any_due(here: Deployment, store: Store, now: dt.datetime) -> bool:
    """Whether a project that was pulled before is due again: by its own cadence, or as somebody has saved a form.

    When the collaborative's own is due for the first time, or after a failure, is the reports' affair.
    """
    with store.read() as connection:
        return any(
            due.due(connection, one.name, one.every).by(now)
            for one in sources(here)
            if one.name != MAIN or runs.cursor_of(connection, MAIN)
        )


def hinted(here: Deployment, store: Store, now: dt.datetime) -> bool:
    """Whether a pull is due because somebody has saved a form, which REDCap's trigger has told us of."""
    with store.read() as connection:
        for one in sources(here):
            at = hints.next_due(connection, one.name)
            if at is not None and at <= now and due.due(connection, one.name, one.every).by(now):
                return True
    return False


def complaint(here: Deployment, store: Store, done: Outcome) -> Exception | None:
    """What is wrong after a pull: why there was none, or why no reports may be made of what came; None if nothing."""
    if done.error:
        return done.error
    lost = footing.missing(store, here.collaborative, MAIN) if done.project == MAIN else ()
    if lost:
        return footing.lacking(lost)
    if done.pulled and done.pulled.person:
        return DeletionsHeld(
            f"{done.pulled.person} records of the project '{done.project}' are no longer on REDCap's list, which may "
            "be a fault as well as a deletion. They stay in the store, and reports wait. Look in REDCap; if they were "
            f"really deleted, run: {several.again(done.project)} --confirm-deletions"
        )
    return None
