"""A pull that is killed at any of its failpoints, or that another overtakes: what is left is whole, and is finished."""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pull.dying import Nursery, nursery
from tests.pull.site import FEW, Host, Site, content, held

from breakthrough.errors import StoreLocked
from breakthrough.pull import pull
from breakthrough.pull.failpoints import PLACES, reach
from breakthrough.store import Store, Tally, deletions, reconciliations, runs


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Nursery]:
    """Another process that pulls."""
    with nursery() as found:
        yield found


def test_without_the_variable_a_failpoint_does_nothing() -> None:
    for place in PLACES:
        reach(place, 0)


@pytest.mark.parametrize(
    ("failpoint", "kept"),
    [
        ("after-start", 0),
        ("after-probe", 0),
        ("before-chunk", 0),
        ("in-chunk:0", 0),
        ("after-chunk:0", 1),
        ("before-chunk:3", 3),
        ("in-chunk:3", 3),
        ("before-finish", 5),
        ("in-finish", 5),
    ],
)
def test_a_first_pull_killed_anywhere_keeps_whole_chunks_and_the_next_finishes_it(
    site: Site, store: Store, tmp_path: Path, elsewhere: Nursery, failpoint: str, kept: int
) -> None:
    assert elsewhere.pull(site, tmp_path / "store.sqlite", failpoint) == -signal.SIGKILL

    assert store.records("main") == {f"T00{n}" for n in range(1, kept + 1)}
    assert held(store).items() <= site.truth().items()
    assert store.cursor("main") is None

    done = site.pull(store)

    assert held(store) == site.truth()
    assert done.run.tally == Tally(inserted=20 - 4 * kept, unchanged=4 * kept)
    assert len(list(store.history("main"))) == 20
    with store.read() as connection:
        assert runs.of(connection, 1).state == "interrupted"


@pytest.mark.parametrize("failpoint", ["before-chunk:1", "in-chunk:1", "after-chunk:1", "before-finish", "in-finish"])
def test_a_later_pull_killed_anywhere_moves_no_cursor_and_lets_nothing_go(
    site: Site, store: Store, tmp_path: Path, elsewhere: Nursery, failpoint: str
) -> None:
    site.enter(*({"record_id": f"X{n}", "tp_name": f"Other {n}"} for n in range(15)))
    site.host.wait(hours=1)
    site.pull(store)
    cursor = store.cursor("main")
    site.host.wait(hours=2)
    site.enter(*(site.month(f"T00{n}", 1, 7) for n in range(1, 4)))
    site.delete("X3")
    assert elsewhere.pull(site, tmp_path / "store.sqlite", failpoint) == -signal.SIGKILL

    assert store.cursor("main") == cursor
    assert "X3" in store.records("main")
    with store.read() as connection:
        assert deletions.of(connection, "main") == ()

    site.host.wait(hours=2)
    done = site.pull(store)
    again = site.pull(store)

    assert (done.run.state, again.run.changed) == ("complete", 0)
    assert held(store) == site.truth()
    assert len(list(store.history("main"))) == 20 + 15 + 3 + 1


def test_a_pull_killed_after_its_end_is_complete(site: Site, store: Store, tmp_path: Path, elsewhere: Nursery) -> None:
    assert elsewhere.pull(site, tmp_path / "store.sqlite", "after-finish") == -signal.SIGKILL

    assert held(store) == site.truth()
    assert store.cursor("main") == site.host.now - dt.timedelta(seconds=60)
    assert site.pull(store).run.changed == 0


def test_a_reconciliation_killed_before_its_proof_is_kept_is_made_again(
    site: Site, store: Store, tmp_path: Path, elsewhere: Nursery
) -> None:
    site.pull(store)
    assert elsewhere.pull(site, tmp_path / "store.sqlite", "in-proof", "reconcile") == -signal.SIGKILL
    with store.read() as connection:
        assert reconciliations.of(connection, "main") == ()

    site.pull(store, mode="reconcile")

    with store.read() as connection:
        assert [one.agreed for one in reconciliations.of(connection, "main")] == [True]


def test_a_person_who_stops_it_is_obeyed_and_it_is_noted(site: Site, store: Store) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.pull(store, advance=stop)

    found = store.last_run("main")
    assert found is not None
    assert (found.state, found.note, found.tally) == ("failed", "KeyboardInterrupt", Tally(inserted=8))


# --- two at once -----------------------------------------------------------------------------------------------------------


def test_only_one_pull_of_a_project_at_a_time(site: Site, store: Store) -> None:
    site.pull(store)
    before = content(store)
    with store.alone("main"), pytest.raises(StoreLocked):
        site.pull(store)

    assert content(store) == before
    with store.read() as connection:
        assert runs.last(connection, "main") == runs.newest(connection, "main")


def test_of_two_workers_on_one_project_the_second_does_nothing(host: Host, site: Site, store: Store) -> None:
    """The first has taken one chunk in when the second comes, with a store of its own opened on the same file."""
    told: list[str] = []

    def second() -> None:
        try:
            with Store.open(f"sqlite:///{store.backend}") as own:
                pull(own, host.client(site.token), now=host.now, sizes=FEW)
            told.append("done")
        except StoreLocked:
            told.append("locked")

    def advance(_: int) -> None:
        if not told:
            worker = threading.Thread(target=second)
            worker.start()
            worker.join()

    done = site.pull(store, advance=advance)

    assert (told, done.run.state) == (["locked"], "complete")
    assert held(store) == site.truth()
    assert len(list(store.history("main"))) == 20


def test_projects_are_locked_one_by_one(host: Host, site: Site, store: Store) -> None:
    other = host.project()
    other.fill(teams=2, months=1)

    with store.alone("main"):
        done = pull(store, other.client, "audit", now=host.now)

    assert done.run.tally == Tally(inserted=4)
