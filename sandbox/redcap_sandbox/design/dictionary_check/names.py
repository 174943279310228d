"""Names of fields and forms: twice, missing, apart, illegal, or REDCap's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redcap_sandbox.design.dictionary import Field, checkbox_column, status_name
from redcap_sandbox.design.dictionary_check.cells import Rows, at, places, values

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 100
# Columns of REDCap's own. Other words are said to be reserved (`record`, `event`, `project_id` …), but `project_id` is
# a field in a project of a real server, so they are let pass.
_RESERVED = frozenset(
    {
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "redcap_data_access_group",
        "redcap_survey_identifier",
        "redcap_survey_timestamp",
    }
)


def duplicates(rows: Rows) -> Iterator[str]:
    """Names that stood before, run together as in the recorded message, which is a list without its markup."""
    seen: set[str] = set()
    again = ""
    for index, row in enumerate(rows):
        if row.name and row.name in seen:
            again += f"{row.name} ({at('field_name', index)})"
        seen.add(row.name)
    if again:
        yield (
            "The following variable/field names were duplicated. Please rename these field names so that they only "
            f"appear once.{again}"
        )


def missing_forms(rows: Rows) -> Iterator[str]:
    """Rows without a form."""
    if found := places(rows, "form_name", lambda row: not row.form):
        yield f"Each row MUST have a form name, but the following cells have a form name missing: {found}."


def split_forms(rows: Rows) -> Iterator[str]:
    """Forms that begin a second time; rows without a form count as a form, as they do in the recorded message."""
    seen: set[str] = set()
    again = []
    for index, row in enumerate(rows):
        if index and rows[index - 1].form == row.form:
            continue
        if row.form in seen:
            again.append(f"{row.form} ({at('form_name', index)})".strip())
        seen.add(row.form)
    if again:
        yield (
            "Form names must be sequential and cannot repeat again after being used for another form. Rename the "
            f"following form names\r\n{' ' * 19}beginning with the values listed below: {', '.join(again)}"
        )


def illegal(rows: Rows) -> Iterator[str]:
    """Names that are missing, and those that REDCap cannot have."""
    if found := places(rows, "field_name", lambda row: not row.name):
        yield (
            "Each row MUST have a variable/field name, but the following cells have a variable/field name missing: "
            f"{found}."
        )
    own = _RESERVED.union(*((status_name(row.form), f"{row.form}_timestamp") for row in rows))

    def wrong(row: Field) -> bool:
        name = row.name
        return bool(name) and (not _NAME.fullmatch(name) or len(name) > _LONGEST or name in own)

    if found := values(rows, "field_name", wrong):
        yield (
            "Variable/field names must begin with a letter, hold only lower-case letters, digits and underscores, "
            f"be no longer than {_LONGEST} characters and be no name that REDCap reserves: {found}"
        )


def clashes(rows: Rows) -> Iterator[str]:
    """Names that are also the column of another field's box."""
    boxes = {checkbox_column(row.name, choice.code) for row in rows if row.kind == "checkbox" for choice in row.choices}
    if found := values(rows, "field_name", lambda row: row.name in boxes):
        yield f"The following variable/field names are also the export column of a checkbox: {found}"
