"""The collaboratives that a deployment can begin with: the worked ones, and a blank one to fill in."""

from __future__ import annotations

import difflib
from pathlib import Path

from breakthrough.content import Content
from breakthrough.errors import ContentMissing

BLANK = "blank"
_ROOM = "config/collaboratives"


def known(content: Content) -> tuple[str, ...]:
    """The names that can be begun with, the blank one last."""
    found = {path.parent.name for root in content.folders for path in (root / _ROOM).glob("*/collaborative.yaml")}
    return (*sorted(found - {BLANK}), BLANK)


def files(content: Content, name: str) -> dict[str, Path]:
    """The files of the collaborative of that name by their place in a deployment: collaborative.yaml, its instruments.

    Raises ContentMissing with the nearest name that there is.
    """
    if name not in known(content):
        near = difflib.get_close_matches(name, known(content), n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise ContentMissing(f"There is no collaborative '{name}'. {hint}There are: {', '.join(known(content))}.")
    if name == BLANK:
        return {"collaborative.yaml": content.find("config/scaffold/blank/collaborative.yaml")}
    first = content.collaborative(name)
    forms = sorted(path for path in (first.parent / "instruments").rglob("*") if path.is_file())
    return {"collaborative.yaml": first} | {path.relative_to(first.parent).as_posix(): path for path in forms}
