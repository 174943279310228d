"""What teams tell each month: their own rating, what they did and learned, and what they ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal

from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams.forms import RATING, Form
from breakthrough.teams.records import AskState, Contact
from breakthrough.teams.values import Ask, Narrative

Whom = Literal["coach", "senior leader", "faculty", "other team", "none"]

_OF: Mapping[str, Whom] = {"1": "coach", "2": "senior leader", "3": "faculty", "4": "other team", "5": "none"}
# What people write into a box that asks for something when they ask for nothing.
_NOTHING = frozenset(
    {"", "no", "none", "nothing", "na", "n/a", "nil", "-", "–", "none this month", "nothing this month"}
)


def narratives(forms: Iterable[Entry]) -> tuple[Narrative, ...]:
    """One report for each team and month, by team and month. A form without a readable month is left out.

    Of several for one month it is a complete one, then the latest submitted, then the highest instance.
    """
    found: dict[tuple[str, Month], tuple[tuple[bool, dt.date, int], Narrative]] = {}
    for form in (Form(entry, "mr_noid") for entry in forms):
        told = _narrative(form)
        if told is not None:
            place = told.team, told.month
            rank = told.complete, told.submitted or dt.date.min, form.key.instance
            if place not in found or rank > found[place][0]:
                found[place] = rank, told
    return tuple(told for _, (_, told) in sorted(found.items(), key=lambda item: item[0]))


def asks(told: Iterable[Narrative], contacts: Iterable[Contact], today: dt.date) -> tuple[Ask, ...]:
    """Everything that teams have asked for in reports up to that day, oldest first, with what became of it.

    An ask is open until a contact of the team's coach says otherwise; the last contact that names its month counts. It
    is as old as its report: the day that was submitted, else the first day after its month.
    """
    noted: dict[tuple[str, Month], Contact] = {}
    for contact in sorted(contacts, key=lambda one: (one.day, one.entry.instance)):
        if contact.ask and contact.ask_state:
            noted[contact.team, contact.ask] = contact
    made = [
        _ask(report, noted.get((report.team, report.month)), today)
        for report in told
        if report.month <= Month.of(today) and _asks(report)
    ]
    return tuple(sorted(made, key=lambda ask: (ask.since, ask.team)))


def _narrative(form: Form) -> Narrative | None:
    month = form.month("mr_period")
    if month is None:
        return None
    return Narrative(
        team=form.team,
        month=month,
        self_score=form.choice("mr_self", RATING),
        did=form.written("mr_did"),
        learned=form.written("mr_learned"),
        next=form.written("mr_next"),
        bright=form.written("mr_bright"),
        ask=form.written("mr_ask"),
        ask_of=form.choice("mr_ask_of", _OF) or "",
        submitted=form.day("mr_submitted"),
        complete=form.complete,
        entry=form.key,
        leader_met=form.yes("mr_leader_met"),
    )


def _asks(report: Narrative) -> bool:
    return _worded(report) or report.ask_of not in {"none", ""}


def _worded(report: Narrative) -> bool:
    return report.ask.written.strip(" .!").lower() not in _NOTHING


def _ask(report: Narrative, noted: Contact | None, today: dt.date) -> Ask:
    since = min(report.submitted or (report.month + 1).first, today)
    state: AskState = noted.ask_state or "open" if noted else "open"
    return Ask(
        team=report.team,
        month=report.month,
        text=report.ask,
        of="" if report.ask_of == "none" else report.ask_of,
        since=since,
        state=state,
        solved=max(noted.day, since) if noted and state == "solved" else None,
    )
