"""The ledger of codes: every code that REDCap may have stored, so that none is ever reused, renumbered or dropped.

`codes.csv` stands in the deployment folder and is committed. Rows are added to it, never changed by software. A person
who changes a label there says: the same meaning, in other words.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from breakthrough.collaborative import Collaborative
from breakthrough.english import many
from breakthrough.errors import CodesChanged, ContentMissing, DictionaryInvalid
from breakthrough.instruments import merge, sheet
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import Project
from breakthrough.instruments.sheet import Shape
from breakthrough.instruments.text.html import plain
from breakthrough.settings import MAIN

FILE = "codes.csv"
_COLUMNS = ("list", "code", "label", "since")
_FIELD = "field:"
# What a person does for a code that is in use and gone.
_PUT_BACK: Mapping[str, str] = {
    "coaches": "Put it back under coaches, with until: and the coach's last day",
    "drivers": "Put it back under drivers",
    "events": "Put it back under calendar.events, where it may have another date or title",
    "ideas": "Put it back under its driver, with retired: true",
    "measures": "Put it back under measures, with until: and its last month",
    "counts": "Put it back under counts, and the measures that are made of it, with until:",
}
LISTS = tuple(_PUT_BACK)
_SHAPE = Shape()
_FIELDS_TOO = "Put the choice back; to keep it from new entries, write @HIDECHOICE='{code}' into the field's annotation"


@dataclass(frozen=True, slots=True)
class Code:
    """A code with what it means. `list` is one of LISTS, or `field:NAME` (`field:PROJECT/NAME` of a sister project)."""

    list: str
    code: str
    label: str

    @property
    def key(self) -> tuple[str, str]:
        """What may never mean anything else."""
        return self.list, self.code


@dataclass(frozen=True, slots=True)
class Used:
    """The codes in use now, and every list that is looked at: a field may have lost the last choice of its own."""

    codes: tuple[Code, ...]
    lists: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger, with the number that a spreadsheet gives it."""

    code: Code
    number: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """codes.csv as it was read; without rows where there is no file yet."""

    name: str = FILE
    rows: tuple[Row, ...] = ()
    lines: tuple[tuple[str, ...], ...] = (_COLUMNS,)
    shape: Shape = _SHAPE


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of the ledger elsewhere, so that rows cannot go from it unseen: how many, and a digest."""

    rows: int
    digest: str


def used(collaborative: Collaborative, projects: Mapping[str, Project]) -> Used:
    """Every code that is in use now: those of the collaborative, then the choices of the projects' own fields.

    A choice that a field takes from a list of the collaborative is of that list, and not told again for the field.
    """
    lists: dict[str, Iterable[tuple[str, str]]] = {
        "coaches": ((one.code, one.name) for one in collaborative.coaches),
        "drivers": ((one.code, one.title) for one in collaborative.drivers),
        "events": ((one.code, one.title or one.kind.replace("_", " ")) for one in collaborative.calendar.events),
        "ideas": ((code, idea.title) for code, idea in collaborative.ideas.items()),
        "measures": ((code, measure.name) for code, measure in collaborative.measures.items()),
        "counts": ((code, count.label) for code, count in collaborative.counts.items()),
    }
    found = [Code(name, code, _words(label)) for name, pairs in lists.items() for code, label in pairs]
    known = {name: {code.code for code in found if code.list == name} for name in LISTS}
    looked_at = set(LISTS)
    for name, project in projects.items():
        for field in project.fields:
            if field.field_type in {"radio", "dropdown", "checkbox"}:
                which = _FIELD + (field.field_name if name == MAIN else f"{name}/{field.field_name}")
                looked_at.add(which)
                found += _of_field(which, field, known)
    return Used(tuple(found), frozenset(looked_at))


def _of_field(which: str, field: Field, known: Mapping[str, set[str]]) -> Iterator[Code]:
    filled = field.origin.lists if field.origin else ()
    others = set().union(*(known.get(one, set()) for one in filled))
    yield from (Code(which, one.code, _words(plain(one.label))) for one in field.choices if one.code not in others)


def _words(label: str) -> str:
    return " ".join(label.split())


def read(path: Path) -> Ledger:
    """The ledger in that file; an empty one where there is none yet. Raises DictionaryInvalid where it is no ledger."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Ledger(path.name)
    except OSError as broken:
        raise ContentMissing(f"The ledger of codes, {path}, cannot be read: {broken.strerror}.") from broken
    if not data.strip():
        return Ledger(path.name)
    if wrong := merge.conflict(data, path.name):
        raise DictionaryInvalid(wrong)
    found = sheet.parse(data, path.name, lambda cell: cell.strip().lower() in _COLUMNS)
    header = [cell.strip().lower() for cell in found.lines[found.header].cells]
    if absent := [column for column in _COLUMNS[:3] if column not in header]:
        raise DictionaryInvalid(
            f"{path.name}: the column {absent[0]} is missing. The first row must name the columns "
            f"{','.join(_COLUMNS)}; take the file from the last commit."
        )
    rows = []
    for line in found.lines[found.header + 1 :]:
        if not line.blank:
            cells = dict(zip(header, (cell.strip() for cell in line.cells), strict=False))
            code = Code(cells.get("list", ""), cells.get("code", ""), _words(cells.get("label", "")))
            rows.append(Row(code, line.number))
    return Ledger(path.name, tuple(rows), tuple(line.cells for line in found.lines), found.shape)


def problems(ledger: Ledger, now: Used) -> tuple[str, ...]:
    """Every code that is gone, means something else, or stands in the ledger twice; each with file, row and remedy.

    A field that is gone altogether is no problem here: the plan tells what it holds. If it comes back, so do its codes.
    """
    meant = {code.key: code.label for code in now.codes}
    was = {row.code.key: row for row in reversed(ledger.rows)}  # the first of a code counts
    found: list[tuple[int, str]] = []
    for row in ledger.rows:
        first = was[row.code.key]
        if row.code.list not in LISTS and not row.code.list.startswith(_FIELD):
            known = ", ".join((*LISTS, "field:NAME"))
            found.append(
                (row.number, f"there is no list '{row.code.list}'. Known: {known}. Take the row from the last commit.")
            )
        elif first.number != row.number:
            found.append(
                (row.number, f"{_named(row.code)} stands in row {first.number}, too. Keep one of the two rows.")
            )
        elif row.code.list in now.lists:
            found += [(row.number, said) for said in _changed(row, meant, was)]
    return tuple(f"{ledger.name}, row {number}: {said}" for number, said in found)


def _changed(row: Row, meant: Mapping[tuple[str, str], str], was: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    code = row.code
    now = meant.get(code.key)
    if now == code.label:
        return
    # Its words under another code, or another's words under it: a renumbering, which nobody would see in the data.
    to = [other for (name, other), label in meant.items() if (name, label) == (code.list, code.label)]
    of = [one.code.code for one in was.values() if (one.code.list, one.code.label) == (code.list, now)]
    if now is None and to:
        yield f"{_named(code)} became {to[0]}: stored answers would lose their meaning. Give it {code.code} back."
    elif now is None:
        yield f"{_named(code)} may be stored in REDCap and is gone. {_remedy(code)}."
    elif to or of:
        yield (
            f"{_named(code)} was renumbered: it was '{code.label}'{f', which is {to[0]} now,' if to else ''} and is "
            f"'{now}'{f', which was {of[0]}' if of else ''}. Stored answers would change their meaning: give each its "
            "own code back."
        )
    else:
        yield (
            f"{_named(code)} was '{code.label}' and is '{now}': reused or renumbered? If it means the same, write the "
            "new words into this row, in the same commit. If not, put the old words back and take a new code."
        )


def _remedy(code: Code) -> str:
    return _PUT_BACK.get(code.list) or _FIELDS_TOO.format(code=code.code)


def _named(code: Code) -> str:
    return f"the code {code.code} of {code.list.removeprefix(_FIELD)}"


def new(ledger: Ledger, now: Used) -> tuple[Code, ...]:
    """The codes that the ledger does not have yet."""
    there = {row.code.key for row in ledger.rows}
    return tuple(code for code in now.codes if code.key not in there)


def kept(ledger: Ledger, rows: int | None = None) -> Kept:
    """What is to be remembered of the ledger, or of its first rows: their lists and codes, in whichever order."""
    first = ledger.rows[:rows]
    keys = sorted("\0".join(row.code.key) for row in first)
    return Kept(len(first), hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16])


def lost(ledger: Ledger, before: Kept | None) -> str:
    """What is wrong where rows that were there at the last deploy are gone; blank where none are."""
    if before is None or before == kept(ledger, before.rows):
        return ""
    there = len(ledger.rows)
    if there == 0:
        what = "it is missing, or empty"
    elif there < before.rows:
        what = f"it has {there} of them"
    else:
        what = "not all of them are there, or new rows stand between them"
    return (
        f"{ledger.name}: at the last deploy it had {many(before.rows, 'row')} (deployed.yaml); now {what}. They are "
        "the codes that REDCap may have stored, and none may be forgotten. Take the file from the last commit (git log "
        f"-- {ledger.name} lists them), and let new rows stand below."
    )


def require(path: Path, now: Used, before: Kept | None = None) -> Ledger:
    """The ledger in that file, which the codes in use agree with; `before` is what was remembered of it.

    Raises CodesChanged listing every problem.
    """
    ledger = read(path)
    if gone := lost(ledger, before):
        raise CodesChanged(gone)
    if found := problems(ledger, now):
        raise CodesChanged("\n".join(found))
    return ledger


def record(path: Path, now: Used, today: dt.date) -> tuple[Code, ...]:
    """The codes that were added to that file, each with the day; none where it had them all, and is not touched.

    The file is replaced as a whole or not at all. Raises CodesChanged as `require` does, ContentMissing where it cannot
    be written.
    """
    ledger = require(path, now)
    added = new(ledger, now)
    if added:
        header = [cell.strip().lower() for cell in next(line for line in ledger.lines if any(line))]
        cells = ({"list": one.list, "code": one.code, "label": one.label, "since": str(today)} for one in added)
        lines = (*ledger.lines, *(tuple(row.get(column, "") for column in header) for row in cells))
        _replace(path, sheet.encode(lines, ledger.shape))
    return added


def _replace(path: Path, data: bytes) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(path.stat().st_mode if path.exists() else 0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as broken:
        raise ContentMissing(
            f"The ledger of codes, {path}, cannot be written: {broken.strerror}. Check who may write to its folder, "
            "then run: breakthrough instruments codes --write"
        ) from broken
