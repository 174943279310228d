"""What waits beside the figures, as the store has it: mails by kind, and nothing of whom they are for."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path

from tests.teams.desk import changed

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.delivery.smtp import Outcome
from breakthrough.month import Month
from breakthrough.reporting.desk import Mails
from breakthrough.store import Store
from breakthrough.worker import desk

CODE, MARCH = "attendance-2025-09", Month("2026-03")
EARLY, LATE = (dt.datetime(2026, month, 15, 6, tzinfo=dt.UTC) for month in (2, 4))
SINCE = dt.date(2026, 3, 15)


class Choosy:
    """A mail server that refuses addresses with `bad` in them, and says nothing clear of those with `lost`."""

    begun = True

    def send(self, recipient: str, content: bytes) -> Outcome:
        kind = "permanent" if "bad" in recipient else "unknown" if "lost" in recipient else "accepted"
        return Outcome(kind, "")  # type: ignore[arg-type]


def _put(store: Store, at: dt.datetime, kind: str, *names: str, code: str = CODE) -> None:
    keys = [Key(code, kind, "T001", MARCH, 0, f"{name}@example.org") for name in names]
    outbox.enqueue(store, [Item(key, key.recipient, key.message_id("example.org"), b"x") for key in keys], at)


def _send(store: Store, at: dt.datetime) -> None:
    outbox.send_due(store, lambda: nullcontext(Choosy()), lambda: at)


def test_mails_are_counted_by_kind_and_old_ones_only_as_long_as_somebody_has_to_see_to_them(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        _put(store, EARLY, "team", "old", "old-bad")
        _send(store, EARLY)
        _put(store, LATE, "team", "a", "b", "bad", "lost")
        _put(store, LATE, "coach", "c")
        _put(store, LATE, "coach", "d", code="other-2025-09")
        _send(store, LATE)
        _put(store, LATE, "coach", "waiting")
        found = desk.mails(store, changed({}), CODE, SINCE, LATE)
        assert {one.kind: one for one in found} == {
            "team": Mails("team", sent=2, refused=2, uncertain=1),
            "coach": Mails("coach", sent=1, waiting=1),
        }
        assert desk.mails(store, changed({}), CODE, SINCE, EARLY) == (Mails("team", refused=1),)
