"""Folders with `project.yaml`: our own instruments, shipped or a deployment's, as REDCap would get them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from breakthrough import collaborative as collaboratives
from breakthrough import settings
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content, shipped
from breakthrough.errors import ContentMissing
from breakthrough.instruments import project
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import EVERY_TIER

_ROOM = "instruments"
_MAIN = "main"


@dataclass(frozen=True, slots=True)
class Own:
    """A project of our own: its folder, its fields as written for each collaborative, and where the files are."""

    name: str
    folder: Path
    written: tuple[tuple[Field, ...], ...]
    files: Mapping[str, Path]


def projects(path: Path) -> Iterator[Own]:
    """The main project, and each with a folder of its own in `instruments/`; instruments of every tier.

    Raises ContentMissing where that is no such folder, and what loading them raises.
    """
    room, sister = _room(path)
    content = Content() if room.parent == shipped() else Content(room.parent)
    known = _collaboratives(content, room.parent)
    for name in [sister] if sister else _names(content):
        folder = room if name == _MAIN else room / name
        loaded = [project.load(content, one, name, tiers=EVERY_TIER, checked=False) for one in known]
        written = tuple(one.fields for one in loaded)
        yield Own(name, folder, written, _files(content, name, written))


def _room(path: Path) -> tuple[Path, str]:
    """The `instruments` folder, and the name of the one project that is meant, if one is."""
    given = path.resolve()
    if (given / "breakthrough.yaml").is_file() or (given / _ROOM / "project.yaml").is_file():
        return given / _ROOM, ""
    if given.name == _ROOM and ((given / "project.yaml").is_file() or (given.parent / "breakthrough.yaml").is_file()):
        return given, ""
    if given.parent.name == _ROOM and (given / "project.yaml").is_file():
        return given.parent, given.name
    raise ContentMissing(
        f"{path} is a folder without instruments/project.yaml, so it is not known what belongs to the project. "
        "Name the files in it, or the folder of a deployment."
    )


def _names(content: Content) -> list[str]:
    found = {one.parent.name for root in content.folders for one in (root / _ROOM).glob("*/project.yaml")}
    return [_MAIN, *sorted(found)]


def _collaboratives(content: Content, root: Path) -> tuple[Collaborative, ...]:
    """The deployment's own; without one, every worked collaborative there is."""
    if (root / "breakthrough.yaml").is_file():
        said = settings.load(root / "breakthrough.yaml")
        return (collaboratives.load(content.collaborative(said.collaborative)),)
    found = {
        one.parent.name for folder in content.folders for one in (folder / "config/collaboratives").glob("*/*.yaml")
    }
    return tuple(collaboratives.load(content.collaborative(name)) for name in sorted(found))


def _files(content: Content, name: str, written: tuple[tuple[Field, ...], ...]) -> dict[str, Path]:
    folder = _ROOM if name == _MAIN else f"{_ROOM}/{name}"
    names = {field.origin.file for fields in written for field in fields if field.origin}
    found: dict[str, Path] = {}
    for root in reversed(content.folders):  # a deployment's file takes the place of the shipped one
        found |= {file: root / folder / file for file in names if (root / folder / file).is_file()}
    return found
