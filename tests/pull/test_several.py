"""All projects of a deployment: each with its own token and cadence, and none that fails holds up another."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest
from tests.pull.site import FEW, START, Host, Site, held

from breakthrough.errors import AuthFailed, TokenMissing, Unreachable
from breakthrough.pull import Outcome, Source, several
from breakthrough.pull.due import Due, due
from breakthrough.redcap.client import Client
from breakthrough.store import Store, Tally, deletions, projects, refusals, runs
from breakthrough.store.runs import Mode

DAY = dt.timedelta(days=1)


def source(site: Site, name: str, client: Callable[[], Client] | None = None, **more: Any) -> Source:
    return Source(name, client or (lambda: site.host.client(site.token)), sizes=FEW, **more)


def each(store: Store, *sources: Source, now: dt.datetime = START) -> tuple[Outcome, ...]:
    return several.pull_each(store, sources, now=now, clock=lambda: 0.0)


def due_ones(store: Store, *sources: Source, now: dt.datetime = START, **more: Any) -> tuple[Outcome, ...]:
    return several.pull_due(store, sources, now=now, clock=lambda: 0.0, **more)


@pytest.fixture
def second(host: Host) -> Site:
    made = host.project()
    made.fill(teams=2, months=1)
    return made


def test_each_project_is_pulled_into_its_own_part_of_the_store(site: Site, second: Site, store: Store) -> None:
    done = each(store, source(site, "main"), source(second, "audit"), now=site.host.now)

    assert [(one.project, one.pulled and one.pulled.run.tally.inserted) for one in done] == [("main", 20), ("audit", 4)]
    assert held(store) == site.truth()
    assert held(store, "audit") == second.truth()


def test_one_that_fails_holds_up_no_other(site: Site, second: Site, store: Store) -> None:
    def broken() -> Client:
        raise TokenMissing("There is no secret.")

    def bug() -> Client:
        raise KeyError("a fault of the program")

    down = Client("http://127.0.0.1:9/api/", site.token, hosts=site.host.hosts)
    done = each(
        store,
        source(site, "a", broken),
        source(site, "b", bug),
        source(site, "c", lambda: down),
        source(second, "d"),
        now=site.host.now,
    )

    assert [type(one.error) for one in done] == [TokenMissing, KeyError, Unreachable, type(None)]
    assert held(store, "d") == second.truth()


def test_a_refused_project_is_told_once_and_left_alone_until_a_person_asks(
    site: Site, second: Site, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    both = source(site, "main"), source(second, "audit")
    each(store, *both, now=site.host.now)
    site.host.faults({"kind": "forbidden", "content": "version", "nth": 1})
    asked = []

    for _day in range(3):
        site.host.wait(days=1, minutes=5)
        done = due_ones(store, *both, now=site.host.now, in_any_case=["main", "audit"])
        asked.append([(type(one.error), one.new) for one in done])

    assert asked == [
        [(AuthFailed, True), (type(None), False)],
        [(AuthFailed, False), (type(None), False)],
        [(AuthFailed, False), (type(None), False)],
    ]
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 1
    assert site.token not in caplog.text
    with store.read() as connection:
        assert refusals.of(connection, "main") is not None
        assert due(connection, "main", DAY) == Due(None, "changed")

    (again,) = each(store, source(site, "main"), now=site.host.now)

    assert again.pulled is not None
    with store.read() as connection:
        assert refusals.of(connection, "main") is None


def test_a_token_that_is_still_wrong_is_not_told_of_again(site: Site, store: Store) -> None:
    site.host.faults({"kind": "forbidden"})
    done = [each(store, source(site, "main"), now=site.host.now)[0] for _ in range(2)]
    assert [one.new for one in done] == [True, False]


def test_each_project_has_its_own_cadence(site: Site, second: Site, store: Store) -> None:
    both = source(site, "main", every=DAY), source(second, "audit", every=6 * dt.timedelta(hours=1))
    pulled = []
    for _ in range(9):
        done = due_ones(store, *both, now=site.host.now)
        pulled.append([one.project for one in done if one.pulled])
        site.host.wait(hours=3)

    assert pulled == [["main", "audit"], [], ["audit"], [], ["audit"], [], ["audit"], [], ["main", "audit"]]


def test_what_is_not_due_is_pulled_in_any_case_where_it_is_asked_for(site: Site, store: Store) -> None:
    due_ones(store, source(site, "main"), now=site.host.now)
    (done,) = due_ones(store, source(site, "main"), now=site.host.now, in_any_case=["main"])
    assert done.pulled is not None


# --- when, and how -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def book(store: Store) -> Callable[[str, dt.datetime], None]:
    """Notes a complete run of that mode that ended then."""
    with store.begin() as connection:
        projects.claim(connection, "main", "https://redcap.example.org/api/", 13, START)

    def note(mode: str, at: dt.datetime) -> None:
        with store.begin() as connection:
            run = runs.start(connection, "main", mode, at)
            runs.complete(connection, run, records=1, tally=Tally(), hi=at, at=at)

    return note


def the_due(store: Store, every: dt.timedelta = DAY) -> Due:
    with store.read() as connection:
        return due(connection, "main", every)


def test_a_project_that_was_never_pulled_is_due_at_once_and_whole(store: Store) -> None:
    found = the_due(store)
    assert found.by(START)
    assert found.mode == "full"


def test_after_a_failed_pull_it_is_still_due(store: Store, book: Callable[[str, dt.datetime], None]) -> None:
    book("full", START)
    with store.begin() as connection:
        run = runs.start(connection, "main", "changed", START + DAY)
        runs.fail(connection, run, tally=Tally(), note="Busy", at=START + DAY)
    assert the_due(store) == Due(START + DAY, "changed")


@pytest.mark.parametrize(
    ("days", "mode"), [(1, "changed"), (5, "changed"), (5.9, "reconcile"), (6, "reconcile"), (9, "reconcile")]
)
def test_a_week_after_everything_was_read_everything_is_read_again(
    store: Store, book: Callable[[str, dt.datetime], None], days: float, mode: Mode
) -> None:
    book("full", START)
    book("changed", START + days * DAY)
    assert the_due(store) == Due(START + (days + 1) * DAY, mode)


@pytest.mark.parametrize("whole", ["full", "reconcile"])
def test_the_week_begins_anew_with_each_pull_of_everything(
    store: Store, book: Callable[[str, dt.datetime], None], whole: str
) -> None:
    book("full", START)
    book(whole, START + 7 * DAY)
    book("changed", START + 8 * DAY)
    assert the_due(store).mode == "changed"


def test_where_a_list_waits_for_a_second_one_it_is_due_in_two_minutes(
    store: Store, book: Callable[[str, dt.datetime], None]
) -> None:
    book("full", START)
    with store.begin() as connection:
        deletions.note(connection, "main", ["T001"], 1, START)
    assert the_due(store).at == START + dt.timedelta(minutes=2)
    with store.begin() as connection:
        deletions.note(connection, "main", ["T001"], 1, START + dt.timedelta(minutes=2))
    assert the_due(store).at == START + DAY


def test_a_refused_project_is_not_due_however_long_ago(store: Store, book: Callable[[str, dt.datetime], None]) -> None:
    book("full", START)
    with store.begin() as connection:
        refusals.note(connection, "main", "AuthFailed", START)
    assert not the_due(store).by(START + 400 * DAY)


def test_one_refused_before_its_first_pull_is_not_due_either(store: Store) -> None:
    with store.begin() as connection:
        refusals.note(connection, "main", "AuthFailed", START)
    assert not the_due(store).by(START)
