"""Longitudinal projects for tests: arms, events, what is designated to them and what repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.sandbox.conftest import Api, Row, field, new_project

from redcap_sandbox import Sandbox

# Enrolment at the start, visits that repeat as a form, a diary that is kept in an event which repeats as a whole.
FIELDS = (
    field("record_id", "enrol"),
    field("name", "enrol", identifier="y"),
    field("joined", "enrol", validation="date_ymd"),
    field("weight", "visit", validation="number"),
    field("remark", "visit", "notes"),
    field("mood", "diary", "radio", choices="1, Low | 2, High"),
    field("signs", "diary", "checkbox", choices="a, Ache | B-2, Bruise"),
)
# Arm, event → forms. Every event but those of the second arm is in the first.
EVENTS: Mapping[tuple[int, str], Sequence[str]] = {
    (1, "Start"): ("enrol", "visit"),
    (1, "Later"): ("visit",),
    (1, "Daily"): ("diary",),
    (2, "Start"): ("enrol", "diary"),
}
REPEATING = (("later_arm_1", "visit"), ("daily_arm_1", ""))
PLACE = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")


def longitudinal(
    sandbox: Sandbox,
    fields: Sequence[Mapping[str, str]] = FIELDS,
    events: Mapping[tuple[int, str], Sequence[str]] = EVENTS,
    repeating: Sequence[tuple[str, str]] = REPEATING,
    groups: Sequence[str] = (),
) -> Api:
    """A new longitudinal project's owner; events are named as REDCap makes their names of their labels."""
    owner = new_project(sandbox, fields, groups=groups)
    owner.json("project_settings", data=[{"is_longitudinal": "1"}])
    arms = dict.fromkeys(arm for arm, _ in events)
    owner.json("arm", action="import", data=[{"arm_num": arm, "name": f"Group {arm}"} for arm in arms])
    rows = [{"event_name": name, "arm_num": arm} for arm, name in events]
    owner.json("event", action="import", override="1", data=rows)
    designate(owner, [(unique(arm, name), form) for (arm, name), forms in events.items() for form in forms])
    if repeating:
        rows = [{"event_name": event, "form_name": form} for event, form in repeating]
        owner.json("repeatingFormsEvents", action="import", data=rows)
    return owner


def unique(arm: int, name: str) -> str:
    """The unique name of an event whose label is one short word."""
    return f"{name.lower()}_arm_{arm}"


def designate(owner: Api, pairs: Iterable[tuple[str, str]]) -> None:
    """Replaces the designations by these pairs of an event and a form."""
    rows = [{"unique_event_name": event, "form": form} for event, form in pairs]
    assert owner.json("formEventMapping", action="import", data=rows) == len(rows)


def at(record: str, event: str, form: str = "", instance: int | str = "", /, **values: object) -> Row:
    """A row of an import."""
    return {**dict(zip(PLACE, (record, event, form, instance), strict=True)), **values}


def places(owner: Api, **parameters: Any) -> list[tuple[Any, ...]]:
    """Where an export has rows: record, event, repeating form, instance."""
    return [tuple(row[name] for name in PLACE) for row in owner.json("record", **parameters)]


def value(owner: Api, record: str, event: str, name: str, instance: int | str = "") -> str:
    """One cell of an export; of an instance, whatever repeats."""
    found = [
        row[name]
        for row in owner.json("record", records=record, events=event)
        if row["redcap_repeat_instance"] == instance
    ]
    assert len(found) == 1, found
    return str(found[0])
