"""A project as one value, and how it is stored."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from redcap_sandbox.design import events, groups, surveys
from redcap_sandbox.design.dictionary import Choice, Dictionary, Field, Form
from redcap_sandbox.design.events import Arm, Event
from redcap_sandbox.design.groups import Group
from redcap_sandbox.design.surveys import Survey
from redcap_sandbox.wire.answers import Cell
from redcap_sandbox.wire.refusals import Refusal

# What `content=project` exports, in REDCap's order, with the value a new project begins with.
SETTINGS: Mapping[str, str | int] = {
    "project_title": "",
    "creation_time": "",
    "production_time": "",
    "in_production": 0,
    "project_language": "English",
    "purpose": 0,
    "purpose_other": "",
    "project_notes": "",
    "custom_record_label": "",
    "secondary_unique_field": "",
    "is_longitudinal": 0,
    "has_repeating_instruments_or_events": 0,
    "surveys_enabled": 0,
    "scheduling_enabled": 0,
    "record_autonumbering_enabled": 1,
    "randomization_enabled": 0,
    "ddp_enabled": 0,
    "project_irb_number": "",
    "project_grant_number": "",
    "project_pi_firstname": "",
    "project_pi_lastname": "",
    "project_pi_email": "",
    "display_today_now_button": 1,
    "missing_data_codes": "",
    "external_modules": "",
    "bypass_branching_erase_field_prompt": 0,
}


Place = tuple[int, str]  # an event's number and a form; '' for the event as a whole

_FIRST_ARM = Arm(1, "Arm 1")
_FIRST_EVENT = "Event 1"
_MISSING_CODE = re.compile(r"\s*([A-Za-z0-9._-]+)\s*,(.*)")


@dataclass(frozen=True)
class Project:
    """A project's design.

    `arms`, `stored_events` and `designated` are kept for a classic project too, which shows none of them. `repeating`:
    what repeats, with the label of its instances; in a classic project forms only. A project whose arms were all
    deleted has no event (redcapAPI's tests do so); it takes no records until it has one again.
    """

    id: int
    settings: Mapping[str, str | int]
    dictionary: Dictionary
    arms: tuple[Arm, ...]
    stored_events: tuple[Event, ...]
    designated: Mapping[int, frozenset[str]]
    repeating: Mapping[Place, str]
    groups: tuple[Group, ...]
    surveys: Mapping[str, Survey]

    @cached_property
    def is_longitudinal(self) -> bool:
        """Whether the project has events that people see: it is set up so, and has more than one."""
        return bool(self.settings.get("is_longitudinal")) and len(self.stored_events) > 1

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events in use, in order: of a classic project the first."""
        return self.stored_events if self.is_longitudinal else self.stored_events[:1]

    @cached_property
    def first_event(self) -> Event:
        """The first event in use: of a classic project the only one. Refusal (assumed) where there is none."""
        if not self.events:
            raise Refusal(400, "The project has no events: add one first.")
        return self.events[0]

    @cached_property
    def event_by_unique(self) -> Mapping[str, Event]:
        """The events in use by unique name."""
        return {event.unique_name: event for event in self.events}

    @cached_property
    def event_by_id(self) -> Mapping[int, Event]:
        """The events in use by number."""
        return {event.id: event for event in self.events}

    @cached_property
    def has_arms(self) -> bool:
        """Whether the events in use belong to more than one arm."""
        return len({event.arm for event in self.events}) > 1

    @cached_property
    def arm_names(self) -> Mapping[int, str]:
        """Arm number → its name."""
        return {arm.number: arm.name for arm in self.arms}

    def forms_of(self, event: int) -> frozenset[str]:
        """The forms that can be filled in at the event: in a classic project all."""
        if not self.is_longitudinal:
            return self._all_forms
        return self.designated.get(event, frozenset())

    @cached_property
    def _all_forms(self) -> frozenset[str]:
        return frozenset(self.dictionary.form_labels)

    def repeats(self, event: int, form: str = "") -> bool:
        """Whether the form repeats on that event; without a form, whether the event repeats as a whole."""
        return (event, form) in self.repeating

    @cached_property
    def any_repeats(self) -> bool:
        """Whether anything in use repeats."""
        return any(event in self.event_by_id for event, _ in self.repeating)

    @cached_property
    def repeating_forms(self) -> frozenset[str]:
        """The forms that repeat on some event."""
        return frozenset(form for event, form in self.repeating if form and event in self.event_by_id)

    def event_title(self, event: Event) -> str:
        """What people call the event: with its arm where there are several."""
        return f"{event.name} (Arm {event.arm}: {self.arm_names[event.arm]})" if self.has_arms else event.name

    def logged_event(self, event: int) -> str:
        """What the log says of the event behind a record's name: nothing in a classic project."""
        if not self.is_longitudinal:
            return ""
        of = self.event_by_id[event]
        return f" ({of.name} (Arm {of.arm}: {self.arm_names[of.arm]}))"

    @cached_property
    def group_by_unique(self) -> Mapping[str, Group]:
        """The groups by unique name."""
        return {group.unique: group for group in self.groups}

    @cached_property
    def group_by_id(self) -> Mapping[int | None, Group]:
        """The groups by number. None, the number of no group, is allowed as a question."""
        return {group.id: group for group in self.groups}

    @property
    def in_production(self) -> bool:
        """Whether the project has left development."""
        return bool(self.settings.get("in_production"))

    @cached_property
    def missing_choices(self) -> tuple[Choice, ...]:
        """The codes that say why a value is missing, with labels. They are kept one to a line or joined by `|`."""
        lines = re.split(r"[\n|]", str(self.settings.get("missing_data_codes", "")))
        found = (_MISSING_CODE.match(line) for line in lines)
        return tuple(Choice(match[1], match[2].strip()) for match in found if match)

    @cached_property
    def missing_codes(self) -> frozenset[str]:
        """The codes that say why a value is missing."""
        return frozenset(choice.code for choice in self.missing_choices)

    def info(self) -> dict[str, Cell]:
        """What `content=project` exports."""
        known = {name: value for name, value in self.settings.items() if name in SETTINGS}
        info: dict[str, Cell] = {"project_id": self.id, **SETTINGS, **known}
        info["is_longitudinal"] = int(self.is_longitudinal)
        info["has_repeating_instruments_or_events"] = int(self.any_repeats)
        return info


def create(db: sqlite3.Connection, settings: Mapping[str, str | int], dictionary: Dictionary) -> int:
    """The number of a new project with this design, one arm and one event."""
    number = db.execute("INSERT INTO project (settings) VALUES (?) RETURNING id", (json.dumps(dict(settings)),))
    project = int(number.fetchone()[0])
    save_dictionary(db, project, dictionary)
    events.save_arm(db, project, _FIRST_ARM)
    first = events.add(db, project, _FIRST_ARM.number, _FIRST_EVENT)
    events.designate(db, project, [(first.id, form.name) for form in dictionary.forms])
    return project


def open_first_event(db: sqlite3.Connection, before: Project) -> None:
    """Designates forms to the event that was the only one, where a classic project has become longitudinal (assumed).

    These are the forms that hold data there, so that none are hidden, and those that are designated nowhere.
    """
    now = load(db, before.id)
    if before.is_longitudinal or not now.is_longitudinal:
        return
    pairs = [(event, form) for event, forms in now.designated.items() for form in forms]
    nowhere = now.dictionary.form_labels.keys() - {form for _, form in pairs}
    for event in before.events:
        if event.id in now.event_by_id:
            filled = {form for (form,) in db.execute("SELECT DISTINCT form FROM document WHERE event = ?", (event.id,))}
            wanted = nowhere | (filled & now.dictionary.form_labels.keys())
            pairs += [(event.id, form) for form in wanted]
    events.designate(db, before.id, pairs)


def load(db: sqlite3.Connection, project: int) -> Project:
    """The project of that number, which must exist."""
    (settings,) = db.execute("SELECT settings FROM project WHERE id = ?", (project,)).fetchone()
    dictionary = load_dictionary(db, project)
    stored = events.load(db, project)
    labels = {
        (event, form): label
        for event, form, label in db.execute(
            "SELECT repeating.event, form, label FROM repeating JOIN event ON event.id = repeating.event "
            "WHERE event.project = ?",
            (project,),
        )
    }
    forms = ("", *dictionary.form_labels)
    places = [(event.id, form) for event in stored for form in forms if (event.id, form) in labels]
    loaded = Project(
        id=project,
        settings=json.loads(settings),
        dictionary=dictionary,
        arms=events.load_arms(db, project),
        stored_events=stored,
        designated=events.load_designations(db, project),
        repeating={place: labels[place] for place in places},
        groups=groups.load(db, project),
        surveys=surveys.load(db, project),
    )
    if loaded.is_longitudinal:
        return loaded
    return replace(loaded, repeating={place: label for place, label in loaded.repeating.items() if place[1]})


def load_dictionary(db: sqlite3.Connection, project: int) -> Dictionary:
    """The project's dictionary."""
    forms = db.execute("SELECT name, label FROM instrument WHERE project = ? ORDER BY position", (project,))
    fields = db.execute("SELECT cells FROM field WHERE project = ? ORDER BY position", (project,))
    return Dictionary(tuple(Form(*row) for row in forms), tuple(Field(json.loads(cells)) for (cells,) in fields))


def save_settings(db: sqlite3.Connection, project: int, settings: Mapping[str, str | int]) -> None:
    """Replaces the stored settings."""
    db.execute("UPDATE project SET settings = ? WHERE id = ?", (json.dumps(dict(settings)), project))


def save_dictionary(db: sqlite3.Connection, project: int, dictionary: Dictionary) -> None:
    """Replaces the dictionary; forms that are gone are designated nowhere, repeat no longer and are no surveys."""
    db.execute("DELETE FROM field WHERE project = ?", (project,))
    db.executemany(
        "INSERT INTO field (project, position, cells) VALUES (?, ?, ?)",
        ((project, position, json.dumps(dict(field.cells))) for position, field in enumerate(dictionary.fields)),
    )
    db.execute("DELETE FROM instrument WHERE project = ?", (project,))
    db.executemany(
        "INSERT INTO instrument (project, name, position, label) VALUES (?, ?, ?, ?)",
        ((project, form.name, position, form.label) for position, form in enumerate(dictionary.forms)),
    )
    gone = "form <> '' AND form NOT IN (SELECT name FROM instrument WHERE project = ?)"
    for table in ("designation", "repeating", "survey_queue"):
        db.execute(
            f"DELETE FROM {table} WHERE {gone} AND event IN (SELECT id FROM event WHERE project = ?)",  # noqa: S608  (constants)
            (project, project),
        )
    db.execute(f"DELETE FROM survey WHERE {gone} AND project = ?", (project, project))  # noqa: S608  (constants)


def save_repeating(db: sqlite3.Connection, project: int, repeating: Mapping[Place, str]) -> None:
    """Replaces what repeats."""
    db.execute("DELETE FROM repeating WHERE event IN (SELECT id FROM event WHERE project = ?)", (project,))
    db.executemany(
        "INSERT INTO repeating (event, form, label) VALUES (?, ?, ?)",
        ((event, form, label) for (event, form), label in repeating.items()),
    )
