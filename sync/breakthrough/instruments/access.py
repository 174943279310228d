"""The roles of project.yaml, and what each may do: form by form from who fills a form in, the rest as it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field as Limits

from breakthrough.configfile import Model
from breakthrough.language import listed, message, message_as, say, say_as

__all__ = ["RIGHTS", "Grants", "Right", "RoleFile", "Who", "form_level", "gained", "grants"]

Who = Literal["coordinator", "team", "coach", "leader", "participant", "worker"]
Right = Literal[
    "design", "alerts", "user_rights", "data_access_groups", "reports", "stats_and_charts",
    "manage_survey_participants", "calendar", "data_import_tool", "data_comparison_tool", "logging", "email_logging",
    "file_repository", "data_quality_create", "data_quality_execute", "api_export", "api_import", "api_modules",
    "mobile_app", "mobile_app_download_data", "record_create", "record_rename", "record_delete",
    "lock_records_all_forms", "lock_records", "lock_records_customization",
]  # fmt: skip
RIGHTS: tuple[Right, ...] = get_args(Right)
Exports = Literal["none", "de-identified", "no identifiers", "full"]

NONE, EDIT, READ = 0, 1, 2  # levels of a form as the API writes them
_EXPORTS: Mapping[Exports, int] = {"none": 0, "de-identified": 2, "no identifiers": 3, "full": 1}
# Servers since 15.6 answer in bits: 128 marks them, 1 reads, 2 edits, 8 edits survey responses, 16 deletes.
_IN_BITS = {128: NONE, 129: READ, 130: EDIT, 138: 3}
_FORM_WORDS = {
    READ: message("{form} read"),
    EDIT: message("{form} filled in"),
    3: message("{form} filled in, survey answers too"),
}
_OTHER_LEVEL = message("{form} at level {level}")
_FORM_REACH = {NONE: 0, READ: 1, EDIT: 2, 3: 3}
_EXPORT_WORDS = {
    2: message_as("what may be exported", "de-identified"),
    3: message_as("what may be exported", "no identifiers"),
    1: message_as("what may be exported", "full"),
}
_EXPORT_REACH = {0: 0, 2: 1, 3: 2, 1: 3}


class RoleFile(Model):
    """What project.yaml says of one role. `group: team`: its people are in their team's group, else in none.

    `edits` and `reads` name whose forms (an instrument's `by`) the role fills in and reads; `all` means every form.
    """

    label: Annotated[str, Limits(max_length=100)] = ""  # else the key in words
    group: Literal["team", "none"] = "none"
    edits: Literal["all"] | tuple[Who, ...] = ()
    reads: Literal["all"] | tuple[Who, ...] = ()
    exports: Exports = "none"
    rights: tuple[Right, ...] = ()


@dataclass(frozen=True, slots=True)
class Grants:
    """What a role may do, in the numbers of REDCap's API: every right, every form's level, every form's export."""

    rights: Mapping[str, int]
    forms: Mapping[str, int]
    exports: Mapping[str, int]


def grants(role: RoleFile, forms: Mapping[str, Who | None]) -> Grants:
    """What the role may do in a project of these forms, each with who fills it in. No form unseen can be exported."""
    levels = {form: _level(role, by) for form, by in forms.items()}
    exports = {form: _EXPORTS[role.exports] if level else 0 for form, level in levels.items()}
    return Grants({right: int(right in role.rights) for right in RIGHTS}, levels, exports)


def _level(role: RoleFile, by: Who | None) -> int:
    if role.edits == "all" or by in role.edits:
        return EDIT
    return READ if role.reads == "all" or by in role.reads else NONE


def form_level(number: int) -> int:
    """The level of a form as older servers write it, whichever way this server does; others as they are."""
    return _IN_BITS.get(number, number)


def gained(old: Grants, new: Grants) -> tuple[str, ...]:
    """What `new` allows and `old` does not, each in a few words; none where nobody sees or may do more.

    A right or form that `old` does not name is not allowed by it.
    """
    found = [name for name, held in new.rights.items() if held > old.rights.get(name, 0)]
    for form, number in new.forms.items():
        level, before = form_level(number), form_level(old.forms.get(form, NONE))
        if _FORM_REACH.get(level, level) > _FORM_REACH.get(before, before):
            words = _FORM_WORDS.get(level, _OTHER_LEVEL)
            found.append(say(words, form=form, level=level))
    wider: dict[int, list[str]] = {}
    for form, level in new.exports.items():
        if _EXPORT_REACH.get(level, level) > _EXPORT_REACH.get(old.exports.get(form, 0), 0):
            wider.setdefault(level, []).append(form)
    for level, forms in wider.items():
        found.append(_exported(level, () if len(forms) == len(new.exports) else forms))
    return tuple(found)


def _exported(level: int, forms: Sequence[str]) -> str:
    """`export (full) of monthly`; without forms of every form."""
    known = _EXPORT_WORDS.get(level)
    what = say_as(*known) if known else say_as("what may be exported", "level {level}", level=level)
    if not forms:
        return say("export ({what}) of every form", what=what)
    return say("export ({what}) of {forms}", what=what, forms=listed(forms))
