"""What is to be done now: from the calendar, the people and the outbox, and nothing remembered besides.

So a restart, a second start, an outage or a changed clock needs no case of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from breakthrough.collaborative import Collaborative
from breakthrough.delivery import recipients
from breakthrough.delivery.compose import slug
from breakthrough.delivery.key import Key
from breakthrough.delivery.recipients import Recipient
from breakthrough.teams.values import Roster
from breakthrough.worker.calendar import reportable

_FRESH = dt.timedelta(hours=1)  # so old may records be that reports are made of
_DAILY = dt.timedelta(hours=23)  # and so old when nothing is due: people join, and status shows what is held


@dataclass(frozen=True, slots=True)
class Work:
    """One mail to be made and sent: its key, and to whom."""

    key: Key
    recipient: Recipient

    @property
    def about(self) -> tuple[str, str]:
        """Which report it takes: (team or coach, code). Several readers share one."""
        return self.key.report, self.key.subject


def due(
    collaborative: Collaborative,
    roster: Roster,
    done: Container[str],
    now: dt.datetime,
    *,
    hour: int = 6,
    code: str | None = None,
    revisions: Mapping[tuple[str, str, str], int] = MappingProxyType({}),
) -> tuple[Work, ...]:
    """The mails of each reader's newest reportable month whose keys are not in `done`, in the order of recipients.

    `hour` is the local hour before which nothing goes out; `code` names the collaborative in keys (else its name does).
    `revisions` holds the newest one of each report, by report, subject and month, where there is one already: who comes
    later gets that. A coach's calls may bring the reports of coach and teams forward, so months can differ.
    """
    today, named = now.astimezone(collaborative.zone).date(), code or slug(collaborative.name)
    everyone = recipients.of(collaborative, roster, today, named)
    months = {coach: reportable(collaborative, now, hour, coach) for coach in {one.coach for one in everyone}}
    found = []
    for one in everyone:
        if month := months[one.coach]:
            revision = revisions.get((one.report, one.subject, str(month)), 0)
            found.append(Work(Key(named, one.report, one.subject, month, revision, one.address), one))
    return tuple(one for one in found if str(one.key) not in done)


def stale(pulled: dt.datetime | None, now: dt.datetime, *, work: bool) -> bool:
    """Whether to pull first: records are an hour old and `work` is due, or a day old, or were never pulled."""
    return pulled is None or now - pulled >= (_FRESH if work else _DAILY)
