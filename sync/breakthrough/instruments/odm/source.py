"""Bytes to a tree of nodes: the one place where XML from others is parsed.

REDCap writes line breaks into attributes as they are, and XML says that a parser reads them as blanks: a comment in a
calculation would then swallow what follows it. So they are recoded before parsing.
"""

from __future__ import annotations

import bisect
import codecs
import re
from array import array
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.passage import Passage

LARGEST = 512 * 1024 * 1024  # bytes
DEEPEST = 64  # levels; REDCap's own files have nine
MOST = 4_000_000  # elements outside the records
_REDCAP = "projectredcap.org"
_ODM = "cdisc.org/ns/odm/"
# In this order: nothing inside a CDATA section or a comment is an attribute. An open one goes on to the end.
_ATTRIBUTE = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|=\s*\"[^\"<]*\"|=\s*'[^'<]*'", re.DOTALL)
_MAY_BREAK = re.compile(rb"=\s*(?:\"[^\"<\r\n\t]*|'[^'<\r\n\t]*)[\r\n\t]")
_BREAK = re.compile(rb"\r\n|[\r\n\t]")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# What REDCap's own files say on their root: names in them then need no looking up.
_USUAL = (
    re.compile(rb"<ODM[^>]*?\sxmlns\s*=\s*[\"'][^\"']*cdisc\.org/ns/odm/"),
    re.compile(rb"<ODM[^>]*?\sxmlns:redcap\s*=\s*[\"']https?://projectredcap\.org"),
)
_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_ACCEPTED = {"utf-8", "ascii", "iso8859-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Document:
    """The tree of `Study`, and `beside` all that stands beside it (the records) as the text it was.

    `namespaces` are those of the root, by prefix; `remarks` say what was unusual.
    """

    root: Node
    beside: Passage
    namespaces: dict[str, str]
    remarks: tuple[str, ...] = ()


def parse(data: bytes, name: str) -> Document:
    """The document in those bytes; `name` is what messages call it.

    Raises DictionaryInvalid (line, column, remedy) when it is not well-formed, too large, too deep or has a DOCTYPE.
    """
    if len(data) > LARGEST:
        raise DictionaryInvalid(
            f"{name}: the file has more than {LARGEST // 1024 // 1024} MB. Export the project without its records."
        )
    text, remarks = _utf8(data, name)
    recoded, removed = _recoded(text)
    reader = _Reader(recoded, removed, name)
    del text
    return Document(reader.root(), reader.beside(), reader.namespaces, remarks)


def _utf8(data: bytes, name: str) -> tuple[bytes, tuple[str, ...]]:
    declared = _DECLARED.match(data.removeprefix(codecs.BOM_UTF8)[:200])
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif declared and _normal(declared[1].decode("ascii")) != "utf-8":
        encoding = _normal(declared[1].decode("ascii"))
        if encoding not in _ACCEPTED:
            raise DictionaryInvalid(
                f"{name}: its encoding '{declared[1].decode('ascii')}' is not one REDCap writes. Save it as UTF-8."
            )
    try:
        text = data.decode(encoding)
        return (data if encoding == "utf-8-sig" and not data.startswith(codecs.BOM_UTF8) else text.encode()), ()
    except UnicodeError:
        remark = "The file is not in the encoding it says; it was read as Windows-1252. Check letters with accents."
        return data.decode("cp1252", "replace").encode(), (remark,)


def _normal(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return encoding


def _recoded(text: bytes) -> tuple[bytes, list[int]]:
    """The text with every break inside an attribute as a reference, and where in it line breaks are missing now."""
    if not _MAY_BREAK.search(text):
        return text, []
    pieces: list[bytes] = []
    removed: list[int] = []
    done = length = 0
    for match in _ATTRIBUTE.finditer(text):
        value = match[0]
        if value.startswith(b"<") or not _BREAK.search(value):
            continue
        before = text[done : match.start()]
        length += len(before)
        new = _BREAK.sub(lambda one: b"&#9;" if one[0] == b"\t" else b"&#10;", value)
        pieces += [before, new]
        removed += [length] * (value.count(b"\n") + value.count(b"\r") - value.count(b"\r\n"))
        length += len(new)
        done = match.end()
    return b"".join([*pieces, text[done:]]), removed


# An element whose end has not been read yet: tag, attributes, line, and how many nodes were done when it began, since
# its children are those that are done since. A plain tuple: there is one for each of tens of thousands of elements.
_Open = tuple[str, dict[str, str], int, int]


class Names(dict[str, str]):
    """The short form of each name that expat tells with its namespace, worked out once."""

    def __init__(self) -> None:
        super().__init__()
        self._prefixes: dict[str, str] = {}

    def declare(self, prefix: str | None, uri: str) -> None:
        """Note the prefix under which a namespace is first declared."""
        self._prefixes.setdefault(uri, prefix or "")

    def __missing__(self, name: str) -> str:
        uri, _, local = name.rpartition(" ")
        if not uri or _ODM in uri:
            short = local
        elif _REDCAP in uri:
            short = f"redcap:{local}"
        else:
            prefix = "xml" if uri.endswith("/XML/1998/namespace") else self._prefixes.get(uri, "")
            short = f"{prefix}:{local}" if prefix else local
        self[name] = short
        return short


class _Reader:
    """Builds the tree while expat reads. Everything but `Study` under the root is only measured, not built."""

    def __init__(self, data: bytes, removed: list[int], name: str) -> None:
        self._data, self._removed, self._name = data, removed, name
        self._open: list[_Open] = []
        self._done: list[Node] = []
        self._chars: list[str] = []  # since the last tag: the text of an element without children
        self._depth = self._count = 0
        self._beside: list[tuple[int, int, int]] = []  # from, to, line
        self._short = Names()
        self._usual = all(mark.search(data, 0, 4000) for mark in _USUAL)
        self.namespaces: dict[str, str] = {}
        self._parser = self._prepared()
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as broken:
            self._refuse(expat.errors.messages.get(broken.code, "it is not XML"), broken.lineno, broken.offset)
        except ValueError as broken:  # a name that cannot be a name, in some versions of expat
            raise DictionaryInvalid(f"{name}: this is not XML ({broken}). Export the project again.") from None

    def root(self) -> Node:
        if not self._done:
            raise DictionaryInvalid(f"{self._name}: the file is empty. Export the project again.")
        return self._done[0]

    def beside(self) -> Passage:
        """What stands beside the study: its elements joined by line breaks."""
        parts: list[tuple[int, int]] = []
        breaks = array("Q")
        length = told = 0  # in bytes, and in lines, of what is joined already
        for start, end, line in self._beside:
            first, last = bisect.bisect_left(self._removed, start), bisect.bisect_left(self._removed, end)
            parts.append((length, line - 1 - told - len(breaks)))
            breaks.extend(place - start + length for place in self._removed[first:last])
            length += end - start + 1
            told += self._data.count(b"\n", start, end) + 1
        text = "\n".join(self._data[start:end].decode() for start, end, _ in self._beside)
        return Passage(text, self._name, tuple(parts), breaks)

    def _prepared(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", None if self._usual else " ")
        parser.buffer_text = True
        parser.buffer_size = 65536
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def _doctype(self, *_: object) -> NoReturn:
        self._refuse(
            "it has a document type (DOCTYPE), which REDCap never writes and which can be misused",
            self._parser.CurrentLineNumber,
            self._parser.CurrentColumnNumber,
        )

    def _refuse(self, reason: str, line: int, column: int) -> NoReturn:
        line += bisect.bisect_right(self._removed, max(self._parser.CurrentByteIndex, 0))
        raise DictionaryInvalid(
            f"{self._name}, line {line}, column {column + 1}: this is not a project XML that can be read: {reason}. "
            "Export it again from REDCap (Other Functionality > Download metadata only)."
        ) from None

    def _namespace(self, prefix: str | None, uri: str) -> None:
        self._short.declare(prefix, uri)
        if prefix or self._depth == 0:
            self.namespaces.setdefault(prefix or "", uri)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._stop(f"it nests deeper than {DEEPEST} levels")
        if len(self._open) < self._depth - 1:
            return  # inside something that stands beside the study
        tag = name if self._usual else self._short[name]
        if self._depth == 2 and tag != "Study":
            self._beside.append((self._parser.CurrentByteIndex, 0, self._line()))
            self._parser.CharacterDataHandler = None  # there is much of it, and nobody asks
            return
        self._count += 1
        if self._count > MOST:
            self._stop(f"it has more than {MOST:,} elements")
        cells = attributes if self._usual else {self._short[key]: value for key, value in attributes.items()}
        if self._depth == 1:
            cells = self._declared(cells)
        self._open.append((tag, cells, self._line() if tag == "ItemDef" else 0, len(self._done)))
        self._chars.clear()

    def _declared(self, cells: dict[str, str]) -> dict[str, str]:
        """The root's attributes without its namespaces, which are noted."""
        spaces = {name for name in cells if name == "xmlns" or name.startswith("xmlns:")}
        self.namespaces |= {name.partition(":")[2]: cells[name] for name in spaces}
        return {name: value for name, value in cells.items() if name not in spaces}

    def _line(self) -> int:
        """The line of the file at which the present element begins."""
        return self._parser.CurrentLineNumber + bisect.bisect_left(self._removed, self._parser.CurrentByteIndex)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if len(self._open) > self._depth:
            tag, attributes, line, before = self._open.pop()
            children = tuple(self._done[before:])
            del self._done[before:]
            text = "".join(self._chars) if self._chars and not children else ""
            self._done.append(Node(tag, attributes, children, text, line))
            self._chars.clear()
        elif self._depth == 1:
            start, _, at = self._beside.pop()
            first = _TAG.match(self._data, start)
            alone = first is not None and first[0].endswith(b"/>")  # of such a one expat tells no place of an end
            last = first if alone else _TAG.match(self._data, self._parser.CurrentByteIndex)
            self._beside.append((start, last.end() if last else start, at))
            self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        if len(self._open) == self._depth:
            self._chars.append(text)

    def _stop(self, reason: str) -> NoReturn:
        self._refuse(reason, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)
