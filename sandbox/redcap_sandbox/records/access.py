"""What a user may export of each form, and how the values of others are disguised."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import md5

from redcap_sandbox.design.dictionary import Column, Dictionary
from redcap_sandbox.people.members import Member
from redcap_sandbox.store.clock import day_of

NONE, FULL, DEIDENTIFIED, NO_IDENTIFIERS = 0, 1, 2, 3  # as `forms_export` has them
_LONGEST_SHIFT = 364  # days


@dataclass(frozen=True)
class Access:
    """A user's right to export each form; without a dictionary, of everything."""

    levels: Mapping[str, int]
    dictionary: Dictionary | None

    def level(self, form: str) -> int:
        """The right to the form; one that came after the user is open to him."""
        return self.levels.get(form, FULL)

    def allows(self, column: Column) -> bool:
        """Whether the column is exported.

        Without identifiers fields so marked are left out; de-identified also notes and text without validation. The
        record id always stays.
        """
        if self.dictionary is None:
            return True
        level = self.level(column.form)
        field = self.dictionary.by_name.get(column.field)
        if field is None or field.name == self.dictionary.record_id:
            return level != NONE or column.field == self.dictionary.record_id
        if level == DEIDENTIFIED and (field.kind == "notes" or (field.kind == "text" and not field.validation)):
            return False
        return level in {FULL, DEIDENTIFIED, NO_IDENTIFIERS} and not (level != FULL and field.is_identifier)

    @property
    def sees_survey_identifiers(self) -> bool:
        """Whether the survey identifier, which names a person, is exported."""
        return self.dictionary is None or self.level(self.dictionary.fields[0].form) == FULL

    @property
    def hides_records(self) -> bool:
        """Whether record names are exported as hashes."""
        return self.dictionary is not None and self.level(self.dictionary.fields[0].form) == DEIDENTIFIED

    def shifts(self, column: Column) -> bool:
        """Whether the column's dates are shifted: those of a form that is exported de-identified."""
        if self.dictionary is None or self.level(column.form) != DEIDENTIFIED:
            return False
        field = self.dictionary.by_name.get(column.field)
        return column.kind == "timestamp" or (field is not None and field.validation.startswith("date"))


FULL_ACCESS = Access({}, None)


def of(member: Member, dictionary: Dictionary) -> Access:
    """What the user may export."""
    return Access(member.forms_export, dictionary)


def hashed(project: int, record: str) -> str:
    """The record's name as 32 hexadecimal digits, always the same within a project."""
    return md5(f"{project}:{record}".encode(), usedforsecurity=False).hexdigest()


def shifted(project: int, record: str, stored: str, codes: Container[str] = ()) -> str:
    """The date or time so many days earlier as is this record's own number from 0 to 364 (assumed: earlier).

    What is no date is left as it is, and so is one of the missing data codes, which may look like a date.
    """
    found = day_of(stored)
    if found is None or stored in codes:
        return stored
    days = int(hashed(project, f"{record}:days"), 16) % (_LONGEST_SHIFT + 1)
    earlier = found - timedelta(days=days) if found.toordinal() > days else date.min
    return earlier.isoformat() + stored[10:]
