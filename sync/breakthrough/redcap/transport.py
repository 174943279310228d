"""Carries one request at a time to REDCap's API: paced, timed, over TLS, tried again only where that is safe."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError as PoolError
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from breakthrough import __version__
from breakthrough.errors import AnswerUnreadable, Overloaded, Refused, SettingInvalid, StoreError, TryAgain, Unreachable
from breakthrough.redcap import answers
from breakthrough.redcap.answers import Answer, Want
from breakthrough.redcap.pace import LONGEST_WAIT, Hosts
from breakthrough.settings import is_loopback

log = logging.getLogger(__name__)

ATTEMPTS = 4
_WHEN_SILENT = 2  # a server that said nothing for five minutes may still be at work on the question
_LONG = 1 << 20  # bytes: a list of rows that is longer, and that is wanted row by row, is never in memory as a whole
_PIECE = 1 << 16

Consume = Callable[[Iterator[dict[str, Any]]], Any]
_PLUMBING = re.compile(r"redcap_\w+")


class Transport:
    """Posts to one API address. It never sees a token except as one value among the payload's."""

    def __init__(
        self,
        url: str,
        *,
        ca_bundle: str | None = None,
        pause: float = 1.0,
        timeout: tuple[float, float] = (10, 300),
        hosts: Hosts | None = None,
    ) -> None:
        """`pause` is in seconds, none on loopback; `timeout` those for a connection and for silence after it.

        Raises SettingInvalid when the address or the CA bundle cannot be used.
        """
        self.url = _checked_url(url)
        self.server = urlsplit(url).netloc
        if ca_bundle is not None and not Path(ca_bundle).exists():
            raise SettingInvalid(f"The CA bundle {ca_bundle} is not there. Correct ca_bundle, or leave it out.")
        self._verify: str | bool = ca_bundle or True
        self._timeout = timeout
        self._pause = 0.0 if is_loopback(url) else pause
        self._host = (hosts or Hosts()).host(url)
        self._session = _session(self.url)
        self.server_time: dt.datetime | None = None

    def ask(
        self,
        payload: Mapping[str, Any],
        want: Want,
        attempts: int = ATTEMPTS,
        consume: Consume | None = None,
        file: tuple[str, bytes] | None = None,
    ) -> Any:
        """What REDCap says to that payload, as `want` (see `answers.read`); or what `consume` makes of its rows.

        With `file`, its name and its bytes, the request carries it along.

        `consume` is given them one at a time, and begins anew when it is asked again. What it raises is raised.

        A question that fails with TryAgain is asked again, up to so many times in all, with a growing, random wait, or
        the wait the server asks for. It is not, where it was too much for the server; and only once more, where the
        server fell silent. An import or other change is repeated only when no connection could be made at all: in
        every other case REDCap may have carried it out although its answer never came.

        Raises Unreachable, Busy, Refused, ImportRefused or AnswerUnreadable.
        """
        changes = "data" in payload or payload.get("action", "export") not in {"export", "list"}
        for attempt in count(1):
            try:
                return self._once(payload, want, consume, file)
            except TryAgain as error:
                asked = getattr(error, "wait", None)
                if asked is not None:
                    self._host.rest(asked)
                if attempt >= _worth(error, attempts, changes=changes) or (asked or 0) > LONGEST_WAIT:
                    raise
                if not self._host.may_repeat():
                    raise
                wait = self._host.backoff(attempt) if asked is None else asked
                log.warning(
                    "redcap content=%s attempt=%d failed=%s next_in=%.1fs",
                    payload.get("content"),
                    attempt,
                    type(error).__name__,
                    wait,
                )
                self._host.rest(wait)
        raise AssertionError("unreachable: the last attempt raises")

    def _once(
        self, payload: Mapping[str, Any], want: Want, consume: Consume | None, file: tuple[str, bytes] | None
    ) -> Any:
        with SpooledTemporaryFile(max_size=_LONG) as body:
            with self._host.turn(self._pause):
                answer = self._post(payload, body, file)
            self.server_time = answer.date or self.server_time
            log.debug("redcap content=%s status=%d bytes=%d", payload.get("content"), answer.status, answer.length)
            if consume and answer.length > _LONG and answers.begins_rows(answer, body):
                found = consume(answers.each_row(answer, body))
            else:
                body.seek(0)
                found = answers.read(replace(answer, body=body.read(), size=None), want, _sent(payload))
                found = consume(iter(found)) if consume else found
        self._host.answered()
        return found

    def _post(self, payload: Mapping[str, Any], body: IO[bytes], file: tuple[str, bytes] | None) -> Answer:
        """The answer without its body, which is written into that file."""
        try:
            with self._session.post(
                self.url,
                data=payload,
                files={"file": file} if file else None,
                timeout=self._timeout,
                verify=self._verify,
                allow_redirects=False,
                stream=True,
            ) as response:
                for piece in response.iter_content(_PIECE):
                    _keep(piece, body)
        except (OSError, ValueError, PoolError) as broken:  # every RequestException is an OSError
            raise self._failed(broken) from _bare(broken)
        finally:
            # a connection kept open, that the server has just closed, could swallow a change unnoticed
            self._session.close()
        headers = response.headers
        return Answer(
            response.status_code,
            headers.get("Content-Type", ""),
            b"",
            _moment(headers.get("Date")),
            headers.get("Retry-After", ""),
            body.tell(),
        )

    def _failed(self, broken: Exception) -> Exception:
        kind = type(broken).__name__
        if isinstance(broken, _CUT_SHORT):
            return AnswerUnreadable(
                f"The answer from {self.server} broke off ({kind}). Nothing was taken from it. Try again later."
            )
        if isinstance(broken, requests.TooManyRedirects):
            return Refused(
                f"{self.server} sends us in a circle. Write the API's address as REDCap's API page shows it."
            )
        if isinstance(broken, _OUR_MISTAKE):
            return SettingInvalid(
                f"A request to {self.server} cannot be made ({kind}). Check the REDCap address and the proxy settings."
            )
        if isinstance(broken, requests.Timeout) or _fell_silent(broken):
            return Unreachable(
                f"{self.server} did not answer in time ({kind}; we wait {self._timeout[0]:g} s for a connection and "
                f"{self._timeout[1]:g} s for an answer). The server or the network is slow or down. Try again later."
            )
        if isinstance(broken, requests.exceptions.SSLError):
            return Unreachable(
                f"The certificate of {self.server} is not trusted, or TLS failed ({kind}). Nothing was sent. If your "
                "institution has its own certificate authority, name its file as ca_bundle."
            )
        return Unreachable(
            f"{self.server} cannot be reached ({kind}). Check the address, the network and the proxy, and try again."
        )


_CUT_SHORT = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    requests.exceptions.InvalidJSONError,
    requests.exceptions.StreamConsumedError,
)
_OUR_MISTAKE = (
    ValueError,  # InvalidURL, InvalidSchema, MissingSchema, InvalidHeader and InvalidProxyURL are ValueErrors
    requests.exceptions.URLRequired,
    requests.exceptions.UnrewindableBodyError,
)


def _keep(piece: bytes, body: IO[bytes]) -> None:
    """Writes it there. Raises StoreError: it is this computer that is full, and not REDCap that cannot be reached."""
    try:
        body.write(piece)
    except OSError as full:
        raise StoreError(
            f"REDCap's answer does not fit into this computer's folder for temporary files ({full.strerror}). Nothing "
            "was taken from it. Free some space there, or name another folder in TMPDIR, and try again."
        ) from full


def _bare(error: BaseException) -> BaseException:
    """The error without what leads to the request: its body holds the token, and so do the frames it came through."""
    one: BaseException | None = error
    seen: set[int] = set()
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        one.__traceback__ = None
        if isinstance(one, requests.RequestException):
            one.request = one.response = None
        one = one.__cause__ or one.__context__
    return error


def _worth(error: TryAgain, attempts: int, *, changes: bool) -> int:
    """How often, in all, it is worth asking when the answer was that error."""
    if isinstance(error, Overloaded) or (changes and not _never_left(error)):
        return 1
    if _fell_silent(error.__cause__):
        return min(attempts, _WHEN_SILENT)
    return attempts


def _fell_silent(broken: BaseException | None) -> bool:
    """Whether the server took the request, and then nothing came, or nothing more."""
    inner = broken.args[0] if isinstance(broken, requests.ConnectionError) and broken.args else None
    return isinstance(broken, requests.ReadTimeout) or isinstance(inner, ReadTimeoutError)


def _never_left(error: BaseException) -> bool:
    """Whether the request cannot have reached the server, since no connection was ever made."""
    cause = error.__cause__
    if isinstance(cause, requests.exceptions.ProxyError):
        return False
    if isinstance(cause, requests.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)


def _sent(payload: Mapping[str, Any]) -> Collection[str] | None:
    """The field values of a records import; () for another import; None for a question."""
    if "data" not in payload:
        return None
    if payload.get("content") != "record":
        return ()
    rows = json.loads(payload["data"])
    record_field = next(iter(rows[0]), "") if rows else ""
    return {
        str(value)
        for row in rows
        for field, value in row.items()
        if field != record_field and not _PLUMBING.fullmatch(field)
    }


def _session(url: str) -> requests.Session:
    session = requests.Session()
    # no proxy may come between us and this computer itself
    session.trust_env = not is_loopback(url)
    # a .netrc entry for the host would add a password of somebody's to every request
    session.auth = _nothing_added
    session.headers.update({"User-Agent": f"redcap-breakthrough/{__version__}", "Connection": "close"})
    return session


def _nothing_added(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in {"https", "http"} or not parts.hostname or not plain or not url.endswith("/api/"):
        raise SettingInvalid(
            "The REDCap address is not one of an API. Write it as REDCap's API page shows it, with its last slash: "
            "https://redcap.example.org/api/"
        )
    if parts.scheme == "http" and not is_loopback(url):
        raise SettingInvalid(
            f"The REDCap address begins with http://, so the token would travel to {parts.hostname} in the clear. "
            "Write https://."
        )
    return url


def _moment(header: str | None) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo else None
