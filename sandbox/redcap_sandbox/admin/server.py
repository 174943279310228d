"""The server itself: its clock, its time zone, what goes wrong on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import Office, Result, Verb
from redcap_sandbox.faults import reading
from redcap_sandbox.store.clock import Now, ServerClock, real_time
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal

_SECONDS = re.compile(r"-?[0-9]{1,10}")
_LONGEST_WAIT = 600  # seconds


def set_clock(office: Office, asked: Asked) -> Result:
    """The server's time from now on: `now` stands still at an ISO time, `shift` is seconds off the real time.

    A time without a zone is server-local; without either, the server goes by the real time again.
    """
    now, shift = asked.text("now", ""), asked.text("shift", "0")
    if now and shift != "0":
        raise Refusal(400, "The clock either stands still at 'now' or is off by 'shift' seconds, not both.")
    staged = _standing(now, office.clock.zone) if now else _shifted(shift)
    if _told(ServerClock(office.clock.zone, staged)) is None:
        raise refusals.invalid_parameter("now" if now else "shift")
    office.clock.now = staged
    return {"now": office.clock.stamp()}


def _standing(text: str, zone: ZoneInfo) -> Now:
    try:
        moment = datetime.fromisoformat(text)
        # As a moment, so that another time zone shows the same one at another hour.
        fixed = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusals.invalid_parameter("now") from None
    return lambda: fixed


def _shifted(text: str) -> Now:
    if not _SECONDS.fullmatch(text):
        raise refusals.invalid_parameter("shift")
    shift = timedelta(seconds=int(text))
    return (lambda: real_time() + shift) if shift else real_time


def set_timezone(office: Office, asked: Asked) -> Result:
    """Moves the server to another time zone (an IANA name): times are written in it from now on."""
    try:
        zone = ZoneInfo(asked.text("timezone"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refusals.invalid_parameter("timezone") from None
    if _told(ServerClock(zone, office.clock.now)) is None:
        raise refusals.invalid_parameter("timezone")
    office.clock.zone = zone
    return {"now": office.clock.stamp()}


def _told(clock: ServerClock) -> str | None:
    """What the clock says; None where its time is beyond the calendar's years, or before those of computers."""
    try:
        return clock.stamp() if clock.moment().timestamp() >= 0 else None
    except (OverflowError, ValueError):
        return None


def set_faults(office: Office, asked: Asked) -> Result:
    """What goes wrong from now on, as a faults file says it; without rules, nothing."""
    try:
        plan = reading.read(asked.text("faults", "") or "rules: []", "faults", office.contents)
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    office.faults.replace(plan)
    return {"rules": len(plan.rules)}


def wait(office: Office, asked: Asked) -> Result:
    """Returns once no post of the data entry trigger is under way; Refusal if that takes longer than `seconds`."""
    seconds = min(asked.number("seconds", 30), _LONGEST_WAIT)
    if not office.trigger.wait(seconds):
        raise Refusal(504, f"A post of the data entry trigger is still under way after {seconds} seconds.")
    return {"done": True}


VERBS: Mapping[str, Verb] = {
    "set_clock": set_clock,
    "set_timezone": set_timezone,
    "set_faults": set_faults,
    "wait": wait,
}
