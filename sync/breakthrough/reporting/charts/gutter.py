"""Direct labels beside a plot, in place of a legend: at the height of what they name, pushed apart where they touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.measures.values import State
from breakthrough.reporting.charts import signs
from breakthrough.reporting.draw.scene import Mark, Text, Weight
from breakthrough.reporting.draw.text import width

_SIGN = 13.0  # room for a sign before its words
_GAP = 12.0  # between the plot and the labels


@dataclass(frozen=True, slots=True)
class Words:
    """One line of a label, with the sign of a state before it where it explains one."""

    string: str
    size: float
    colour: str
    weight: Weight = 400
    sign: State | None = None

    @property
    def wide(self) -> float:
        """Its length, sign included."""
        return width(self.string, self.size, self.weight) + (_SIGN if self.sign else 0)

    @property
    def high(self) -> float:
        """Its height with the space to the next line."""
        return self.size + 2.5


@dataclass(frozen=True, slots=True)
class Label:
    """Lines that belong together; the first one names what lies at height `y`."""

    y: float
    lines: tuple[Words, ...]

    @property
    def high(self) -> float:
        """The height of its lines together."""
        return sum(line.high for line in self.lines)

    @property
    def wanted(self) -> float:
        """Where its upper edge would be, had it all the room."""
        return self.y - self.lines[0].high / 2


def room(labels: Sequence[Label]) -> float:
    """How wide the gutter must be for all of them, the gap included."""
    widest = max((line.wide for label in labels for line in label.lines), default=0.0)
    return widest + _GAP + 2 if widest else 10.0


def marks(labels: Sequence[Label], plot_right: float, top: float, bottom: float) -> list[Mark]:
    """The labels between `top` and `bottom`, in the order of their heights."""
    ordered = sorted(labels, key=lambda label: label.wanted)
    placed = spread([(label.wanted, label.high) for label in ordered], top, bottom)
    drawn: list[Mark] = []
    for label, edge in zip(ordered, placed, strict=True):
        y = edge
        for line in label.lines:
            drawn += _line(line, plot_right + _GAP, y)
            y += line.high
    return drawn


def _line(line: Words, x: float, top: float) -> list[Mark]:
    baseline = top + line.high / 2 + line.size * 0.36
    words = Text(x + (_SIGN if line.sign else 0), baseline, line.string, line.size, line.colour, line.weight)
    return [*(signs.state(line.sign, x + 4.5, top + line.high / 2) if line.sign else []), words]


def spread(wanted: Sequence[tuple[float, float]], top: float, bottom: float) -> list[float]:
    """Upper edges for (wanted edge, height) in order: none overlaps the next, all move as little as can be.

    Neighbours that would touch form a block about the mean of their wishes (pool adjacent violators), kept inside
    top and bottom as long as there is room for all.
    """
    blocks: list[tuple[float, float, int]] = []  # mean of the wishes for its upper edge, height, how many
    for edge, high in wanted:
        block = (edge, high, 1)
        while blocks and blocks[-1][0] + blocks[-1][1] > block[0]:
            mean, above, number = blocks.pop()
            joined = number + block[2]
            block = ((mean * number + (block[0] - above) * block[2]) / joined, above + block[1], joined)
        blocks.append(_inside(block, top, bottom))
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] > blocks[-1][0] + 1e-9:
            last, before = blocks.pop(), blocks.pop()
            blocks.append(_inside(_joined(before, last), top, bottom))
    edges, heights = [], iter(high for _, high in wanted)
    for edge, _, number in blocks:
        at = edge
        for _ in range(number):
            edges.append(at)
            at += next(heights)
    return edges


def _joined(one: tuple[float, float, int], two: tuple[float, float, int]) -> tuple[float, float, int]:
    number = one[2] + two[2]
    return (one[0] * one[2] + (two[0] - one[1]) * two[2]) / number, one[1] + two[1], number


def _inside(block: tuple[float, float, int], top: float, bottom: float) -> tuple[float, float, int]:
    return max(top, min(block[0], bottom - block[1])), block[1], block[2]
