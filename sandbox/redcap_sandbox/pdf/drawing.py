"""Sheets as a PDF: blocks onto pages, and what stands at the top and foot of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from itertools import groupby

from redcap_sandbox.pdf import blocks, ink, marks, strips
from redcap_sandbox.pdf.blocks import WIDTH, Block
from redcap_sandbox.pdf.document import Document
from redcap_sandbox.pdf.grids import grid
from redcap_sandbox.pdf.ink import Row
from redcap_sandbox.pdf.letters import Letters
from redcap_sandbox.pdf.sheet import Section, Sheet
from redcap_sandbox.pdf.strips import SMALL, Style

SIZE = (612.0, 792.0)  # US Letter, as a server in Nashville prints (assumed)
_LEFT, _TOP, _BODY, _FOOT = 54.0, 34.0, 80.0, 742.0  # the last three down from the page's upper edge
_HEIGHT = _FOOT - _BODY - 6
_HEAD = Style(8.5, 11, bold=True)


def drawn(sheets: Iterable[Sheet], now: datetime) -> bytes:
    """A PDF of the sheets, each beginning a page; of no sheets, one empty page.

    It begins as REDCap's do, `%PDF-1.3` and then object number 3. Its text layer holds every letter of the sheets in
    the order of reading, those too that its typeface has no shape for. The same sheets and time give the same bytes.
    """
    press, document = _Press(), Document()
    foot, title = press.foot(now), ""
    for sheet in sheets:
        title = title or sheet.project or sheet.title
        for number, rows in enumerate(_paged(press.blocks(sheet))):
            head = press.head(sheet, len(document.pages) + 1, number > 0)
            _page(document, head, rows, foot)
    if not document.pages:
        _page(document, [], [], foot)
    fonts = [*press.letters.embedded(document), (marks.NAME, marks.embedded(document))]
    return document.written(SIZE, fonts, title, now)


class _Press:
    """What one document's pages share: its letters, and the questions already laid out, which forms repeat."""

    def __init__(self) -> None:
        self.letters = Letters()
        self._question = lru_cache(maxsize=4096)(partial(blocks.question, self.letters))
        self._grid = lru_cache(maxsize=512)(partial(grid, self.letters))

    def blocks(self, sheet: Sheet) -> Iterator[Block]:
        """The blocks of a sheet, in order; its title and its headers are part of what follows them."""
        waiting = blocks.title(self.letters, sheet.title)
        for section in sheet.sections:
            if section.header is not None:
                waiting += blocks.header(self.letters, section.header)
            for block in self._section(section):
                yield block.under(waiting)
                waiting = []
        if waiting:
            yield Block(tuple(waiting), len(waiting))

    def head(self, sheet: Sheet, page: int, continued: bool) -> list[Row]:
        """The rows at the top of a page: the project and the page, and whose form it is."""
        number = f"Page {page}"
        x = WIDTH - strips.measure(self.letters, number, SMALL)
        parts = [
            f"Record {sheet.record}" if sheet.record else "",
            sheet.event,
            f"Instance {sheet.instance}" if sheet.instance else "",
            f"{sheet.title} (continued)" if continued else "",
        ]
        rows = self._clipped(sheet.project, x - 20, _HEAD) or [Row(_HEAD.lead)]
        rows += self._clipped(" · ".join(part for part in parts if part), WIDTH, SMALL)
        # Seen at the top, read last: in REDCap's text layer the form's title follows the page (redcap_rsvc's tests).
        up = sum(row.height for row in rows[:-1])
        last = ink.text(self.letters, x, _HEAD.baseline - up, SMALL.size, number, colour=SMALL.colour)
        return [*rows[:-1], rows[-1].then(last)]

    def foot(self, now: datetime) -> Row:
        """The row at the foot of every page: when it was printed, and by what."""
        name = "redcap-sandbox"
        x = WIDTH - strips.measure(self.letters, name, SMALL)
        left = ink.text(self.letters, 0, SMALL.baseline + 4, SMALL.size, f"{now:%Y-%m-%d %H:%M}", colour=SMALL.colour)
        right = ink.text(self.letters, x, SMALL.baseline + 4, SMALL.size, name, colour=SMALL.colour)
        return Row(SMALL.lead + 4, f"{ink.bar(0, 0, WIDTH, 0.4, ink.GREY)}{left}{right}")

    def _section(self, section: Section) -> Iterator[Block]:
        for matrix, run in groupby(section.questions, key=lambda asked: asked.matrix):
            rows = tuple(run)
            yield from (matrix and self._grid(rows)) or map(self._question, rows)

    def _clipped(self, words: str, width: float, style: Style) -> list[Row]:
        """At most two lines, the second one with an ellipsis if there were more."""
        lines = strips.lines(self.letters, [words], width, style)
        if len(lines) > 2:
            lines = [lines[0], f"{lines[1]}…"]
        return [strips.line(self.letters, line, 0, style) for line in lines]


def _paged(parts: Iterable[Block]) -> Iterator[list[Row]]:
    """The rows of each page."""
    rows: list[Row] = []
    left = _HEIGHT
    for block in parts:
        whole = block.height <= _HEIGHT
        together = block.height if whole else sum(row.height for row in block.rows[: block.lead])
        if rows and together > left:
            yield rows
            rows = list(block.again)
            left = _HEIGHT - sum(row.height for row in rows)
        for row in block.rows:
            if rows and row.height > left:
                yield rows
                rows, left = [], _HEIGHT
            rows.append(row)
            left -= row.height
    yield rows


def _page(document: Document, head: list[Row], body: list[Row], foot: Row) -> None:
    content = [f"1 0 0 1 {_LEFT:g} 0 cm"]
    for rows, down in ((head, _TOP), (body, _BODY), ([foot], _FOOT)):
        top = SIZE[1] - down
        for row in rows:
            content.append(ink.placed(row, top))
            top -= row.height
    document.page("\n".join(content))
