"""Data dictionaries, CSV files and API rows alike, to fields and back, without losing a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from breakthrough.errors import ContentMissing, DictionaryInvalid
from breakthrough.instruments import sheet
from breakthrough.instruments.field import COLUMNS, HEADERS, Field, Origin
from breakthrough.instruments.sheet import Line, Shape

_NEEDED = ("field_name", "form_name", "field_type")
# Headers of older servers, beside the two spellings of today; letters and digits only, as `_plain` leaves them.
_OLDER = {
    "choicesorcalculations": "select_choices_or_calculations",
    "choicescalculations": "select_choices_or_calculations",
    "selectchoicesorcalculations": "select_choices_or_calculations",
    "matrixgroupranking": "matrix_ranking",
    "branchinglogic": "branching_logic",
    "questionnumber": "question_number",
    "textvalidationtype": "text_validation_type_or_show_slider_number",
}


def _plain(header: str) -> str:
    # R reads a byte-order mark as X.U.FEFF. before the first name.
    return re.sub(r"[^a-z0-9]", "", header.lower()).removeprefix("xufeff")


# "Variable / Field Name", "field_name" and R's "Variable...Field.Name" all lead to field_name.
_MEANING = (
    {_plain(name): name for name in COLUMNS} | {_plain(header): name for name, header in HEADERS.items()} | _OLDER
)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary file: its fields, and all that is needed to write the file back as it was found.

    `remarks` tell what was unusual but could be read; each is a sentence.
    """

    name: str
    fields: tuple[Field, ...]
    shape: Shape
    columns: tuple[str, ...]  # the meaning of each column of the file; '' for one that is not REDCap's
    lines: tuple[Line, ...]
    header: int  # place of the header among `lines`
    remarks: tuple[str, ...] = ()


def read(path: Path) -> tuple[Field, ...]:
    """The fields of a dictionary file, in order. Raises as `load` does."""
    return load(path).fields


def load(path: Path) -> Dictionary:
    """The dictionary in that file.

    Raises ContentMissing when there is no such file, DictionaryInvalid (file, row, remedy) when it is no dictionary.
    """
    return parse(data(path), path.name)


def data(path: Path) -> bytes:
    """What is in that file, whatever its format. Raises ContentMissing when it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ContentMissing(f"There is no data dictionary at {path}. Check the name.") from None
    except (OSError, ValueError) as broken:  # ValueError: a name that no file can have
        raise ContentMissing(f"The data dictionary {path} cannot be read: {broken}.") from broken


def parse(data: bytes, name: str) -> Dictionary:
    """The dictionary in those bytes; `name` is what messages call it. Raises DictionaryInvalid."""
    found = sheet.parse(data, name, lambda cell: _plain(cell) in _MEANING)
    header = found.lines[found.header]
    columns, strange = _columns(header.cells, name)
    body = [line for line in found.lines[found.header + 1 :] if not line.blank]
    fields = tuple(_field(line, columns, name) for line in body)
    remarks = (*found.remarks, *strange, *_remarks(body, columns))
    return Dictionary(name, fields, found.shape, columns, found.lines, found.header, remarks)


def encode(dictionary: Dictionary) -> bytes:
    """The dictionary's file: every cell as it was read, except where `fields` now say otherwise.

    Columns that are not REDCap's, blank rows, delimiter, newline and encoding are those of the file it came from.
    """
    fields = iter(dictionary.fields)
    rows = [
        line.cells if place <= dictionary.header or line.blank else _cells(line, dictionary.columns, next(fields))
        for place, line in enumerate(dictionary.lines)
    ]
    return sheet.encode(rows, dictionary.shape)


def write(path: Path, fields: Iterable[Field], shape: Shape | None = None) -> None:
    """Writes those fields as REDCap's own download has them: 18 columns, one row a field."""
    path.write_bytes(encode(made(fields, path.name, shape)))


def made(fields: Iterable[Field], name: str, shape: Shape | None = None) -> Dictionary:
    """A dictionary of those fields as REDCap's own download has them: 18 columns, one row a field."""
    fields = tuple(fields)
    cells = [tuple(HEADERS.values()), *(tuple(field.row().values()) for field in fields)]
    lines = tuple(Line(number, row) for number, row in enumerate(cells, start=1))
    return Dictionary(name, fields, shape or Shape(), COLUMNS, lines, header=0)


def rows(fields: Iterable[Field]) -> list[dict[str, str]]:
    """The fields as rows of the API's metadata, under its column names."""
    return [field.row() for field in fields]


def from_rows(metadata: Sequence[Mapping[str, object]], name: str = "REDCap") -> tuple[Field, ...]:
    """The fields in rows of the API's metadata. Raises DictionaryInvalid when a row has no field name."""
    for number, row in enumerate(metadata, start=1):
        if not row.get("field_name"):
            raise DictionaryInvalid(f"{name}, field {number}: it has no name, so this is not REDCap's metadata.")
    return tuple(Field.of(row, Origin(name, number)) for number, row in enumerate(metadata, start=1))


def _columns(cells: Sequence[str], name: str) -> tuple[tuple[str, ...], list[str]]:
    columns: list[str] = []
    remarks: list[str] = []
    for cell in cells:
        meaning = _MEANING.get(_plain(cell), "")
        if meaning and meaning in columns:
            remarks.append(f"The column '{cell}' stands twice; the second is kept and not used.")
        elif cell.strip() and not meaning:
            remarks.append(f"The column '{cell}' is not REDCap's; it is kept and not used.")
        columns.append("" if meaning in columns else meaning)
    absent = [HEADERS[needed] for needed in _NEEDED if needed not in columns]
    if absent:
        raise DictionaryInvalid(
            f"{name}: this is not a data dictionary. Its header row lacks {' and '.join(absent)}. "
            "Use the file that Designer > Download the current Data Dictionary gives you."
        )
    older = [HEADERS[column] for column in COLUMNS if column not in columns]
    if older:
        remarks.append(f"There is no column for {', '.join(older)}; an older server left it out. It is read as blank.")
    return tuple(columns), remarks


def _field(line: Line, columns: Sequence[str], name: str) -> Field:
    cells = dict(zip(columns, line.cells, strict=False))  # ragged rows: what is missing is blank
    cells.pop("", None)
    return Field.of(cells, Origin(name, line.number, line=line.text_line))


def _cells(line: Line, columns: Sequence[str], field: Field) -> list[str]:
    now = field.row()
    told = [now[meaning] if meaning else "" for meaning in columns]
    cells = list(line.cells)
    for place, meaning in enumerate(columns):
        if place < len(cells):
            cells[place] = now[meaning] if meaning else cells[place]
        elif any(told[place:]):  # a row that was short is filled up only as far as it needs to be
            cells.append(told[place])
    return cells


def _remarks(body: Sequence[Line], columns: Sequence[str]) -> list[str]:
    ragged = [
        f"Row {line.number} has {len(line.cells)} cells where the header has {len(columns)}: "
        "a delimiter is missing or one too many, so its cells may stand in the wrong columns."
        for line in body
        if len(line.cells) != len(columns)
    ]
    literal = sum(cell == "NA" for line in body for cell in line.cells)
    filled = sum(bool(cell) for line in body for cell in line.cells)
    if filled and literal > filled / 3:
        ragged.append("Most blank cells hold the letters NA, which R writes for 'nothing'. They are read as text.")
    return ragged


def replaced(dictionary: Dictionary, fields: Sequence[Field]) -> Dictionary:
    """The same file with other fields, as many as before."""
    if len(fields) != len(dictionary.fields):
        raise ValueError("fields can be changed in place, not added or removed")
    return replace(dictionary, fields=tuple(fields))
