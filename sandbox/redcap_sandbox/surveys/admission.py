"""Whether a survey takes an answer: it may be offline, expired, full, or answered already."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

from redcap_sandbox.design.project import Project
from redcap_sandbox.design.surveys import Survey
from redcap_sandbox.surveys import state
from redcap_sandbox.surveys.links import Link
from redcap_sandbox.surveys.state import State
from redcap_sandbox.wire.refusals import Refusal

_OFFLINE = "Thank you for your interest, but this survey is not currently active."
_FULL = (
    "Thank you for your interest; however, the survey is closed because the maximum number of responses has been "
    "reached."
)
# The texts from here on are assumed.
_COMPLETED = "Thank you for your interest, but you have already completed this survey."
_TOO_LATE = "Thank you for your interest, but the time to answer this survey is over."
_NO_LINK = "The link does not lead to a survey."
_NEEDS_CODE = "The survey was begun already. Enter your return code to go on with it."
_WRONG_CODE = "The return code is not the one of this survey."


def no_link() -> Refusal:
    """The hash is no link's (assumed)."""
    return Refusal(400, _NO_LINK)


def wrong_code() -> Refusal:
    """The return code is no response's (assumed)."""
    return Refusal(400, _WRONG_CODE)


def survey(project: Project, link: Link, now: str) -> Survey:
    """The link's survey; Refusal while it is not active, in the words its designer left for that."""
    found = project.surveys.get(link.form)
    if found is None or not project.settings.get("surveys_enabled") or link.form not in project.forms_of(link.event):
        raise Refusal(400, _OFFLINE)
    expires = found.settings.get("survey_expiration", "")
    if not found.enabled or (expires and now >= expires):
        raise Refusal(400, found.settings.get("offline_instructions", "").strip() or _OFFLINE)
    return found


def check(db: sqlite3.Connection, of: Survey, link: Link, reached: State, now: str) -> None:
    """Refusal if this link may not be answered now, or not any more."""
    if reached == "completed":
        if not may_change(of):
            raise Refusal(400, _COMPLETED)
        return
    if link.invited and (limit := _time_limit(of.settings)) and _after(link.invited, limit) < now:
        raise Refusal(400, _TOO_LATE)
    if reached == "not begun" and _is_full(db, link.project, of):
        raise Refusal(400, of.settings.get("response_limit_custom_text", "").strip() or _FULL)


def may_change(of: Survey) -> bool:
    """Whether a completed response may be changed by its respondent."""
    return of.save_and_return and of.settings.get("edit_completed_response") == "1"


def check_return(of: Survey, link: Link, reached: State, code: str) -> None:
    """Refusal if the respondent who comes back must show his return code and does not."""
    if code and code.strip().upper() != link.return_code:
        raise wrong_code()
    asks = of.save_and_return and of.settings.get("save_and_return_code_bypass") != "1"
    if reached != "not begun" and asks and not code:
        raise Refusal(400, _NEEDS_CODE)


def _is_full(db: sqlite3.Connection, project: int, of: Survey) -> bool:
    limit = _number(of.settings, "response_limit")
    if not limit:
        return False
    partial = of.settings.get("response_limit_include_partials", "1") == "1"
    return state.count(db, project, of.form, partial=partial) >= limit


def _time_limit(settings: Mapping[str, str]) -> timedelta:
    """How long an invitation holds; nothing for ever."""
    days, hours, minutes = (_number(settings, f"survey_time_limit_{unit}") for unit in ("days", "hours", "minutes"))
    return timedelta(days=days, hours=hours, minutes=minutes)


def _after(moment: str, period: timedelta) -> str:
    return str(datetime.fromisoformat(moment) + period)


def _number(settings: Mapping[str, str], name: str) -> int:
    text = settings.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0
