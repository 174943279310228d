"""Looks at everything that a deployment rests on, one subject a file, and says of each how it stands."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from breakthrough.errors import BreakthroughError
from breakthrough.worker import faults
from breakthrough.worker.checks.calendar import calendar
from breakthrough.worker.checks.disk import disk
from breakthrough.worker.checks.domain import domain
from breakthrough.worker.checks.finding import Check, Finding, Level, Now
from breakthrough.worker.checks.mail import mail
from breakthrough.worker.checks.people import people
from breakthrough.worker.checks.redcap import redcap
from breakthrough.worker.checks.reports import reports
from breakthrough.worker.checks.schedule import schedule
from breakthrough.worker.checks.settings import settings
from breakthrough.worker.checks.store import store
from breakthrough.worker.deployment import Deployment

__all__ = ["CHECKS", "Check", "Finding", "Level", "Now", "each", "opened"]

log = logging.getLogger(__name__)

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "settings": settings,
        "redcap": redcap,
        "store": store,
        "disk": disk,
        "mail": mail,
        "domain": domain,
        "reports": reports,
        "calendar": calendar,
        "people": people,
        "schedule": schedule,
    }
)


def opened(folder: Path, environment: Mapping[str, str]) -> tuple[Deployment | None, tuple[Finding, ...]]:
    """The deployment in that folder; or none, and what keeps it from being opened."""
    try:
        return Deployment.open(folder, environment), ()
    except BreakthroughError as wrong:
        return None, (Finding("wrong", "settings", str(wrong)),)


def each(here: Deployment, now: Now, only: Collection[str] = ()) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """What each check found, by subject (or just those in `only`), in the order in which things build on each other.

    A check that fails has found that, and stops no other.
    """
    for subject, check in CHECKS.items():
        if not only or subject in only:
            yield subject, tuple(surely(subject, check, here, now))


def surely(subject: str, check: Check, here: Deployment, now: Now) -> Iterator[Finding]:
    """What that check finds; where it raises, all that it found before and what it raised."""
    try:
        yield from check(here, now)
    except BreakthroughError as error:
        yield Finding("wrong", subject, str(error))
    except Exception as error:  # noqa: BLE001 (one check that fails must not stop the others)
        faults.record(log, f"check {subject}", error)
        yield Finding(
            "unknown",
            subject,
            f"This could not be looked at: the check itself failed ({type(error).__name__}).",
            "That is a fault of this program. Report it with the line above, which holds nothing private.",
        )
