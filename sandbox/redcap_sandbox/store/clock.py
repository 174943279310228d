"""The server's clock: what time it is, in the zone this REDCap lives in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Now = Callable[[], datetime]


def real_time() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


class ServerClock:
    """Time as REDCap keeps it: naive, server-local. What `now` returns is replaced to stage another date."""

    def __init__(self, zone: ZoneInfo, now: Now = real_time) -> None:
        self.zone = zone
        self.now = now

    def moment(self) -> datetime:
        """The time in the server's zone, aware; a naive `now` is taken to be server-local already."""
        moment = self.now()
        return moment.astimezone(self.zone) if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def stamp(self) -> str:
        """`YYYY-MM-DD HH:MM:SS` in the server's zone."""
        return self.moment().replace(tzinfo=None).isoformat(" ", "seconds")


def day_of(stored: str) -> date | None:
    """The day a stored date or time begins with; None where it begins with none."""
    try:
        return date.fromisoformat(stored[:10])
    except ValueError:
        return None


def is_time(text: str) -> bool:
    """Whether there is such a day or time; the clock of the server may still have left it out."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
