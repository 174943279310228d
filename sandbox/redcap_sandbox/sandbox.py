"""A running sandbox REDCap, for tests, demonstrations and rehearsals within this process."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redcap_sandbox import contents
from redcap_sandbox.admin import page as admin
from redcap_sandbox.admin import tokens
from redcap_sandbox.admin.office import Office
from redcap_sandbox.admin.trigger import Trigger
from redcap_sandbox.dispatch import Dispatch
from redcap_sandbox.faults import answering, omission, reading
from redcap_sandbox.faults.answering import View
from redcap_sandbox.faults.replica import Replicated
from redcap_sandbox.faults.striking import Faults
from redcap_sandbox.store.clock import Now, ServerClock, real_time
from redcap_sandbox.wire import call
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.server import DEFAULT_BODY_LIMIT, Page, Request, Server, address

_SUPER_TOKEN = re.compile(r"[0-9A-F]{64}")
_BASE_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")


class Sandbox:
    """A REDCap server on the loopback address, listening from the moment it is made until it is closed."""

    def __init__(
        self,
        data: Path,
        super_token: str,
        port: int,
        clock: ServerClock,
        body_limit: int,
        faults: Faults,
        base_url: str = "",
    ) -> None:
        self.super_token = super_token
        self._clock = clock
        self._faults = faults
        self._storage = Replicated(data, lambda: faults.longest_lag, faults.now)
        self._contents = contents.discovered()
        dispatch = Dispatch(self._storage, clock, super_token, self._contents, base_url or address(port))
        api = self._api_page(dispatch)
        self._trigger = Trigger()
        office = Office(self._storage, clock, faults, self._contents, self._trigger, lambda: dispatch.base_url)
        pages = {
            "/api/": api,
            "/api/index.php": api,
            "/sandbox/token": tokens.token_page(self._storage, dispatch.is_super),
            admin.PATH: admin.page(office, dispatch.is_super),
        }
        try:
            self._server = Server(port, pages, body_limit, clock.moment)
        except OSError:
            self._trigger.close()
            self._storage.close()
            raise
        dispatch.base_url = base_url or self._server.base

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

    @property
    def faults(self) -> Faults:
        """What goes wrong here; `faults.replace(plan)` changes it between two calls."""
        return self._faults

    def token_for(self, project_id: int, username: str) -> str:
        """The user's API token for the project, which in REDCap a person requests on a web page.

        Refusal if the project has no such user: import him first.
        """
        return tokens.token_for(self._storage, project_id, username)

    def _api_page(self, dispatch: Dispatch) -> Page:
        lenient = omission.lenient(self._contents)

        def viewed(view: View) -> Dispatch:
            if view == View():
                return dispatch
            known, base = (lenient if view.lenient else self._contents), dispatch.base_url
            return Dispatch(self._storage.lagging(view.lag), view.clock(self._clock), self.super_token, known, base)

        def page(request: Request) -> Answer:
            asked = call.read(request.parameters, request.files)
            return answering.answer(asked, self._faults.strike(asked), lambda view: viewed(view).answer(asked))

        return page

    def close(self) -> None:
        """Stops the server, letting answers under way finish; what it stored stays in its folder."""
        self._server.close()
        self._trigger.close()
        self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(
    data: Path,
    super_token: str,
    port: int = 0,
    timezone: str = "UTC",
    clock: Now | None = None,
    body_limit: int = DEFAULT_BODY_LIMIT,
    faults: Faults | Path | None = None,
    base_url: str = "",
) -> Sandbox:
    """A sandbox that is listening, to be used in a `with` statement or closed with `close()`.

    It keeps its projects in the folder `data`. `port` 0 takes a free one. `timezone` is the server's zone (an IANA
    name), `clock` what it takes for the time, by default the real time. `faults` are what goes wrong, or the file that
    says so. `base_url` is what survey links begin with, such as an institution's https://redcap.example.org/redcap/; by
    default the server's own address. ValueError for a super token that is not 64 upper-case hexadecimal characters, for
    an unknown zone, for a base URL that is none and for a faults file with mistakes; OSError if the port is taken;
    Refusal if another version of the sandbox wrote the folder.
    """
    if not _SUPER_TOKEN.fullmatch(super_token):
        raise ValueError("The super token must be 64 characters out of 0-9 and A-F (upper case).")
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"There is no time zone {timezone!r}. Use an IANA name such as Europe/London.") from None
    if base_url and not _BASE_URL.fullmatch(base_url):
        raise ValueError(f"{base_url!r} is no base URL. Use one such as https://redcap.example.org/redcap/.")
    base_url = f"{base_url.rstrip('/')}/" if base_url else ""
    if not isinstance(faults, Faults):
        plan = reading.load(faults, contents.discovered()) if faults else None
        faults = Faults(plan)
    return Sandbox(data, super_token, port, ServerClock(zone, clock or real_time), body_limit, faults, base_url)
