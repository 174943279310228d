"""What a project was before it is changed, on disk, for a person to put back: readable by its owner alone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from breakthrough.errors import SettingInvalid
from breakthrough.instruments import dictionary
from breakthrough.redcap.client import Client
from breakthrough.redcap.live import Snapshot

KEPT = dt.timedelta(days=90)
_KEEP = "KEEP-UNTIL.txt"
_AT_ONCE = 200  # records of one export


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder for the backups of one project, and the moment that names the next."""

    folder: Path
    now: dt.datetime


def place(root: Path, url: str, project_id: int, now: dt.datetime, deployment: Path | None = None) -> Shelf:
    """Where the backups of that project go.

    Raises SettingInvalid where that lies in a git work tree, or in the deployment folder, which may become one.
    """
    folder = root.expanduser().resolve()  # a link may lead into a work tree
    if deployment is not None and deployment.resolve() in (folder, *folder.parents):
        raise SettingInvalid(
            f"The folder for backups, {folder}, lies in the deployment folder, which is kept in a repository or may be "
            "one day: what teams entered could be committed by mistake. Nothing was changed. Name a folder outside of "
            "it with --backup-to."
        )
    tree = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)
    if tree is not None:
        raise SettingInvalid(
            f"The folder for backups, {folder}, lies in the git work tree {tree}, from where what teams entered could "
            "be committed by mistake. Nothing was changed. Name a folder outside of it with --backup-to."
        )
    return Shelf(folder / of_project(url, project_id), now)


def of_project(url: str, project_id: int) -> str:
    """What a file or folder about that project is called: by server and number, and by nothing that was entered."""
    server = re.sub(r"[^A-Za-z0-9.-]", "-", urlsplit(url).netloc)
    return f"{server}-project-{project_id}"


def usual(environment: Mapping[str, str], home: Path) -> Path:
    """Where backups go unless somebody says otherwise: the state folder of this account."""
    state = environment.get("XDG_STATE_HOME", "")
    base = Path(state) if state and Path(state).is_absolute() else home / ".local" / "state"
    return base / "redcap-breakthrough" / "backups"


def write(client: Client, seen: Snapshot, shelf: Shelf, *, data: bool = False, files: bool = False) -> Path:
    """The new folder on that shelf, named by the moment; 0700, its files 0600, whole or not there at all.

    `data`: with every record; `files`: with what was uploaded, too, which may be much. Raises RedcapError where REDCap
    does not give them, OSError where the disk does not take them.
    """
    shelf.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shelf.folder.chmod(0o700)
    made = _vacant(shelf)
    part = made.with_name(f"{made.name}.part")
    part.mkdir(mode=0o700)
    try:
        for name, content in _contents(client, seen, shelf.now, data=data, files=files):
            _private(part / name, content)
    except BaseException:
        shutil.rmtree(part)
        raise
    part.rename(made)
    return made


def _vacant(shelf: Shelf) -> Path:
    """A folder of that moment, which by a clock that is held may not be the first."""
    name = shelf.now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H%M%SZ")
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(shelf.folder / one for one in names if not (shelf.folder / one).exists())


def _contents(
    client: Client, seen: Snapshot, now: dt.datetime, *, data: bool, files: bool
) -> Iterator[tuple[str, bytes]]:
    yield from _design(seen).items()
    if data:
        yield "records.csv", _csv(_records(client, seen))
        yield "project-with-records.xml", client.project_xml(records=True, files=files)
    yield _KEEP, f"{(now + KEPT).date()}\nDelete this folder after that day.\n".encode()
    yield "READ-ME.txt", _read_me(seen, data=data, files=files).encode()


def overdue(shelf: Shelf) -> tuple[Path, ...]:
    """The backups on that shelf that should have been deleted by now, oldest first."""
    found = []
    for note in sorted(shelf.folder.glob(f"*/{_KEEP}")):
        try:
            until = dt.date.fromisoformat(note.read_text(encoding="utf-8").split("\n", 1)[0])
        except (ValueError, OSError):  # somebody wrote something else into it, to keep it
            continue
        if until < shelf.now.date():
            found.append(note.parent)
    return tuple(found)


def _design(seen: Snapshot) -> dict[str, bytes]:
    whole = {
        "info": seen.info,
        "metadata": seen.metadata,
        "repeating": seen.repeating,
        "groups": seen.groups,
        "roles": seen.roles,
        "users": seen.users,
    }
    fields = dictionary.from_rows(seen.metadata)
    found = {
        "snapshot.json": json.dumps(whole, indent=1, ensure_ascii=False).encode(),
        "dictionary.csv": dictionary.encode(dictionary.made(fields, "dictionary.csv")),
        "repeating.csv": _csv(seen.repeating),
    }
    for name, rows in (("groups", seen.groups), ("users", seen.users)):
        found |= {f"{name}.csv": _csv(rows)} if rows else {}
    found |= {"roles.csv": _csv(_roles(seen.roles))} if seen.roles else {}
    return found | ({"project.xml": seen.xml} if seen.xml else {})


def _roles(roles: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """A row a right or form, a column a role: as a person goes down the page of a role in REDCap."""
    table: dict[tuple[str, str], dict[str, str]] = {}
    columns = []
    for role in roles:
        column = f"{role.get('role_label', '')} ({role.get('unique_role_name', '')})"
        columns.append(column)
        for name, value in role.items():
            if name in {"role_label", "unique_role_name"}:
                continue
            parts = value.items() if isinstance(value, Mapping) else [] if isinstance(value, list) else [("", value)]
            what = {"forms": "form", "forms_export": "export of"}.get(name, "right")
            for part, level in parts:
                table.setdefault((what, part or name), {})[column] = str(level)
    return [
        {"what": what, "name": name} | {column: levels.get(column, "") for column in columns}
        for (what, name), levels in table.items()
    ]


def _records(client: Client, seen: Snapshot) -> list[dict[str, str]]:
    forms = tuple(dict.fromkeys(row["form_name"] for row in seen.metadata))
    names = seen.records
    asked = [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]
    return [row for some in asked for row in client.records(records=some, forms=forms)]


def _csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    table: Sequence[Mapping[str, Any]] = tuple(rows)
    if not table:
        return b""
    text = io.StringIO()
    writer = csv.DictWriter(text, tuple(table[0]), extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def _private(path: Path, content: bytes) -> None:
    """The file, which from its first byte on nobody but its owner can read, and which a power cut leaves whole."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


_BY_HAND = """\
What this is: the REDCap project {number} as it was before it was changed by `breakthrough deploy`.

To put the instruments back by hand
  1. In REDCap, open Designer (in production: enter Draft Mode), Data Dictionary, and upload dictionary.csv.
     Fields that were added since go away then, with what was entered in them: look first whether there is any.
  2. Project Setup, Repeating instruments: switch on what repeating.csv lists, with its custom labels; nothing else.
  3. User Rights: set each role as its column in roles.csv says. A number is REDCap's own: rights 1 yes, 0 no (User
     Rights: 1 full, 2 look only); forms 0 none, 1 edit, 2 read only, 3 edit survey answers; exports 0 none, 1 full,
     2 de-identified, 3 without identifiers.
  4. groups.csv and users.csv say who was in which data access group and role. First the group, then the role.
     Never leave the group of a person of a team blank: without a group one sees the records of all teams.
"""
_WITH_DATA = """
To put records back
  Do this before anybody types anything new: tell the teams to wait until you are done.
  1. First the instruments, as above: a value whose field is not there is refused.
  2. Data Import Tool, records.csv: it is what was entered, raw. In it, every value that is not blank takes the place of
     what is stored now under the same record, form and repeat; blank cells leave what is there, unless you choose to
     let blank values overwrite: do not. So what teams changed since the backup is set back to what it was.
     Records and repeats that were made since stay. To see what would change, look at the tool's preview first.
  3. Where you want one form alone, delete the columns of the others from a copy of records.csv, but never the record's
     name, redcap_repeat_instrument and redcap_repeat_instance.
  project-with-records.xml makes a new project beside this one, with everything in it (New Project, upload a REDCap XML
  file): the way to look at what there was without touching what there is.
  {files}
"""
_FILES = {
    True: "Files that were uploaded are in the XML.",
    False: "Files that were uploaded are not in it: no step of this change touched a field with files.",
}


def _read_me(seen: Snapshot, *, data: bool, files: bool) -> str:
    text = _BY_HAND.format(number=seen.info.get("project_id", ""))
    return text + (_WITH_DATA.format(files=_FILES[files]) if data else "\nIt holds no records.\n")
