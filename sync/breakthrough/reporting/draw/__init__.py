"""A scene (lines, shapes, words in drawn units) becomes SVG for pages and a palette PNG for mail: the same picture."""

from breakthrough.reporting.draw.png import png
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Polygon, Polyline, Rect, Scene, Text
from breakthrough.reporting.draw.svg import svg

__all__ = ["Circle", "Line", "Mark", "Polygon", "Polyline", "Rect", "Scene", "Text", "png", "svg"]
