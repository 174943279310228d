"""From when changes are asked for: signposts in UTC, and the text of the server's clock that stands for them.

REDCap's log is kept in the server's local time without a zone, and its date filter compares with that. So an hour that
comes twice in autumn reads the same both times, and a question must begin early enough for either.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from breakthrough.errors import Refused

SIGNPOST = dt.timedelta(seconds=60)  # longer than REDCap takes to save a form
OVERLAP = dt.timedelta(minutes=15)  # more than minute rounding, a replica's lag and a clock's error come to
WIDE = dt.timedelta(hours=2)  # near a change of the server's clock
SKEW = OVERLAP / 2  # the most that the server's clock and ours may differ
_NEAR = dt.timedelta(days=1)
_HOUR, _MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
_FURTHEST_BACK = dt.timedelta(hours=25)  # no clock on earth was ever set back by more


@dataclass(frozen=True, slots=True)
class Window:
    """`lo` to `hi` in UTC. `since` is `lo` by the server's clock, to the minute; both are None for everything."""

    hi: dt.datetime
    lo: dt.datetime | None = None
    since: dt.datetime | None = None


def window(cursor: dt.datetime | None, server_now: dt.datetime, zone: ZoneInfo) -> Window:
    """The window of a pull that begins when the server's clock shows `server_now`.

    It ends a minute before that, since what is being saved now may not be visible yet; it begins before `cursor`, the
    end of the one before. All that happened since then is in it, and some things are seen twice.
    """
    hi = server_now - SIGNPOST
    if cursor is None:
        return Window(hi)
    start = min(cursor, hi)  # the clock was set back
    lo = start - (WIDE if _changes_near(start, zone) else OVERLAP)
    return Window(hi, lo, local(lo, zone))


def local(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What the server's clock shows at that moment, to the minute and without a zone; in a fold the earlier reading.

    From that moment on the clock never shows less: where it is about to be set back, this is what it is set back to.
    """
    start = moment.astimezone(dt.UTC).replace(second=0, microsecond=0)
    shown = (_shown(start + _MINUTE * n, zone) for n in range(_FURTHEST_BACK // _MINUTE))
    return min(shown).replace(second=0, microsecond=0)


def skew(server_now: dt.datetime, before: dt.datetime, after: dt.datetime) -> dt.timedelta:
    """How far the server's clock is ahead of ours (or behind it: below zero), given when we asked and were answered."""
    if server_now > after:
        return server_now - after
    return min(server_now - before, dt.timedelta())


def require_same_time(ahead: dt.timedelta, most: dt.timedelta = SKEW) -> None:
    """Raises Refused where the server's clock and ours differ by more than the overlap makes good."""
    if abs(ahead) > most:
        way = "ahead of" if ahead > dt.timedelta() else "behind"
        raise Refused(
            f"REDCap's clock is {abs(ahead).total_seconds() / 60:.0f} minutes {way} this computer's, so it cannot be "
            "told which changes are new. Nothing was pulled. Set the clock that is wrong (both should follow a time "
            "server); if you gave another time with --now, leave it out."
        )


def _changes_near(moment: dt.datetime, zone: ZoneInfo) -> bool:
    hours = range(-(_NEAR // _HOUR), _NEAR // _HOUR + 1)
    return len({(moment + _HOUR * hour).astimezone(zone).utcoffset() for hour in hours}) > 1


def _shown(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
