"""Who works in REDCap, from `people.csv`: a username, a role, the team's record, and the last day, if there is one."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from breakthrough.errors import ContentMissing, SettingInvalid
from breakthrough.instruments import merge, sheet
from breakthrough.instruments.access import RoleFile

FILE = "people.csv"
_COLUMNS = ("username", "role", "team", "until")
_NEEDED = ("username", "role")
_USERNAME = re.compile(r"[A-Za-z0-9_.@' -]{1,191}")  # what REDCap takes


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account in REDCap: `role` is a key of project.yaml's roles, `team` a record's name or blank.

    `until` is the last day; `ended` tells that it was over when the file was read.
    """

    username: str
    role: str
    team: str = ""
    until: dt.date | None = None
    ended: bool = False


def read(path: Path, roles: Mapping[str, RoleFile], teams: Sequence[str], today: dt.date) -> tuple[Account, ...] | None:
    """The accounts in that file, in order; None where there is no file. `teams` are the records' names.

    It is read as spreadsheets save it. Raises SettingInvalid listing every mistake with row, field and remedy, and
    DictionaryInvalid where it is no CSV file.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as broken:
        raise ContentMissing(f"The accounts in {path} cannot be read: {broken.strerror}.") from broken
    if wrong_merge := merge.conflict(data, path.name):
        raise SettingInvalid(wrong_merge)
    found: list[Account] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, row in _rows(data, path.name):
        wrong = [*_wrong(row, roles, teams), *_again(row["username"], number, seen)]
        faults += [f"{path.name}, row {number}, {fault}" for fault in wrong]
        if not wrong:
            until = dt.date.fromisoformat(row["until"]) if row["until"] else None
            found.append(Account(row["username"], row["role"], row["team"], until, bool(until and until < today)))
    if faults:
        raise SettingInvalid("\n".join(faults))
    return tuple(found)


def _rows(data: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    named = f"Its first row must name the columns: {','.join(_COLUMNS)}."
    if not data.strip():
        raise SettingInvalid(f"{name}: the file is empty. {named} Or take the file out: then users are left alone.")
    read = sheet.parse(data, name, lambda cell: cell.strip().lower() in _COLUMNS)
    header = [cell.strip().lower() for cell in read.lines[read.header].cells]
    while header and not header[-1]:  # a spreadsheet keeps columns that were emptied
        header.pop()
    where = f"{name}, row {read.lines[read.header].number}"
    for column in header:
        if column not in _COLUMNS:
            raise SettingInvalid(
                f"{where}: there is a column '{column}', which is not known.{_near(column, _COLUMNS)} {named}"
            )
        if header.count(column) > 1:
            raise SettingInvalid(f"{where}: the column {column} stands twice. Take one of the two out.")
    if absent := [column for column in _NEEDED if column not in header]:
        raise SettingInvalid(f"{where}: the column {absent[0]} is missing. {named}")
    for line in read.lines[read.header + 1 :]:
        if line.blank:
            continue
        if any(cell.strip() for cell in line.cells[len(header) :]):
            raise SettingInvalid(
                f"{name}, row {line.number}: it has more cells than the first row has columns. A delimiter is one too "
                "many, or a cell that holds one needs quotes."
            )
        yield (
            line.number,
            dict.fromkeys(_COLUMNS, "")
            | {column: cell.strip() for column, cell in zip(header, line.cells, strict=False)},
        )


def _wrong(row: Mapping[str, str], roles: Mapping[str, RoleFile], teams: Sequence[str]) -> Iterator[str]:
    if not row["username"]:
        yield "username: it is blank. Write the name that the person signs in to REDCap with, or take the row out."
    elif not _USERNAME.fullmatch(row["username"]):
        yield "username: it has letters that REDCap does not take. Write the name the person signs in to REDCap with."
    role = roles.get(row["role"])
    if role is None:
        said = f"'{row['role']}' is no role" if row["role"] else "it is blank"
        yield f"role: {said}.{_near(row['role'], roles)} Known: {', '.join(roles) or 'none'} (project.yaml, roles)."
    elif role.group == "none" and row["team"]:
        yield (
            f"team: a {row['role']} is in no team's group, and sees every team. Leave it blank, or give another role: "
            f"{_listed(roles, 'team')}."
        )
    elif role.group == "team" and not row["team"]:
        yield (
            f"team: it is blank, and a {row['role']} without a team would see every team. Write the team's record, "
            f"such as {teams[0] if teams else 'T001'}."
        )
    elif row["team"] and row["team"] not in teams:
        yield (
            f"team: there is no team '{row['team']}'.{_near(row['team'], teams)} Write the name of its record; a team "
            "that has none yet is named with --team."
        )
    if row["until"] and not _day(row["until"]):
        yield (
            "until: it is no day. Write it as 2026-01-31; a spreadsheet writes days its own way unless the column is "
            "formatted as text."
        )


def _again(username: str, number: int, seen: dict[str, int]) -> Iterator[str]:
    """REDCap tells usernames apart without regard to capitals, and puts each in one role and one group."""
    first = seen.setdefault(username.casefold(), number)
    if username and first != number:
        yield f"username: it stands in row {first} already. REDCap gives a user one role and one group: take one out."


def _day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)) and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _near(said: str, known: Iterable[str]) -> str:
    by_letters = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(said.casefold(), by_letters, n=1, cutoff=0.6)
    return f" Did you mean '{by_letters[close[0]]}'?" if close else ""


def _listed(roles: Mapping[str, RoleFile], group: str) -> str:
    return ", ".join(key for key, role in roles.items() if role.group == group) or "one with group: team"
