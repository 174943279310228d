"""Puts people into their groups and roles, in an order in which nobody sees more for a moment, and reads it back.

An import that leaves the group out, or has it blank, shows a person the records of all teams (vubiostat/redcapAPI#500).
So a group that somebody is in is never blanked from here, whatever a plan says; it is set before, or with, the role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from breakthrough.errors import ImportRefused, RedcapError
from breakthrough.instruments import plan
from breakthrough.instruments.access import RIGHTS
from breakthrough.instruments.plan import Live, LiveUser, Step, Wanted
from breakthrough.redcap import live
from breakthrough.redcap.client import Client

_MOST_TOLD = 5


def assign(client: Client, wanted: Wanted, there: Live, steps: Sequence[Step]) -> None:
    """Carries the steps about users out. Raises ImportRefused where REDCap has anybody in another group afterwards.

    `there` is the project as it was before; its groups and roles are read anew, as some were made since.
    """
    groups = {str(row["unique_group_name"]): str(row["data_access_group_name"]) for row in client.dags()}
    now = replace(there, groups=groups, roles=live.roles_of(client))
    before = {user.username: user for user in there.users or ()}
    moves = _guarded(plan.assignments(wanted, now), before)
    out = {step.key.casefold() for step in steps if step.kind == "take role"}
    expected = {user.username: user.group for user in before.values()}
    none = _nothing({form.form_name for form in there.fields})
    said: list[str] = []
    for what, rows, send in (
        ("added without a right", _newcomers(moves, before, none), client.import_users),
        ("put into their groups", _groups(moves, before), client.import_user_dags),
        ("put into their roles, or out of them", _roles(moves, before), client.import_user_roles),
        ("without rights of their own", _closed(moves, out, none), client.import_users),
    ):
        if rows:
            try:
                send(rows)
                expected |= {row["username"]: _group(row) for row in rows}
                _read_back(client, expected)
            except RedcapError as problem:
                problem.args = (f"{problem}\nOf the users: {'; '.join(said) or 'nothing was done before that'}.",)
                raise
            said.append(f"{', '.join(row['username'] for row in rows)} {what}")


def _guarded(moves: Iterable[LiveUser], before: Mapping[str, LiveUser]) -> tuple[LiveUser, ...]:
    """The same, but that nobody leaves a group for none."""
    return tuple(
        replace(one, group=one.group or before[one.username].group) if one.username in before else one for one in moves
    )


def _nothing(forms: set[str]) -> dict[str, Any]:
    """No right at all: what a person has until the role gives some, and again when it is taken."""
    closed = dict.fromkeys(sorted(forms), 0)
    return {**dict.fromkeys(RIGHTS, 0), "forms": closed, "forms_export": closed}


def _newcomers(
    moves: Sequence[LiveUser], before: Mapping[str, LiveUser], none: Mapping[str, Any]
) -> list[dict[str, Any]]:
    new = [move for move in moves if move.username not in before]
    return [{"username": move.username, "data_access_group": move.group, **none} for move in new]


def _groups(moves: Sequence[LiveUser], before: Mapping[str, LiveUser]) -> list[dict[str, str]]:
    known = [move for move in moves if move.username in before]
    moved = [move for move in known if move.group != before[move.username].group]
    return [{"username": move.username, "redcap_data_access_group": move.group} for move in moved]


def _roles(moves: Sequence[LiveUser], before: Mapping[str, LiveUser]) -> list[dict[str, str]]:
    changed = [move for move in moves if move.username not in before or move.role != before[move.username].role]
    return [
        {"username": move.username, "unique_role_name": move.role, "data_access_group": move.group} for move in changed
    ]


def _closed(moves: Sequence[LiveUser], out: set[str], none: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Out of a role one has rights of one's own again, from before it: those end, too."""
    gone = [move for move in moves if move.username.casefold() in out]
    return [{"username": move.username, "data_access_group": move.group, **none} for move in gone]


def _group(row: Mapping[str, Any]) -> str:
    return str(row.get("data_access_group", row.get("redcap_data_access_group", "")))


def _read_back(client: Client, expected: Mapping[str, str]) -> None:
    found = {row["username"]: row["data_access_group"] for row in live.users_of(client)}
    wrong = {name: group for name, group in expected.items() if found.get(name) != group}
    opened = {name: group for name, group in wrong.items() if group and found.get(name) == ""}
    if not wrong:
        return
    if opened:  # at once: they see the records of every team
        client.import_user_dags(
            [{"username": name, "redcap_data_access_group": group} for name, group in opened.items()]
        )
    told = ", ".join(sorted(wrong)[:_MOST_TOLD]) + (" …" if len(wrong) > _MOST_TOLD else "")
    back = f" {len(opened)} of them were in no group, so that they saw every team, and were put back." if opened else ""
    raise ImportRefused(
        f"REDCap took the users, but read back, these are not in the group they were to be in: {told}.{back} Look at "
        "User Rights and Data Access Groups in REDCap before anybody works on."
    )
