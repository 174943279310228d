"""How many mails may go out in a minute and an hour: counted in the store, so that no restart begins anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select

from breakthrough.delivery.outbox.values import LEASE
from breakthrough.store.tables import outbox

Full = Literal["minute", "hour"]

_MINUTE, _HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """The most that may be handed over in any minute, and in any hour, by all processes of the store; None is any."""

    per_minute: int | None = None
    per_hour: int | None = None

    def full(self, connection: Connection, now: dt.datetime) -> Full | None:
        """Which of the two has no room for another mail now; the hour where both have none, as it lasts longer."""
        if self.per_hour is not None and _handed_over(connection, now, _HOUR) >= self.per_hour:
            return "hour"
        if self.per_minute is not None and _handed_over(connection, now, _MINUTE) >= self.per_minute:
            return "minute"
        return None


def _handed_over(connection: Connection, now: dt.datetime, within: dt.timedelta) -> int:
    """How many the server has taken in that time or may have. A clock that was set back hides none of its mails.

    It does so for twice as long and no longer: mails of a clock that was a year ahead would stop all others for a year.
    """
    taken = (outbox.c.state == "sent") & outbox.c.lease_until.between(now - within, now + within)
    # of these the lease tells when they were begun
    begun = outbox.c.state.in_(("sending", "uncertain")) & outbox.c.lease_until.between(
        now - within + LEASE, now + within + LEASE
    )
    return sum(
        int(connection.execute(select(func.count()).select_from(outbox).where(which)).scalar_one())
        for which in (taken, begun)
    )
