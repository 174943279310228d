"""Pulls all projects of a deployment, one after the other. One that fails holds up no other."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from breakthrough.errors import AuthFailed
from breakthrough.pull import due as dues
from breakthrough.pull import window
from breakthrough.pull.chunks import Sizes
from breakthrough.pull.need import Need
from breakthrough.pull.project import Pulled, pull
from breakthrough.redcap.client import Client
from breakthrough.settings import MAIN
from breakthrough.store import Store, refusals
from breakthrough.store.refusals import Refusal
from breakthrough.store.runs import Mode

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """A REDCap project as the deployment names it. `client` opens it, and may raise what keeps it from being opened.

    `need` None is every field; `zone` is the server's; `every` is how often it is pulled; `most_skew` how far the
    server's clock may be off, None on this computer itself.
    """

    name: str
    client: Callable[[], Client]
    need: Need | None = None
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 (frozen)
    every: dt.timedelta = dt.timedelta(hours=24)
    most_skew: dt.timedelta | None = window.SKEW
    sizes: Sizes = Sizes()  # noqa: RUF009 (frozen)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a project: one of `pulled` and `error`, or neither where nothing was due.

    `new`: it is the first time that REDCap refuses the project, so its owner is to be told.
    """

    project: str
    pulled: Pulled | None = None
    error: Exception | None = None
    new: bool = False


def pull_each(
    store: Store,
    sources: Iterable[Source],
    *,
    now: dt.datetime,
    mode: Mode | None = None,
    advance: Callable[[int], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Outcome, ...]:
    """What became of each project, in order, because a person asked: also of those that REDCap had refused before."""
    begun = clock()
    return tuple(_pulled(store, one, _later(now, begun, clock), mode, advance, clock) for one in sources)


def pull_due(
    store: Store,
    sources: Iterable[Source],
    *,
    now: dt.datetime,
    in_any_case: Collection[str] = (),
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Outcome, ...]:
    """What became of each project, in order: pulled where that is due, or its name is given `in_any_case`.

    A project that REDCap has refused is left alone, and its outcome is the refusal.
    """
    begun = clock()
    found = []
    for source in sources:
        with store.read() as connection:
            due = dues.due(connection, source.name, source.every)
            refusal = refusals.of(connection, source.name)
        moment = _later(now, begun, clock)
        if refusal is not None:
            found.append(Outcome(source.name, error=_left_alone(source.name, refusal)))
        elif due.by(moment) or source.name in in_any_case:
            found.append(_pulled(store, source, moment, due.mode, lambda _: None, clock))
        else:
            found.append(Outcome(source.name))
    return tuple(found)


def _later(now: dt.datetime, begun: float, clock: Callable[[], float]) -> dt.datetime:
    return now + dt.timedelta(seconds=clock() - begun)


def _pulled(
    store: Store,
    source: Source,
    now: dt.datetime,
    mode: Mode | None,
    advance: Callable[[int], None],
    clock: Callable[[], float],
) -> Outcome:
    try:
        found = pull(
            store,
            source.client(),
            source.name,
            now=now,
            mode=mode,
            need=source.need,
            zone=source.zone,
            most_skew=source.most_skew,
            sizes=source.sizes,
            advance=advance,
            clock=clock,
        )
    except AuthFailed as error:
        return Outcome(source.name, error=error, new=_first_told(store, source.name, now))
    except Exception as error:  # noqa: BLE001 (whatever it is, the other projects have nothing to do with it)
        log.warning("pull project=%s failed=%s", source.name, type(error).__name__)
        return Outcome(source.name, error=error)
    return Outcome(source.name, found)


def _first_told(store: Store, project: str, at: dt.datetime) -> bool:
    """Whether nobody was told of the refusal yet; it counts as told from now on."""
    with store.begin() as connection:
        refusal = refusals.of(connection, project)
        if refusal is None or refusal.told_at is not None:
            return False
        refusals.told(connection, project, at)
    log.error(
        "REDCap lets us into the project '%s' no longer. It is left alone, so that this computer is not banned, until "
        "somebody has seen to its token and runs: %s",
        project,
        again(project),
    )
    return True


def _left_alone(project: str, refusal: Refusal) -> AuthFailed:
    return AuthFailed(
        f"REDCap has not let us into the project '{project}' since {refusal.since:%d %B %Y, %H:%M} UTC "
        f"({refusal.note}), so it was not asked again. See to its token and its user's rights, then run: "
        f"{again(project)}"
    )


def again(project: str) -> str:
    """The command with which a person has the project asked again."""
    return "breakthrough pull" if project == MAIN else f"breakthrough pull --project {project}"
