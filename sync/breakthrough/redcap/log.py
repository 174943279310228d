"""REDCap's log without what it tells about people: of each line only when, what was done, to which record, by whom.

The details of a line repeat what was entered, so they end here. Only the new name of a renamed record is taken out, and
of work on the project itself those words that are REDCap's own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from breakthrough.errors import AnswerUnreadable
from breakthrough.redcap import checks

Kind = Literal["create", "update", "delete", "other"]

# "Update record 5", "Created Record (API) 5", "Delete record 5 (Event 1)", "Update Response (Auto calculation) 5"
_ACTION = re.compile(
    r"(?P<verb>create|update|delete)d? (?:survey )?(?:record|response)(?: \([^()]*\))*(?: (?P<record>.*))?",
    re.IGNORECASE,
)
_KINDS: dict[str, Kind] = {"create": "create", "update": "update", "delete": "delete"}
_EVENT = re.compile(r" \(.*\)$")
# Work on the project that can make it differ from its definition. What follows these words somebody may have typed.
_WORK = re.compile(
    r"""
    (?:create|edit|copy|move|delete)\ project\ field | (?:create|edit|copy|delete)\ matrix\ of\ fields
    | (?:create|rename|copy|delete)\ data\ collection\ instrument
    | reorder\ (?:data\ collection\ instruments|project\ fields) | tag\ new\ identifier\ fields
    | add/edit\ branching\ logic | upload\ data\ dictionary
    | (?:approve|automatically\ approve)\ production\ project\ modifications
    | (?:create|edit|delete)\ (?:arm|event)\b | perform\ instrument-event\ mappings
    | set\ up\ repeating\ instruments/events | (?:create|rename|delete)\ data\ access\ group
    | (?:assign|remove)\ user\ (?:to|from)\ data\ access\ group | upload\ users
    | set\ up\ survey\b(?!\ queue) | modify\ survey\ info | delete\ survey | modify\ project\ settings
    | make\ project\ customizations | move\ project\ (?:back\ )?to\ (?:production|development|analysis/cleanup)\ status
    """,
    re.IGNORECASE | re.VERBOSE,
)
_API = re.compile(r"^[A-Za-z/' -]+ \(API\)")  # behind REDCap's own words, and before anything that somebody typed
_PEOPLE = re.compile(r"(?:add|create|update|edit|delete)d? (?:new )?user(?: role| rights)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log. `at` is server-local, to the minute; `record` is '' where none is named."""

    at: dt.datetime
    kind: Kind
    record: str
    renamed: str = ""  # the record's new name, where the line is about a renaming
    user: str = field(default="", repr=False)
    work: str = ""  # what was done to the project itself, in REDCap's words: Edit project field
    api: bool = False  # whether it came through the API, where REDCap says so


def lines(rows: Iterable[Mapping[str, str]], record_field: str) -> list[Line]:
    """Those rows of the log as lines, in REDCap's order (newest first). Raises AnswerUnreadable for a row that is none.

    A line of a kind that is not known is "other": something happened that may concern any record.
    """
    return list(_lines(rows, record_field))


def _lines(rows: Iterable[Mapping[str, str]], record_field: str) -> Iterator[Line]:
    name = re.compile(rf"(?:\[instance = \d+\], )?{re.escape(record_field)} = '(.+?)'(?=,|\s*$)")
    rows = list(rows)
    checks.table(rows, "logged actions", ("timestamp", "username", "action", "details"), ("timestamp",))
    for row in rows:
        action = row["action"].strip()
        found = _ACTION.fullmatch(action)
        kind = _kind(found)
        record = row.get("record") or _named(found)
        told = name.match(row["details"])
        # the name stands in the details of a new record, too, and there it is the record's own
        old = _named(found) or record
        renamed = told[1] if told and kind == "update" and told[1] != old else ""
        work = _work(action, row["details"]) if kind == "other" else ""
        api = "(API)" in action or (
            action.lower().startswith("manage/design") and _API.search(row["details"]) is not None
        )
        yield Line(_minute(row["timestamp"]), kind, old if renamed else record, renamed, row["username"], work, api)


def _work(action: str, details: str) -> str:
    found = _PEOPLE.match(action)
    if found is None and action.lower().startswith("manage/design"):
        found = _WORK.match(details) or _PEOPLE.match(details)
    return found[0] if found else ""


def _kind(found: re.Match[str] | None) -> Kind:
    return _KINDS[found["verb"].lower()] if found else "other"


def _named(found: re.Match[str] | None) -> str:
    """The record that the action itself names, as all did before there was a column for it."""
    return _EVENT.sub("", found["record"] or "").strip() if found else ""


def _minute(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise AnswerUnreadable(
            "A line of REDCap's log has no time. Nothing was taken from it. Try again later; if it stays so, tell your "
            "REDCap administrator."
        )
    return at.replace(second=0, microsecond=0)
