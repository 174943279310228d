"""A demonstration that was played, and the command line as a person runs it: what the journeys share."""

from __future__ import annotations

import email
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


@dataclass(frozen=True)
class Played:
    """What a demonstration left: its folder, what it said, and how long it took."""

    output: Path
    stdout: str
    stderr: str
    seconds: float

    @property
    def mails(self) -> list[EmailMessage]:
        """The messages, as a mail program reads them."""
        files = sorted((self.output / "inbox").glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), policy=default) for path in files]


Command = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def quietly(_what: str, _total: int | None) -> Iterator[Callable[[int], None]]:
    """A step of which nothing is told."""
    yield lambda _: None


def breakthrough(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own, as a person would."""
    command = [sys.executable, "-m", "breakthrough", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def play(output: Path, *arguments: object) -> Played:
    """Plays the demonstration into that folder."""
    begun = time.monotonic()
    done = breakthrough("demo", "--output", output, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return Played(output, done.stdout, done.stderr, time.monotonic() - begun)
