"""A dictionary in whatever file it came: CSV, instrument ZIP or project XML, told apart by what is in it.

`read(path)` gives a `Source`; `encode(source)` the same file again; `replaced(source, fields)` the file with other
cells; `converted(source, form)` another format.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import archive, dictionary, odm
from breakthrough.instruments.archive import Archive
from breakthrough.instruments.dictionary import Dictionary
from breakthrough.instruments.field import Field

Format = Literal["csv", "zip", "xml"]
Mode = Literal["project", "instrument"]
_STARTS_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PAGE = re.compile(rb"<!doctype\s+html|<html|<head|<body|<title", re.IGNORECASE)
_NOT_A_RECORD_ID = re.compile(r"date|time|email|phone|zip|ssn|signature|autocomplete")


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says of a project or of one of its instruments.

    `mode` is a guess: one instrument's file does not begin with the record ID, and may refer to fields of others.
    `remarks`: what was unusual when it was read, each a sentence.
    """

    name: str
    format: Format
    mode: Mode
    fields: tuple[Field, ...]
    content: Dictionary | Archive | odm.Project
    remarks: tuple[str, ...] = ()

    @property
    def labels(self) -> Mapping[str, str]:
        """What people call each instrument, by its unique name; none where the file does not tell."""
        return self.content.labels if isinstance(self.content, odm.Project) else {}

    @property
    def events(self) -> tuple[str, ...] | None:
        """The unique event names; none in a classic project; None where the file does not tell."""
        if not isinstance(self.content, odm.Project):
            return None
        return tuple(event.unique_name for event in self.content.events)

    @property
    def missing_codes(self) -> Mapping[str, str] | None:
        """The labels of the missing data codes, by code; None where the file does not tell."""
        return self.content.missing_codes if isinstance(self.content, odm.Project) else None


def read(path: Path) -> Source:
    """What that file says.

    Raises ContentMissing when there is no such file, DictionaryInvalid (file, place, remedy) when it is no dictionary.
    """
    return parse(dictionary.data(path), path.name)


def parse(data: bytes, name: str) -> Source:
    """What those bytes say; `name` is what messages call them. Raises DictionaryInvalid, and nothing else."""
    form = told(data)
    if form == "xml" and _PAGE.search(data[:2000]):
        raise DictionaryInvalid(
            f"{name}: this is a web page, perhaps a log-in page that was saved instead of the file. "
            "Log in to REDCap and download the file again."
        )
    content = _READERS[form](data, name)
    return Source(name, form, _mode(content.fields, form, name), content.fields, content, content.remarks)


def told(data: bytes) -> Format:
    """Which of the three formats those bytes are in, if in any: `csv` where nothing tells."""
    if data.startswith(_STARTS_ZIP):
        return "zip"
    start = data[:400]
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            start = start[2:].decode(encoding, "ignore").encode()
    return "xml" if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<") else "csv"


def encode(source: Source) -> bytes:
    """The file again: what was not changed stands as it stood."""
    if isinstance(source.content, Dictionary):
        return dictionary.encode(source.content)
    return archive.encode(source.content) if isinstance(source.content, Archive) else odm.encode(source.content)


def replaced(source: Source, fields: Sequence[Field]) -> Source:
    """The same file with other fields; as many as before, unless it is an XML."""
    content = source.content
    if isinstance(content, Dictionary):
        content = dictionary.replaced(content, fields)
    elif isinstance(content, Archive):
        content = replace(content, content=dictionary.replaced(content.content, fields))
    else:
        content = replace(content, fields=tuple(fields))
    return replace(source, fields=content.fields, content=content)


def converted(source: Source, form: Format) -> bytes:
    """What the source says in one of the three formats; in its own, the file as it stood.

    An XML made of a CSV has the file's name as its title. Raises DictionaryInvalid for a ZIP of several forms.
    """
    if form == source.format:
        return encode(source)
    if form == "csv":
        return dictionary.encode(dictionary.made(source.fields, source.name))
    if form == "zip":
        return archive.encode(archive.made(source.fields, source.name))
    return odm.encode(odm.Project(Path(source.name).stem, source.fields))


def _mode(fields: Sequence[Field], form: Format, name: str) -> Mode:
    if form != "csv" or not fields:
        return "instrument" if form == "zip" else "project"
    first = fields[0]
    plain = first.field_type == "text" and not _NOT_A_RECORD_ID.search(first.validation)
    several = len({field.form_name for field in fields}) > 1
    if several:
        return "project"
    return "project" if plain and not first.branching_logic and name.lower() != "instrument.csv" else "instrument"


_READERS: Mapping[Format, Callable[[bytes, str], Dictionary | Archive | odm.Project]] = {
    "csv": dictionary.parse,
    "zip": archive.parse,
    "xml": odm.parse,
}
