"""The project XML that a project was made from, kept without its records: what is not modelled is written from it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from breakthrough.instruments import odm

_NAME = "the kept project XML"


def store(db: sqlite3.Connection, project: int, parsed: odm.Project) -> None:
    """Keeps the XML."""
    db.execute("UPDATE project SET odm = ? WHERE id = ?", (odm.encode(replace(parsed, records="")), project))


def load(db: sqlite3.Connection, project: int) -> odm.Project | None:
    """What the kept XML says; None for a project that was made in another way."""
    (held,) = db.execute("SELECT odm FROM project WHERE id = ?", (project,)).fetchone()
    return odm.parse(held, _NAME) if held else None
