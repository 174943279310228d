"""A project as REDCap has it now: what it says of itself, row by row, and that as the values a plan is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from breakthrough.errors import AuthFailed, DictionaryInvalid, Overloaded, Refused
from breakthrough.instruments import dictionary, odm, plan
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Held, Live, LiveRole, LiveUser
from breakthrough.instruments.project import Project
from breakthrough.redcap.client import Client

Row = Mapping[str, Any]
T = TypeVar("T")

_GROUPS = "data access groups, and who is in which: the token's user has no right to them"
_PEOPLE = "roles and users: the token's user has no right to User Rights"
_SURVEYS = "which forms are surveys: REDCap does not give the project XML to this token"
_RIGHTS = ("forms", "forms_export", "unique_role_name", "role_label")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What REDCap said of the project, as it said it. None: the token may not see it."""

    info: Mapping[str, Any]
    metadata: tuple[Mapping[str, str], ...]
    repeating: tuple[Mapping[str, str], ...]
    groups: tuple[Row, ...] | None
    roles: tuple[Row, ...] | None
    users: tuple[Mapping[str, str], ...] | None  # username, unique_role_name, data_access_group
    xml: bytes | None  # without records
    records: tuple[str, ...]  # names


def look(client: Client, project: Project) -> Live:
    """The project as REDCap has it now, with what is stored in the fields that this definition would take away.

    Raises RedcapError; a right that the token lacks is none, but leaves that part unseen.
    """
    return judged(client, snapshot(client), project)


def snapshot(client: Client, info: Mapping[str, Any] | None = None) -> Snapshot:
    """Everything that the token may see, but for what is entered; `info` where that was asked for already."""
    about = info or client.info()
    metadata = tuple(client.metadata())
    repeating = tuple(client.repeating())
    groups = _allowed(lambda: tuple(client.dags()))
    roles = _allowed(lambda: tuple(client.roles()))
    users = None if roles is None else _allowed(lambda: tuple(users_of(client)))
    return Snapshot(
        about,
        metadata,
        repeating,
        groups,
        roles,
        users,
        _allowed(client.project_xml),
        tuple(client.record_ids()),
    )


def users_of(client: Client) -> list[dict[str, str]]:
    """Each user with `unique_role_name` and `data_access_group`, read as REDCap has it now; blank for none."""
    found = client.user_roles()
    if all("data_access_group" in row for row in found):
        return found
    groups = {row["username"]: row["redcap_data_access_group"] for row in client.user_dags()}
    return [row | {"data_access_group": groups.get(row["username"], "")} for row in found]


def roles_of(client: Client) -> tuple[LiveRole, ...]:
    """The roles as REDCap has them now."""
    return tuple(map(_role, client.roles()))


def judged(client: Client, seen: Snapshot, project: Project) -> Live:
    """The snapshot as values; asks how many records hold what this project's definition would take away."""
    fields = dictionary.from_rows(seen.metadata)
    asked = plan.in_danger(project, fields) if seen.records else ()
    whole = _whole(seen.xml)
    return Live(
        fields=fields,
        repeating={row["form_name"]: row.get("custom_form_label") or "" for row in seen.repeating},
        groups=_groups(seen),
        records=len(seen.records),
        held=held(client, fields, asked),
        settings={name: "" if value is None else str(value) for name, value in seen.info.items()},
        roles=None if seen.roles is None else tuple(map(_role, seen.roles)),
        users=None if seen.users is None else tuple(map(_user, seen.users)),
        surveys=frozenset(one.form for one in whole.surveys if one.enabled) if whole else None,
        labels=whole.labels if whole else {},
        unseen=_unseen(seen, whole),
    )


def held(client: Client, fields: Sequence[Field], asked: Sequence[str]) -> dict[str, Held]:
    """How many records hold something in each of those fields. A field that REDCap does not show is left out."""
    if not asked:
        return {}
    rows = client.records(fields=list(asked), dags=False)
    shown = set(rows[0]) if rows else set()
    wanted = [field for field in fields if field.field_name in asked and shown.issuperset(field.export_names)]
    return {field.field_name: _count(rows, field, fields[0].field_name) for field in wanted}


def _count(rows: Sequence[Mapping[str, str]], field: Field, record_id: str) -> Held:
    boxes = dict(zip(field.export_names, field.codes, strict=True)) if field.field_type == "checkbox" else {}
    found: set[tuple[str, str]] = set()  # record, code
    for row in rows:
        if boxes:
            found.update((row[record_id], code) for column, code in boxes.items() if row[column] == "1")
        elif row[field.field_name]:
            found.add((row[record_id], row[field.field_name] if field.choices else ""))
    return Held(len({record for record, _ in found}), Counter(code for _, code in found if code))


def _allowed(ask: Callable[[], T]) -> T | None:
    """The answer; None where the token may not have it. A closed door (AuthFailed) is none of those."""
    try:
        return ask()
    except AuthFailed:
        raise
    except (Refused, Overloaded):
        return None


def _groups(seen: Snapshot) -> dict[str, str] | None:
    if seen.groups is None:
        return None
    return {str(row["unique_group_name"]): str(row["data_access_group_name"]) for row in seen.groups}


def _role(row: Row) -> LiveRole:
    rights = {name: _level(value) for name, value in row.items() if name not in _RIGHTS}
    forms, exports = (_levels(row.get(name)) for name in ("forms", "forms_export"))
    return LiveRole(str(row["unique_role_name"]), str(row["role_label"]), rights, forms, exports)


def _levels(found: Any) -> dict[str, int]:
    """The level at each form. PHP writes an object without keys as an empty list."""
    return {str(form): _level(level) for form, level in found.items()} if isinstance(found, Mapping) else {}


def _level(value: Any) -> int:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _user(row: Mapping[str, str]) -> LiveUser:
    return LiveUser(row["username"], row["data_access_group"], row["unique_role_name"])


def _whole(xml: bytes | None) -> odm.Project | None:
    """What the project XML says; None where there is none, or one that cannot be read: nothing else rests on it."""
    try:
        return odm.parse(xml, "REDCap's project XML") if xml else None
    except DictionaryInvalid:
        return None


def _unseen(seen: Snapshot, whole: odm.Project | None) -> tuple[str, ...]:
    missing = ((seen.groups is None, _GROUPS), (seen.users is None, _PEOPLE), (whole is None, _SURVEYS))
    return tuple(words for absent, words in missing if absent)
