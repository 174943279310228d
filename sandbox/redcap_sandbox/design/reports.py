"""Reports that people have set up on a project."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """A report: its number, and every setting under REDCap's own name for it."""

    id: int
    settings: Mapping[str, str]

    @property
    def title(self) -> str:
        """What people call it."""
        return self.settings.get("title", "")

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it shows, in its own order."""
        return self._listed("redcap_reports_fields")

    @property
    def events(self) -> tuple[str, ...]:
        """The unique names of the events it is limited to; () for all."""
        return self._listed("redcap_reports_filter_events")

    @property
    def groups(self) -> tuple[str, ...]:
        """The unique names of the data access groups it is limited to; () for all."""
        return self._listed("redcap_reports_filter_dags")

    @property
    def logic(self) -> str:
        """The filter it applies, in REDCap's logic: that of its limiter, for both kinds are kept there, else ''."""
        return self.settings.get("advanced_logic", "").strip() or self.settings.get("limiter_logic", "").strip()

    @property
    def whole_records(self) -> bool:
        """Whether a record of which one row fulfils the logic is shown with all its rows."""
        return self.settings.get("filter_type", "EVENT") == "RECORD"

    def switched_on(self, setting: str) -> bool:
        """Whether a setting that is 0 or 1 is on."""
        return self.settings.get(setting, "0") == "1"

    @property
    def order(self) -> tuple[tuple[str, bool], ...]:
        """(field, descending) by which its rows are sorted, most important first."""
        named = ((self.settings.get(f"orderby_field{place}", ""), f"orderby_sort{place}") for place in (1, 2, 3))
        return tuple((name, self.settings.get(sort, "ASC") == "DESC") for name, sort in named if name)

    def _listed(self, setting: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.settings.get(setting, "").split(",") if name.strip())


def load(db: sqlite3.Connection, project: int) -> tuple[Report, ...]:
    """The project's reports in the order they were made."""
    rows = db.execute("SELECT id, settings FROM report WHERE project = ? ORDER BY id", (project,))
    return tuple(Report(number, json.loads(settings)) for number, settings in rows)


def find(db: sqlite3.Connection, project: int, number: int) -> Report | None:
    """The project's report of that number; None if it has none such."""
    row = db.execute("SELECT id, settings FROM report WHERE project = ? AND id = ?", (project, number)).fetchone()
    return Report(row[0], json.loads(row[1])) if row else None


def add(db: sqlite3.Connection, project: int, settings: Mapping[str, str]) -> Report:
    """The new report with these settings."""
    added = db.execute(
        "INSERT INTO report (project, settings) VALUES (?, ?) RETURNING id", (project, json.dumps(dict(settings)))
    )
    return Report(added.fetchone()[0], dict(settings))
