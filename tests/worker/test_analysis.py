"""What the tables are made of beside the results: when reports went out, when forms came in."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path

from tests.teams.desk import Shelf, changed, figures

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.delivery.smtp import Outcome
from breakthrough.month import Month
from breakthrough.store import Store
from breakthrough.worker import analysis

MARCH, APRIL = Month("2026-03"), Month("2026-04")


class Accepting:
    def __init__(self, *refused: str) -> None:
        self.refused = refused

    begun = True

    def send(self, recipient: str, content: bytes) -> Outcome:
        return Outcome("permanent" if recipient in self.refused else "accepted", "")


def _item(code: str, report: str, subject: str, month: Month, to: str, revision: int = 0) -> Item:
    key = Key(code, report, subject, month, revision, f"{to}@example.org")
    return Item(key, f"{to}@example.org", key.message_id("example.org"), b"x")


def _send(store: Store, at: dt.datetime, *items: Item, refused: str = "") -> None:
    outbox.enqueue(store, items, at)
    outbox.send_due(store, lambda: nullcontext(Accepting(f"{refused}@example.org")), lambda: at)


def test_each_report_counts_once_on_the_day_it_first_went_out_to_anybody(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        early, late = dt.datetime(2026, 4, 15, 6, tzinfo=dt.UTC), dt.datetime(2026, 4, 20, 23, 30, tzinfo=dt.UTC)
        _send(
            store,
            early,
            _item("attendance-2025-09", "team", "T001", MARCH, "a"),
            _item("attendance-2025-09", "team", "T001", MARCH, "b"),
            _item("attendance-2025-09", "team", "T003", MARCH, "c"),
            _item("other-2025-09", "team", "T001", MARCH, "d"),
            refused="c",
        )
        _send(
            store,
            late,
            _item("attendance-2025-09", "team", "T001", MARCH, "a", revision=1),
            _item("attendance-2025-09", "coach", "c1", MARCH, "e"),
            _item("attendance-2025-09", "team", "T001", APRIL, "a"),
        )
        found = analysis.sent(store, changed({}), "attendance-2025-09")
    # half past eleven at night in Greenwich is the next day in London's summer
    assert found == {MARCH: [dt.date(2026, 4, 21), dt.date(2026, 4, 15)], APRIL: [dt.date(2026, 4, 21)]}


def test_a_form_came_in_on_the_day_that_it_gives_and_on_none_where_that_is_no_day() -> None:
    shelf = Shelf(
        figures("2026-03", {"mm_submitted": "2026-04-08"}, 1),
        figures("2026-02", {"mm_submitted": "soon"}, 2),
        figures("2026-01", {}, 3),
    )
    assert analysis.submitted(shelf) == {"main/T001/monthly_measures/1": dt.date(2026, 4, 8)}
