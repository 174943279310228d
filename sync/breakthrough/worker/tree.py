"""A folder of files brought to what they should be, without harm to what others have put there or to their rights."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from breakthrough.errors import DeploymentExists, ReportError
from breakthrough.store.lock import held

MARK = ".breakthrough-archive"  # the names of our files, a line each; where it is, the folder is ours to change
_LOCK = ".breakthrough-archive.lock"


@dataclass(frozen=True, slots=True)
class Changed:
    """How many files were written, taken away, and left as they were."""

    written: int
    removed: int
    same: int


def bring(folder: Path, files: Mapping[str, bytes], what: str) -> Changed:
    """What was changed so that the folder holds those files, by relative path, in place of those of the last time.

    Each file is written beside its place and moved there whole, in the order given, and old ones go last: where links
    come after what they lead to, none ever leads nowhere, also after a crash. Folders stay where they are, so that
    rights set on them stay, and files that are not ours are not touched. New folders and files are for us alone to
    read. `what` is what the folder is called in messages.

    Raises DeploymentExists where the folder holds files and is not ours, StoreLocked where another process is at it.
    """
    _check(folder, files, what)
    _folder(folder)
    with held(folder / _LOCK, what[:1].upper() + what[1:]):
        before = _ours(folder)
        if not before >= set(files):
            _remember(folder, before | set(files))
        written = sum(_put(folder, path, data) for path, data in files.items())
        removed = sum(_drop(folder, path) for path in sorted(before - set(files)))
        if _ours(folder) != set(files):
            _remember(folder, set(files))
    return Changed(written, removed, len(files) - written)


def _check(folder: Path, files: Mapping[str, bytes], what: str) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise DeploymentExists(f"{folder} holds files that are not {what}, so nothing was done. Name another folder.")
    for path in files:
        _inside(path)


def _inside(path: str) -> None:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise ReportError(f"The file '{path}' would lie outside its folder. Nothing was done.")


def _ours(folder: Path) -> set[str]:
    """The files that we put there the last time."""
    mark = folder / MARK
    found = set(mark.read_text(encoding="utf-8").splitlines()) if mark.is_file() else set()
    for path in found:
        _inside(path)
    return found


def _remember(folder: Path, files: Collection[str]) -> None:
    _put(folder, MARK, "".join(f"{path}\n" for path in sorted(files)).encode())


def _put(folder: Path, relative: str, data: bytes) -> bool:
    """Whether the file was another, or not there."""
    path = folder / relative
    if path.is_file() and path.read_bytes() == data:
        return False
    for parent in reversed(path.relative_to(folder).parents):
        _folder(folder / parent)
    opened, beside = tempfile.mkstemp(prefix=".breakthrough-", dir=path.parent)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.is_file():
            Path(beside).chmod(path.stat().st_mode & 0o777)  # as somebody may have opened it to a web server
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return True


def _folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)


def _drop(folder: Path, relative: str) -> bool:
    """Whether the file was there; folders that are empty without it go, too."""
    path = folder / relative
    there = path.is_file()
    path.unlink(missing_ok=True)
    for parent in path.relative_to(folder).parents[:-1]:
        try:
            (folder / parent).rmdir()
        except OSError:  # something is in it still
            break
    return there
