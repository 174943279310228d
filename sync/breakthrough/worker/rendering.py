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
from breakthrough.reporting.render import wording
from breakthrough.reporting.values import Rendered
from breakthrough.worker.edition import Edition
from breakthrough.worker.reports import rendered

Begin = Callable[[str, str], Future[Rendered]]


@contextmanager
def elsewhere(of: Edition, content: Content, processes: int) -> Iterator[Begin]:
    """What begins a report, by its kind and subject, in one of that many processes; they end with the block.

    Each is started afresh, as every system can, and reads the edition from a file that only we may read. What the
    rendering raises is raised by the future's `result()`.
    """
    with TemporaryDirectory(prefix="breakthrough-") as folder:
        path = Path(folder) / "edition"
        with path.open("wb") as file:
            # without the store: what is mailed is made of the edition alone, and a connection cannot travel
            pickle.dump(replace(of, view=None), file, pickle.HIGHEST_PROTOCOL)
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            yield lambda kind, subject: pool.submit(_rendered, path, content, kind, subject)


def _rendered(path: Path, content: Content, kind: str, subject: str) -> Rendered:
    of = _edition(path)
    with speaking(wording.read(content, of.collaborative.language)):
        return rendered(of, kind, subject, content)


@lru_cache(maxsize=1)
def _edition(path: Path) -> Edition:
    with path.open("rb") as file:
        made: Edition = pickle.load(file)  # noqa: S301 - written just now, by the process that started this one
    # All of it stays until the process ends: looking through it for garbage would take a sixth of each report's time.
    gc.collect()
    gc.freeze()
    return made
