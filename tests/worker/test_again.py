"""Which archived reports of a month are made again, and in which order they stand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from breakthrough.month import Month
from breakthrough.store import Report, Store, archive, materials
from breakthrough.worker import again

AT = dt.datetime(2026, 4, 15, 6, tzinfo=dt.UTC)


def test_reports_stand_in_the_order_in_which_they_were_made_and_documents_of_the_end_are_none_of_them(
    tmp_path: Path,
) -> None:
    every = [
        ("coordinator", "x"),
        ("closing", "x"),
        ("leader", "T001"),
        ("story", "T001"),
        ("collaborative", "attendance"),
        ("coach", "c1"),
        ("team", "T002"),
        ("team", "T001"),
    ]
    here: Any = SimpleNamespace(code="x")
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        with store.begin() as connection:
            kept = materials.keep(connection, b"page")
            for kind, subject in every:
                made = Report("x", kind, subject, "2026-03", 0, AT, "s", "", "", "", {}, kept, "")
                archive.keep_report(connection, made)
        found = again.sent(here, store, Month("2026-03"), AT)
        assert [(one.kind, one.subject) for one in found] == [
            ("team", "T001"),
            ("team", "T002"),
            ("coach", "c1"),
            ("leader", "T001"),
            ("collaborative", "attendance"),
            ("coordinator", "x"),
        ]
        assert [one.kind for one in again.sent(here, store, Month("2026-03"), AT, "T001")] == ["team", "leader"]
