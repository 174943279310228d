"""The File Repository: folders within folders, and files that belong to the project and to no record.

A folder may be for one data access group, for one role, or for those who are in both.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from redcap_sandbox.files import uploads
from redcap_sandbox.files.uploads import About
from redcap_sandbox.people.members import Member
from redcap_sandbox.wire.refusals import Refusal

LONGEST_FOLDER_NAME = 150
_DAYS_IN_BIN = 30
_FILES = (
    "SELECT upload.id, upload.name, upload.mime, length(upload.content) "
    "FROM repository_file JOIN upload ON upload.id = repository_file.upload"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Viewer:
    """Who looks: the numbers of his data access group and his role; `unlimited` for an administrator."""

    group: int | None = None
    role: int | None = None
    unlimited: bool = False


ADMINISTRATOR = Viewer(unlimited=True)


@dataclass(frozen=True)
class Folder:
    """A folder by its number. `parent` is None at the top; `group` and `role` are those it is restricted to."""

    id: int
    parent: int | None
    name: str
    group: int | None
    role: int | None


@dataclass(frozen=True)
class Binned:
    """A file in the Recycle Bin, and when it was put there."""

    id: int
    name: str
    deleted: str


def viewer(member: Member) -> Viewer:
    """The project's user as one who looks at the repository."""
    return Viewer(member.group, member.role.id if member.role else None)


def folders(db: sqlite3.Connection, project: int, who: Viewer = ADMINISTRATOR) -> Mapping[int, Folder]:
    """The folders that the viewer may enter, by number.

    Those of a group are open to its members and to users in no group; those of a role to whom has it, and to no one
    else. What lies in a closed folder is closed as well.
    """
    rows = db.execute(
        "SELECT id, parent, name, access_group, role FROM folder WHERE project = ? ORDER BY id", (project,)
    )
    found: dict[int, Folder] = {}
    for folder in (Folder(*row) for row in rows):  # a parent is older than what it holds
        if _admits(folder, who) and (folder.parent is None or folder.parent in found):
            found[folder.id] = folder
    return found


def _admits(folder: Folder, who: Viewer) -> bool:
    if who.unlimited:
        return True
    in_group = folder.group is None or who.group is None or who.group == folder.group
    return in_group and (folder.role is None or who.role == folder.role)


def subfolders(db: sqlite3.Connection, project: int, folder: int | None, who: Viewer = ADMINISTRATOR) -> list[Folder]:
    """What of folders the viewer sees in a folder, None for the top, by name."""
    inside = [one for one in folders(db, project, who).values() if one.parent == folder]
    return sorted(inside, key=lambda one: one.name.casefold())


def files(db: sqlite3.Connection, project: int, folder: int | None) -> list[About]:
    """The files in a folder, None for the top, by name; the bin's are not among them."""
    rows = db.execute(f"{_FILES} WHERE repository_file.project = ? AND folder IS ? AND deleted = ''", (project, folder))
    return sorted((About(*row) for row in rows), key=lambda file: (file.name.casefold(), file.id))


def find(db: sqlite3.Connection, project: int, number: int, who: Viewer = ADMINISTRATOR) -> About | None:
    """The file of that number; None if there is none, if it was deleted, or if the viewer may not enter its folder."""
    row = db.execute(
        "SELECT folder FROM repository_file WHERE project = ? AND upload = ? AND deleted = ''", (project, number)
    ).fetchone()
    if row is None or (row[0] is not None and row[0] not in folders(db, project, who)):
        return None
    return uploads.about(db, project, number)


def create_folder(
    db: sqlite3.Connection,
    project: int,
    name: str,
    parent: int | None = None,
    group: int | None = None,
    role: int | None = None,
) -> int:
    """The number of a new folder; one of the same name may be there already. Refusal for no name or a long one."""
    kept = _CONTROL.sub("", name).strip()
    if not kept:
        raise Refusal(400, "The folder has no name")  # (assumed), as is the next
    if len(kept) > LONGEST_FOLDER_NAME:
        raise Refusal(400, f"The folder's name is longer than {LONGEST_FOLDER_NAME} characters")
    (number,) = db.execute(
        "INSERT INTO folder (project, parent, name, access_group, role) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (project, parent, kept, group, role),
    ).fetchone()
    return int(number)


def folder_at(db: sqlite3.Connection, project: int, path: str) -> int | None:
    """The number of the folder at `outer/inner`, None for the top at ''. What is missing of it is made."""
    here: int | None = None
    for name in filter(None, (part.strip() for part in path.split("/"))):
        same = [one.id for one in subfolders(db, project, here) if one.name == name]
        here = same[0] if same else create_folder(db, project, name, here)
    return here


def delete_folder(db: sqlite3.Connection, project: int, number: int) -> None:
    """Deletes an empty folder; Refusal while it holds files or (assumed) folders.

    What the Recycle Bin has of it would be restored to the top (assumed: REDCap makes the folder anew).
    """
    if files(db, project, number) or subfolders(db, project, number):
        raise Refusal(400, "Sorry, but the folder below cannot be deleted because it still has files in it.")
    db.execute("UPDATE repository_file SET folder = NULL WHERE project = ? AND folder = ?", (project, number))
    db.execute("DELETE FROM folder WHERE project = ? AND id = ?", (project, number))


def place(
    db: sqlite3.Connection, project: int, at: str, folder: int | None, name: str, mime: str, content: bytes
) -> int:
    """The number of the file, newly stored in that folder, None for the top. Files of one name may lie side by side.

    `mime` may be '': the media type is then that of the name.
    """
    number = uploads.add(db, project, at, name, mime, content)
    db.execute("INSERT INTO repository_file (upload, project, folder) VALUES (?, ?, ?)", (number, project, folder))
    return number


def recycle(db: sqlite3.Connection, project: int, number: int, at: str) -> None:
    """Puts the file into the Recycle Bin, out of which what has been there for 30 days is taken for good."""
    _empty(db, project, at)
    db.execute("UPDATE repository_file SET deleted = ? WHERE project = ? AND upload = ?", (at, project, number))


def recycled(db: sqlite3.Connection, project: int, at: str) -> list[Binned]:
    """What can still be restored, what was deleted last first."""
    rows = db.execute(
        "SELECT upload.id, upload.name, deleted FROM repository_file JOIN upload ON upload.id = upload "
        "WHERE repository_file.project = ? AND deleted > ? ORDER BY deleted DESC, upload.id DESC",
        (project, _oldest(at)),
    )
    return [Binned(*row) for row in rows]


def restore(db: sqlite3.Connection, project: int, number: int, at: str) -> None:
    """Puts the file back where it was; Refusal if the bin does not hold it, or no longer."""
    if number not in {binned.id for binned in recycled(db, project, at)}:
        raise Refusal(400, f"The Recycle Bin holds no file doc_id={number}")
    db.execute("UPDATE repository_file SET deleted = '' WHERE project = ? AND upload = ?", (project, number))


def _empty(db: sqlite3.Connection, project: int, at: str) -> None:
    db.execute(
        "DELETE FROM upload WHERE id IN (SELECT upload FROM repository_file WHERE project = ? AND deleted <> '' "
        "AND deleted <= ?)",
        (project, _oldest(at)),
    )


def _oldest(at: str) -> str:
    """The hour of deletion up to which the bin is emptied."""
    return (datetime.fromisoformat(at) - timedelta(days=_DAYS_IN_BIN)).isoformat(" ")
