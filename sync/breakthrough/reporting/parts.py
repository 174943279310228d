"""The pieces a report is made of, as plain data: all is settled before a template sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from breakthrough.reporting.draw.scene import Scene

Tone = Literal["good", "bad", "none"]  # picks a tint; mark and word have already said the same


@dataclass(frozen=True, slots=True)
class Chip:
    """A verdict at a glance: a mark, and always the words that go with it."""

    mark: str  # ◆ ■ ◇ ○ – × or '' where there is nothing to judge
    word: str
    tone: Tone = "none"

    def __str__(self) -> str:
        return f"{self.mark} {self.word}".strip()


@dataclass(frozen=True, slots=True)
class Link:
    """Something to press: what it does, and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What a person wrote, fit to print; or, with `text` None, only the link to where it stands in REDCap."""

    text: str | None
    url: str
    cut: bool = False  # there is more of it in REDCap


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its label, then a cell a column."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that a picture shows, in figures: what its columns are, the rows' labels among them, and the rows."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    words: bool = False  # the cells hold words, not figures


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in its two cuts. `alt` states the finding with its numbers; `name` is unique within the report.

    `listing` is what a page opens beside it; where there is none, the page opens `alt`.
    """

    name: str
    title: str
    alt: str
    scene: Scene
    phone: Scene | None = None
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class MonthTable:
    """The last months in figures; the first row holds the values, and states in words where there is none."""

    months: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure."""

    name: str
    figure: str
    beside: str  # the goal, or the month that the figure is of
    chip: Chip


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that waits for the reader: how urgent, what, and where to do it."""

    chip: Chip
    text: str
    link: Link


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart with all that belongs to it: the finding above; meaning, next action, figures and definition below."""

    kicker: str
    chip: Chip
    heading: str
    figure: Figure
    meaning: str
    action: str
    table: MonthTable
    definition: str


@dataclass(frozen=True, slots=True)
class Brief:
    """A measure in one line, where no chart of it is shown."""

    name: str
    figure: str
    counted: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class Dated:
    """A date to come."""

    day: str
    what: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the four stages of the journey, and whether the collaborative is there now."""

    name: str
    now: bool


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above every report, and in its footer: whose, which month, where in the journey, how fresh."""

    collaborative: str
    stages: tuple[Stage, ...]
    journey: str  # month 7 of 11
    title: str
    issued: str  # Sent 15 April 2026. Data as of 14 April 2026, 18:00.
    preview: str  # the line that a mailbox shows beside the subject
    rules: str  # which rules made the signals
    notice: str
    caveat: str = ""  # that the records are old, or not all of them could be read
