"""Boxes and circles before choices, empty and marked, as letters of a font of our own, so that text holds them too."""

from __future__ import annotations

from redcap_sandbox.pdf.document import Document, to_unicode

NAME = "M"
CIRCLE, CHOSEN_CIRCLE, BOX, CHECKED_BOX = "ABCD"  # the codes of the four
WIDTH = 800  # of each, in thousandths of the letters' size
_TEXTS = {CIRCLE: "○", CHOSEN_CIRCLE: "◉", BOX: "☐", CHECKED_BOX: "☒"}
_NAMES = {CIRCLE: "circle", CHOSEN_CIRCLE: "chosen", BOX: "box", CHECKED_BOX: "checked"}


def mark(single: bool, chosen: bool) -> str:
    """The code of the mark before a choice; `single` where one choice excludes the others."""
    if single:
        return CHOSEN_CIRCLE if chosen else CIRCLE
    return CHECKED_BOX if chosen else BOX


def embedded(document: Document) -> int:
    """The number of the font in the document."""
    empty, frame = _circle(330), "70 -30 660 660 re"
    drawings = {
        CIRCLE: f"55 w {empty} S",
        CHOSEN_CIRCLE: f"55 w {empty} S {_circle(190)} f",
        BOX: f"55 w {frame} S",
        CHECKED_BOX: f"55 w {frame} S 90 w 180 80 m 620 520 l S 180 520 m 620 80 l S",
    }
    procedures = " ".join(
        f"/{_NAMES[code]} {document.stream(f'{WIDTH} 0 d0 {drawing}'.encode())} 0 R"
        for code, drawing in drawings.items()
    )
    texts = document.stream(to_unicode([(ord(code), text) for code, text in _TEXTS.items()], digits=2))
    first, last = ord(CIRCLE), ord(CHECKED_BOX)
    names = " ".join(f"/{name}" for name in _NAMES.values())
    return document.add(
        "<</Type /Font\n/Subtype /Type3\n/FontBBox [0 -100 800 700]\n/FontMatrix [0.001 0 0 0.001 0 0]\n"
        f"/CharProcs <<{procedures}>>\n/Encoding <</Type /Encoding\n/Differences [{first} {names}]>>\n"
        f"/FirstChar {first}\n/LastChar {last}\n/Widths [{' '.join([str(WIDTH)] * 4)}]\n"
        f"/Resources <<>>\n/ToUnicode {texts} 0 R>>"
    )


def _circle(radius: int) -> str:
    """A circle round the middle of a mark, of four curves."""
    x, y = WIDTH // 2, 300
    pull = round(radius * 0.5523)  # 4/3 (√2 − 1): where a quarter's curve is pulled to
    return (
        f"{x + radius} {y} m "
        f"{x + radius} {y + pull} {x + pull} {y + radius} {x} {y + radius} c "
        f"{x - pull} {y + radius} {x - radius} {y + pull} {x - radius} {y} c "
        f"{x - radius} {y - pull} {x - pull} {y - radius} {x} {y - radius} c "
        f"{x + pull} {y - radius} {x + radius} {y - pull} {x + radius} {y} c"
    )
