"""Two clocks: the server's against ours, and the server's own against the time zone that the settings give it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from breakthrough.pull.window import SKEW, skew
from breakthrough.redcap.client import Client
from breakthrough.settings import is_loopback
from breakthrough.worker.checks.finding import Finding, Now

_NOTED = dt.timedelta(seconds=60)
_APART = dt.timedelta(minutes=20)  # zones are a quarter of an hour apart at least
_BACK = dt.timedelta(hours=13)  # no clock of a server is further behind UTC


def clocks(client: Client, name: str, timezone: str, now: Now) -> Iterator[Finding]:
    """How it stands with REDCap's clock. `timezone` is what the settings say that it shows."""
    before = now()
    client.version()
    after = now()
    told = client.server_time
    if told is None:
        yield Finding("unknown", "redcap", f"{name}: REDCap's server does not say what time it is.")
        return
    ahead = skew(told.replace(microsecond=0), before.replace(microsecond=0), after)
    yield told_apart(ahead, name, rehearsal=is_loopback(client.url))
    yield from _zone(client, name, told, ZoneInfo(timezone))


def told_apart(ahead: dt.timedelta, name: str, *, rehearsal: bool = False) -> Finding:
    """What it means that the server's clock is so far ahead of ours; behind it below zero.

    `rehearsal`: the server is on this computer, where pulls leave the clocks uncompared.
    """
    if abs(ahead) <= _NOTED:
        return Finding("good", "redcap", f"{name}: REDCap's clock and this computer's agree.")
    seconds = abs(ahead).total_seconds()
    apart = f"{seconds / 60:,.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
    shut = abs(ahead) > SKEW and not rehearsal
    return Finding(
        "wrong" if shut else "advice",
        "redcap",
        f"{name}: REDCap's clock is {apart} {'ahead of' if ahead > dt.timedelta() else 'behind'} this computer's"
        + (", so nothing is pulled." if shut else "."),
        "Give --now, as this REDCap is a rehearsal's with a clock of its own."
        if rehearsal
        else "Set the clock that is wrong; both should follow a time server.",
    )


def _zone(client: Client, name: str, told: dt.datetime, zone: ZoneInfo) -> Iterator[Finding]:
    """Whether the log, which REDCap keeps by its server's wall clock, shows the time of that zone.

    The log was asked for: that is a line of its own, and so as new as the question.
    """
    begin = (told.astimezone(dt.UTC) - _BACK).replace(tzinfo=None)
    if client.log(begin, kind="manage") is None:
        yield Finding(
            "unknown",
            "redcap",
            f"{name}: whether REDCap's clock is that of {zone.key} cannot be seen, as the token may not see the log.",
        )
        return
    lines = client.log(begin, kind="manage")
    if not lines:
        yield Finding("unknown", "redcap", f"{name}: the log has no line to tell REDCap's time zone by.")
        return
    newest = max(line.at for line in lines)
    shown = told.astimezone(zone).replace(tzinfo=None)
    if abs(newest - shown) > _APART:
        yield Finding(
            "wrong",
            "redcap",
            f"{name}: REDCap's log shows {newest:%H:%M} where in {zone.key} it is {shown:%H:%M}, so that quick pulls "
            "would miss changes.",
            "Write the time zone of REDCap's server under timezone in breakthrough.yaml.",
        )
    else:
        yield Finding("good", "redcap", f"{name}: REDCap's log keeps the time of {zone.key}.")
