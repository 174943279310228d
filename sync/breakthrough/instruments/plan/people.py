"""Roles and users: what a role may do, who is in which, and what a change lets a person newly see.

REDCap shows every record to a user in no group. So no step here takes anyone out of a group: that is left to a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from breakthrough.instruments import access
from breakthrough.instruments.access import Grants
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.difference import Risk
from breakthrough.instruments.plan import own
from breakthrough.instruments.plan.setup import confused, uniques
from breakthrough.instruments.plan.values import Live, LiveRole, LiveUser, Step, Wanted
from breakthrough.instruments.project import Project
from breakthrough.language import clauses, listed, long_day, say, says

_TWO = 2


def roles(project: Project, live: Live) -> Iterator[Step]:
    """Roles to make, and roles that grant something else than is defined here. Others are left as they are."""
    if live.roles is None:
        return
    there = _by_label(live)
    forms = {field.form_name for field in live.fields}
    for key, role in project.roles.items():
        held = there.get(role.label.casefold())
        name = f"role:{role.label}"
        if held is None:
            yield Step("add role", role.label, say("there is no role of this label in REDCap"), "safe", f"add-{name}")
        elif differing := _differing(_granted(held), project.grants(key), forms):
            step = Step("change role", role.label, *differing, f"change-{name}")
            yield _by_hand(step, _alike(role.label, live) or own.robbed(live, held, project.grants(key)))
        if alike := _alike(role.label, live):
            yield Step("tell roles apart", role.label, alike, "review", f"tell-roles-apart:{role.label}", by_hand=True)


def _differing(held: Grants, wanted: Grants, forms: Collection[str]) -> tuple[str, Risk] | None:
    """In words what the role would allow and forbid, and the risk of that; None where it is as wanted.

    Rights that the server does not tell are not compared. A form that it does not tell of has yet to be added; where it
    is one of `forms`, which are in REDCap, something may be stored in it, and whoever gets it sees that newly.
    """
    known = Grants(
        {right: level for right, level in wanted.rights.items() if right in held.rights}, wanted.forms, wanted.exports
    )
    there = Grants(
        {right: held.rights[right] for right in known.rights},
        {form: held.forms[form] for form in known.forms if form in held.forms},
        {form: held.exports[form] for form in known.exports if form in held.exports},
    )
    untold = [form for form in known.forms if form not in there.forms]
    opened = [form for form in untold if form in forms and known.forms[form] != access.NONE]
    new = [form for form in untold if form not in opened]
    compared = {form: known.forms[form] for form in (*there.forms, *opened)}
    told = Grants(known.rights, compared, {form: known.exports[form] for form in there.exports})
    more, less = access.gained(there, told), access.gained(told, there)
    parts = [say("it would newly allow {rights}", rights=clauses(*more))] if more else []
    parts += [say("no more {rights}", rights=clauses(*less))] if less else []
    parts += [say("nothing is said yet of {forms}", forms=listed(new))] if new else []
    return (". ".join(parts), "review" if more else "safe") if parts else None


def users(wanted: Wanted, live: Live) -> Iterator[Step]:
    """What is to be done for each account of people.csv. Users whom it does not name are left as they are."""
    if wanted.accounts is None or live.users is None or live.roles is None or live.groups is None:
        return
    there = {user.username.casefold(): user for user in live.users}
    for account in wanted.accounts:
        user = there.get(account.username.casefold())
        if account.ended:
            found = [*_ended(account, user, live)]
        elif user is None:
            found = [_joining(account, wanted.project)]
        else:
            found = [*_moved(account, user, wanted.project, live), *_given(account, user, wanted.project, live)]
        group, label = _group(account, wanted.project), wanted.project.roles[account.role].label
        unclear = "" if account.ended else confused(group, live) or _alike(label, live)
        for step in found:
            yield _by_hand(step, unclear or own.endangered(step, user, live, wanted.project.grants(account.role)))


def _by_hand(step: Step, why: str) -> Step:
    """The step, left to a person where there is a reason for that."""
    if not why:
        return step
    risk: Risk = "review" if step.risk == "safe" else step.risk
    told = clauses(step.evidence, say("not done by deploy: {why}", why=why))
    return replace(step, evidence=told, risk=risk, by_hand=True)


def assignments(wanted: Wanted, live: Live) -> tuple[LiveUser, ...]:
    """What REDCap is to hold, once roles and groups are there, of every user whom a step of `users` concerns.

    `group` is never blank for who is in one now: out of it, he would see every record. Every request about a user must
    name this group. One whose role becomes '' must lose the rights of his own, too, which REDCap gives him back.
    Raises KeyError where `live` was read before roles and groups were made.
    """
    sent = {(step.kind, step.key.casefold()) for step in users(wanted, live) if not step.by_hand}
    there = {user.username.casefold(): user for user in live.users or ()}
    found = []
    for account in wanted.accounts or ():
        name = account.username.casefold()
        kinds = {kind for kind, key in sent if key == name}
        if not kinds:
            continue
        user = there.get(name, LiveUser(account.username))
        if account.ended:
            found.append(replace(user, role=""))
            continue
        new = "add user" in kinds
        group, role = _group(account, wanted.project), user.role
        if new or "give role" in kinds:
            role = _by_label(live)[wanted.project.roles[account.role].label.casefold()].unique_name
        moves = group and (new or "move user" in kinds)
        found.append(replace(user, group=uniques(live)[group] if moves else user.group, role=role))
    return tuple(found)


def unnamed(wanted: Wanted, live: Live) -> Iterator[str]:
    """A remark on users whom people.csv does not name and who perhaps should not be there any more.

    These are users in our roles, and those in no role and no group, who see the records of every team by rights of
    their own; the token's own user, which has to, is none of them.
    """
    if wanted.accounts is None or live.users is None or live.roles is None:
        return
    ours = {role.label.casefold() for role in wanted.project.roles.values()}
    labels = {role.unique_name: role.label for role in live.roles if role.label.casefold() in ours}
    named = {account.username.casefold() for account in wanted.accounts}
    for user in live.users:
        if user.username.casefold() in named:
            continue
        if user.role in labels:
            yield say(
                "{user} is in the role {role}, and people.csv does not name this user.",
                user=user.username,
                role=labels[user.role],
            )
        elif not user.role and not user.group and not own.is_caller(user, live) and _may_something(user) is not False:
            yield say(
                "{user} is in no role and no group, and so sees the records of every team with rights of this user's "
                "own; people.csv does not name this user.",
                user=user.username,
            )


def _ended(account: Account, user: LiveUser | None, live: Live) -> Iterator[Step]:
    if user is None:
        return
    day = long_day(account.until) if account.until else ""
    if user.role:
        role = _label(user.role, live)
        said = say("the last day was {day}; in the role {role} until now", day=day, role=role)
        yield Step("take role", f"of {account.username}", said, "review", f"take-role:{account.username}")
    elif _may_something(user):
        held = listed([right for right in access.RIGHTS if user.rights.get(right)])
        if user.group:
            said = say(
                "the last day was {day}; in no role now, and has rights of this user's own: {rights}",
                day=day,
                rights=held,
            )
        else:
            said = say(
                "the last day was {day}; in no role now, in no group, and so sees the records of every team, and has "
                "rights of this user's own: {rights}",
                day=day,
                rights=held,
            )
        yield Step("take rights", f"of {account.username}", said, "review", f"take-rights:{account.username}")


def _may_something(user: LiveUser) -> bool | None:
    """Whether the user has any right; None where that is not known."""
    return any(user.rights.get(right) for right in access.RIGHTS) if user.rights else None


def _joining(account: Account, project: Project) -> Step:
    role = project.roles[account.role]
    names = (account.username, role.label)
    what, name = " as ".join(names), f"add-user:{account.username}"
    if group := _group(account, project):
        said = say("not in REDCap's project; will see the records of {group} alone", group=group)
        return Step("add user", what, said, "safe", name, names=names)
    said = say("not in REDCap's project; will see the records of every team")
    return Step("add user", what, said, "review", name, names=names)


def _moved(account: Account, user: LiveUser, project: Project, live: Live) -> Iterator[Step]:
    group, now = _group(account, project), (live.groups or {}).get(user.group, user.group)
    who, name = account.username, f"move-user:{account.username}"
    if user.group == (uniques(live).get(group) if group else ""):
        return
    if not group:
        said = say(
            "in the group {group}; outside it, every team's records are seen: if that is meant, do it in REDCap (DAGs)",
            group=now,
        )
        yield Step("move user", f"{who} out of {now}", said, "review", name, by_hand=True, names=(who, now))
    elif now:
        said = say("would newly see the records of {group}, and no more those of {former}", group=group, former=now)
        yield Step("move user", f"{who} from {now} to {group}", said, "review", name, names=(who, now, group))
    else:
        said = say("in no group now, and so sees every team; then the records of {group} alone", group=group)
        yield Step("move user", f"{who} to {group}", said, "safe", name, names=(who, group))


def _given(account: Account, user: LiveUser, project: Project, live: Live) -> Iterator[Step]:
    role = project.roles[account.role]
    if user.role and _label(user.role, live).casefold() == role.label.casefold():
        return
    names = (role.label, account.username)
    what, name = " to ".join(names), f"give-role:{account.username}"
    held = next((one for one in live.roles or () if one.unique_name == user.role), None)
    if held is None:
        said = say("in no role now: the role takes the place of the rights that this person had before the role")
        yield Step("give role", what, said, "review", name, names=names)
        return
    more = access.gained(_granted(held), project.grants(account.role))
    now = say("in the role {role} now", role=held.label)
    if more:
        then = say("would newly have: {rights}", rights=clauses(*more))
        yield Step("give role", what, clauses(now, then), "review", name, names=names)
    else:
        told = clauses(now, say("nothing is newly allowed"))
        yield Step("give role", what, told, "safe", name, names=names)


def _group(account: Account, project: Project) -> str:
    return project.group(account.team) if account.team and project.group_rule else ""


def _by_label(live: Live) -> dict[str, LiveRole]:
    return {role.label.casefold(): role for role in reversed(live.roles or ())}  # the first of a label counts


def _alike(label: str, live: Live) -> str:
    """Why nobody can tell which role of REDCap is the one of this label, and what to do; blank where one can."""
    same = [role for role in live.roles or () if role.label.casefold() == label.casefold()]
    if len(same) < _TWO:
        return ""
    users = {role.unique_name: sum(user.role == role.unique_name for user in live.users or ()) for role in same}
    told = [
        says("{role} with {n} user", "{role} with {n} users", number, role=unique) for unique, number in users.items()
    ]
    return says(
        "REDCap has {n} role of this label ({roles}): put everybody into one, and delete the other, in REDCap (User "
        "Rights)",
        "REDCap has {n} roles of this label ({roles}): put everybody into one, and delete the other, in REDCap (User "
        "Rights)",
        len(same),
        roles=listed(told),
    )


def _label(unique: str, live: Live) -> str:
    return next((role.label for role in live.roles or () if role.unique_name == unique), unique)


def _granted(role: LiveRole) -> Grants:
    return Grants(role.rights, role.forms, role.exports)
