"""A worker on its schedule that sends what waits in a store. Run by test_loop; prints a line when a tick has ended."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from breakthrough.delivery import outbox, smtp
from breakthrough.settings import Mail
from breakthrough.store import Store
from breakthrough.worker import loop


def main(folder: str, port: str) -> None:
    mail = Mail(host="127.0.0.1", port=int(port), security="none", sender="reports@example.org")
    now = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
    with loop.Stop() as stop, Store.open(f"sqlite:///{folder}/store.sqlite") as store:

        def tick() -> None:
            print(outbox.send_due(store, lambda: smtp.connect(mail), lambda: now, stop=stop), flush=True)

        loop.run(tick, dt.timedelta(seconds=1), stop, Path(folder) / "run.lock")


if __name__ == "__main__":
    main(*sys.argv[1:])
