"""What the worker's token may do: all that it needs, and nothing that would do harm in somebody else's hands.

REDCap's API has no question for a token's own rights. What it is allowed just now tells of some; of the others, the
list of users does, which the deploy token may see. Where it cannot be told which of the users the token belongs to, it
is looked at which of them it could be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breakthrough.english import listed
from breakthrough.instruments.plan import LiveUser
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.worker.checks.finding import Finding

NEVER = {
    "api_import": "write by the API",
    "record_delete": "delete records",
    "design": "change the forms",
    "user_rights": "change others' rights",
    "data_access_groups": "change data access groups",
    "record_create": "make records",
    "record_rename": "rename records",
    "data_import_tool": "import data",
    "mobile_app": "take data away in the app",
}
_IN_REDCAP = (
    "In REDCap's User Rights, give the worker's account API Export and Logging alone, and no data access group; or "
    "name it as worker in people.csv and run: breakthrough deploy"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the token was allowed just now, by REDCap's name of the right, and whether it sees records of all groups.

    `alone` None: there is nothing to tell it by.
    """

    allowed: Mapping[str, bool]
    username: str  # '' where that cannot be told
    alone: bool | None


def rights(client: Client, deploying: Client | None, name: str) -> Iterator[Finding]:
    """How it stands with the rights of the token of that project. `deploying` may see its users, where there is one.

    Raises RedcapError, such as Refused where it may not export at all.
    """
    seen = seen_by(client)
    yield Finding("good", "redcap", f"{name}: the token may export records.")
    if not seen.allowed["logging"]:
        yield Finding(
            "advice",
            "redcap",
            f"{name}: the token may not see the log, so that deleted records are only noticed in a full list.",
            "In REDCap's User Rights, give the worker's account Logging.",
        )
    users = people(client if seen.allowed["user_rights"] else deploying)
    could_be = candidates(seen, users)
    yield from too_much(seen, could_be, name)
    yield from bound(seen, could_be, name)


def people(client: Client | None) -> tuple[LiveUser, ...]:
    """The project's users with their rights; none where there is no client that may see them."""
    if client is None:
        return ()
    return live.allowed(lambda: live.people(client)) or ()


def candidates(seen: Seen, users: Sequence[LiveUser]) -> tuple[LiveUser, ...]:
    """The users that the token may belong to: the one of its name, or all that may do just what it was allowed."""
    if seen.username:
        return tuple(one for one in users if one.username.casefold() == seen.username.casefold())
    return tuple(
        one
        for one in users
        if all(bool(one.rights.get(right)) == may for right, may in seen.allowed.items()) and one.rights
    )


def too_much(seen: Seen, could_be: Sequence[LiveUser], name: str) -> Iterator[Finding]:
    """What the token may do and should not: seen just now, or told of each user that it may belong to."""
    certain = {right for right in NEVER if seen.allowed.get(right)}
    if could_be:
        certain |= {right for right in NEVER if all(one.rights.get(right) for one in could_be)}
    possible = {right for right in NEVER if any(one.rights.get(right) for one in could_be)} - certain
    if certain:
        may = listed([words for right, words in NEVER.items() if right in certain])
        yield Finding(
            "wrong",
            "redcap",
            f"{name}: the token may do more than read: it may {may}. Whoever gets hold of it may, too.",
            _IN_REDCAP,
        )
    elif not could_be or possible:
        yield Finding(
            "unknown",
            "redcap",
            f"{name}: whether the token may do more than read cannot be told from here: it "
            + ("may belong to one of several users." if possible else "may not see the list of users."),
            _IN_REDCAP,
        )
    else:
        yield Finding("good", "redcap", f"{name}: the token may read, and change nothing.")


def bound(seen: Seen, could_be: Sequence[LiveUser], name: str) -> Iterator[Finding]:
    """Whether the token's user is in a data access group, and so sees the records of one team alone."""
    groups = {one.group for one in could_be}
    if seen.alone is False or groups == {""}:
        yield Finding("good", "redcap", f"{name}: the token sees the records of every team.")
    elif could_be and "" not in groups:
        yield Finding(
            "wrong",
            "redcap",
            f"{name}: the token's user is in a data access group, so that it sees the records of one team alone.",
            "In REDCap's User Rights, take the worker's account out of its group.",
        )
    else:
        yield Finding(
            "unknown",
            "redcap",
            f"{name}: whether the token sees the records of every team cannot be told: REDCap names no groups of "
            "records to it.",
            "If teams have data access groups, see in REDCap's User Rights that the worker's account is in none.",
        )


def seen_by(client: Client) -> Seen:
    """What that client's token is allowed just now. Raises RedcapError, such as Refused where it may not export."""
    found = client.record_list()
    shown = found.groups_told and len(found) > 0
    client.version()  # the newest answer tells the server's time
    log = client.log(client.server_time.replace(tzinfo=None), kind="manage") if client.server_time else None
    allowed = {
        "api_export": True,
        "logging": log is not None,
        "user_rights": live.allowed(client.users) is not None,
        "data_access_groups": live.allowed(client.dags) is not None,
    }
    username = client.username(client.server_time) if allowed["logging"] else ""
    return Seen(allowed, username, False if shown else None)
