"""The data entry trigger: one POST after a form or a survey page was saved, its answer ignored."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from queue import SimpleQueue
from threading import Condition, Thread

from redcap_sandbox.contents.version import SPOKEN
from redcap_sandbox.design.dictionary import status_name
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.entry import Place

SETTING = "data_entry_trigger_url"
_PATIENCE = 10.0  # seconds until a receiver counts as gone

Message = Mapping[str, str]


class Trigger:
    """Sends the posts of all projects, one after the other, in a thread of its own; no answer is waited for."""

    def __init__(self) -> None:
        self._posts: SimpleQueue[tuple[str, Message] | None] = SimpleQueue()
        self._pending = 0
        self._changed = Condition()
        self._closed = False
        # Not one of a pool: Python would wait for those, and thereby for a receiver that hangs, when it ends.
        Thread(target=self._send, name="data-entry-trigger", daemon=True).start()

    def fire(self, url: str, message: Message) -> None:
        """Posts the message to the URL, '' for nowhere; whatever comes of it, there is no second try."""
        if url:
            with self._changed:
                self._pending += 1
            self._posts.put((url, message))

    def wait(self, seconds: float) -> bool:
        """True once no post is under way; False if that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, seconds)

    def close(self) -> None:
        """Sends nothing more."""
        self._closed = True
        self._posts.put(None)

    def _send(self) -> None:
        while (post := self._posts.get()) is not None and not self._closed:
            _post(*post)
            with self._changed:
                self._pending -= 1
                self._changed.notify_all()


def _post(url: str, message: Message) -> None:
    import requests  # noqa: PLC0415  (a server without triggers starts sooner)

    with suppress(requests.RequestException, ValueError):
        # Unread, so that a receiver cannot hold us up with a long answer either.
        requests.post(url, data=message, timeout=_PATIENCE, allow_redirects=False, stream=True).close()


def message(
    project: Project, base_url: str, username: str, record: str, place: Place, status: str, group: int | None
) -> Message:
    """What REDCap posts when `username` has saved the form of that place with that status, in its order.

    No field data are in it. The instance is told where the event or the instrument repeats, the instrument's name
    again only where it repeats itself.
    """
    told = {
        "redcap_url": base_url,
        "project_url": f"{base_url}redcap_v{SPOKEN}/index.php?pid={project.id}",
        "project_id": str(project.id),
        "username": username,
        "record": record,
        "instrument": place.form,
        status_name(place.form): status,
    }
    if project.is_longitudinal:
        told["redcap_event_name"] = project.event_by_id[place.event].unique_name
    if group is not None:
        told["redcap_data_access_group"] = project.group_by_id[group].unique
    itself = project.repeats(place.event, place.form)
    if itself or project.repeats(place.event):
        told["redcap_repeat_instance"] = str(place.instance)
    if itself:
        told["redcap_repeat_instrument"] = place.form
    return told
