"""A running sandbox REDCap, for tests, demonstrations and rehearsals within this process."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redcap_sandbox import admin, contents
from redcap_sandbox.clock import Now, ServerClock, real_time
from redcap_sandbox.dispatch import Dispatch
from redcap_sandbox.store.storage import Storage
from redcap_sandbox.wire import call
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.server import DEFAULT_BODY_LIMIT, Page, Request, Server

_SUPER_TOKEN = re.compile(r"[0-9A-F]{64}")


class Sandbox:
    """A REDCap server on the loopback address, listening from the moment it is made until it is closed."""

    def __init__(self, data: Path, super_token: str, port: int, clock: ServerClock, body_limit: int) -> None:
        self.super_token = super_token
        self._clock = clock
        self._storage = Storage(data)
        dispatch = Dispatch(self._storage, clock, super_token, contents.discovered())
        api = _api_page(dispatch)
        pages = {
            "/api/": api,
            "/api/index.php": api,
            "/sandbox/token": admin.token_page(self._storage, dispatch.is_super),
        }
        try:
            self._server = Server(port, pages, body_limit)
        except OSError:
            self._storage.close()
            raise

    @property
    def url(self) -> str:
        """Where the API is; ends in `/api/`."""
        return f"{self._server.base}api/"

    @property
    def clock(self) -> Now:
        """What the server takes for the time. Set it to stage another date; a naive time is server-local."""
        return self._clock.now

    @clock.setter
    def clock(self, now: Now) -> None:
        self._clock.now = now

    def token_for(self, project_id: int, username: str) -> str:
        """The user's API token for the project, which in REDCap a person requests on a web page.

        Refusal if the project has no such user: import him first.
        """
        return admin.token_for(self._storage, project_id, username)

    def close(self) -> None:
        """Stops the server, letting answers under way finish; what it stored stays in its folder."""
        self._server.close()
        self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _api_page(dispatch: Dispatch) -> Page:
    def page(request: Request) -> Answer:
        return dispatch.answer(call.read(request.parameters))

    return page


def serve(
    data: Path,
    super_token: str,
    port: int = 0,
    timezone: str = "UTC",
    clock: Now | None = None,
    body_limit: int = DEFAULT_BODY_LIMIT,
) -> Sandbox:
    """A sandbox that is listening, to be used in a `with` statement or closed with `close()`.

    It keeps its projects in the folder `data`. `port` 0 takes a free one. `timezone` is the server's zone (an IANA
    name), `clock` what it takes for the time, by default the real time. ValueError for a super token that is not 64
    upper-case hexadecimal characters and for an unknown zone; OSError if the port is taken; Refusal if another
    version of the sandbox wrote the folder.
    """
    if not _SUPER_TOKEN.fullmatch(super_token):
        raise ValueError("The super token must be 64 characters out of 0-9 and A-F (upper case).")
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"There is no time zone {timezone!r}. Use an IANA name such as Europe/London.") from None
    return Sandbox(data, super_token, port, ServerClock(zone, clock or real_time), body_limit)
