"""A project as one value, and how it is stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from redcap_sandbox.design import groups
from redcap_sandbox.design.dictionary import Dictionary, Field, Form
from redcap_sandbox.design.groups import Group
from redcap_sandbox.wire.answers import Cell

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


@dataclass(frozen=True)
class Project:
    """A project's design: settings, dictionary, the forms that repeat (with their labels) and the access groups."""

    id: int
    settings: Mapping[str, str | int]
    dictionary: Dictionary
    repeating: Mapping[str, str]
    groups: tuple[Group, ...]

    @cached_property
    def group_by_unique(self) -> Mapping[str, Group]:
        """The groups by unique name."""
        return {group.unique: group for group in self.groups}

    @cached_property
    def group_by_id(self) -> Mapping[int | None, Group]:
        """The groups by number. None, the number of no group, is allowed as a question."""
        return {group.id: group for group in self.groups}

    def info(self) -> dict[str, Cell]:
        """What `content=project` exports."""
        info: dict[str, Cell] = {"project_id": self.id, **SETTINGS, **self.settings}
        info["has_repeating_instruments_or_events"] = int(bool(self.repeating))
        return info


def create(db: sqlite3.Connection, settings: Mapping[str, str | int], dictionary: Dictionary) -> int:
    """The number of a new project with this design."""
    number = db.execute("INSERT INTO project (settings) VALUES (?) RETURNING id", (json.dumps(dict(settings)),))
    project = int(number.fetchone()[0])
    save_dictionary(db, project, dictionary)
    return project


def load(db: sqlite3.Connection, project: int) -> Project:
    """The project of that number, which must exist."""
    (settings,) = db.execute("SELECT settings FROM project WHERE id = ?", (project,)).fetchone()
    forms = db.execute("SELECT name, label FROM instrument WHERE project = ? ORDER BY position", (project,))
    fields = db.execute("SELECT cells FROM field WHERE project = ? ORDER BY position", (project,))
    dictionary = Dictionary(tuple(Form(*row) for row in forms), tuple(Field(json.loads(cells)) for (cells,) in fields))
    repeating = dict(db.execute("SELECT form, label FROM repeating WHERE project = ?", (project,)).fetchall())
    in_order = {form.name: repeating[form.name] for form in dictionary.forms if form.name in repeating}
    return Project(project, json.loads(settings), dictionary, in_order, groups.load(db, project))


def save_settings(db: sqlite3.Connection, project: int, settings: Mapping[str, str | int]) -> None:
    """Replaces the stored settings."""
    db.execute("UPDATE project SET settings = ? WHERE id = ?", (json.dumps(dict(settings)), project))


def save_dictionary(db: sqlite3.Connection, project: int, dictionary: Dictionary) -> None:
    """Replaces the dictionary; forms that are gone no longer repeat."""
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
    db.execute(
        "DELETE FROM repeating WHERE project = ? AND form <> '' "
        "AND form NOT IN (SELECT name FROM instrument WHERE project = repeating.project)",
        (project,),
    )


def save_repeating(db: sqlite3.Connection, project: int, repeating: Mapping[str, str]) -> None:
    """Replaces which forms repeat."""
    db.execute("DELETE FROM repeating WHERE project = ?", (project,))
    db.executemany(
        "INSERT INTO repeating (project, form, label) VALUES (?, ?, ?)",
        ((project, form, label) for form, label in repeating.items()),
    )
