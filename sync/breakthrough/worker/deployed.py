"""`deployed.yaml`, committed: to which REDCap project each definition was deployed last; no other is changed."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AwareDatetime, Field

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.errors import WrongProject

NAME = "deployed.yaml"
_HEAD = """\
# Written by `breakthrough deploy`; commit it. plan and deploy refuse any other REDCap project than the one named here.
# For a new project on purpose, delete its entry.
"""


class Deployed(Model):
    """Where a project of this deployment is: the API's address, REDCap's number of it, its title, and since when."""

    url: str
    project_id: int
    title: str
    at: AwareDatetime


class _File(Model):
    projects: Annotated[dict[str, Deployed], Field(default_factory=dict)]


def load(folder: Path) -> Mapping[str, Deployed]:
    """What was deployed from that folder, by our name of the project; nothing yet where the file is not there.

    Raises SettingInvalid where it is not readable.
    """
    path = folder / NAME
    return configfile.read(path, _File).projects if path.exists() else {}


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


def record(folder: Path, name: str, url: str, info: Mapping[str, Any], at: dt.datetime) -> Path:
    """The file, in which that project now stands as deployed at that moment. It is replaced whole."""
    new = Deployed(url=url, project_id=info["project_id"], title=str(info.get("project_title", "")), at=at)
    known = {**load(folder), name: new}
    said = {"projects": {one: known[one].model_dump(mode="json") for one in sorted(known)}}
    path = folder / NAME
    text = _HEAD + yaml.safe_dump(said, sort_keys=False, allow_unicode=True)
    opened, other = tempfile.mkstemp(prefix=f".{NAME}.", dir=folder)
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(text)
        Path(other).chmod(0o644)
        Path(other).replace(path)
    except BaseException:
        Path(other).unlink(missing_ok=True)
        raise
    return path
