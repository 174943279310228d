"""Who was where and spoke with whom: attendance at events, the coach's contacts, what senior leaders answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from breakthrough.collaborative import Collaborative, FlagCode
from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams.forms import Form, newest
from breakthrough.teams.records import AskState, Attendance, Contact, LeaderAnswer, Presence, Storyboard

OTHER = "other"  # a meeting that is not in the calendar

_PRESENCE: Mapping[str, Presence] = {"1": "present", "2": "partly", "3": "absent", "4": "excused"}
_KIND: Mapping[str, Literal["call", "visit", "mail", "report read", "other"]] = {
    "1": "call",
    "2": "visit",
    "3": "mail",
    "4": "report read",
    "5": "other",
}
_ASK: Mapping[str, AskState] = {"1": "open", "2": "passed on", "3": "solved"}
_DECISION: Mapping[str, Literal["yes", "no", "talk", "nothing asked"]] = {
    "1": "yes",
    "2": "no",
    "3": "talk",
    "4": "nothing asked",
}
_FIVE = {str(level): level for level in range(1, 6)}


def attendance(forms: Iterable[Entry], collaborative: Collaborative) -> tuple[Attendance, ...]:
    """One for each team and event, by team and day: the last entered of several. Other meetings are told apart by day.

    A form that names no event of the calendar, or another meeting without its day, is left out.
    """
    days = {event.code: event.date for event in collaborative.calendar.events}
    found = [one for form in map(Form, forms) if (one := _attendance(form, days))]
    kept = newest(found, of=lambda one: (one.team, one.event, one.day), rank=lambda one: one.entry.instance)
    return tuple(sorted(kept, key=lambda one: (one.team, one.day, one.event)))


def contacts(forms: Iterable[Entry], today: dt.date) -> tuple[Contact, ...]:
    """Every contact up to that day, by team and day. A form without a day is left out."""
    found = [one for form in map(Form, forms) if (one := _contact(form)) and one.day <= today]
    return tuple(sorted(found, key=lambda one: (one.team, one.day, one.entry.instance)))


def leader_answers(forms: Iterable[Entry]) -> tuple[LeaderAnswer, ...]:
    """One for each team and month, by both: the last entered of several. A form without a month is left out."""
    found = [one for form in map(Form, forms) if (one := _answer(form))]
    kept = newest(found, of=lambda one: (one.team, one.month), rank=lambda one: one.entry.instance)
    return tuple(sorted(kept, key=lambda one: (one.team, one.month)))


def storyboards(forms: Iterable[Entry]) -> tuple[Storyboard, ...]:
    """One for each team and event, by both."""
    found = [
        Storyboard(form.team, event, form.key, form.ticked("sb_public"))
        for form in map(Form, forms)
        if (event := form.text("sb_event"))
    ]
    kept = newest(found, of=lambda one: (one.team, one.event), rank=lambda one: one.entry.instance)
    return tuple(sorted(kept, key=lambda one: (one.team, one.event)))


def _attendance(form: Form, days: Mapping[str, dt.date]) -> Attendance | None:
    event, presence = form.text("ea_event"), form.choice("ea_status", _PRESENCE)
    told = form.day("ea_date")  # asked for where the event is none of the calendar
    day = told if event == OTHER else days.get(event)
    if day is None or presence is None:
        return None
    here = presence in {"present", "partly"}
    people = form.number("ea_n") if here else None
    return Attendance(
        team=form.team,
        event=event,
        day=day,
        presence=presence,
        people=int(people) if people is not None and people >= 1 else None,
        leader=form.yes("ea_leader") if here else None,
        entry=form.key,
    )


def _contact(form: Form) -> Contact | None:
    day = form.day("ct_date")
    if day is None:
        return None
    return Contact(
        team=form.team,
        day=day,
        kind=form.choice("ct_kind", _KIND) or "",
        leader=form.ticked("ct_with___1"),
        ask=form.month("ct_ask_ref"),
        ask_state=form.choice("ct_ask_status", _ASK),
        flags=form.boxes("ct_flag_ack", get_args(FlagCode)),
        entry=form.key,
    )


def _answer(form: Form) -> LeaderAnswer | None:
    month: Month | None = form.month("lc_period")
    if month is None:
        return None
    return LeaderAnswer(
        team=form.team,
        month=month,
        read=form.yes("lc_read"),
        met=form.yes("lc_met_team"),
        cleared=form.yes("lc_barrier_removed"),
        priority=form.choice("lc_priority", _FIVE),
        decision=form.choice("lc_decision", _DECISION) or "",
        entry=form.key,
    )
