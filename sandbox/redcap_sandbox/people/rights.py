"""The rights that a user or a role may hold: their names, their levels, and what each level of a form allows."""

from __future__ import annotations

from collections.abc import Mapping

from redcap_sandbox.wire import refusals

_BEFORE_LOCKING = (
    "design",
    "alerts",
    "user_rights",
    "data_access_groups",
    "reports",
    "stats_and_charts",
    "manage_survey_participants",
    "calendar",
    "data_import_tool",
    "data_comparison_tool",
    "logging",
    "email_logging",
    "file_repository",
    "data_quality_create",
    "data_quality_execute",
    "api_export",
    "api_import",
    "api_modules",
    "mobile_app",
    "mobile_app_download_data",
    "record_create",
    "record_rename",
    "record_delete",
)
_LOCKING = ("lock_records_all_forms", "lock_records", "lock_records_customization")
RANDOMIZATION = ("random_setup", "random_dashboard", "random_perform")
RIGHTS = (*_BEFORE_LOCKING, *_LOCKING, *RANDOMIZATION)
BY_FORM = ("forms", "forms_export")

# What a project's creator has to grant to himself, as PyCap's doctest of a new project shows.
NOT_THE_CREATORS = frozenset(
    {"email_logging", "mobile_app_download_data", "record_rename", "record_delete", *_LOCKING, *RANDOMIZATION}
)

_ON_OFF = frozenset({0, 1})
# User rights: 2 lets one look but not change. Locking: 2 locks with an e-signature (so it is commonly said).
_THREE_LEVELS = frozenset({"user_rights", "lock_records"})
_FORM_LEVELS: Mapping[str, frozenset[int]] = {
    # No access, view and edit, read only, edit survey responses; then the same in bits, as REDCap 15.6 began to write:
    # 128 marks them, 1 reads, 2 edits, 8 edits survey responses, 16 deletes.
    "forms": frozenset({0, 1, 2, 3, 128, 129, 130, 138, 146, 154}),
    "forms_export": frozenset({0, 1, 2, 3}),  # none, full, de-identified, without identifiers
}
READ_ONLY = 2
NO_ACCESS = 0
FULL_ACCESS = 1
SURVEY_RESPONSES = 3

_UNSEEN = frozenset({0, 128})
_UNCHANGEABLE = frozenset({0, 2, 128, 129})
_RESPONSES = frozenset({SURVEY_RESPONSES, 138, 154})


def of_users(*, randomization: bool) -> tuple[str, ...]:
    """The columns of rights in the order in which users are exported."""
    return (*_BEFORE_LOCKING, *_LOCKING, *(RANDOMIZATION if randomization else ()), *BY_FORM)


def of_roles(*, randomization: bool) -> tuple[str, ...]:
    """The columns of rights in the order in which roles are exported: locking the other way round."""
    return (*_BEFORE_LOCKING, *reversed(_LOCKING), *BY_FORM, *(RANDOMIZATION if randomization else ()))


def check(name: str, level: int) -> None:
    """Refusal if the right has no such level, or there is no such right (that REDCap checks levels is assumed)."""
    if name not in RIGHTS or level not in (_ON_OFF | {READ_ONLY} if name in _THREE_LEVELS else _ON_OFF):
        raise refusals.invalid_values(name, [str(level)])


def check_form(kind: str, level: int) -> None:
    """Refusal if `forms` or `forms_export` has no such level."""
    if level not in _FORM_LEVELS[kind]:
        raise refusals.invalid_values(kind, [str(level)])


def sees(level: int) -> bool:
    """Whether a form is shown to who holds it at this level of `forms`."""
    return level not in _UNSEEN


def edits(level: int) -> bool:
    """Whether a form may be changed by who holds it at this level of `forms`."""
    return level not in _UNCHANGEABLE


def edits_responses(level: int) -> bool:
    """Whether what a survey's respondent answered may be changed by who holds the form at this level of `forms`."""
    return level in _RESPONSES
