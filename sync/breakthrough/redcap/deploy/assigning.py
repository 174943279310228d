"""Puts people into their groups and roles, in an order in which nobody sees more for a moment, and reads it back.

An import that leaves the group out, or has it blank, shows a person the records of all teams (vubiostat/redcapAPI#500).
So a group that somebody is in is never blanked from here, whatever a plan says; it is set before, or with, the role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from breakthrough.errors import ImportRefused, RedcapError, Refused, TryAgain
from breakthrough.instruments import plan
from breakthrough.instruments.access import RIGHTS
from breakthrough.instruments.plan import Live, LiveUser, Plan, Step, Wanted
from breakthrough.redcap import live
from breakthrough.redcap.client import Client

_MOST_TOLD = 5
_OWN = (
    "Nothing was changed in REDCap: this would take from {user} what a deploy needs (Project Design and Setup, User "
    "Rights, Data Access Groups, API Export and Import), or put {user} into a group. {who} Correct people.csv or the "
    "roles, or deploy with the token of another person."
)
_KNOWN = "That is the token's own user, and a deploy would end half-way."
_UNKNOWN = (
    "That may be the token's own user, and a deploy would end half-way. With the right to Logging it could be told who "
    "that is."
)


def require_own(wanted: Wanted, there: Live, todo: Plan) -> None:
    """Raises Refused where the plan would take from the token's user what a deploy needs, or put it into a group.

    Where it cannot be told who that is, whoever has all these rights may be.
    """
    named = {account.username.casefold(): account for account in wanted.accounts or ()}
    users = {step.key.casefold(): step for step in todo.to_send if step.part == "users"}
    changed = {step.key.casefold() for step in todo.to_send if step.kind == "change role"}
    labels = {role.unique_name: role.label.casefold() for role in there.roles or ()}
    granted = {role.label.casefold(): wanted.project.grants(key).rights for key, role in wanted.project.roles.items()}
    for user in _perhaps_own(there):
        account, step = named.get(user.username.casefold()), users.get(user.username.casefold())
        label = labels.get(user.role, "")
        lost = False
        if account and step:
            role = wanted.project.roles[account.role]
            lost = (
                account.ended
                or bool(account.team and wanted.project.group_rule)
                or _robs(granted[role.label.casefold()])
            )
        elif label in changed:
            lost = _robs(granted[label])
        if lost:
            raise Refused(_OWN.format(user=user.username, who=_KNOWN if there.caller else _UNKNOWN))


def _perhaps_own(there: Live) -> Iterator[LiveUser]:
    """The token's user; where that is not known, all who may do what a deploy does."""
    for user in there.users or ():
        if there.caller:
            if user.username.casefold() == there.caller.casefold():
                yield user
        elif not _robs(user.rights):
            yield user


def _robs(rights: Mapping[str, int]) -> bool:
    return not all(rights.get(right, 0) for right in live.DEPLOYING)


def assign(
    client: Client, wanted: Wanted, there: Live, steps: Sequence[Step], took: Callable[[], None] = lambda: None
) -> None:
    """Carries the steps about users out, that of the token's own user last. `took` is called once REDCap may have any.

    `there` is the project as it was before; its groups and roles are read anew, as some were made since. Raises
    ImportRefused where REDCap has anybody in another group afterwards.
    """
    groups = {str(row["unique_group_name"]): str(row["data_access_group_name"]) for row in client.dags()}
    now = replace(there, groups=groups, roles=live.roles_of(client))
    before = {user.username: user for user in there.users or ()}
    moves = _guarded(plan.assignments(wanted, now), before, there.caller)
    out = {step.key.casefold() for step in steps if step.kind in {"take role", "take rights"}}
    expected = {user.username.casefold(): user.group for user in before.values()}
    none = _nothing({form.form_name for form in there.fields})
    own = {user.username for user in _perhaps_own(there)}
    said: list[str] = []
    for some in ([one for one in moves if one.username not in own], [one for one in moves if one.username in own]):
        for what, rows, send in (
            ("added without a right", _newcomers(some, before, none), client.import_users),
            ("put into their groups", _groups(some, before), client.import_user_dags),
            ("put into their roles, or out of them", _roles(some, before), client.import_user_roles),
            ("without rights of their own", _closed(some, out, none), client.import_users),
        ):
            if rows:
                told = f"{', '.join(row['username'] for row in rows)} {what}"
                try:
                    _sent(send, rows, said, told, took)
                    expected |= {row["username"].casefold(): _group(row) for row in rows}
                    _read_back(client, expected)
                except (RedcapError, KeyboardInterrupt) as problem:
                    done = f"Of the users: {'; '.join(said) or 'nothing was done before that'}."
                    problem.args = (f"{problem}\n{done}".strip(),)
                    raise


def _sent(
    send: Callable[[list[Any]], int], rows: list[Any], said: list[str], told: str, took: Callable[[], None]
) -> None:
    """Sends the rows, and notes it before anything is read back: done, or perhaps done where the answer was lost."""
    try:
        send(rows)
    except (TryAgain, KeyboardInterrupt):
        said.append(f"perhaps {told}")
        took()
        raise
    said.append(told)
    took()


def _guarded(moves: Iterable[LiveUser], before: Mapping[str, LiveUser], caller: str) -> tuple[LiveUser, ...]:
    """The same, but that nobody leaves a group for none, and that the token's user stays where it is."""
    return tuple(
        replace(
            one,
            group=before[one.username].group
            if one.username.casefold() == caller.casefold()
            else one.group or before[one.username].group,
        )
        if one.username in before
        else one
        for one in moves
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
    """`expected`: the group of each user by a name in small letters, as some servers write every name so."""
    found = {row["username"].casefold(): row["data_access_group"] for row in live.users_of(client)}
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
