"""One of several workers on one store: puts a month in and sends it. Run by test_outbox."""

from __future__ import annotations

import json
import os
import sys

from tests.delivery.crashing import NOON, mail

from breakthrough.delivery import outbox, smtp
from breakthrough.settings import Mail
from breakthrough.store import Store


def main(url: str, port: str, number: str) -> None:
    settings = Mail(host="127.0.0.1", port=int(port), security="none", sender="reports@example.org")
    with Store.open(url, os.environ["STORE_PASSWORD"] or None) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        new = outbox.enqueue(store, [mail(n) for n in range(int(number))], NOON)
        done = outbox.send_due(store, lambda: smtp.connect(settings), lambda: NOON)
    print(json.dumps({"new": len(new), "sent": done.sent}))


if __name__ == "__main__":
    main(*sys.argv[1:])
