"""`event`: the events of a longitudinal project."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import replace

from redcap_sandbox.contents import arm as arms
from redcap_sandbox.design import events, project
from redcap_sandbox.design.events import Event
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import LISTINGS, Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = ("event_name", "arm_num", "unique_event_name", "custom_event_label", "event_id")
# Columns → what events call them. Imports may also write `day_offset`, as the API's help does (commonly said).
_SCHEDULE = {"days_offset": "day_offset", "offset_min": "offset_min", "offset_max": "offset_max"}
_WHOLE = re.compile(r"-?\d{1,5}", re.ASCII)


def export(call: Call, desk: Desk) -> Answer:
    """The events of the arms asked for, arm by arm; with their days where scheduling is on."""
    if not desk.project.is_longitudinal:
        raise refusals.classic("events")
    asked = arms.numbers_asked(call, desk)
    scheduled = tuple(_SCHEDULE) if desk.project.settings.get("scheduling_enabled") else ()
    desk.note(journal.managed("Export events (API)"))
    rows = [
        (
            event.name,
            event.arm,
            event.unique_name,
            event.custom_label,
            event.id,
            *(_days(getattr(event, _SCHEDULE[column])) for column in scheduled),
        )
        for event in desk.project.events
        if event.arm in asked
    ]
    return answers.table((*COLUMNS, *scheduled), rows, call.data_format, LISTINGS["event"])


def _days(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text) else text


def load(call: Call, desk: Desk) -> Answer:
    """The number of events added, or changed where the unique name is one the project has.

    A row without a unique name adds an event even where another has its name. `override` first deletes all events
    with their data.
    """
    arms.refuse_in_production(desk, "events")
    rows = [_row(row, desk) for row in payload.text_rows(call)]
    if call.flag("override"):
        events.delete(desk.db, desk.project.id, desk.project.stored_events)
    stored = {event.unique_name: event for event in events.load(desk.db, desk.project.id)}
    for unique, arm, name, about in rows:
        known = stored.pop(unique, None)
        saved = _changed(desk, known, arm, name, about, stored) if known else _added(desk, arm, name, about)
        stored[saved.unique_name] = saved
    project.open_first_event(desk.db, desk.project)
    return answers.number(len(rows), call.answer_format)


def _row(row: payload.TextRow, desk: Desk) -> tuple[str, int, str, Mapping[str, str]]:
    """(unique name, arm, name, what else it says) of a row; Refusal (texts assumed) for one that is no event."""
    name, arm = row.get("event_name", "").strip(), arms.number(row.get("arm_num", "1").strip())
    if not name:
        raise Refusal(400, "Each event must have an event_name")
    if arm not in desk.project.arm_names:
        raise refusals.invalid_values("arm_num", [row.get("arm_num", "")])
    about = {}
    for column, attribute in {**_SCHEDULE, "day_offset": "day_offset"}.items():
        days = row.get(column, "").strip()
        if days and not _WHOLE.fullmatch(days):
            raise refusals.invalid_values(column, [days])
        if days:
            about[attribute] = days
    if "custom_event_label" in row:
        about["custom_label"] = row["custom_event_label"]
    return row.get("unique_event_name", "").strip(), arm, name, about


def _added(desk: Desk, arm: int, name: str, about: Mapping[str, str]) -> Event:
    made = events.add(desk.db, desk.project.id, arm, name, about)
    desk.note(journal.managed(_told("Create event", made, desk)))
    return made


def _changed(desk: Desk, known: Event, arm: int, name: str, about: Mapping[str, str], others: Container[str]) -> Event:
    """The event as the row has it. With its name or its arm its unique name changes."""
    same = (known.name, known.arm) == (name, arm)
    unique = known.unique_name if same else events.unique_name(name, arm, others)
    changed = replace(
        known,
        name=name,
        arm=arm,
        unique_name=unique,
        custom_label=about.get("custom_label", known.custom_label),
        day_offset=about.get("day_offset", known.day_offset),
        offset_min=about.get("offset_min", known.offset_min),
        offset_max=about.get("offset_max", known.offset_max),
    )
    if changed != known:
        events.change(desk.db, changed)
        desk.note(journal.managed(_told("Edit event", changed, desk)))
    return changed


def _told(verb: str, event: Event, desk: Desk) -> str:
    days = f"Days Offset: {event.day_offset}, Offset Range: -{event.offset_min}/+{event.offset_max}"
    return f"{verb} (API) (Event: {event.name}, Arm: {desk.project.arm_names[event.arm]}, {days})"


def delete(call: Call, desk: Desk) -> Answer:
    """The number of events deleted, with their data; Refusal (text assumed) if none would be left."""
    arms.refuse_in_production(desk, "events")
    asked = dict.fromkeys(call.names("events").values)
    if not asked:
        raise refusals.missing_parameter("events")
    known = {event.unique_name: event for event in desk.project.stored_events}
    if unknown := [name for name in asked if name not in known]:
        raise refusals.invalid_values("events", unknown)
    if len(asked) == len(known):
        raise Refusal(400, "You cannot delete all events: a project must have at least one")
    events.delete(desk.db, desk.project.id, [known[name] for name in asked])
    desk.note(*(journal.managed(_told("Delete event", known[name], desk)) for name in asked))
    return answers.number(len(asked), call.answer_format)


_CHANGE = ("api_import", "design")
ACTIONS = (
    Action("event", "export", export),
    Action("event", "import", load, rights=_CHANGE, writes=True),
    Action("event", "delete", delete, rights=_CHANGE, writes=True),
)
