"""The demonstration's own pages on this computer: its inbox, message by message, and the reports as web pages."""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from breakthrough.content import Content

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_URLS = Map(
    [
        Rule("/", endpoint="index"),
        Rule("/mail/<name>", endpoint="mail"),
        Rule("/mail/<name>/body", endpoint="body"),
        Rule("/mail/<name>/text", endpoint="text"),
        Rule("/mail/<name>/image/<cid>", endpoint="image"),
        Rule("/report/<name>", endpoint="report"),
        Rule("/congress/<name>", endpoint="congress"),
    ]
)
_STAYED = "Nothing has left this computer."
_HEADERS = ("Subject", "From", "To", "Reply-To", "Date")


@dataclass(frozen=True, slots=True)
class Pages:
    """A WSGI application over the demonstration's output folder. It only reads, and only what lies there."""

    output: Path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request, as WSGI has it."""
        request = Request(environ)
        try:
            endpoint, values = _URLS.bind_to_environ(environ).match()
            response: Response | HTTPException = getattr(self, f"_{endpoint}")(**values)
        except HTTPException as wrong:
            response = wrong
        return response(request.environ, start_response)

    def _index(self) -> Response:
        documents = [(f"/congress/{quote(path.name)}", path.name, "") for path in self._files("congress", "*")]
        mails = [
            (f"/mail/{quote(path.name)}", str(message["Subject"]), f"to {message['To']}")
            for path, message in ((path, _read(path)) for path in self._files("inbox", "*.eml"))
        ]
        reports = [(f"/report/{quote(path.name)}", path.stem, "") for path in self._files("reports", "*.html")]
        if documents:
            told = _list("Documents of the closing congress", documents)
            return _page("The demonstration's end", f"<h1>The demonstration's end</h1><p>{_STAYED}</p>{told}")
        written = _list("The same reports as web pages", reports)
        return _page(
            "The demonstration's inbox",
            f"<h1>The demonstration's inbox</h1><p>{_STAYED} These messages were handed to a mail server that runs "
            f"here and keeps what it gets.</p>{_list('Messages', mails)}{written}",
        )

    def _mail(self, name: str) -> Response:
        message = _read(self._file("inbox", name))
        headers = "".join(f"<dt>{header}</dt><dd>{escape(str(message[header]))}</dd>" for header in _HEADERS)
        return _page(
            str(message["Subject"]),
            f'<p><a href="/">All messages</a> · <a href="/mail/{quote(name)}/text">As plain text</a></p>'
            f"<dl>{headers}</dl>"
            f'<iframe sandbox="allow-popups" src="/mail/{quote(name)}/body" title="The message"></iframe>',
        )

    def _body(self, name: str) -> Response:
        part = _read(self._file("inbox", name)).get_body(("html",))
        if part is None:
            raise NotFound
        html = re.sub(r"cid:([^\"'\s)]+)", lambda m: f"/mail/{quote(name)}/image/{quote(m[1])}", part.get_content())
        return Response(html, mimetype="text/html")

    def _text(self, name: str) -> Response:
        part = _read(self._file("inbox", name)).get_body(("plain",))
        if part is None:
            raise NotFound
        return Response(part.get_content(), mimetype="text/plain")

    def _image(self, name: str, cid: str) -> Response:
        for part in _read(self._file("inbox", name)).walk():
            if part["Content-ID"] == f"<{cid}>":
                return Response(part.get_payload(decode=True), mimetype=part.get_content_type())
        raise NotFound

    def _report(self, name: str) -> Response:
        return Response(self._file("reports", name).read_text(encoding="utf-8"), mimetype="text/html")

    def _congress(self, name: str) -> Response:
        path = self._file("congress", name)
        kind = "application/pdf" if path.suffix == ".pdf" else "text/html"
        return Response(path.read_bytes(), mimetype=kind)

    def _files(self, folder: str, pattern: str) -> list[Path]:
        return sorted((self.output / folder).glob(pattern))

    def _file(self, folder: str, name: str) -> Path:
        """The file of that name among those that are there: a name is compared, never made into a path."""
        found = [path for path in self._files(folder, "*") if path.name == name]
        if not found:
            raise NotFound
        return found[0]


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=default)


def _list(title: str, links: Iterable[tuple[str, str, str]]) -> str:
    """A heading, and a link for each address with its words and a quieter remark."""
    lines = "".join(
        f'<li><a href="{address}">{escape(words)}{f"<span>{escape(remark)}</span>" if remark else ""}</a></li>'
        for address, words, remark in links
    )
    return f"<h2>{title}</h2><ul>{lines}</ul>"


def _style() -> str:
    return Content().find("reports/static/demo.css").read_text(encoding="utf-8")


def _page(title: str, body: str) -> Response:
    return Response(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_style()}</style></head>'
        f"<body><main>{body}</main></body></html>",
        mimetype="text/html",
    )


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Says nothing: the person is looking at the page."""


@contextmanager
def serve(output: Path, port: int = 0) -> Iterator[str]:
    """The address at which the pages are shown, on this computer alone, for as long as the block lasts."""
    server = make_server("127.0.0.1", port, Pages(output), threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
