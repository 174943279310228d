"""The project's File Repository: what is in a folder, new folders, files put there and read back.

Its folders have no names of their own kind: several may be called the same, and so may several files in a folder. A
file that is put there twice is there twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from breakthrough.errors import AnswerUnreadable
from breakthrough.redcap import checks
from breakthrough.redcap.pycap import PyCap


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder by its number. `group` is the data access group that it is restricted to, '' for none."""

    number: int
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class File:
    """A file by its number (doc_id)."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in a folder, and may be seen by the token's user."""

    folders: tuple[Folder, ...]
    files: tuple[File, ...]


class Files:
    """The part of a client that is about the File Repository. Needs the right to it."""

    _project: PyCap

    def repository(self, folder: int | None = None) -> Listing:
        """What is in that folder, None for the top."""
        rows = list(self._project.export_file_repository(folder_id=folder, format_type="json"))
        checks.table(rows, "files and folders", ("name",), ("name",))
        folders = tuple(_folder(row) for row in rows if row.get("folder_id"))
        files = tuple(File(_number(row, "doc_id"), str(row["name"])) for row in rows if not row.get("folder_id"))
        return Listing(folders, files)

    def create_folder(self, name: str, group: int) -> int:
        """The number of a new folder at the top, for the data access group of that number alone."""
        rows = list(self._project.create_folder_in_repository(name, dag_id=group))
        checks.table(rows, "new folders", ("folder_id",), ("folder_id",))
        if len(rows) != 1:
            raise AnswerUnreadable("REDCap was asked for one new folder and does not tell of one. Look what is there.")
        return _number(rows[0], "folder_id")

    def put_file(self, folder: int, name: str, content: bytes) -> None:
        """Puts a file into that folder, beside what is there.

        After Unreachable, Busy or AnswerUnreadable it may be there or not: `repository` tells.
        """
        self._project.import_file_into_repository(name, BytesIO(content), folder_id=folder)

    def attach(self, record: str, field: str, name: str, content: bytes, instance: int | None = None) -> None:
        """Puts a file into a file field of that record, in the place of any that is there; of a repeat, its instance.

        After Unreachable, Busy or AnswerUnreadable it may be there or not.
        """
        self._project.import_file(record, field, name, BytesIO(content), repeat_instance=instance)

    def stored_file(self, number: int) -> bytes:
        """The bytes of the file of that number."""
        content, _ = self._project.export_file_from_repository(number)
        return bytes(content)


def _folder(row: Mapping[str, Any]) -> Folder:
    return Folder(_number(row, "folder_id"), str(row["name"]), str(row.get("dag") or ""))


def _number(row: Mapping[str, Any], column: str) -> int:
    told = str(row.get(column, ""))
    if not (told.isascii() and told.isdigit() and int(told)):
        raise AnswerUnreadable(
            f"REDCap's list of files and folders has a row without {column}. Nothing was taken from it. Try again "
            "later; if it stays so, another program may stand at this address: check the address of the API."
        )
    return int(told)
