"""The same pulls into a store in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.pull.site import Site, content, held
from tests.store import cluster as clusters
from tests.store.cluster import Cluster

from breakthrough.errors import StoreLocked
from breakthrough.pull import state
from breakthrough.store import Store, Tally, aliases, deletions


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    programs = clusters.programs()
    if programs is None:
        pytest.skip("POSTGRESQL ABSENT: the pull was NOT tested on it. Install the Debian package postgresql")
    with clusters.running(programs) as running:
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    url = cluster.database()
    yield url
    cluster.drop(url)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with Store.open(database, clusters.PASSWORD) as opened:
        yield opened


def test_a_month_of_pulls(site: Site, store: Store) -> None:
    first = site.pull(store)
    site.host.wait(hours=2)
    assert site.pull(store).run.changed == 0
    site.enter(site.month("T001", 1, 999))
    site.rename("T002", "T902")
    site.delete("T003")
    site.design([row for row in site.dictionary if row["field_name"] != "tc_aim"])
    site.host.wait(hours=2)
    second = site.pull(store)
    site.host.wait(hours=2)
    third = site.pull(store)
    checked = site.pull(store, mode="reconcile")

    assert [(p.run.mode, p.run.tally) for p in (first, second, third)] == [
        ("full", Tally(inserted=20)),
        ("full", Tally(inserted=4, updated=1, deleted=4, unchanged=11)),
        ("changed", Tally(deleted=4)),
    ]
    assert (second.renamed, second.second_list) == (1, 1)
    assert held(store) == site.truth()
    assert checked.comparison is not None
    assert (checked.comparison.agrees, checked.comparison.missed) == (True, 0)
    with store.read() as connection:
        assert [one.new for one in aliases.of(connection, "main")] == ["T902"]
        assert deletions.of(connection, "main") == ()
        assert state.of(connection, "main", site.host.now - site.host.now).rows == {
            "monthly_measures": 12,
            "team_profile": 4,
        }


def test_another_worker_on_the_same_project_does_nothing(site: Site, store: Store, database: str) -> None:
    site.pull(store)
    before = content(store)

    with Store.open(database, clusters.PASSWORD) as own, own.alone("main"), pytest.raises(StoreLocked):
        site.pull(store)

    assert content(store) == before
