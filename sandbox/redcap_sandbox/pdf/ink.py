"""What stands on paper, as the operators of a page's content: texts, marks and bars, and rows that hold them.

Places are in points from the upper left corner of the row, down and to the right.
"""

from __future__ import annotations

from dataclasses import dataclass

from redcap_sandbox.pdf import direction, marks
from redcap_sandbox.pdf.letters import Coded, Letters

BLACK, GREY, PALE, RED = "0.1 g", "0.4 g", "0.8 g", "0.7 0.1 0.1 rg"


@dataclass(frozen=True, slots=True)
class Row:
    """A strip of the page that no page break parts. What it holds is in the order in which it is read."""

    height: float
    content: str = ""

    def then(self, content: str) -> Row:
        """The row with more on it, which is read last."""
        return Row(self.height, f"{self.content}{content}")

    def on(self, content: str) -> Row:
        """The row with something under it: a bar or a rule."""
        return Row(self.height, f"{content}{self.content}")

    def beside(self, other: Row) -> Row:
        """The two in one row; the other one is read last."""
        return Row(max(self.height, other.height), f"{self.content}{other.content}")


def placed(row: Row, top: float) -> str:
    """The row's part of a page's content; `top` is its upper edge, up from the foot of the page."""
    return f"q 1 0 0 1 0 {top:.2f} cm\n{row.content}Q" if row.content else ""


def bar(x: float, y: float, width: float, height: float, colour: str = BLACK) -> str:
    """A filled rectangle with its upper left corner there; a rule is a low one."""
    return f"{colour} {x:.2f} {-y - height:.2f} {width:.2f} {height:.2f} re f\n"


def mark(x: float, y: float, size: float, single: bool, chosen: bool) -> str:
    """The box or circle before a choice; `y` is where its baseline is."""
    return _shown(x, y, size, ((marks.NAME, f"{ord(marks.mark(single, chosen)):02X}"),), BLACK)


def text(
    letters: Letters,
    x: float,
    y: float,
    size: float,
    words: str,
    bold: bool = False,
    colour: str = BLACK,
    leftward: bool | None = None,
) -> str:
    """A line of text with its baseline there; `leftward` if its paragraph is read from right to left, None if alone.

    It is one run, unless any of it is read from right to left. Then runs come in the order of reading, each at its
    place: whoever takes the text out of the file by the runs' order gets it as it is read, and whoever takes it by
    their places, too. Words that run to the left stand together as they are seen, which both kinds of reader turn
    round; all other letters stand alone, so that there is nothing to turn.
    """
    if not direction.has_right_to_left(words):
        return _shown(x, y, size, letters.coded(words, bold), colour)
    base = direction.is_right_to_left(words) if leftward is None else leftward
    levels = direction.levels(words, int(base))
    places: dict[int, float] = {}
    for place in direction.order(levels):
        places[place] = x
        x += letters.width(words[place], bold) * size / 1000
    content = ""
    for start, end in direction.runs(words, levels):
        codes = letters.coded(words[start:end][::-1], bold, levels[start] % 2 == 1)
        content += _shown(places[end - 1], y, size, codes, colour)
    return content


def _shown(x: float, y: float, size: float, codes: tuple[Coded, ...], colour: str) -> str:
    shown = " ".join(f"/{font} {size:g} Tf <{code}> Tj" for font, code in codes)
    return f"BT {colour} 1 0 0 1 {x:.2f} {-y:.2f} Tm {shown} ET\n"
