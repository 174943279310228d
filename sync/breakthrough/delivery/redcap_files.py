"""Puts a report's file into the folder of the File Repository that its team alone can open, once.

REDCap takes the same file twice without a word, so the folder is looked at before and after. A folder is trusted only
where REDCap itself says that it is restricted to the team's data access group.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from breakthrough.redcap.client import Client
from breakthrough.redcap.files import File, Folder
from breakthrough.store.archive import ReportKey


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing. `place` tells where it is; `note` why it is not there, without any value."""

    state: Literal["written", "uncertain", "refused"]
    place: str = ""
    note: str = ""


def file_name(key: ReportKey, kind: str) -> str:
    """`2026-03 team T003 r0.pdf`: the same for the same report, in characters that every system takes."""
    _, report, subject, period, revision = key
    return f"{period} {report} {quote(subject, safe=' ')} r{revision}.{kind}"


def folder_name(name: str, team: str) -> str:
    """`Progress reports T003`."""
    return f"{name} {quote(team, safe=' ')}"


def folder(client: Client, name: str, group: str) -> int | Outcome:
    """The number of the folder of that name for that data access group, made where there is none.

    `group` is the group's unique name. An Outcome where a folder of that name is there that others can open, or where
    REDCap does not show the new one as restricted: nothing is put into it then.
    """
    called = _called(client, name)
    if ours := _of_group(client, called, group):
        return ours
    if called:
        return _open_to_others(name, called)
    numbers = [row["data_access_group_id"] for row in client.dags() if row["unique_group_name"] == group]
    if not numbers:
        return Outcome("refused", note="REDCap does not list the team's data access group, so no folder can be made.")
    client.create_folder(name, int(numbers[0]))
    if ours := _of_group(client, _called(client, name), group):
        return ours
    return Outcome(
        "refused",
        note=f"The folder '{name}' was made for the team's data access group, and REDCap does not show it as "
        "restricted to that group, so nothing was put into it. Look in the File Repository who can open it.",
    )


def put(client: Client, number: int, name: str, content: bytes) -> Outcome:
    """What became of that file in the folder of that number. Nothing is put beside a file of the same name.

    Raises what the client raises; after any error but a refusal the file may be there or not.
    """
    if there := _named(client.repository(number).files, name):
        if any(client.stored_file(one.number) == content for one in there):
            return Outcome("written", str(there[0].number), "it was there already")
        return Outcome(
            "refused",
            note=f"A file '{name}' with other content is in the folder, and nothing is ever overwritten. See what it "
            "is, and rename or delete it.",
        )
    client.put_file(number, name, content)
    if there := _named(client.repository(number).files, name):
        return Outcome("written", str(there[0].number))
    return Outcome(
        "uncertain",
        note=f"REDCap took the file '{name}', and does not list it in the folder. Look there; where it is missing, put "
        "it there by hand.",
    )


def _called(client: Client, name: str) -> Sequence[Folder]:
    return [one for one in client.repository().folders if _plain(one.name) == _plain(name)]


def _of_group(client: Client, folders: Sequence[Folder], group: str) -> int:
    """The number of the first of the folders that REDCap says is the group's; 0 where none is."""
    if not any(one.group for one in folders):
        return 0
    names: Collection[str] = {group}
    if not any(one.group == group for one in folders):  # that it is the unique name is not documented
        names = {
            str(row.get(column))
            for row in client.dags()
            if row["unique_group_name"] == group
            for column in ("data_access_group_name", "data_access_group_id")
        }
    return min((one.number for one in folders if one.group in names), default=0)


def _open_to_others(name: str, called: Sequence[Folder]) -> Outcome:
    whom = "everyone in the project" if any(not one.group for one in called) else "another data access group"
    return Outcome(
        "refused",
        note=f"There is a folder '{name}' in the File Repository that is open to {whom}, so the team's reports are not "
        "put there. Restrict it to the team's data access group, or rename it: a new one is then made.",
    )


def _named(files: Sequence[File], name: str) -> Sequence[File]:
    return sorted((one for one in files if _plain(one.name) == _plain(name)), key=lambda one: one.number)


def _plain(name: str) -> str:
    """The name as it is compared: some servers put _ in place of blanks."""
    return name.replace("_", " ").strip()
