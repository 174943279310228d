"""The PDF file itself: numbered objects, written as PHP's FPDF does, whose first object is number 3, the first page."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import datetime

PAGES, RESOURCES = 1, 2  # FPDF keeps these two numbers, and writes both after the pages


class Document:
    """The objects of a PDF in the order in which they will stand in the file."""

    def __init__(self) -> None:
        self.bodies: dict[int, bytes] = {}
        self.pages: list[int] = []
        self._last = RESOURCES

    def add(self, body: str | bytes) -> int:
        """The number of a new object."""
        self._last += 1
        return self.put(self._last, body)

    def put(self, number: int, body: str | bytes) -> int:
        """The number given, now that of this object."""
        self.bodies[number] = body.encode("latin-1") if isinstance(body, str) else body
        return number

    def stream(self, data: bytes, entries: str = "") -> int:
        """The number of a new stream with that data, compressed; `entries` are more of its dictionary."""
        packed = zlib.compress(data)
        head = f"<</Filter /FlateDecode{entries}\n/Length {len(packed)}>>\nstream\n"
        return self.add(b"%b%b\nendstream" % (head.encode("latin-1"), packed))

    def page(self, content: str) -> int:
        """The number of a new page that shows that content."""
        number = self.add(
            f"<</Type /Page\n/Parent {PAGES} 0 R\n/Resources {RESOURCES} 0 R\n/Contents {self._last + 2} 0 R>>"
        )
        self.stream(content.encode("latin-1"))
        self.pages.append(number)
        return number

    def written(self, size: tuple[float, float], fonts: Iterable[tuple[str, int]], title: str, now: datetime) -> bytes:
        """The file. `size` is that of every page, `fonts` are the names that contents use with their objects."""
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        width, height = size
        self.put(PAGES, f"<</Type /Pages\n/Kids [{kids}]\n/Count {len(self.pages)}\n/MediaBox [0 0 {width} {height}]>>")
        named = " ".join(f"/{name} {number} 0 R" for name, number in fonts)
        self.put(RESOURCES, f"<</ProcSet [/PDF /Text]\n/Font <<{named}>>>>")
        made = f"D:{now:%Y%m%d%H%M%S}"
        producer = self.add(f"<</Producer (redcap-sandbox)\n/Title {string(title)}\n/CreationDate ({made})>>")
        return self._file(self.add(f"<</Type /Catalog\n/Pages {PAGES} 0 R>>"), producer)

    def _file(self, catalog: int, information: int) -> bytes:
        # Without the comment of binary letters that many writers put on the second line: FPDF has none.
        out = bytearray(b"%PDF-1.3\n")
        places = {}
        for number, body in self.bodies.items():
            places[number] = len(out)
            out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        start = len(out)
        entries = "".join(f"{places[number]:010d} 00000 n \n" for number in sorted(places))
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{entries}".encode()
        out += f"trailer\n<</Size {len(places) + 1}\n/Root {catalog} 0 R\n/Info {information} 0 R>>\n".encode()
        out += f"startxref\n{start}\n%%EOF\n".encode()
        return bytes(out)


def string(text: str) -> str:
    """A text as a PDF string, whatever its letters."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def to_unicode(texts: Iterable[tuple[int, str]], digits: int) -> bytes:
    """The CMap that tells which text each code of a font stands for; codes have that many hexadecimal digits."""
    lines = [f"<{code:0{digits}X}> <{text.encode('utf-16-be', 'replace').hex().upper()}>" for code, text in texts]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]  # a CMap's block has no more
    mapped = "".join("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar\n"]) for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<{'0' * digits}> <{'F' * digits}>\nendcodespacerange\n"
        f"{mapped}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()
