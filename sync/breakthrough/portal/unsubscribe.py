"""One-click unsubscribing (RFC 8058): a page with a button for people, a POST for mail programs, no login for either.

A GET changes nothing: programs that look for viruses fetch every link of a mail.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from breakthrough.content import Content
from breakthrough.portal.server import NOT_FOUND, Answer, Request, Route
from breakthrough.reporting import render
from breakthrough.reporting.views.unsubscribe import ask, done, unknown

_HTML = "text/html; charset=utf-8"


def route(
    accept: Callable[[str], bool], content: Content, name: str, speaking: Callable[[], AbstractContextManager[Any]]
) -> Route:
    """Answers GET and POST /unsubscribe/TOKEN. `accept` takes a token and says whether it is one of ours.

    `name` is the collaborative's; `speaking` has its language spoken.
    """

    def unsubscribe(request: Request) -> Answer:
        if not request.rest or len(request.rest) > 512:
            return NOT_FOUND
        with speaking():
            if request.method == "GET":
                return _page(200, render.page(ask(name), content))
            if accept(request.rest):
                return _page(200, render.page(done(name), content))
            return _page(404, render.page(unknown(name), content))

    return unsubscribe


def _page(status: int, html: str) -> Answer:
    return Answer(status, html.encode(), _HTML)
