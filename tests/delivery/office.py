"""A mail server in a process of its own, which notes each message it takes before it says so. Run by `crashing`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.delivery.answering import Answers

from breakthrough.demo.postbox import Listener


class Noting(Answers):
    """Takes everything; each 40th message it takes and then breaks the line, each 41st it does not take and does so."""

    def __init__(self, path: Path, *, unsure: bool) -> None:
        super().__init__()
        self._path, self._unsure, self._came = path, unsure, 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd)
        self._came += 1
        odd = self._came % 41 if self._unsure else 1
        if odd:
            with self._path.open("a") as file:
                file.write(envelope.content.split(b"\r\n", 1)[0].decode() + "\n")
        if odd in {0, 40}:
            server.transport.abort()
        return "250 2.0.0 taken"


def main(path: str, unsure: str) -> None:
    with Listener(Noting(Path(path), unsure=unsure == "unsure")) as listener:
        print(listener.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
