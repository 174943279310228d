"""A scene as pixels, all but its words, by aggdraw (Anti-Grain Geometry). Words are for `letters` and `shaping`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import aggdraw
import numpy as np
import numpy.typing as npt

from breakthrough.reporting.draw.colours import PAPER
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Place, Polygon, Polyline, Rect, Scene, Text

Pixels = npt.NDArray[np.uint8]

# aggdraw 1.4 swells every fill without a frame by a quarter of a pixel; taken off, edges on whole pixels stay sharp.
_SWELL = 0.25


def pixels(scene: Scene, scale: int) -> Pixels:
    """Red, green, blue and alpha, without the words: shape (height, width, 4), `scale` pixels to a drawn unit."""
    wide, high = round(scene.width * scale), round(scene.height * scale)
    sheet = _Sheet(wide, high, scale, scene.ground)
    for mark in scene.marks:
        sheet.paint(mark)
    return np.frombuffer(sheet.draw.tobytes(), np.uint8).reshape(high, wide, 4)


class _Sheet:
    """A drawing under way: aggdraw's canvas and the scale from drawn units to pixels."""

    def __init__(self, wide: int, high: int, scale: int, ground: str) -> None:
        self.scale = scale
        size = (wide, high)
        self.draw = aggdraw.Draw("RGBA", size) if ground == PAPER else aggdraw.Draw("RGBA", size, ground)

    def paint(self, mark: Mark) -> None:
        match mark:
            case Line():
                self._strokes(_dashes(mark), mark.colour, mark.width)
            case Polyline():
                self._polyline(mark)
            case Rect():
                self._rect(mark)
            case Circle():
                self._circle(mark)
            case Polygon():
                self._polygon(mark)
            case Text():
                pass

    def _strokes(self, strokes: Iterable[tuple[Place, Place]], colour: str, stroke_width: float) -> None:
        path = aggdraw.Path()
        for (x1, y1), (x2, y2) in strokes:
            path.moveto(x1 * self.scale, y1 * self.scale)
            path.lineto(x2 * self.scale, y2 * self.scale)
        self.draw.path(path, aggdraw.Pen(colour, stroke_width * self.scale))

    def _polyline(self, line: Polyline) -> None:
        """Each stretch by itself, a disc at each place: aggdraw knows no round joins, and its mitres make spikes."""
        self._strokes(pairwise(line.places), line.colour, line.width)
        for x, y in line.places:
            self._disc(x, y, line.width / 2, line.colour)

    def _disc(self, x: float, y: float, radius: float, colour: str) -> None:
        r = max(radius * self.scale - _SWELL, 0.1)
        x, y = x * self.scale, y * self.scale
        self.draw.ellipse((x - r, y - r, x + r, y + r), aggdraw.Brush(colour))

    def _circle(self, circle: Circle) -> None:
        if circle.fill:
            self._disc(circle.x, circle.y, circle.radius, circle.fill)
        if circle.stroke:
            x, y, r = circle.x * self.scale, circle.y * self.scale, circle.radius * self.scale
            pen = aggdraw.Pen(circle.stroke, circle.stroke_width * self.scale)
            self.draw.ellipse((x - r, y - r, x + r, y + r), pen)

    def _rect(self, rect: Rect) -> None:
        left, top = rect.x * self.scale, rect.y * self.scale
        right, bottom = (rect.x + rect.width) * self.scale, (rect.y + rect.height) * self.scale
        if rect.fill:
            inner = (left + _SWELL, top + _SWELL, right - _SWELL, bottom - _SWELL)
            self._box(inner, rect.radius, aggdraw.Brush(rect.fill, round(rect.opacity * 255)))
        if rect.stroke:
            pen = aggdraw.Pen(rect.stroke, rect.stroke_width * self.scale, round(rect.opacity * 255))
            self._box((left, top, right, bottom), rect.radius, pen)

    def _box(self, corners: tuple[float, float, float, float], radius: float, tool: object) -> None:
        if radius:
            self.draw.rounded_rectangle(corners, radius * self.scale, tool)
        else:
            self.draw.rectangle(corners, tool)

    def _polygon(self, shape: Polygon) -> None:
        flat = [value * self.scale for place in shape.places for value in place]
        if shape.fill:
            self.draw.polygon(flat, aggdraw.Brush(shape.fill, round(shape.opacity * 255)))
        if shape.stroke:
            pen = aggdraw.Pen(shape.stroke, shape.stroke_width * self.scale, round(shape.opacity * 255))
            self.draw.polygon(flat, pen)


def _dashes(line: Line) -> list[tuple[Place, Place]]:
    """The stretches of ink in a line; the whole of it where it is solid."""
    start, end = (line.x1, line.y1), (line.x2, line.y2)
    long = math.dist(start, end)
    if not line.dash or not long:
        return [(start, end)]
    dx, dy = (line.x2 - line.x1) / long, (line.y2 - line.y1) / long
    strokes, at, turn = [], 0.0, 0
    while at < long:
        upto = min(at + line.dash[turn % len(line.dash)], long)
        if turn % 2 == 0:
            strokes.append(
                ((line.x1 + dx * at, line.y1 + dy * at), (line.x1 + dx * upto, line.y1 + dy * upto)),
            )
        at, turn = upto, turn + 1
    return strokes
