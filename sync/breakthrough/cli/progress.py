"""Progress on stderr: a bar on a terminal, a log line a step anywhere else. Results go to stdout, never here."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

log = logging.getLogger("breakthrough")

Advance = Callable[[int], None]


def start_logging(quiet: bool) -> None:
    """Sends log lines to stderr, with a time, unless a terminal shows bars instead."""
    level = logging.WARNING if quiet or sys.stderr.isatty() else logging.INFO
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    root = logging.getLogger("breakthrough")
    root.handlers[:] = [handler]
    root.propagate = False
    root.setLevel(level)


@contextmanager
def step(label: str, length: int | None = None) -> Iterator[Advance]:
    """A function to be called with each bit of progress; `length` is the whole, where it is known and more than one."""
    begun = time.monotonic()
    done = 0
    if sys.stderr.isatty() and length and length > 1:
        with click.progressbar(length=length, label=f"{label:<32}", file=sys.stderr, width=0) as bar:
            yield bar.update
        return

    def advance(number: int) -> None:
        nonlocal done
        done += number

    if sys.stderr.isatty():
        click.echo(f"{label} …", err=True)
    yield advance
    log.info("%s: done%s in %.1f s", label, f", {done}" if done else "", time.monotonic() - begun)
