"""What the server refuses, in REDCap's own words and with REDCap's status codes.

Texts marked *assumed* are ours, shaped after their recorded neighbours; all others were recorded from real servers.
"""

from __future__ import annotations

from collections.abc import Iterable

# How REDCap's message about missing privileges names each right.
_RIGHT_LABELS = {
    "api_export": "API Export",
    "api_import": "API Import/Update",
    "data_access_groups": "Data Access Groups",
    "design": "Project Design/Setup",
    "file_repository": "File Repository",
    "logging": "Logging",
    "manage_survey_participants": "Survey Distribution Tools",
    "record_rename": "Rename Records",
    "user_rights": "User Rights",
}


class Refusal(Exception):
    """A call that is answered with an error: an HTTP status and REDCap's message, and nothing has changed."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def no_permission() -> Refusal:
    """The one text for an unknown token, an expired user and a user without any API right."""
    return Refusal(403, "You do not have permissions to use the API")


def no_export_right() -> Refusal:
    """The token's user may import but not export."""
    return Refusal(403, "You do not have API Export privileges")


def no_import_right() -> Refusal:
    """The token's user may export but not import."""
    return Refusal(403, "You do not have API Import/Update privileges")


def no_delete_right() -> Refusal:
    """The token's user may not delete records."""
    return Refusal(403, "You do not have Delete Record privileges")


def no_create_right() -> Refusal:
    """The token's user may change records but not add any."""
    return Refusal(400, "Your user privileges do NOT allow you to create new records.")


def missing_rights(rights: Iterable[str]) -> Refusal:
    """The content needs a further right, such as the data access groups right for the list of groups."""
    named = " and ".join(f"'{_RIGHT_LABELS[right]}' privileges" for right in rights)
    return Refusal(400, f"Insufficient user privileges: You must have {named} in the project.")


def invalid_parameter(name: str) -> Refusal:
    """A parameter such as `content` holds a word the server does not know."""
    return Refusal(400, f'The value of the parameter "{name}" is not valid')


def invalid_values(name: str, values: Iterable[str]) -> Refusal:
    """An array parameter holds names that the project does not have."""
    return Refusal(400, f'The following values in the parameter "{name}" are not valid: {quoted(values)}')


def missing_parameter(name: str) -> Refusal:
    """A parameter that the content cannot do without is absent (assumed)."""
    return Refusal(400, f'The required parameter "{name}" is missing')


def unknown_columns(names: Iterable[str]) -> Refusal:
    """Imported columns that are no fields of the project."""
    return Refusal(400, f"The following fields were not found in the project as real data fields: {', '.join(names)}")


def invalid_events(names: Iterable[str]) -> Refusal:
    """Rows of an import are for events that the project does not have."""
    return Refusal(400, f"The following values of redcap_event_name are invalid: {', '.join(names)}")


def unreadable(data_format: str, why: str) -> Refusal:
    """The `data` parameter cannot be read in the format it claims (the JSON text is recorded, the others assumed)."""
    if data_format == "json":
        return Refusal(
            400,
            f"The data being imported is not formatted correctly. PHP error from JSON decoder: {why}. \n"
            "The JSON must be in an array, as in [{ ... }].",
        )
    return Refusal(400, f"The data being imported is not formatted correctly. {why}.")


def classic(what: str) -> Refusal:
    """Arms, events and mappings exist in longitudinal projects only."""
    return Refusal(400, f"You cannot export {what} for classic projects")


def nothing_repeats() -> Refusal:
    """The project repeats nothing, and REDCap calls asking for the list an error."""
    return Refusal(
        400,
        "You cannot export repeating instruments and events because the project does not contain any "
        "repeating instruments and events",
    )


def unknown_records(names: Iterable[str]) -> Refusal:
    """A deletion names records that are not there: nothing is deleted."""
    return Refusal(
        400,
        "One or more of the records provided cannot be deleted because they do not exist in the project. "
        f"The following records do not exist: {', '.join(names)}",
    )


def unknown_record(name: str) -> Refusal:
    """A call about one record names one that is not there (recorded for survey links)."""
    return Refusal(400, f'The record "{name}" does not exist')


def no_file_field(name: str) -> Refusal:
    """A file is asked of, or sent for, a field that holds none."""
    return Refusal(400, f"The field '{name}' does not exist or is not a 'file' field")


def no_file() -> Refusal:
    """The file field is there, and empty."""
    return Refusal(400, "There is no file to download for this record")


def unknown_folder(number: str) -> Refusal:
    """The File Repository has no such folder, or none that this user may see."""
    return Refusal(
        400,
        f"The File Repository folder folder_id={number} does not exist or else you do not have permission to that "
        "folder because it is DAG-restricted or Role-restricted.",
    )


def locked(records: Iterable[str], status: str) -> Refusal:
    """An import into locked records; REDCap names the first form's status as the field (the value is left blank)."""
    text = "This record has been locked at the record level. No value within this record can be modified."
    return Refusal(400, "\n".join(f'"{record}","{status}","","{text}"' for record in records))


def illegal_group_column() -> Refusal:
    """A user inside a data access group may not say which group a record belongs to."""
    return Refusal(400, "Illegal use of 'redcap_data_access_group' field!")


def too_large(limit: int) -> Refusal:
    """The request body is larger than this server reads (a web server's answer, not REDCap's)."""
    return Refusal(413, f"The request is larger than {limit:,} bytes, the most this server accepts")


def quoted(values: Iterable[str]) -> str:
    """REDCap's list of names: each in single quotes, joined by a comma."""
    return ", ".join(f"'{value}'" for value in values)
