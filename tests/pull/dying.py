"""A process that pulls in children of its own, which may be killed: it imports everything once, and each fork is quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.pull.site import Site

from breakthrough.pull import failpoints
from breakthrough.store import store as store_module

_NURSERY = """
import datetime as dt, json, os, signal, sys, time
from zoneinfo import ZoneInfo
from breakthrough.pull import Sizes, pull
from breakthrough.redcap.client import Client
from breakthrough.store import Store

def carry_out(address, url, token, now, zone, mode, failpoint, chunk):
    os.environ[sys.argv[1]] = failpoint
    moment, sizes = dt.datetime.fromisoformat(now), Sizes(chunk, chunk)
    with Store.open(address) as store:
        pull(store, Client(url, token), now=moment, mode=mode, zone=ZoneInfo(zone), sizes=sizes)

print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    after = order.pop("after")
    child = os.fork()
    if not child:
        try:
            carry_out(**order)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Nursery:
    """Pulls in another process, one at a time."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def pull(
        self,
        site: Site,
        store: Path,
        failpoint: str = "",
        mode: str | None = None,
        *,
        after: float | None = None,
        chunk: int = 1,
        token: str = "",
    ) -> int:
        """The exit code of a process that pulls into that store, so many records a chunk, and may be killed.

        That happens at the failpoint, or `after` so many seconds, however far it is by then.
        """
        order: dict[str, Any] = {"address": f"sqlite:///{store}", "url": site.url, "token": token or site.token}
        order |= {"now": site.host.now.isoformat(), "zone": site.host.zone.key, "mode": mode, "failpoint": failpoint}
        self._stdin.write(json.dumps(order | {"after": after, "chunk": chunk}) + "\n")
        self._stdin.flush()
        return int(self._stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    environment = {**os.environ, "PYTHONPATH": str(Path(store_module.__file__).parents[2])}
    command = [sys.executable, "-c", _NURSERY, failpoints.VARIABLE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Nursery(process.stdin, process.stdout)
        process.stdin.close()
