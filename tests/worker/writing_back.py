"""A worker that writes back, in a process of its own; told to, it kills itself at a moment, as `kill -9` would."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from pathlib import Path
from typing import Any

from breakthrough.redcap.client import Client
from breakthrough.store import Store
from breakthrough.worker import write_back
from breakthrough.worker.deployment import Deployment


def die_at(name: str, *, after: bool) -> None:
    real = getattr(Client, name)

    def dying(self: Client, *given: Any, **named: Any) -> Any:
        if not after:
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, *given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(Client, name, dying)


def main(folder: str, store: str, now: str, moment: str) -> None:
    if moment:
        when, name = moment.split()
        die_at(name, after=when == "after")
    moment_of_start = dt.datetime.fromisoformat(now)
    with Store.open(store) as opened:
        here = Deployment.open(Path(folder), {})
        print(write_back.run(here, opened, lambda: moment_of_start, lambda: False), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
