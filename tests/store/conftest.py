"""The store on both of its databases: a SQLite file in a temporary folder, and PostgreSQL from Debian's packages."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.store import cluster as clusters
from tests.store.cluster import Cluster

from breakthrough.store import Store, backend, projects, runs, tables

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)
REDCAP = "https://redcap.example.org/api/"


@dataclass(frozen=True)
class Home:
    """A place where a store can be: not there yet, on one of the two databases."""

    kind: str
    url: str
    password: str | None = None

    def open(self) -> Store:
        return Store.open(self.url, self.password)

    @property
    def environment(self) -> dict[str, str]:
        """For another process, which finds the program and the password there."""
        path = str(Path(backend.__file__).parents[2])
        return {**os.environ, "PYTHONPATH": path, "STORE_PASSWORD": self.password or ""}


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for the session. Without its programs the tests that need one are skipped, loudly."""
    programs = clusters.programs()
    if programs is None:
        pytest.skip("POSTGRESQL ABSENT: the store was NOT tested on it. Install the Debian package postgresql")
    with clusters.running(programs) as running:
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Home]:
    """A new database, without tables."""
    url = cluster.database()
    yield Home("postgresql", url, clusters.PASSWORD)
    cluster.drop(url)


@pytest.fixture(scope="session")
def _shared(cluster: Cluster) -> Home:
    home = Home("postgresql", cluster.database(), clusters.PASSWORD)
    home.open().close()
    return home


@pytest.fixture
def emptied(_shared: Home, cluster: Cluster) -> Home:
    """A database with a store in it that holds nothing: quicker than a new one."""
    names = [table.name for table in tables.metadata.sorted_tables if table.name != "meta"]
    emptying = "".join(f"DELETE FROM {name};" for name in names)  # noqa: S608
    cluster.sql(f"SET session_replication_role = replica; {emptying}", _shared.url.rpartition("/")[2])
    return _shared


@pytest.fixture
def file(tmp_path: Path) -> Home:
    """A file that is not there yet, in a folder that is not there either."""
    return Home("sqlite", f"sqlite:///{tmp_path / 'data' / 'store.sqlite'}")


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("made") / "store.sqlite"
    Store.open(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture
def prepared(file: Home, _made: bytes) -> Home:
    """The file, with a store in it that holds nothing: quicker than a new one."""
    path = Path(file.url.removeprefix("sqlite:///"))
    path.parent.mkdir(mode=0o700)
    path.touch(0o600)
    path.write_bytes(_made)
    return file


def _either(request: pytest.FixtureRequest, **fixtures: str) -> Home:
    found: Home = request.getfixturevalue(fixtures[request.param])
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest) -> Home:
    """An empty store, or the place for one, on each of the two in turn: what is said with it must hold on both."""
    return _either(request, sqlite="prepared", postgresql="emptied")


@pytest.fixture
def fresh(tmp_path: Path) -> Home:
    """Another such file."""
    return Home("sqlite", f"sqlite:///{tmp_path / 'fresh' / 'store.sqlite'}")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Home:
    """A place where there is certainly no store yet, on each of the two in turn."""
    return _either(request, sqlite="fresh", postgresql="database")


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


@pytest.fixture
def run(store: Store, now: dt.datetime) -> int:
    """A run under way of the project main."""
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        return runs.start(connection, "main", "full", now)
