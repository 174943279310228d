"""Renders a month's reports in several processes at once: a thousand of them take minutes in one."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from breakthrough.content import Content
from breakthrough.language import speaking
from breakthrough.reporting import wording
from breakthrough.reporting.values import Rendered
from breakthrough.worker import memory, shares
from breakthrough.worker.edition import Edition
from breakthrough.worker.reports import KINDS, rendered
from breakthrough.worker.shares import Share

Begin = Callable[[str, str], Future[Rendered]]


@contextmanager
def elsewhere(of: Edition, content: Content, processes: int) -> Iterator[Begin]:
    """What begins a report, by its kind and subject, in one of that many processes; they end with the block.

    Each is started afresh, as every system can, and reads what reports share from a file that only we may read: with
    the share of one team for a report about it, and of all teams only where a report is about all. What the rendering
    raises is raised by the future's `result()`.
    """
    with TemporaryDirectory(prefix="breakthrough-") as folder:
        common, every = Path(folder) / "common", Path(folder) / "edition"
        share = shares.shares(of)
        apart = of.collaborative.privacy.own_team != "suppressed"  # else a team's rows are filtered among all others
        _write(shares.common(of), common)
        memory.give_back()
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:

            def begin(kind: str, subject: str) -> Future[Rendered]:
                if apart and KINDS[kind].single:
                    return pool.submit(_rendered, common, content, kind, subject, share(subject))
                if not every.exists():
                    _write(replace(of, view=None), every)
                return pool.submit(_rendered, every, content, kind, subject)

            yield begin


def _write(of: Edition, path: Path) -> None:
    """Without the store: what is mailed is made of the edition alone, and a connection cannot travel."""
    with path.open("wb") as file:
        pickle.dump(of, file, pickle.HIGHEST_PROTOCOL)


def _rendered(path: Path, content: Content, kind: str, subject: str, share: Share | None = None) -> Rendered:
    of = _edition(path)
    of = shares.whole(of, share) if share else of
    with speaking(wording.read(content, of.collaborative.language)):
        return rendered(of, kind, subject, content)


@lru_cache(maxsize=2)
def _edition(path: Path) -> Edition:
    with path.open("rb") as file:
        made: Edition = pickle.load(file)  # noqa: S301 - written just now, by the process that started this one
    # All of it stays until the process ends: looking through it for garbage would take a sixth of each report's time.
    gc.collect()
    gc.freeze()
    return made
