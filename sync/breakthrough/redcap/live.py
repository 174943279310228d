"""A project as REDCap has it now: what it says of itself, row by row, and that as the values a plan is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from breakthrough.errors import AuthFailed, DictionaryInvalid, Overloaded, Refused
from breakthrough.instruments import dictionary, odm, plan
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Held, Live, LiveRole, LiveUser, Unseen
from breakthrough.instruments.project import Project
from breakthrough.redcap import shapes
from breakthrough.redcap.client import Client

Row = Mapping[str, Any]
T = TypeVar("T")

_SET = ("1", "2")  # a form's status that somebody set: unverified, complete
_RIGHTS = ("forms", "forms_export", "unique_role_name", "role_label")
DEPLOYING = (
    "design",
    "user_rights",
    "data_access_groups",
    "api_export",
    "api_import",
)  # what a deploy cannot do without
_SEEING = ("user_rights", "data_access_groups", "api_export")  # what one has who was told of users, groups and records


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
    rights: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of each user of his own, as exported
    sees_all: bool = True  # False: the token's user is in a group, or may be
    caller: str = ""  # the token's user, where that can be told


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
    groups = allowed(lambda: tuple(client.dags()))
    roles = allowed(lambda: tuple(client.roles()))
    users = None if roles is None else allowed(lambda: tuple(users_of(client)))
    found = None if users is None else allowed(client.users)
    rights = {str(row["username"]): _numbers(row) for row in found or ()}
    xml = allowed(client.project_xml)
    shown = client.record_groups() if groups is None or groups else None
    records = tuple(client.record_ids() if shown is None else shown)
    seen = Snapshot(about, metadata, repeating, groups, roles, users, xml, records, rights)
    # the log is asked only where something hangs on it
    told = client.username(client.server_time) if groups or users else ""
    caller = told or _only_one(seen)
    return replace(seen, sees_all=_sees_all(seen, shown, caller), caller=caller)


def _sees_all(seen: Snapshot, shown: Mapping[str, str] | None, caller: str) -> bool:
    """Whether it is certain that the token's user is in no data access group. `shown`: the groups of the records.

    REDCap shows that column to none who is in a group. Where there is no record to show it of, it is what is told of
    the users.
    """
    if seen.groups is not None and not seen.groups:
        return True
    if shown:
        return True
    if seen.users is None or (shown is None and seen.records):
        return False
    of = {row["username"].casefold(): row["data_access_group"] for row in seen.users}
    if caller:
        return of.get(caller.casefold()) == ""
    return not any(of[name.casefold()] for name in _able(seen, ("api_export",))) if of else False


def _able(seen: Snapshot, needed: Iterable[str]) -> list[str]:
    """The users that have those rights, by their role or of their own; also those whose rights are not known."""
    users = map(_with_rights(seen.roles or (), seen.rights), seen.users or ())
    return [user.username for user in users if not user.rights or all(user.rights.get(right, 0) for right in needed)]


def _only_one(seen: Snapshot) -> str:
    """The only user whose rights allow what the token was just allowed; '' where there is another."""
    able = _able(seen, _SEEING) if seen.users is not None and seen.groups is not None else []
    return able[0] if len(able) == 1 else ""


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


def people(client: Client) -> tuple[LiveUser, ...]:
    """The users as REDCap has them now, each with group, role and rights. Needs the right to User Rights."""
    roles = client.roles()
    rights = {str(row["username"]): _numbers(row) for row in client.users()}
    return tuple(map(_with_rights(roles, rights), users_of(client)))


def judged(client: Client, seen: Snapshot, project: Project) -> Live:
    """The snapshot as values; asks how many records hold what this project's definition would take away."""
    fields = dictionary.from_rows(seen.metadata)
    asked = plan.in_danger(project, fields) if seen.records else ()
    here = {one.form_name for one in project.fields}
    going = tuple(dict.fromkeys(one.form_name for one in fields if one.form_name not in here)) if seen.records else ()
    stored, closed = held(client, fields, asked, going)
    whole = _whole(seen.xml)
    return Live(
        fields=fields,
        repeating={row["form_name"]: row.get("custom_form_label") or "" for row in seen.repeating},
        groups=_groups(seen),
        records=len(seen.records),
        held=stored,
        settings={name: "" if value is None else str(value) for name, value in seen.info.items()},
        roles=None if seen.roles is None else tuple(map(_role, seen.roles)),
        users=None if seen.users is None else tuple(map(_with_rights(seen.roles or (), seen.rights), seen.users)),
        surveys=frozenset(one.form for one in whole.surveys if one.enabled) if whole else None,
        labels=whole.labels if whole else {},
        unseen=_unseen(seen, whole, closed),
        sees_all=seen.sees_all,
        caller=seen.caller,
    )


def held(
    client: Client, fields: Sequence[Field], asked: Sequence[str], going: Sequence[str] = ()
) -> tuple[dict[str, Held], tuple[str, ...]]:
    """How many records hold something in each of those fields; and the forms of which the token may not see it.

    Of the forms in `going`, under `FORM_complete`: the records with a status that somebody set (1 or 2), or a repeat of
    it, though nothing may be entered in them. A field that REDCap does not show is left out.
    """
    forms = {one.form_name: [] for one in fields}  # type: dict[str, list[str]]
    for one in fields:
        if one.field_name in asked:
            forms[one.form_name].append(one.field_name)
    for form in going:
        forms[form].append(f"{form}_complete")
    forms = {form: names for form, names in forms.items() if names}
    if not forms:
        return {}, ()
    try:
        return _held(client, fields, [name for names in forms.values() for name in names], going), ()
    except AuthFailed:
        raise
    except Refused:  # one form that may not be exported is enough: then each is asked for alone
        found: dict[str, Held] = {}
        closed: list[str] = []
        for form, names in forms.items():
            part = allowed(partial(_held, client, fields, names, [form] if form in going else []))
            if part is None:
                closed.append(form)
            else:
                found |= part
        return found, tuple(closed)


def _held(client: Client, fields: Sequence[Field], names: Sequence[str], going: Sequence[str]) -> dict[str, Held]:
    rows = client.records(fields=list(names), dags=False)
    shown = set(rows[0]) if rows else set()
    record_id = fields[0].field_name
    wanted = [one for one in fields if one.field_name in names and shown.issuperset(one.export_names)]
    found = {one.field_name: _count(rows, one, record_id) for one in wanted}
    for form in going:
        status = f"{form}_complete"
        if status in shown:
            stored = {(row[record_id], row[status]) for row in rows if row[status] in _SET}
            repeated = {row[record_id] for row in rows if row.get(shapes.INSTRUMENT) == form}
            records = {record for record, _ in stored} | repeated
            found[status] = Held(len(records), Counter(code for _, code in stored))
    return found


def _count(rows: Sequence[Mapping[str, str]], field: Field, record_id: str) -> Held:
    boxes = dict(zip(field.export_names, field.codes, strict=True)) if field.field_type == "checkbox" else {}
    if boxes and rows:  # a box for each missing data code of the project, which is none of the field's choices
        boxes |= {column: "" for column in rows[0] if column.startswith(f"{field.field_name}___")} | boxes
    found: set[tuple[str, str]] = set()  # record, code
    lines: set[str] = set()
    for row in rows:
        if boxes:
            found.update((row[record_id], code) for column, code in boxes.items() if row[column] == "1")
        elif value := row[field.field_name]:
            found.add((row[record_id], value if field.choices else ""))
            if "\n" in value or "\r" in value:
                lines.add(row[record_id])
    codes = Counter(code for _, code in found if code)
    return Held(len({record for record, _ in found}), codes, len(lines) if field.field_type == "notes" else None)


def allowed(ask: Callable[[], T]) -> T | None:
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
    forms, exports = (_levels(row.get(name)) for name in ("forms", "forms_export"))
    return LiveRole(str(row["unique_role_name"]), str(row["role_label"]), _numbers(row), forms, exports)


def _numbers(row: Row) -> dict[str, int]:
    """The rights in a row about a role or a user, which are told by numbers; what else is told comes out as 0."""
    return {name: _level(value) for name, value in row.items() if name not in _RIGHTS}


def _levels(found: Any) -> dict[str, int]:
    """The level at each form. PHP writes an object without keys as an empty list."""
    return {str(form): _level(level) for form, level in found.items()} if isinstance(found, Mapping) else {}


def _level(value: Any) -> int:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _with_rights(roles: Iterable[Row], own: Mapping[str, Mapping[str, int]]) -> Callable[[Mapping[str, str]], LiveUser]:
    """A function that makes a user of a row; the rights are those of the role, or without one the user's own."""
    by_role = {str(row["unique_role_name"]): _numbers(row) for row in roles}

    def user(row: Mapping[str, str]) -> LiveUser:
        role = row["unique_role_name"]
        rights = by_role.get(role) or own.get(row["username"], {})
        return LiveUser(row["username"], row["data_access_group"], role, rights)

    return user


def _whole(xml: bytes | None) -> odm.Project | None:
    """What the project XML says; None where there is none, or one that cannot be read: nothing else rests on it."""
    try:
        return odm.parse(xml, "REDCap's project XML") if xml else None
    except DictionaryInvalid:
        return None


def _unseen(seen: Snapshot, whole: odm.Project | None, closed: Sequence[str]) -> tuple[Unseen, ...]:
    missing = (
        (seen.groups is None, Unseen("groups")),
        (seen.users is None, Unseen("people")),
        (whole is None, Unseen("surveys")),
        (not seen.sees_all, Unseen("records")),
        (bool(closed), Unseen("values", tuple(closed))),
    )
    return tuple(one for absent, one in missing if absent)
