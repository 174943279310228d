"""Instruments that are surveys too, and the survey queue."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from redcap_sandbox.design.dictionary import timestamp_name


@dataclass(frozen=True)
class Survey:
    """An instrument's survey, with every setting under REDCap's own name for it."""

    form: str
    settings: Mapping[str, str]

    @property
    def title(self) -> str:
        """The title that respondents see."""
        return self.settings.get("title", "")

    @property
    def enabled(self) -> bool:
        """Whether the survey takes answers."""
        return self.settings.get("survey_enabled", "1") == "1"

    @property
    def save_and_return(self) -> bool:
        """Whether respondents may come back later, by their return code."""
        return self.settings.get("save_and_return", "0") == "1"


@dataclass(frozen=True)
class Queued:
    """A survey in the queue of an event, and when it appears: settings under REDCap's own names."""

    event: int
    form: str
    settings: Mapping[str, str]


def load(db: sqlite3.Connection, project: int) -> dict[str, Survey]:
    """The surveys by form."""
    rows = db.execute("SELECT form, settings FROM survey WHERE project = ?", (project,))
    return {form: Survey(form, json.loads(settings)) for form, settings in rows}


def save(db: sqlite3.Connection, project: int, survey: Survey) -> None:
    """Makes the form a survey, or changes its settings."""
    db.execute(
        "INSERT INTO survey (project, form, settings) VALUES (?, ?, ?) "
        "ON CONFLICT (project, form) DO UPDATE SET settings = excluded.settings",
        (project, survey.form, json.dumps(dict(survey.settings))),
    )


def delete(db: sqlite3.Connection, project: int, form: str) -> None:
    """Makes the form a survey no longer: its links, codes and timestamps go, its data stay."""
    db.execute("DELETE FROM survey WHERE project = ? AND form = ?", (project, form))
    db.execute("DELETE FROM survey_link WHERE project = ? AND form = ?", (project, form))
    db.execute(
        "UPDATE document SET content = json_remove(content, ?) "
        "WHERE form = ? AND record IN (SELECT id FROM record WHERE project = ?)",
        (f'$."{timestamp_name(form)}"', form, project),
    )


def load_queue(db: sqlite3.Connection, project: int) -> tuple[Queued, ...]:
    """The survey queue in the order of events; () where it is off."""
    rows = db.execute(
        "SELECT survey_queue.event, survey_queue.form, survey_queue.settings FROM survey_queue "
        "JOIN event ON event.id = survey_queue.event WHERE event.project = ? ORDER BY event.arm, event.position",
        (project,),
    )
    return tuple(Queued(event, form, json.loads(settings)) for event, form, settings in rows)


def save_queue(db: sqlite3.Connection, project: int, queue: Iterable[Queued]) -> None:
    """Replaces the survey queue."""
    db.execute("DELETE FROM survey_queue WHERE event IN (SELECT id FROM event WHERE project = ?)", (project,))
    db.executemany(
        "INSERT OR REPLACE INTO survey_queue (event, form, settings) VALUES (?, ?, ?)",
        [(queued.event, queued.form, json.dumps(dict(queued.settings))) for queued in queue],
    )
