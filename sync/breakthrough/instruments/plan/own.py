"""The account that deploys: no step is sent that would take from it what it deploys with, as it could not go back."""

from __future__ import annotations

from collections.abc import Mapping

from breakthrough.instruments.access import Grants
from breakthrough.instruments.plan.values import Live, LiveRole, LiveUser, Step
from breakthrough.language import listed, message, say

_NEEDED = ("user_rights", "design", "data_access_groups", "api_export", "api_import")
_GROUPED = message(
    "this is the account of the token that deploys; in a group it would see the records of that team alone, and deploy "
    "could do no more. Have somebody else do it in REDCap if it is meant, and deploy from another account"
)
_ROBBED = message(
    "this is the account of the token that deploys, which would lose {rights}, and deploy could do no more. Have "
    "somebody else do it in REDCap if it is meant, and deploy from another account"
)


def is_caller(user: LiveUser | None, live: Live) -> bool:
    """Whether the token is this user's."""
    return bool(user and live.caller and user.username.casefold() == live.caller.casefold())


def endangered(step: Step, user: LiveUser | None, live: Live, grants: Grants) -> str:
    """Why a step about a user, who would have these grants, is not for deploy to do; blank where it is."""
    if user is None or not is_caller(user, live):
        return ""
    if step.kind == "move user" and not step.by_hand:
        return say(_GROUPED)
    if step.kind in {"take role", "take rights"}:
        return _lost(user.rights, {})
    return _lost(user.rights, grants.rights) if step.kind == "give role" else ""


def robbed(live: Live, role: LiveRole, grants: Grants) -> str:
    """Why that role may not be changed to these grants by deploy; blank where the token's user is not in it."""
    its = any(user.role == role.unique_name and is_caller(user, live) for user in live.users or ())
    return _lost(role.rights, grants.rights) if its else ""


def _lost(now: Mapping[str, int], then: Mapping[str, int]) -> str:
    """Rights that are not known are taken to be held."""
    lost = [right for right in _NEEDED if not then.get(right) and (now.get(right) if now else True)]
    return say(_ROBBED, rights=listed(lost)) if lost else ""
