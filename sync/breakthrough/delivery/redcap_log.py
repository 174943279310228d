"""Writes down in the team's record that a report went out: a row of report_log for each role that it went to, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from breakthrough.delivery.redcap_files import Outcome
from breakthrough.redcap.client import Client

FORM = "report_log"
KINDS = ("team", "leader", "reminder")  # what the form has choices for: all of it is about one team
_KEY = ("rl_kind", "rl_period", "rl_rev", "rl_to_role")
STATES = ("sent", "uncertain", "refused", "cancelled")  # of several mails to one role, the first of these counts


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says. `role` is REDCap's code of tr_role, '' where it is not known; `sent_at` is REDCap's hour."""

    kind: str
    period: dt.date
    revision: int
    role: str
    status: str
    sent_at: dt.datetime | None
    fingerprint: str

    @property
    def values(self) -> Mapping[str, str]:
        """The row's fields."""
        return {
            "rl_kind": self.kind,
            "rl_period": self.period.isoformat(),
            "rl_rev": str(self.revision),
            "rl_sent": f"{self.sent_at:%Y-%m-%d %H:%M:%S}" if self.sent_at else "",
            "rl_to_role": self.role,
            "rl_status": self.status,
            "rl_hash": self.fingerprint,
        }


def status(states: Collection[str]) -> str:
    """What is said of several mails to people of one role."""
    return next(one for one in STATES if one in states)


def write(client: Client, record: str, rows: Sequence[Row]) -> Outcome:
    """What became of those rows of that record: all of them are there now. One that was there already stays as it is.

    The record must be there: an import would make it. Raises what the client raises.
    """
    there = client.records(records=[record], forms=[FORM], dags=False)
    repeats = [row for row in there if row.get("redcap_repeat_instrument") == FORM]
    held = {tuple(row[name] for name in _KEY): int(row["redcap_repeat_instance"]) for row in repeats}
    free = max((int(row["redcap_repeat_instance"]) for row in repeats), default=0) + 1
    new = [row for row in rows if tuple(row.values[name] for name in _KEY) not in held]
    sent = [
        {
            client.record_field: record,
            "redcap_repeat_instrument": FORM,
            "redcap_repeat_instance": str(instance),
            **row.values,
            f"{FORM}_complete": "2",
        }
        for instance, row in enumerate(new, free)
    ]
    client.import_records(sent)
    held |= {tuple(row[name] for name in _KEY): int(row["redcap_repeat_instance"]) for row in sent}
    places = sorted(held[tuple(row.values[name] for name in _KEY)] for row in rows)
    return Outcome("written", " ".join(map(str, places)), "" if new else "it was there already")
