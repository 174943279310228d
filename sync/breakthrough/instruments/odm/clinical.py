"""What the records part of a project XML says: one value for each form of a record, at an event, in an instance."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from breakthrough.instruments.odm.values import Project

_STORED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
CLASSIC_EVENT = "event_1_arm_1"  # under which a classic project, whose event nobody sees, says what repeats


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file, or a signature."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one form of a record holds. `event` is blank in a classic project.

    `instance` counts from 1: of the form where the form repeats, of the event where the event does, else always 1.
    `values`: by item (a field, one box `field___code` of a checkbox as 0 or 1, `<form>_complete`), never blank, without
    the record ID. `group` is the unique name of the record's data access group, `identifier` the respondent's,
    `timestamp` when the survey on this form was completed, or `[not completed]`.
    """

    record: str
    form: str
    event: str = ""
    instance: int = 1
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, File] = field(default_factory=dict, repr=False)
    group: str = ""
    identifier: str = field(default="", repr=False)
    timestamp: str = ""


class Repeats:
    """Which of the two keys of repetition counts, as the project's setup has it; both are always written."""

    def __init__(self, project: Project) -> None:
        self._classic = not project.events
        self._forms = {(one.event, one.form) for one in project.repeating if one.form}
        self._events = {one.event for one in project.repeating if not one.form}

    def of_form(self, event: str, form: str) -> bool:
        """Whether the form repeats by itself at that event."""
        return (CLASSIC_EVENT if self._classic else event, form) in self._forms

    def of_event(self, event: str) -> bool:
        """Whether the event repeats as a whole."""
        return not self._classic and event in self._events


class Moments:
    """Fields that hold a date with a time: an XML has a T between the two where REDCap stores a blank.

    REDCap's files show it for datetime fields; for those with seconds it is assumed. Survey timestamps have no T.
    """

    def __init__(self, project: Project) -> None:
        self._fields = {field.field_name for field in project.fields if field.validation.startswith("datetime_")}

    def written(self, field: str, value: str) -> str:
        """The value as it stands in an XML."""
        return value.replace(" ", "T") if field in self._fields and _STORED.fullmatch(value) else value

    def stored(self, field: str, value: str) -> str:
        """The value as REDCap stores it."""
        return value.replace("T", " ") if field in self._fields and _WRITTEN.fullmatch(value) else value
