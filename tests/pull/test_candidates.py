"""Which records may have changed, and whether only the list of records can tell."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.pull.site import START, Site

from breakthrough.pull import candidates
from breakthrough.pull.candidates import DAILY, EACH_TIME, Changes
from breakthrough.pull.window import Window
from breakthrough.redcap.log import Kind, Line
from breakthrough.redcap.record_list import RecordList

SINCE = START.replace(tzinfo=None)
WINDOW = Window(START + dt.timedelta(hours=1), START, SINCE)


def line(kind: Kind, record: str = "T001", renamed: str = "") -> Line:
    return Line(SINCE, kind, record, renamed)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], Changes(), id="nothing"),
        pytest.param([line("update"), line("create", "T009")], Changes(frozenset({"T001", "T009"})), id="edits"),
        pytest.param([line("delete")], Changes(frozenset({"T001"}), list_needed=True), id="a deletion"),
        pytest.param([line("other")], Changes(frozenset({"T001"}), list_needed=True), id="not understood"),
        pytest.param([line("update", "")], Changes(list_needed=True), id="of no record"),
        pytest.param(
            [line("update", "T001", "T901")],
            Changes(frozenset({"T001", "T901"}), renamed={"T001": "T901"}, list_needed=True),
            id="a rename",
        ),
        pytest.param(None, Changes(), id="no right to the log"),
    ],
)
def test_what_the_log_tells(site: Site, lines: list[Line] | None, expected: Changes) -> None:
    site.client.changed_since = lambda moment: []  # type: ignore[method-assign]
    site.client.log = lambda *_, **__: lines  # type: ignore[method-assign]

    assert candidates.changes(site.client, WINDOW) == expected


def test_what_the_filter_names_is_there_and_what_the_log_names_need_not_be(site: Site) -> None:
    site.client.changed_since = lambda moment: ["T002"]  # type: ignore[method-assign]
    site.client.log = lambda *_, **__: [line("update")]  # type: ignore[method-assign]
    assert candidates.changes(site.client, WINDOW) == Changes(frozenset({"T001", "T002"}), frozenset({"T002"}))


def test_the_log_of_a_long_time_is_not_asked_for(site: Site) -> None:
    site.client.log = lambda *_, **__: [line("delete")]  # type: ignore[method-assign]
    long = Window(START + dt.timedelta(days=3), START, SINCE)
    assert not candidates.changes(site.client, long).list_needed


@pytest.mark.parametrize(
    ("held", "hours", "needed", "due"),
    [
        (EACH_TIME - 1, 0, False, True),
        (EACH_TIME, 1, False, False),
        (EACH_TIME, 1, True, True),
        (EACH_TIME, 23, False, True),
        (EACH_TIME, None, False, True),
    ],
)
def test_when_the_list_is_due(held: int, hours: int | None, needed: bool, due: bool) -> None:
    last = None if hours is None else START - dt.timedelta(hours=hours)
    assert candidates.list_due(held, last, START, Changes(list_needed=needed)) == due
    assert dt.timedelta(hours=23) == DAILY


HELD = RecordList.of({"A": "", "B": "g", "C": "g"})


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param(
            RecordList.named(["C", "B", "D", "A"]), ["C", "D", "A"], id="changed, new, again; in the list's order"
        ),
        pytest.param(RecordList.of({"A": "g", "B": "g", "C": "g"}), ["A", "C"], id="moved"),
        pytest.param(RecordList.of({"A": "", "B": ""}), ["A", "B"], id="what has gone is not asked for"),
        pytest.param(None, ["A", "C"], id="without a list"),
    ],
)
def test_candidates(listed: RecordList | None, expected: list[str]) -> None:
    assert candidates.candidates(Changes(frozenset({"C"})), listed, HELD, {"A"}) == expected
