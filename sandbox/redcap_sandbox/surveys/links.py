"""Links to surveys, and the codes that go with them: made when first asked for, and the same ever after."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redcap_sandbox.records.entry import Place

# The characters that occur in the links recorded from servers: none that are taken for another.
_ALPHABET = "34789ACDEFHJKLMNPRTWXY"
HASH_LENGTH = 16
_ACCESS_CODE, _RETURN_CODE = 9, 8  # how many characters each has


@dataclass(frozen=True)
class Link:
    """A link to a survey.

    `record` is the record's internal number, None for a participant who has not answered yet and for the public link of
    an event. `invited` is when the invitation went out or will, '' without one.
    """

    id: int
    hash: str
    project: int
    record: int | None
    event: int
    form: str
    instance: int
    access_code: str
    return_code: str
    email: str
    identifier: str
    invited: str

    @property
    def is_public(self) -> bool:
        """Whether anybody may use it, each time for a new record."""
        return self.record is None and not self.email

    @property
    def place(self) -> Place:
        """The instance of the form that is answered through the link."""
        return Place(self.event, self.form, self.instance)


_SELECT = (
    "SELECT id, hash, project, record, event, form, instance, access_code, return_code, email, identifier, invited "
    "FROM survey_link"
)
_INSERT = (
    "INSERT INTO survey_link (project, record, event, form, instance, email, identifier, hash, access_code, "
    "return_code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def url(base_url: str, link_hash: str) -> str:
    """The address of the survey."""
    return f"{base_url}surveys/?s={link_hash}"


def find(db: sqlite3.Connection, link_hash: str) -> Link | None:
    """The link of that hash."""
    return _one(db, "hash = ?", link_hash)


def by_access_code(db: sqlite3.Connection, code: str) -> Link | None:
    """The link that a respondent means who enters this code on the page for surveys, in whatever case (assumed)."""
    return _one(db, "access_code = ?", code.strip().upper())


def returning(db: sqlite3.Connection, public: Link, code: str) -> Link | None:
    """The link of the response that was begun through the public one, by the return code it was given."""
    return _one(
        db,
        "project = ? AND event = ? AND form = ? AND record IS NOT NULL AND return_code = ?",
        public.project, public.event, public.form, code.strip().upper(),
    )  # fmt: skip


def of(db: sqlite3.Connection, project: int, record: int, place: Place) -> Link:
    """The record's own link to that instance of the survey."""
    held = _one(
        db,
        "record = ? AND event = ? AND form = ? AND instance = ?",
        record, place.event, place.form, place.instance,
    )  # fmt: skip
    if held is None:
        _add(db, [(project, record, place.event, place.form, place.instance, "", "")])
        return of(db, project, record, place)
    return held


def of_all(
    db: sqlite3.Connection, project: int, event: int, form: str, wanted: Sequence[tuple[int, int]]
) -> list[Link]:
    """The links to one survey at one event of these (record's number, instance), in their order."""
    held = _of_records(db, project, event, form)
    missing = [one for one in wanted if one not in held]
    if missing:
        _add(db, [(project, record, event, form, instance, "", "") for record, instance in missing])
        held = _of_records(db, project, event, form)
    return [held[one] for one in wanted]


def awaited(db: sqlite3.Connection, project: int, event: int, form: str) -> list[Link]:
    """The links of the participants who have no record yet, in the order they were added."""
    return [link for link in _of_survey(db, project, event, form) if link.record is None and link.email]


def public(db: sqlite3.Connection, project: int, event: int, form: str) -> Link:
    """The public link of the event, of which there is one."""
    held = [link for link in _of_survey(db, project, event, form) if link.is_public]
    if not held:
        _add(db, [(project, None, event, form, 1, "", "")])
        return public(db, project, event, form)
    return held[0]


def add_participant(db: sqlite3.Connection, project: int, event: int, form: str, email: str, identifier: str) -> Link:
    """The link of a new participant."""
    _add(db, [(project, None, event, form, 1, email, identifier)])
    return awaited(db, project, event, form)[-1]


def bind(db: sqlite3.Connection, link: Link, record: int) -> None:
    """Makes the participant's link that of the record which his first answers made."""
    db.execute("UPDATE survey_link SET record = ? WHERE id = ?", (record, link.id))


def set_invited(db: sqlite3.Connection, link: Link, at: str) -> None:
    """Remembers when the participant's invitation goes out; '' to call it off."""
    db.execute("UPDATE survey_link SET invited = ? WHERE id = ?", (at, link.id))


def _of_survey(db: sqlite3.Connection, project: int, event: int, form: str) -> list[Link]:
    rows = db.execute(f"{_SELECT} WHERE project = ? AND event = ? AND form = ? ORDER BY id", (project, event, form))
    return [Link(*row) for row in rows]


def _of_records(db: sqlite3.Connection, project: int, event: int, form: str) -> dict[tuple[int, int], Link]:
    """The links that belong to a record, by its number and the instance."""
    links = _of_survey(db, project, event, form)
    return {(link.record, link.instance): link for link in links if link.record is not None}


def _one(db: sqlite3.Connection, where: str, *values: str | int) -> Link | None:
    row = db.execute(f"{_SELECT} WHERE {where}", values).fetchone()
    return Link(*row) if row else None


def _add(db: sqlite3.Connection, links: Iterable[tuple[int, int | None, int, str, int, str, str]]) -> None:
    """Adds links, each with its own hash and codes."""
    db.executemany(
        _INSERT,
        [(*link, random_code(HASH_LENGTH), random_code(_ACCESS_CODE), random_code(_RETURN_CODE)) for link in links],
    )


def random_code(length: int) -> str:
    """Characters that nobody guesses, in the alphabet of REDCap's links and codes."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
