"""Stored records, one at a time and in REDCap's order, so that an export of any length needs little memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from redcap_sandbox.records import names

Values = Mapping[str, str]


@dataclass(frozen=True)
class Document:
    """What is stored of one instance of a form: values by key, blanks left out."""

    form: str
    instance: int
    values: Values


@dataclass(frozen=True)
class Record:
    """A stored record with the documents that were asked for, in no particular order."""

    name: str
    group: int | None
    documents: Sequence[Document]


@dataclass(frozen=True)
class Selection:
    """Which records to read, and of which forms.

    `records` None for all; `group` a data access group's number, None for all; `begin` and `end` server-local times of
    creation or change, to the second, '' for open.
    """

    forms: Sequence[str]
    records: Sequence[str] | None = None
    group: int | None = None
    begin: str = ""
    end: str = ""


def read(db: sqlite3.Connection, project: int, selection: Selection) -> Iterator[Record]:
    """The selected records in natural order of their names."""
    where, values = _where(project, selection)
    rows = db.execute(
        "SELECT record.id, record.name, record.access_group, document.form, document.instance, document.content "  # noqa: S608  (only constants are joined)
        "FROM record LEFT JOIN document ON document.record = record.id AND document.event = 1 "
        "AND document.form IN (SELECT value FROM json_each(?)) "
        f"WHERE {where} ORDER BY record.sort_key, record.id",
        (json.dumps(list(selection.forms)), *values),
    )
    for _, of_one in groupby(rows, key=itemgetter(0)):
        held = list(of_one)
        _, name, group, *_ = held[0]
        documents = [
            Document(form, instance, json.loads(content)) for *_, form, instance, content in held if form is not None
        ]
        yield Record(name, group, documents)


def _where(project: int, selection: Selection) -> tuple[str, list[str | int]]:
    where = ["record.project = ?"]
    values: list[str | int] = [project]
    if selection.records is not None:
        where.append("record.folded IN (SELECT value FROM json_each(?))")
        values.append(json.dumps([names.folded(name) for name in selection.records]))
    if selection.group is not None:
        where.append("record.access_group = ?")
        values.append(selection.group)
    if selection.begin or selection.end:
        where.append(
            "record.name IN (SELECT record FROM journal WHERE project = ? AND at >= ? AND at <= ? "
            "AND kind IN ('record_add', 'record_edit'))"
        )
        values.extend((project, selection.begin, selection.end or "9999"))
    return " AND ".join(where), values
