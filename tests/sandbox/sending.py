"""Files on their way to the server, as clients send them."""

from __future__ import annotations

from typing import Any

import requests
from tests.sandbox.conftest import Api


def send(api: Api, content: str, name: str, data: bytes = b"x", /, **parameters: Any) -> requests.Response:
    """The reply to an import of the file, in the part `file` of a multipart body."""
    fields = {"token": api.token, "content": content, "action": "import", "returnFormat": "json", **parameters}
    return requests.post(api.url, data=fields, files={"file": (name, data)}, timeout=30)


def sent(api: Api, content: str, name: str, data: bytes = b"x", /, **parameters: Any) -> None:
    """Sends a file that must be accepted: the answer is empty."""
    reply = send(api, content, name, data, **parameters)
    assert (reply.status_code, reply.content) == (200, b"")


def refused(reply: requests.Response) -> tuple[int, str]:
    """(status, message) of a refusal in JSON."""
    return reply.status_code, reply.json()["error"]


def send_raw(api: Api, disposition: bytes, data: bytes, **parameters: str) -> requests.Response:
    """The reply to an import whose file has exactly this `Content-Disposition`, in which clients escape much."""
    fields = {"token": api.token, "action": "import", **parameters}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts.append(b"Content-Disposition: " + disposition + b"\r\n\r\n" + data)
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return requests.post(api.url, data=body, headers={"Content-Type": "multipart/form-data; boundary=edge"}, timeout=30)


def told_name(reply: requests.Response) -> str:
    """The name in a download's header; PHP sends it as UTF-8, which HTTP libraries read as Latin-1."""
    header = reply.headers["Content-Type"].encode("latin-1").decode()
    return header.partition('; name="')[2].partition('"')[0]
