"""What stands in the blanks (`@NAME@`) of the scaffold's files, so that they fit the collaborative and the folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from breakthrough.collaborative import Collaborative
from breakthrough.settings import MAIN

_BLANK = re.compile(r"@([A-Z_]+)@")
_NOTE = 44  # the column at which the notes of breakthrough.yaml stand


def of(directory: Path, collaborative: Collaborative) -> Mapping[str, str]:
    """What each blank is filled with, by its name."""
    name = slug(directory.absolute().name)
    projects = counted(collaborative)
    credentials = f"/etc/breakthrough/{name}"
    return {
        "NAME": name,
        "FOLDER": f"/srv/breakthrough/{name}",
        "PROGRAM": "/opt/breakthrough/bin/breakthrough",
        "CREDENTIALS": credentials,
        "CREDENTIAL_LINES": "".join(f"LoadCredential={one}:{credentials}/{one}.token\n" for one in projects),
        "MORE_TOKENS": _more_tokens(credentials, projects),
        "TIMEZONE": collaborative.timezone,
        "TIMEZONE_NOTE": " " * max(1, _NOTE - 12 - len(collaborative.timezone)) + "# of REDCap's server",
        "SENDER": _sender(collaborative.name),
        "PROJECTS": _projects(collaborative, projects),
    }


def filled(text: str, blanks: Mapping[str, str]) -> str:
    """The text with its blanks filled. KeyError for a blank that is not known."""
    return _BLANK.sub(lambda found: blanks[found[1]], text)


def slug(text: str) -> str:
    """A name as it can stand in the name of a service and in a path: `north-east-2026`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or "collaborative"


def counted(collaborative: Collaborative) -> dict[str, tuple[str, ...]]:
    """The other REDCap projects that measures are counted in, each with those measures' codes."""
    found: dict[str, list[str]] = {}
    for code, measure in collaborative.measures.items():
        if measure.source and measure.source.project != MAIN:
            found.setdefault(measure.source.project, []).append(code)
    return {name: tuple(codes) for name, codes in found.items()}


def _projects(collaborative: Collaborative, projects: Mapping[str, tuple[str, ...]]) -> str:
    if projects:
        return "\n".join(["projects:", *_written(projects, collaborative.timezone), ""])
    written = _written({"audit": ()}, collaborative.timezone)
    head = "projects:                                 # other REDCap projects that measures are counted in"
    return "".join(f"# {line}\n" if line else "" for line in [head, *written])


def _written(projects: Mapping[str, tuple[str, ...]], timezone: str) -> Iterator[str]:
    for name, codes in projects.items():
        if codes:
            yield f"  # counted in it: {', '.join(codes)}"
        yield f"  {name}:"
        yield "    url: https://redcap.example.org/api/"
        yield f"    token: file:secrets/{name}.token"
        yield f"    deploy_token: file:secrets/{name}-deploy.token"
        yield f"    timezone: {timezone}"


def _sender(name: str) -> str:
    """As a quoted YAML text: whatever a collaborative is called, one address comes out."""
    plain = " ".join(re.sub(r"[^\w .&'-]", " ", name).split())
    return json.dumps(f"{plain} <reports@example.org>", ensure_ascii=False)


def _more_tokens(credentials: str, projects: Mapping[str, tuple[str, ...]]) -> str:
    if not projects:
        return ""
    lines = [f"    install -m 600 /dev/stdin {credentials}/{one}.token" for one in projects]
    return "\n".join([*lines, "", "the same for the other projects (`cred:NAME` in breakthrough.yaml),", ""])
