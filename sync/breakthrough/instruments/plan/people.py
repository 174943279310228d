"""Roles and users: what a role may do, who is in which, and what a change lets a person newly see.

REDCap shows every record to a user in no group. So no step here takes anyone out of a group: that is left to a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from breakthrough.instruments import access
from breakthrough.instruments.access import Grants
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.difference import Risk
from breakthrough.instruments.plan.setup import uniques
from breakthrough.instruments.plan.values import Live, LiveRole, LiveUser, Step, Wanted
from breakthrough.instruments.project import Project, unique_name

_HELD = "the rights that this person had before the role"


def roles(project: Project, live: Live) -> Iterator[Step]:
    """Roles to make, and roles that grant something else than is defined here. Others are left as they are."""
    if live.roles is None:
        return
    there = _by_label(live)
    for key, role in project.roles.items():
        held = there.get(role.label.casefold())
        name = f"role:{role.label}"
        if held is None:
            yield Step("add role", role.label, "there is no role of this label in REDCap", "safe", f"add-{name}")
        elif differing := _differing(_granted(held), project.grants(key)):
            risk: Risk = "review" if differing.startswith(_MORE) else "safe"
            yield Step("change role", role.label, differing, risk, f"change-{name}")


_MORE = "it would newly allow "


def _differing(held: Grants, wanted: Grants) -> str:
    """In words what the role would allow and forbid; '' where it is as wanted.

    Rights that the server does not tell are not compared. A form that it does not tell of has yet to be added.
    """
    known = Grants(
        {right: level for right, level in wanted.rights.items() if right in held.rights}, wanted.forms, wanted.exports
    )
    there = Grants(
        {right: held.rights[right] for right in known.rights},
        {form: held.forms[form] for form in known.forms if form in held.forms},
        {form: held.exports[form] for form in known.exports if form in held.exports},
    )
    new = [form for form in known.forms if form not in there.forms]
    told = Grants(known.rights, {f: known.forms[f] for f in there.forms}, {f: known.exports[f] for f in there.exports})
    more, less = access.gained(there, told), access.gained(told, there)
    parts = [f"{_MORE}{'; '.join(more)}"] if more else []
    parts += [f"no more {'; '.join(less)}"] if less else []
    parts += [f"nothing is said yet of {', '.join(new)}"] if new else []
    return ". ".join(parts)


def users(wanted: Wanted, live: Live) -> Iterator[Step]:
    """What is to be done for each account of people.csv. Users whom it does not name are left as they are."""
    if wanted.accounts is None or live.users is None or live.roles is None or live.groups is None:
        return
    there = {user.username.casefold(): user for user in live.users}
    for account in wanted.accounts:
        user = there.get(account.username.casefold())
        if account.ended:
            yield from _ended(account, user, live)
        elif user is None:
            yield _joining(account, wanted.project)
        else:
            yield from _moved(account, user, wanted.project, live)
            yield from _given(account, user, wanted.project, live)


def assignments(wanted: Wanted, live: Live) -> tuple[LiveUser, ...]:
    """What REDCap is to hold, once roles and groups are there, of every user whom a step of `users` concerns.

    `group` is never blank for who is in one now: out of it, he would see every record. Every request about a user must
    name this group. One whose role becomes '' must lose the rights of his own, too, which REDCap gives him back.
    Raises KeyError where `live` was read before roles and groups were made.
    """
    concerned = {step.key.casefold() for step in users(wanted, live) if not step.by_hand}
    there = {user.username.casefold(): user for user in live.users or ()}
    found = []
    for account in wanted.accounts or ():
        if account.username.casefold() in concerned:
            user = there.get(account.username.casefold(), LiveUser(account.username))
            found.append(replace(user, role="") if account.ended else _placed(account, user, wanted.project, live))
    return tuple(found)


def _placed(account: Account, user: LiveUser, project: Project, live: Live) -> LiveUser:
    group = _group(account, project)
    role = _by_label(live)[project.roles[account.role].label.casefold()]
    return LiveUser(user.username, uniques(live)[unique_name(group)] if group else user.group, role.unique_name)


def unnamed(wanted: Wanted, live: Live) -> Iterator[str]:
    """A remark on users in our roles whom people.csv does not name: perhaps they should not be there any more."""
    if wanted.accounts is None or live.users is None or live.roles is None:
        return
    ours = {role.label.casefold() for role in wanted.project.roles.values()}
    labels = {role.unique_name: role.label for role in live.roles if role.label.casefold() in ours}
    named = {account.username.casefold() for account in wanted.accounts}
    for user in live.users:
        if user.role in labels and user.username.casefold() not in named:
            yield f"{user.username} is in the role {labels[user.role]}, and people.csv does not name this user."


def _ended(account: Account, user: LiveUser | None, live: Live) -> Iterator[Step]:
    if user and user.role:
        said = f"the last day was {account.until}; in the role {_label(user.role, live)} until now"
        yield Step("take role", f"of {account.username}", said, "review", f"take-role:{account.username}")


def _joining(account: Account, project: Project) -> Step:
    role = project.roles[account.role]
    what = f"{account.username} as {role.label}"
    if group := _group(account, project):
        said = f"not in REDCap's project; will see the records of {group} alone"
        return Step("add user", what, said, "safe", f"add-user:{account.username}")
    said = "not in REDCap's project; will see the records of every team"
    return Step("add user", what, said, "review", f"add-user:{account.username}")


def _moved(account: Account, user: LiveUser, project: Project, live: Live) -> Iterator[Step]:
    group, now = _group(account, project), (live.groups or {}).get(user.group, user.group)
    name = f"move-user:{account.username}"
    if (uniques(live).get(unique_name(group)) or group) == user.group:
        return
    if not group:
        said = (
            f"in the group {now}; outside it, every team's records are seen: if that is meant, do it in REDCap (DAGs)"
        )
        yield Step("move user", f"{account.username} out of {now}", said, "review", name, by_hand=True)
    elif now:
        said = f"would newly see the records of {group}, and no more those of {now}"
        yield Step("move user", f"{account.username} from {now} to {group}", said, "review", name)
    else:
        said = f"in no group now, and so sees every team; then the records of {group} alone"
        yield Step("move user", f"{account.username} to {group}", said, "safe", name)


def _given(account: Account, user: LiveUser, project: Project, live: Live) -> Iterator[Step]:
    role = project.roles[account.role]
    wanted = _by_label(live).get(role.label.casefold())
    if wanted and wanted.unique_name == user.role:
        return
    what, name = f"{role.label} to {account.username}", f"give-role:{account.username}"
    held = next((one for one in live.roles or () if one.unique_name == user.role), None)
    if held is None:
        yield Step("give role", what, f"in no role now: the role takes the place of {_HELD}", "review", name)
        return
    more = access.gained(_granted(held), project.grants(account.role))
    said = f"in the role {held.label} now"
    if more:
        yield Step("give role", what, f"{said}; would newly have: {'; '.join(more)}", "review", name)
    else:
        yield Step("give role", what, f"{said}; nothing is newly allowed", "safe", name)


def _group(account: Account, project: Project) -> str:
    return project.group(account.team) if account.team and project.group_rule else ""


def _by_label(live: Live) -> dict[str, LiveRole]:
    return {role.label.casefold(): role for role in reversed(live.roles or ())}  # the first of a label counts


def _label(unique: str, live: Live) -> str:
    return next((role.label for role in live.roles or () if role.unique_name == unique), unique)


def _granted(role: LiveRole) -> Grants:
    return Grants(role.rights, role.forms, role.exports)
