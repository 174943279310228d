"""A merge that git left unfinished in a file: found, before anything is made of its lines."""

from __future__ import annotations

import re

_MARKER = re.compile(rb"^(?:\xef\xbb\xbf)?(?:<{7}|>{7}|={7}|\|{7})(?=[ \r\n]|$)", re.MULTILINE)


def conflict(data: bytes, name: str) -> str:
    """What is wrong, with the line, and what to do; blank where there is no such mark. `name` is the file's."""
    found = _MARKER.search(data)
    if found is None:
        return ""
    line = data.count(b"\n", 0, found.start()) + 1
    return (
        f"{name}, line {line}: git left a merge conflict here, where two people "
        "changed the same lines. Keep the lines of both that are to stay, take out those that begin with <<<<<<<, "
        "=======, or >>>>>>>, and commit."
    )
