"""What goes wrong while a pull is under way: on the server, on the way, with the token's rights, with our own process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from tests.chaos.people import CHARTER, GROUPS, MONTHLY, PROFILE, Pick
from tests.pull.site import Site

from breakthrough.pull import failpoints
from breakthrough.pull.failpoints import PLACES
from breakthrough.redcap.client import Client
from breakthrough.redcap.record_list import RecordList

Rule = Mapping[str, Any]

# The server's faults, by what they are called in the account that the bench gives.
FAULTS: Mapping[str, Rule] = {
    "maintenance page": {"kind": "maintenance"},
    "maintenance 503": {"kind": "maintenance", "status": 503},
    "500": {"kind": "status", "status": 500},
    "gateway timeout": {"kind": "status", "status": 504},
    "asked too often": {"kind": "status", "status": 429, "retry_after": 1},
    "out of memory": {"kind": "memory"},
    "no database": {"kind": "outage"},
    "empty body": {"kind": "empty"},
    "cut, unnoticeably": {"kind": "cut", "lose_bytes": 3, "announced": "nothing"},
    "cut, of a length": {"kind": "cut", "lose_bytes": 3, "announced": "whole"},
    "cut, of chunks": {"kind": "cut", "lose_bytes": 3, "announced": "chunks"},
    "hung up": {"kind": "drop"},
    "reset": {"kind": "drop", "reset": True},
    "token refused": {"kind": "forbidden"},
    "request refused": {"kind": "status", "status": 400, "message": "No"},
    "rows twice": {"kind": "duplicates", "rows": {"every": 1}},
    "clock far ahead": {"kind": "skew", "seconds": 900},
    "clock far behind": {"kind": "skew", "seconds": -900},
    "charset not named": {"kind": "charset", "header": "none"},
}
SLOW: Mapping[str, Rule] = {  # each costs real time
    "no answer": {"kind": "hang", "seconds": 5},
    "no more after some bytes": {"kind": "stall", "after_bytes": 20, "seconds": 5},
}
# Exports of records: the date filter is the first of a pull, the list the second, then come the chunks.
ONE_RECORD: Rule = {"content": "record", "nth": [3, 4]}  # the first chunk, then the first record of it
WHERE: Sequence[Rule] = (
    {},
    {"content": "record"},
    *({"content": "record", "nth": n} for n in (1, 2, 3, 4)),
    {"content": "record", "nth": {"after": 2}},
    {"content": "record", "nth": {"after": 3}},
    {"content": "record", "nth": {"after": 2}, "times": 6},  # a record or two that cannot be answered for
    {"content": "record", "nth": [3, 4, 5, 6, 7]},
    ONE_RECORD,
    {"content": "record", "probability": 0.4},
    {"probability": 0.15},
    *({"content": name} for name in ("version", "project", "metadata", "dag", "log", "repeatingFormsEvents")),
)
LIES = (*("list short once",) * 3, "list empty", "rows in another order", "one record not returned")
RIGHTS = ("export right narrowed", "user in a group")


class Unreliable(Client):
    """A client whose server says what a sandbox never says, as long as `lie` names it."""

    lie = ""
    lacking = ""  # the record that a short list lacks

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """In the block an answer that is slow is none, so that those which never come cost little time."""
        transport = self._transport
        patience, transport._timeout = transport._timeout, (1, 0.2)
        try:
            yield
        finally:
            transport._timeout = patience

    def record_list(self, *, groups: bool = True) -> RecordList:
        """The list of records, as the lie has it."""
        found = super().record_list(groups=groups)
        lines = list(found.items())
        if self.lie == "list empty":
            lines = []
        if self.lie == "list short once" and lines:
            self.lie = ""
            lines = [(name, group) for name, group in lines if name != self.lacking]
        if self.lie == "rows in another order":
            lines = lines[::-1]
        return RecordList(lines, groups_told=found.groups_told)

    def records(self, **asked: Any) -> list[dict[str, str]]:
        """Rows, as the lie has them."""
        found = super().records(**asked)
        if self.lie == "rows in another order":
            return found[::-1]
        if self.lie == "one record not returned" and found:
            name = found[0]["record_id"]
            return [row for row in found if row["record_id"] != name]
        return found


@contextmanager
def rights(site: Site, what: str, pick: Pick) -> Iterator[None]:
    """The worker's rights are less for the time of the block."""
    admin, number = site.admin, site.number
    if what == "user in a group":
        admin.set_user_group(number, "worker", pick(GROUPS))
    else:
        admin.set_rights(number, "worker", forms_export={pick((PROFILE, CHARTER, MONTHLY)): 0})
    try:
        yield
    finally:
        if what == "user in a group":
            admin.set_user_group(number, "worker", "")
        else:
            admin.set_rights(number, "worker", forms_export=dict.fromkeys((PROFILE, CHARTER, MONTHLY), 1))


class Died(BaseException):
    """Our process would be dead by now."""


@contextmanager
def dying(pick: Pick) -> Iterator[str]:
    """A pull in the block dies at one of the failpoints, as far as this process can: nothing is cleaned up but by
    the database, which takes back what was not committed."""
    place = pick((*PLACES, *(name for name in PLACES if "chunk" in name)))
    named = f"{place}:{pick((0, 0, 1))}" if "chunk" in place else place

    def die(*_: object) -> None:
        raise Died

    with mock.patch.object(os, "kill", die), mock.patch.dict(os.environ, {failpoints.VARIABLE: named}):
        yield named
