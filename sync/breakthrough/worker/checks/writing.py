"""The account that writes reports back: whose project its token is of, what it sees, and what it may besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from breakthrough.english import listed
from breakthrough.errors import TokenMissing
from breakthrough.instruments.plan import LiveUser
from breakthrough.redcap.client import Client
from breakthrough.worker.checks.finding import Finding
from breakthrough.worker.checks.rights import NEVER, Seen, candidates, people, seen_by
from breakthrough.worker.deployment import Deployment

_NEEDED = {"api_import", "data_access_groups"}
_RIGHTS = "In REDCap's User Rights, give it the rights that docs/write-back.md lists, and no other."


def writing(here: Deployment, number: int, deploying: Client | None) -> Iterator[Finding]:
    """How it stands with redcap.write_token, where one is named. `number` is that of the project that is pulled.

    Raises RedcapError, such as AuthFailed where REDCap does not take the token.
    """
    if here.settings.redcap.write_token is None:
        return
    try:
        client = here.writer()
    except TokenMissing:  # told among the settings
        return
    found = client.info()["project_id"]
    if found != number:
        yield Finding(
            "wrong",
            "redcap",
            f"The token of redcap.write_token belongs to project {found}, and {number} is pulled: nothing is written.",
            "Request a token in the right project, and keep it under redcap.write_token.",
        )
        return
    seen = seen_by(client)
    if here.settings.redcap.write_back.kinds and client.record_groups() is None:
        yield Finding(
            "wrong",
            "redcap",
            "The account of redcap.write_token is not told which data access group a record is in, so no file is "
            "written.",
            "In REDCap's User Rights, take it out of every data access group; or make the groups: breakthrough deploy",
        )
    yield from _besides(seen, candidates(seen, people(deploying)))


def _besides(seen: Seen, could_be: Sequence[LiveUser]) -> Iterator[Finding]:
    """What the account may do that is not needed: seen just now, or told of each user that it may be."""
    rights = [right for right in NEVER if right not in _NEEDED]
    certain = [
        right
        for right in rights
        if seen.allowed.get(right) or (could_be and all(one.rights.get(right) for one in could_be))
    ]
    if certain:
        yield Finding(
            "wrong",
            "redcap",
            "The account of redcap.write_token may do more than write reports back: it may "
            f"{listed([NEVER[right] for right in certain])}.",
            _RIGHTS,
        )
    elif not could_be or any(one.rights.get(right) for right in rights for one in could_be):
        yield Finding(
            "unknown",
            "redcap",
            "The token of redcap.write_token is of this project. Whether it may do more than write reports back cannot "
            "be told from here.",
            _RIGHTS,
        )
    else:
        yield Finding("good", "redcap", "The token of redcap.write_token is of this project, and writes reports back.")
