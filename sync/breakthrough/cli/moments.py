"""Moments as commands print them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def told(at: dt.datetime, zone: ZoneInfo) -> str:
    """`15 April 2026, 18:00`, by the clocks of that zone: the collaborative's."""
    return f"{at.astimezone(zone):%d %B %Y, %H:%M}"
