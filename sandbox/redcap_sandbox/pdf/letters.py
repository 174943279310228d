"""The letters that a document uses: their codes and widths as lines are laid out, and at the end the fonts they are in.

A letter that the typeface lacks still has a code of its own, so that the text layer holds it. Chinese, Japanese and
Korean letters come from fonts that readers have and files only name, which is how FPDF prints them, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from redcap_sandbox.pdf import typeface
from redcap_sandbox.pdf.document import Document, to_unicode

_MOST = 0xFFF0  # codes of one font; the next letter opens another one
_EASTERN = re.compile("[\u1100-\u11ff\u2e80-\uffe6]")
_ACCENTS = frozenset({"Mn", "Me"})
_FLIPPED = dict(zip("()[]{}<>«»‹›≤≥", ")(][}{><»«›‹≥≤", strict=True))

Coded = tuple[str, str]  # the name of a font, and codes in it as hexadecimal digits


class Face:
    """One weight of the typeface in a document. `name` is what contents call it by."""

    def __init__(self, name: str, weight: int) -> None:
        self.name = name
        self.weight = typeface.weight(weight)
        self.codes: dict[tuple[str, str], int] = {}
        self._table = _Table(self)
        self._widths: dict[str, int] = {}

    def width(self, letter: str) -> int:
        """In thousandths of the letters' size."""
        if (known := self._widths.get(letter)) is None:
            known = self._widths[letter] = self.weight.widths[glyph] if (glyph := self.glyph(letter)) else 0
        return known

    def glyph(self, letter: str) -> str:
        """The letter's shape; a box where there is none, '' for a sign that is not seen and an accent without one."""
        category = unicodedata.category(letter)
        if category == "Cf":
            return ""
        return self.weight.glyphs.get(letter, "" if category in _ACCENTS else typeface.NO_GLYPH)

    def coded(self, text: str) -> tuple[Coded, ...]:
        """The text's font and its codes; letter by letter where one font is no more enough."""
        codes = text.translate(self._table)
        if len(self.codes) > _MOST:
            return tuple(self.letter(letter) for letter in text)
        return ((f"{self.name}0", codes),)

    def letter(self, letter: str, flipped: bool = False) -> Coded:
        """The letter's font and code; `flipped` where it runs to the left, which turns brackets round."""
        shape = _FLIPPED.get(letter, letter) if flipped else letter
        number = self.codes.setdefault((shape, letter), len(self.codes))
        book, code = divmod(number, _MOST)
        return f"{self.name}{book}", f"{code + 1:04X}"

    def embedded(self, document: Document) -> Iterator[tuple[str, int]]:
        """The names and numbers of the document's new fonts; none for a face that was never used."""
        letters = list(self.codes)
        shapes = [self.glyph(shape) or typeface.BLANK for shape, _ in letters]
        if not letters:
            return
        part = typeface.part(self.weight.number, sorted({typeface.BLANK, *shapes} - {typeface.NO_GLYPH}))
        file = document.stream(part.data, f"\n/Length1 {len(part.data)}")
        descriptor = document.add(
            f"<</Type /FontDescriptor\n/FontName /{part.name}\n/Flags 4\n/FontBBox [{' '.join(map(str, part.box))}]\n"
            f"/ItalicAngle 0\n/Ascent {part.ascent}\n/Descent {part.descent}\n/CapHeight 716\n/StemV 80\n"
            f"/FontFile2 {file} 0 R>>"
        )
        for book, start in enumerate(range(0, len(letters), _MOST)):
            end = start + _MOST
            texts = [letter for _, letter in letters[start:end]]
            places = [part.places[glyph] for glyph in shapes[start:end]]
            yield f"{self.name}{book}", self._font(document, part.name, descriptor, texts, places)

    def _font(self, document: Document, name: str, descriptor: int, texts: list[str], places: list[int]) -> int:
        map_number = document.stream(b"\0\0" + b"".join(place.to_bytes(2, "big") for place in places))
        widths = " ".join(str(self.width(text)) for text in texts)
        font = document.add(
            f"<</Type /Font\n/Subtype /CIDFontType2\n/BaseFont /{name}\n{_system('Adobe', 'Identity')}\n"
            f"/FontDescriptor {descriptor} 0 R\n/W [1 [{widths}]]\n/CIDToGIDMap {map_number} 0 R>>"
        )
        return _composite(document, name, "Identity-H", font, enumerate(texts, start=1))


class _Table(dict[int, str]):
    """The codes of letters by their numbers in Unicode, for `str.translate`, which is what makes long PDFs quick."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, number: int) -> str:
        code = self[number] = self._face.letter(chr(number))[1]
        return code


class Named:
    """A font of East Asian letters that the file only names; its codes are the letters' own numbers in Unicode."""

    def __init__(self, name: str, base: str, encoding: str, ordering: str) -> None:
        self.name, self.base, self.encoding, self.ordering = name, base, encoding, ordering
        self.used: set[str] = set()

    def coded(self, letter: str) -> Coded:
        """The letter's font and code."""
        self.used.add(letter)
        return self.name, f"{ord(letter):04X}"

    def embedded(self, document: Document) -> Iterator[tuple[str, int]]:
        """The name and number of the document's new font; none if it was never used."""
        if not self.used:
            return
        descriptor = document.add(
            f"<</Type /FontDescriptor\n/FontName /{self.base}\n/Flags 4\n/FontBBox [0 -200 1000 900]\n/ItalicAngle 0\n"
            "/Ascent 880\n/Descent -120\n/CapHeight 700\n/StemV 80>>"
        )
        font = document.add(
            f"<</Type /Font\n/Subtype /CIDFontType0\n/BaseFont /{self.base}\n{_system('Adobe', self.ordering)}\n"
            f"/FontDescriptor {descriptor} 0 R\n/DW 1000>>"
        )
        texts = ((ord(letter), letter) for letter in sorted(self.used))
        yield self.name, _composite(document, self.base, self.encoding, font, texts)


class Letters:
    """All letters of a document, in regular and in bold."""

    def __init__(self) -> None:
        self.faces = (Face("R", 400), Face("B", 700))
        self.chinese = Named("C", "STSong-Light", "UniGB-UCS2-H", "GB1")
        self.japanese = Named("J", "HeiseiKakuGo-W5", "UniJIS-UCS2-H", "Japan1")
        self.korean = Named("K", "HYGoThic-Medium", "UniKS-UCS2-H", "Korea1")
        self._widths: dict[tuple[str, bool], int] = {}

    def width(self, text: str, bold: bool = False) -> int:
        """In thousandths of the letters' size."""
        if (known := self._widths.get((text, bold))) is None:
            face = self.faces[bold]
            known = sum(map(face.width, text))
            if wide := _EASTERN.findall(text):
                known += sum(1000 - face.width(letter) for letter in wide if _is_wide(letter, face))
            self._widths[text, bold] = known
        return known

    def coded(self, text: str, bold: bool = False, flipped: bool = False) -> tuple[Coded, ...]:
        """The text as runs of codes, in order; `flipped` if it runs to the left."""
        face = self.faces[bold]
        if not flipped and not _EASTERN.search(text):
            return face.coded(text)
        runs: list[Coded] = []
        wide = self._wide(text)
        for letter in text:
            if _is_wide(letter, face):
                name, code = (self.korean if _is_korean(letter) else wide).coded(letter)
            else:
                name, code = face.letter(letter, flipped)
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + code)
            else:
                runs.append((name, code))
        return tuple(runs)

    def embedded(self, document: Document) -> list[tuple[str, int]]:
        """The names and numbers of all fonts that the document now holds."""
        fonts = (*self.faces, self.chinese, self.japanese, self.korean)
        return [named for font in fonts for named in font.embedded(document)]

    def _wide(self, text: str) -> Named:
        """The font for letters that China, Japan and Korea share, as their neighbours show whose they are."""
        if any("\u3040" <= letter <= "\u30ff" for letter in text):
            return self.japanese
        return self.korean if any(map(_is_korean, text)) else self.chinese


def _is_wide(letter: str, face: Face) -> bool:
    if not _EASTERN.match(letter) or letter in face.weight.glyphs:
        return False
    return unicodedata.east_asian_width(letter) in {"W", "F"} and unicodedata.category(letter) not in _ACCENTS


def _is_korean(letter: str) -> bool:
    return "\uac00" <= letter <= "\ud7a3" or "\u1100" <= letter <= "\u11ff" or "\u3131" <= letter <= "\u318e"


def _system(registry: str, ordering: str) -> str:
    return f"/CIDSystemInfo <</Registry ({registry})\n/Ordering ({ordering})\n/Supplement 0>>"


def _composite(document: Document, base: str, encoding: str, font: int, texts: Iterable[tuple[int, str]]) -> int:
    unicode = document.stream(to_unicode(texts, digits=4))
    return document.add(
        f"<</Type /Font\n/Subtype /Type0\n/BaseFont /{base}\n/Encoding /{encoding}\n"
        f"/DescendantFonts [{font} 0 R]\n/ToUnicode {unicode} 0 R>>"
    )
