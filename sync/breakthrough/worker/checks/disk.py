"""The disk: whether there is room for the store to grow, and for what is made on the way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from breakthrough.store import address
from breakthrough.worker.checks.finding import Finding, Now
from breakthrough.worker.deployment import Deployment

_LEAST = 100 << 20  # bytes: less is gone within a day of pulls
_ROOM = 1 << 30  # an upgrade of the store makes a copy of it first


def disk(here: Deployment, now: Now) -> Iterator[Finding]:
    """How much room there is where the store is, where temporary files go and, with a file's store, for its copy."""
    del now
    path = address.parse(here.settings.store).path
    store = here.folder / path if path else here.folder
    size = store.stat().st_size if path and store.is_file() else 0
    places = {"the store": _there(store), "temporary files": Path(tempfile.gettempdir())}
    for what, place in places.items():
        free = shutil.disk_usage(place).free
        yield room(what, place, free, _ROOM + size if what == "the store" else _LEAST)


def room(what: str, place: Path, free: int, wanted: int) -> Finding:
    """What it means that so many bytes are free there, and so many would be good to have."""
    told = f"{_size(free)} free for {what} ({place})"
    remedy = "Make room on that disk: a full one stops pulls and mails."
    if free < _LEAST:
        return Finding("wrong", "disk", f"Only {told}.", remedy)
    if free < wanted:
        return Finding("advice", "disk", f"Only {told}; {_size(wanted)} would be enough for a year.", remedy)
    return Finding("good", "disk", f"{told}.")


def _there(path: Path) -> Path:
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


def _size(number: int) -> str:
    return f"{number / (1 << 30):,.1f} GB" if number >= 1 << 30 else f"{number / (1 << 20):,.0f} MB"
