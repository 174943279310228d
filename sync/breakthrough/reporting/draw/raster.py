"""A scene as pixels, all but its words, by aggdraw (Anti-Grain Geometry). Words are for `letters` and `shaping`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, cycle, groupby, pairwise, takewhile

import aggdraw
import numpy as np
import numpy.typing as npt

from breakthrough.reporting.draw.colours import PAPER
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Place, Polygon, Polyline, Rect, Scene, Text

Pixels = npt.NDArray[np.uint8]

# aggdraw 1.4 swells every fill without a frame by a quarter of a pixel; taken off, edges on whole pixels stay sharp.
_SWELL = 0.25


def pixels(scene: Scene, scale: int) -> Pixels:
    """Red, green, blue and alpha, without the words: shape (height, width, 4), `scale` pixels to a drawn unit.

    The width is made even, with a column more than the picture has where it has to be.
    """
    wide, high = round(scene.width * scale), round(scene.height * scale)
    wide += wide % 2
    sheet = _Sheet(wide, high, scale, scene.ground)
    for mark, alike in groupby(scene.marks, _anywhere):
        if isinstance(mark, Circle):
            sheet.circles(mark, [(one.x, one.y) for one in alike if isinstance(one, Circle)])
        else:
            sheet.paint(mark)
    return np.frombuffer(sheet.draw.tobytes(), np.uint8).reshape(high, wide, 4)


def _anywhere(mark: Mark) -> Mark:
    """The same mark for all circles that differ only in their place: most of a chart are its months' dots."""
    return Circle(0, 0, *mark[2:]) if isinstance(mark, Circle) else mark


class _Sheet:
    """A drawing under way: aggdraw's canvas and the scale from drawn units to pixels."""

    def __init__(self, wide: int, high: int, scale: int, ground: str) -> None:
        self.scale = scale
        size = (wide, high)
        self.draw = aggdraw.Draw("RGBA", size) if ground == PAPER else aggdraw.Draw("RGBA", size, ground)

    def paint(self, mark: Mark) -> None:
        match mark:
            case Text():
                pass
            case Line():
                self._strokes(_dashes(mark), mark.colour, mark.width)
            case Polyline():
                self._polyline(mark)
            case Rect():
                self._rect(mark)
            case Circle():
                self.circles(mark, [(mark.x, mark.y)])
            case Polygon():
                self._polygon(mark)

    def _strokes(self, strokes: Iterable[tuple[Place, Place]], colour: str, stroke_width: float) -> None:
        path, scale = aggdraw.Path(), self.scale
        for (x1, y1), (x2, y2) in strokes:
            path.moveto(x1 * scale, y1 * scale)
            path.lineto(x2 * scale, y2 * scale)
        self.draw.path(path, aggdraw.Pen(colour, stroke_width * scale))

    def _polyline(self, line: Polyline) -> None:
        """Each stretch by itself, a disc at each place: aggdraw knows no round joins, and its mitres make spikes."""
        self._strokes(pairwise(line.places), line.colour, line.width)
        self.circles(Circle(0, 0, line.width / 2, line.colour), line.places)

    def circles(self, circle: Circle, places: Iterable[Place]) -> None:
        """Paints that circle at each of those places; a disc with a frame as two discs, which is the quickest way."""
        at = [(x * self.scale, y * self.scale) for x, y in places]
        radius, half = circle.radius * self.scale, circle.stroke_width * self.scale / 2
        if circle.fill and circle.stroke:
            outer, frame = _disc(radius + half), aggdraw.Brush(circle.stroke)
            inner, fill = _disc(radius - half), aggdraw.Brush(circle.fill)
            for place in at:  # each frame covers the discs before it
                self.draw.symbol(place, outer, frame)
                self.draw.symbol(place, inner, fill)
        elif circle.fill:
            self.draw.symbol(_flat(at), _disc(radius), aggdraw.Brush(circle.fill))
        elif circle.stroke:
            self.draw.symbol(_flat(at), _round(radius), aggdraw.Pen(circle.stroke, 2 * half))

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
        flat = [value * self.scale for value in _flat(shape.places)]
        if shape.fill:
            self.draw.polygon(flat, aggdraw.Brush(shape.fill, round(shape.opacity * 255)))
        if shape.stroke:
            pen = aggdraw.Pen(shape.stroke, shape.stroke_width * self.scale, round(shape.opacity * 255))
            self.draw.polygon(flat, pen)


def _flat(places: Iterable[Place]) -> list[float]:
    return [value for place in places for value in place]


def _disc(radius: float) -> aggdraw.Symbol:
    return _round(max(radius - _SWELL, 0.1))


@lru_cache(maxsize=1024)
def _round(radius: float) -> aggdraw.Symbol:
    """A circle about its place, as a polygon of the same area: aggdraw repeats one faster than it draws ellipses."""
    corners = 4 * math.ceil(1.5 * math.sqrt(radius))
    turn = 2 * math.pi / corners
    reach = radius * math.sqrt(turn / math.sin(turn))
    places = [(reach * math.cos(n * turn), reach * math.sin(n * turn)) for n in range(corners)]
    return aggdraw.Symbol(f"M{' L'.join(f'{x:.3f},{y:.3f}' for x, y in places)} Z")


def _dashes(line: Line) -> list[tuple[Place, Place]]:
    """The stretches of ink in a line; the whole of it where it is solid."""
    (x1, y1, x2, y2), dash = line[:4], line.dash
    long = math.dist((x1, y1), (x2, y2))
    if not dash or not long:
        return [((x1, y1), (x2, y2))]
    dx, dy = (x2 - x1) / long, (y2 - y1) / long
    edges = [0.0, *takewhile(lambda at: at < long, accumulate(cycle(dash))), long]
    places = [(x1 + dx * at, y1 + dy * at) for at in edges]
    return list(zip(places[::2], places[1::2], strict=False))
