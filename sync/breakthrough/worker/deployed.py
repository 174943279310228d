"""`deployed.yaml`, committed: to which REDCap project each definition was deployed last; no other is changed."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AwareDatetime, Field

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.english import listed
from breakthrough.errors import SettingInvalid, WrongProject
from breakthrough.instruments import merge
from breakthrough.instruments.codes import Kept

NAME = "deployed.yaml"
_HEAD = """\
# Written by `breakthrough deploy`; commit it. plan and deploy refuse any other REDCap project than the one named here.
# For a new project on purpose, delete its entry. `ledger` is codes.csv as it was then: no row of it may go.
"""


class Deployed(Model):
    """Where a project of this deployment is: the API's address, REDCap's number of it, its title, and since when.

    `until` is when that deploy ended, and `by` the user of its token, where that was told: so its own work is known.
    """

    url: str
    project_id: int
    title: str
    at: AwareDatetime
    until: AwareDatetime | None = None
    by: str = ""


class _Ledger(Model):
    """The rows of codes.csv after the last deploy."""

    rows: int
    digest: str


class _File(Model):
    projects: Annotated[dict[str, Deployed], Field(default_factory=dict)]
    ledger: _Ledger | None = None


def load(folder: Path) -> Mapping[str, Deployed]:
    """What was deployed from that folder, by our name of the project; nothing yet where the file is not there.

    Raises SettingInvalid where it is not readable.
    """
    return _read(folder).projects


def ledger(folder: Path) -> Kept | None:
    """What was remembered of codes.csv at the last deploy; None before the first. Raises as `load` does."""
    found = _read(folder).ledger
    return Kept(found.rows, found.digest) if found else None


def _read(folder: Path) -> _File:
    path = folder / NAME
    if not path.exists():
        return _File(projects={})
    try:
        wrong = merge.conflict(path.read_bytes(), str(path))
    except OSError:  # which is told by who reads it
        wrong = ""
    if wrong:
        raise SettingInvalid(wrong)
    return configfile.read(path, _File)


def require(folder: Path, name: str, url: str, info: Mapping[str, Any]) -> None:
    """Raises WrongProject where the token leads to another project, or server, than was deployed to under that name.

    `info` is what the project says of itself.
    """
    before = load(folder).get(name)
    if before is None or (before.url, before.project_id) == (url, info["project_id"]):
        return
    raise WrongProject(
        f"This token leads to project {info['project_id']} of {url}, but '{name}' was deployed to project "
        f"{before.project_id} of {before.url} ({folder / NAME}). Nothing was changed. Correct the token or the "
        f"address. If this is a new project on purpose, delete the entry '{name}' from {NAME} first."
    )


def require_meant(folder: Path, name: str, info: Mapping[str, Any], theirs: Sequence[str], into: int | None) -> None:
    """Raises WrongProject where somebody else's work may be in the project, and nobody said that it is the one.

    `theirs` is in words what the project has that no new project has; `into` the number that a person named.
    """
    number, title = info["project_id"], info.get("project_title", "")
    if into is not None and into != number:
        raise WrongProject(
            f"--into names project {into}, but this token leads to project {number}, '{title}'. Nothing was changed. "
            "Correct the token or the number."
        )
    if into is None and theirs and name not in load(folder):
        raise WrongProject(
            f"This token leads to project {number}, '{title}', to which nothing was deployed from here yet, and which "
            f"is not empty: it has {listed(list(theirs))}. Nothing was changed. If that is the wrong project, correct "
            f"the token. If '{name}' is to be deployed into it on purpose, look at breakthrough plan first, then add "
            f"--into {number}"
        )


def record(
    folder: Path,
    name: str,
    url: str,
    info: Mapping[str, Any],
    at: dt.datetime,
    until: dt.datetime | None = None,
    by: str = "",
) -> Path:
    """The file, in which that project now stands as deployed at that moment. It is replaced whole."""
    title = str(info.get("project_title", ""))
    new = Deployed(url=url, project_id=info["project_id"], title=title, at=at, until=until, by=by)
    before = _read(folder)
    return _write(folder, before.model_copy(update={"projects": {**before.projects, name: new}}))


def remember(folder: Path, ledger: Kept) -> Path | None:
    """The file, in which these rows of codes.csv now stand; None where they did already. It is replaced whole."""
    before = _read(folder)
    new = _Ledger(rows=ledger.rows, digest=ledger.digest)
    return None if before.ledger == new else _write(folder, before.model_copy(update={"ledger": new}))


def _write(folder: Path, file: _File) -> Path:
    said: dict[str, Any] = {
        "projects": {
            name: file.projects[name].model_dump(mode="json", exclude_defaults=True) for name in sorted(file.projects)
        }
    }
    if file.ledger:
        said["ledger"] = file.ledger.model_dump(mode="json")
    path = folder / NAME
    text = _HEAD + yaml.safe_dump(said, sort_keys=False, allow_unicode=True)
    opened, other = tempfile.mkstemp(prefix=f".{NAME}.", dir=folder)
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as written:
            written.write(text)
        Path(other).chmod(0o644)
        Path(other).replace(path)
    except BaseException:
        Path(other).unlink(missing_ok=True)
        raise
    return path
