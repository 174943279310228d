"""`fileRepository`: the project's own folders and files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.files import repository, uploads
from redcap_sandbox.files.repository import Folder, Viewer
from redcap_sandbox.files.uploads import About
from redcap_sandbox.people import roles
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, refusals
from redcap_sandbox.wire.answers import CONTENT_TYPES, Answer, Cell
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = ("folder_id", "doc_id", "name", "role", "dag")
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_EXPORT = ("api_export", "file_repository")
_IMPORT = ("api_import", "file_repository")


def create_folder(call: Call, desk: Desk) -> Answer:
    """The number of the new folder. Refusal for a parent, a group or a role that is not there."""
    name = call.needed("name")
    parent = _folder(call, desk, repository.viewer(desk.caller))
    group = _one_of(call, "dag_id", {group.id for group in desk.project.groups})
    role = _one_of(call, "role_id", _roles(desk))
    number = repository.create_folder(desk.db, desk.project.id, name, parent, group, role)
    desk.note(journal.managed("Create folder in File Repository (API)"))
    return answers.table(("folder_id",), [(number,)], call.data_format)


def listing(call: Call, desk: Desk) -> Answer:
    """What is in the folder, or at the top: folders, then files, each by name (order of names assumed).

    In JSON each has only the keys that it needs. An empty folder is an empty body in CSV, as clients know it; XML has
    the columns of CSV (assumed).
    """
    who = repository.viewer(desk.caller)
    folder = _folder(call, desk, who)
    held = _roles(desk)
    rows = [
        *(_of_folder(desk, held, one) for one in repository.subfolders(desk.db, desk.project.id, folder, who)),
        *(_of_file(one) for one in repository.files(desk.db, desk.project.id, folder)),
    ]
    desk.note(journal.managed("Export list of files/folders from File Repository (API)"))  # (assumed)
    if call.data_format == "json":
        return Answer(answers.json_text(rows).encode(), CONTENT_TYPES["json"])
    if call.data_format == "csv" and not rows:
        return Answer(b"", CONTENT_TYPES["csv"])
    return answers.table(COLUMNS, [[row.get(name, "") for name in COLUMNS] for row in rows], call.data_format)


def _of_folder(desk: Desk, held: Mapping[int, str], folder: Folder) -> dict[str, Cell]:
    row: dict[str, Cell] = {"folder_id": folder.id, "name": folder.name}
    if folder.role is not None:
        row["role"] = held[folder.role]
    if folder.group is not None:
        row["dag"] = desk.project.group_by_id[folder.group].unique
    return row


def _of_file(file: About) -> dict[str, Cell]:
    return {"doc_id": file.id, "name": file.name}


def export(call: Call, desk: Desk) -> Answer:
    """The file's bytes, with its media type and name in the header."""
    file = _file(call, desk)
    desk.note(journal.managed("Download file from File Repository (API)"))  # (assumed)
    return uploads.download(desk.db, file)


def load(call: Call, desk: Desk) -> Answer:
    """Nothing. A file of the same name stays beside the new one."""
    folder = _folder(call, desk, repository.viewer(desk.caller))
    sent = call.file("file")
    if sent is None:
        raise Refusal(400, "No valid file was uploaded")  # (assumed)
    repository.place(desk.db, desk.project.id, desk.now, folder, sent.filename, "", sent.content)
    desk.note(journal.managed("Upload file to File Repository (API)"))
    return Answer(b"", CONTENT_TYPES[call.answer_format])


def delete(call: Call, desk: Desk) -> Answer:
    """Nothing: the file is in the Recycle Bin."""
    repository.recycle(desk.db, desk.project.id, _file(call, desk).id, desk.now)
    desk.note(journal.managed("Delete file from File Repository (API)"))
    return Answer(b"", CONTENT_TYPES[call.answer_format])


def _folder(call: Call, desk: Desk, who: Viewer) -> int | None:
    """The folder's number, None where the call names none; Refusal for one that the caller may not enter."""
    asked = call.text("folder_id").strip()
    if not asked:
        return None
    open_to_him = repository.folders(desk.db, desk.project.id, who)
    if not _NUMBER.fullmatch(asked) or int(asked) not in open_to_him:
        raise refusals.unknown_folder(asked)
    return int(asked)


def _file(call: Call, desk: Desk) -> About:
    asked = call.needed("doc_id").strip()
    number = int(asked) if _NUMBER.fullmatch(asked) else 0
    file = repository.find(desk.db, desk.project.id, number, repository.viewer(desk.caller))
    if file is None:
        raise Refusal(  # (assumed, after REDCap's text about folders)
            400,
            f"The File Repository file doc_id={asked} does not exist or else you do not have permission to that file "
            "because it is in a folder that is DAG-restricted or Role-restricted.",
        )
    return file


def _one_of(call: Call, name: str, known: Collection[int]) -> int | None:
    asked = call.text(name).strip()
    if not asked:
        return None
    if not _NUMBER.fullmatch(asked) or int(asked) not in known:
        raise refusals.invalid_parameter(name)
    return int(asked)


def _roles(desk: Desk) -> Mapping[int, str]:
    """The unique names of the project's roles by number."""
    return {role.id: role.unique_name for role in roles.load(desk.db, desk.project.id)}


ACTIONS = (
    Action("fileRepository", "createFolder", create_folder, rights=_IMPORT, writes=True),
    Action("fileRepository", "list", listing, rights=_EXPORT),
    Action("fileRepository", "export", export, rights=_EXPORT),
    Action("fileRepository", "import", load, rights=_IMPORT, writes=True),
    Action("fileRepository", "delete", delete, rights=_IMPORT, writes=True),
)
