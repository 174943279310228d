"""One server for all that the bench does, worlds on it, and the account that is printed at the end."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.chaos.people import Pick
from tests.chaos.world import Account, Server, World
from tests.pull.site import SUPER_TOKEN

import redcap_sandbox
from breakthrough.pull import candidates
from breakthrough.store import Store
from redcap_sandbox.faults.striking import Faults

BEGUN = time.monotonic()
ACCOUNT: pytest.StashKey[Account] = pytest.StashKey()
SEED: pytest.StashKey[int] = pytest.StashKey()


@dataclass(frozen=True)
class Extent:
    """How much the bench does: `steps` in all, `length` of them a project, `kills` at random times.

    The same seed is the same chaos, as far as threads and processes allow.
    """

    steps: int = 250
    length: int = 25
    kills: int = 20
    seed: int = 1
    mail_kills: int = 20


@dataclass
class Planted:
    """How many planted defects there are, and how many were found."""

    there: int = 0
    caught: int = 0


@dataclass
class Posted:
    """What came of the mails that went out while their senders were killed."""

    runs: int = 0
    kills: int = 0
    mails: int = 0
    taken: int = 0
    uncertain: int = 0
    defects: int = 0
    caught: int = 0


POSTED: pytest.StashKey[Posted] = pytest.StashKey()
PLANTED: pytest.StashKey[Planted] = pytest.StashKey()


@pytest.fixture(scope="session")
def extent(pytestconfig: pytest.Config) -> Extent:
    """As the environment says: `make chaos` asks for much more than `make test`."""
    if "CHAOS_STEPS" not in os.environ:
        return Extent()
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(2**32))
    pytestconfig.stash[SEED] = seed
    return Extent(
        int(os.environ["CHAOS_STEPS"]),
        50,
        int(os.environ["CHAOS_KILLS"]),
        seed,
        int(os.environ.get("CHAOS_MAIL_KILLS", "300")),
    )


@pytest.fixture(scope="session")
def account(pytestconfig: pytest.Config) -> Account:
    return pytestconfig.stash.setdefault(ACCOUNT, Account())


@pytest.fixture(scope="session")
def posted(pytestconfig: pytest.Config) -> Posted:
    return pytestconfig.stash.setdefault(POSTED, Posted())


@pytest.fixture(scope="session")
def planted(pytestconfig: pytest.Config) -> Planted:
    return pytestconfig.stash.setdefault(PLANTED, Planted())


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The account of `make chaos`, in one line of JSON for the mails and one for the pull."""
    if "CHAOS_STEPS" in os.environ and (posted := config.stash.get(POSTED, None)) is not None:
        told_of_mails = {
            "mail_kills": posted.kills,
            "mail_runs": posted.runs,
            "mails": posted.mails,
            "messages_taken": posted.taken,
            "uncertain": posted.uncertain,
            "planted_mail_defects_caught": f"{posted.caught} of {posted.defects}",
            "seed": config.stash[SEED],
        }
        terminalreporter.write_line(json.dumps(told_of_mails))
    account, planted = config.stash.get(ACCOUNT, None), config.stash.get(PLANTED, Planted())
    if "CHAOS_STEPS" not in os.environ or account is None:
        return
    told = {
        "steps": account.steps,
        "pulls": account.pulls,
        "pulls_failed": account.failed,
        "edits": account.edits.total(),
        "faults": account.faults.total(),
        "kinds_of_faults": len(account.faults),
        "deaths": account.died,
        "kills": account.kills,
        "broken_invariants": len(terminalreporter.stats.get("failed", ())),
        "planted_defects_caught": f"{planted.caught} of {planted.there}",
        "seconds": round(time.monotonic() - BEGUN),
        "seed": config.stash[SEED],
    }
    terminalreporter.write_line(json.dumps(told))


@pytest.fixture(scope="session")
def chaos_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A sandbox whose clock, and the replicas behind it, go by the tests' time."""
    made: list[Server] = []
    faults = Faults(now=lambda: made[0].now.timestamp() if made else 0.0)
    with redcap_sandbox.serve(tmp_path_factory.mktemp("redcap"), SUPER_TOKEN, faults=faults) as sandbox:
        server = Server(sandbox)
        made.append(server)
        sandbox.clock = server.clock
        yield server


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that is ready and holds nothing; to be copied, as making one takes its time."""
    path = tmp_path_factory.mktemp("empty") / "store.sqlite"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def found(
    chaos_server: Server, empty_store: Path, tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Pick], World]]:
    """Makes a new world, and does away with the one before it.

    Of some, the list of records is asked for once a day only, as of a project with very many.
    """
    numbers = itertools.count()
    opened: list[Store] = []

    def made(pick: Pick) -> World:
        monkeypatch.setattr(candidates, "EACH_TIME", pick((20_000, 20_000, 5)))
        for store in opened:
            store.close()
        opened.clear()
        path = tmp_path / f"{next(numbers)}.sqlite"
        shutil.copyfile(empty_store, path)
        opened.append(Store.open(f"sqlite:///{path}"))
        return World(chaos_server, opened[0], pick, account)

    yield made
    for store in opened:
        store.close()
