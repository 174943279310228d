"""Instrument ZIPs: one form as REDCap's designer and shared library hand it out, with the files it shows.

Everything is read into memory within limits; nothing is ever unpacked onto a disk.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import dictionary
from breakthrough.instruments.dictionary import Dictionary
from breakthrough.instruments.field import Field

LARGEST = 128 * 1024 * 1024  # bytes of all members together, unpacked
MOST = 1_000  # members
_CSV = "instrument.csv"
_ABOUT = {"OriginID.txt": "origin", "AuthorID.txt": "author", "InstrumentID.txt": "instrument"}
_ATTACHMENTS = "attachments/"
_WORKBOOK = "[Content_Types].xml"
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")  # what desktops add
_UNSAFE = re.compile(r'[\x00-\x1f\\:*?"<>|]|(?:^|/)\.\.?(?:/|$)|^/|//')
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same content, whenever it is written
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, IndexError, OverflowError,
    NotImplementedError, RuntimeError, KeyError, MemoryError,
)  # fmt: skip  # all of them are raised by zipfile, for one kind of damage or another


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in the archive, with its path there."""

    path: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Archive:
    """An instrument ZIP. `origin` names the server it comes from; `author` and `instrument` are the library's.

    `attachments` are files of descriptive fields; `others` members that are not REDCap's, kept as they are.
    """

    name: str
    content: Dictionary
    origin: str = ""
    author: str = ""
    instrument: str = ""
    attachments: tuple[Attached, ...] = ()
    others: tuple[Attached, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the instrument, in order."""
        return self.content.fields


def parse(data: bytes, name: str) -> Archive:
    """The archive in those bytes; `name` is what messages call it.

    Raises DictionaryInvalid (what is wrong, what to do) when it is damaged, encrypted, unpacks to more than `LARGEST`,
    has names that lead elsewhere, or holds no instrument.
    """
    members, remarks = _members(data, name)
    folder, csv = _instrument(members, name)
    content = dictionary.parse(members.pop(folder + csv).data, f"{name}, {csv}")
    if csv != _CSV:
        remarks = [*remarks, f"There is no {_CSV} in it; the only CSV, {csv}, was read in its place."]
    about = {key: _text(members.pop(folder + file, Attached("", b""))) for file, key in _ABOUT.items()}
    attachments = [one for path, one in members.items() if path.startswith(folder + _ATTACHMENTS)]
    others = [one for one in members.values() if one not in attachments]
    return Archive(
        name,
        content,
        **about,
        attachments=tuple(replace(one, path=one.path.removeprefix(folder)) for one in attachments),
        others=tuple(replace(one, path=one.path.removeprefix(folder)) for one in others),
        remarks=(*remarks, *content.remarks),
    )


def made(fields: Iterable[Field], name: str, origin: str = "", attachments: Sequence[Attached] = ()) -> Archive:
    """An archive of those fields, which must be of one form. Raises DictionaryInvalid when they are of several."""
    content = dictionary.made(fields, _CSV)
    forms = sorted({one.form_name for one in content.fields})
    if len(forms) != 1:
        raise DictionaryInvalid(
            f"{name}: an instrument ZIP holds one form, and these fields are of {len(forms)} ({', '.join(forms)}). "
            "Write one ZIP a form."
        )
    return Archive(name, content, origin=origin, attachments=tuple(attachments))


def encode(archive: Archive) -> bytes:
    """The archive as a ZIP that REDCap's designer takes; the same bytes for the same content."""
    about = [(file, getattr(archive, key).encode()) for file, key in _ABOUT.items() if getattr(archive, key)]
    files = [(one.path, one.data) for one in (*archive.attachments, *archive.others)]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in [*about, (_CSV, dictionary.encode(archive.content)), *files]:
            packed.writestr(zipfile.ZipInfo(path, _WRITTEN), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _members(data: bytes, name: str) -> tuple[dict[str, Attached], list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            listed = [info for info in packed.infolist() if not info.is_dir() and not _is_litter(info.filename)]
            _accept(listed, name)
            return _unpacked(packed, listed, name), []
    except DictionaryInvalid:
        raise
    except _BROKEN as broken:
        raise DictionaryInvalid(
            f"{name}: this ZIP is damaged and cannot be read. Download the instrument again from REDCap."
        ) from broken


def _accept(listed: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(listed) > MOST:
        raise DictionaryInvalid(
            f"{name}: this ZIP holds more than {MOST:,} files, so it is not an instrument. "
            "Download the instrument from REDCap's designer."
        )
    seen: set[str] = set()
    for info in listed:
        if info.filename == _WORKBOOK:
            raise DictionaryInvalid(
                f"{name}: this is a spreadsheet workbook. Open it and save it as CSV (UTF-8), then use that file."
            )
        if info.flag_bits & 0x1:
            raise DictionaryInvalid(f"{name}: this ZIP is encrypted. Unpack it and pack it again without a password.")
        if _UNSAFE.search(info.filename) or info.filename in seen or _is_link(info):
            raise DictionaryInvalid(
                f"{name}: this ZIP holds a file whose name could lead out of the archive or stands twice "
                f"({info.filename!r:.80}). It was not made by REDCap: do not trust it."
            )
        seen.add(info.filename)


def _unpacked(packed: zipfile.ZipFile, listed: Sequence[zipfile.ZipInfo], name: str) -> dict[str, Attached]:
    """The members; how large they say they are is not believed."""
    members: dict[str, Attached] = {}
    left = LARGEST
    for info in listed:
        with packed.open(info) as member:
            content = member.read(left + 1)
        left -= len(content)
        if left < 0:
            raise DictionaryInvalid(
                f"{name}: this ZIP unpacks to more than {LARGEST // 1024 // 1024} MB, so it is not an instrument. "
                "Download the instrument again from REDCap."
            )
        members[info.filename] = Attached(info.filename, content)
    return members


def _instrument(members: dict[str, Attached], name: str) -> tuple[str, str]:
    """The folder that holds the instrument, with its slash or blank, and the name of the CSV in it."""
    found = sorted((path for path in members if PurePosixPath(path).name == _CSV), key=lambda path: path.count("/"))
    if not found:
        found = [path for path in members if path.lower().endswith(".csv")]
        if len(found) != 1:
            raise DictionaryInvalid(
                f"{name}: there is no {_CSV} in this ZIP, so it is not an instrument. "
                "Use the ZIP that the designer's 'Download instrument ZIP' gives you."
            )
    folder, slash, csv = found[0].rpartition("/")
    return folder + slash, csv


def _text(member: Attached) -> str:
    return member.data.decode("utf-8", "replace")


def _is_litter(path: str) -> bool:
    return path.startswith(_LITTER[0]) or path.rpartition("/")[2] in _LITTER[1:]


def _is_link(info: zipfile.ZipInfo) -> bool:
    return (info.external_attr >> 16) & 0o170000 == 0o120000
