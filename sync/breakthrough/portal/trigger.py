"""REDCap's data-entry trigger: which record somebody has just saved. It is a hint, and never taken for truth."""

from __future__ import annotations

import datetime as dt
import hmac
import threading
from collections.abc import Callable, Collection
from urllib.parse import parse_qs

from breakthrough.portal.server import NOT_FOUND, Answer, Request
from breakthrough.settings import Secret
from breakthrough.store import Store, hints, projects

MOST = 1000  # records that wait to be noted; of more, nothing is kept, and the next pull finds them all the same
_LONGEST_NAME = 100  # characters of a record's name, as REDCap has it


class Trigger:
    """Takes posts at once, whatever the store is doing, and hands them on when it is asked to."""

    def __init__(self, store: Store, secret: Secret, names: Collection[str], now: Callable[[], dt.datetime]) -> None:
        """`names` are our names of the projects that are pulled."""
        self._store, self._secret, self._names, self._now = store, secret, tuple(names), now
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], dt.datetime] = {}
        self._numbers: dict[str, str] = {}
        self.note()

    def route(self, request: Request) -> Answer:
        """Answers POST /trigger/SECRET: 200 where secret and project are ours, else 404, which says no more."""
        # in bytes: the comparison takes no other letters than ASCII's as text
        ours = hmac.compare_digest(request.rest.encode("utf-8", "replace"), self._secret.encode("utf-8", "replace"))
        if request.method != "POST" or not ours:
            return NOT_FOUND
        said = _form(request.body)
        found = [name for name in self._names if said.get("project_id") == self._numbers.get(name, "")]
        record = said.get("record", "")
        if not found or not record or len(record) > _LONGEST_NAME or not record.isprintable():
            return NOT_FOUND
        with self._lock:
            for name in found:
                if len(self._waiting) < MOST or (name, record) in self._waiting:
                    self._waiting[name, record] = self._now()
        return Answer(200, b"OK\n")

    def note(self) -> None:
        """Writes the hints that have come since into the store, all at once. Raises StoreError; then they wait.

        Which number REDCap has for a project is known after its first pull, and never changes.
        """
        if len(self._numbers) < len(self._names):
            self._learn()
        if not self._waiting:
            return
        with self._lock:
            taken = dict(self._waiting)
        with self._store.begin() as connection:
            for (name, record), at in taken.items():
                hints.note(connection, name, record, at)
        with self._lock:
            for key, at in taken.items():
                if self._waiting.get(key) == at:
                    del self._waiting[key]

    def _learn(self) -> None:
        with self._store.read() as connection:
            places = {name: projects.place(connection, name) for name in self._names}
        self._numbers = {name: str(place.redcap_project_id) for name, place in places.items() if place}


def _form(body: bytes) -> dict[str, str]:
    """The fields of a form; empty where it is none. Of a field that stands twice, the last."""
    try:
        found = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100)
    except ValueError:  # UnicodeDecodeError is one, too
        return {}
    return {name: values[-1] for name, values in found.items()}
