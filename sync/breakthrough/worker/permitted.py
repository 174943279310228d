"""Whether a mail may still go to its reader at the moment of sending: people leave and take their consent back.

And what it says may be over by then, where it has waited for the mail server.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property

from sqlalchemy import Connection

from breakthrough import teams
from breakthrough.delivery import addresses, suppressions
from breakthrough.delivery.key import Key
from breakthrough.settings import MAIN
from breakthrough.store import Store
from breakthrough.teams.values import Roster
from breakthrough.worker import outdated
from breakthrough.worker.deployment import Deployment

# what a person of a roster has ticked to get a mail of that kind
_TICKED = {"team": "team", "leader": "leader", "reminder": "reminders", "forms": "reminders"}
_COACHES = frozenset({"coach", "rating"})


def barred(here: Deployment, store: Store, keys: Sequence[str], now: dt.datetime) -> Mapping[str, str]:
    """Why those of the mails will not go out that must not, as things stand now; in words that name nobody."""
    readers, known = Permitted(here, store, now), [Key.read(key) for key in keys]
    with store.read() as connection:
        found = {str(key): readers.why_not(connection, key) for key in known}
    answered = dict.fromkeys(outdated.answered(here, store, known, now), outdated.ANSWERED)
    return answered | {key: why for key, why in found.items() if why}


class Permitted:
    """Asked for each mail as it is claimed. People are read once a run, from what was pulled last."""

    def __init__(self, here: Deployment, store: Store, now: dt.datetime) -> None:
        self._here = here
        self._store = store
        self._now = now

    def why_not(self, connection: Connection, key: Key) -> str:
        """Why the mail must not go out, in words that name nobody; '' where it may. Other collaboratives' mails may."""
        if key.collaborative != self._here.code:
            return ""
        return (
            suppressions.why_not(connection, key, key.recipient)
            or self._gone(key)
            or outdated.why_not(self._here, connection, key, self._here.today(self._now))
        )

    def _gone(self, key: Key) -> str:
        what, today = self._here.collaborative, self._here.today(self._now)
        if key.report in _COACHES:
            coach = what.coach(key.subject)
            here = coach is not None and coach.coaches(today) and addresses.same(coach.email) == key.recipient
            return "" if here else "not sent: this coach is there no more, or has another address by now."
        if key.report in _TICKED and self._roster is not None:
            wanted = _TICKED[key.report]
            readers = self._roster.people_of(key.subject)
            if not any(one.receives(wanted, today) and addresses.same(one.email) == key.recipient for one in readers):
                return "not sent: this reader has left the team's roster or gets these mails no more, as REDCap has it."
        return ""

    @cached_property
    def _roster(self) -> Roster | None:
        view = self._store.newest([MAIN], self._now)
        if MAIN not in view.snapshot.runs:
            return None
        return teams.read_roster(view, self._here.collaborative, self._here.today(self._now))
