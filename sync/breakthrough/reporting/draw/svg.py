"""A scene as SVG for web pages and PDF: words stay words, bytes depend on nothing but the scene."""

from __future__ import annotations

import zlib
from functools import lru_cache
from html import escape

from breakthrough.reporting.draw.scene import Circle, Line, Mark, Place, Polygon, Polyline, Rect, Scene, Text, plain
from breakthrough.reporting.draw.text import FAMILY


def svg(scene: Scene, *, title: str, description: str) -> str:
    """One `<svg>` element named by `title` and described by `description`, for a page or for a file of its own."""
    title, description = _safe(title), _safe(description)
    body = "\n".join([_rect(Rect(0, 0, scene.width, scene.height, fill=scene.ground)), *map(_element, scene.marks)])
    # Ids must differ between pictures of one page, and be the same for the same picture every time.
    name = f"c{zlib.crc32(f'{title}{description}{body}'.encode()):08x}"
    wide, high = _number(scene.width), _number(scene.height)
    # Letters stand as far apart as they were measured, and are painted in the PNG: without kerning. Places are counted
    # from the left, also in a page that is read from the right.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
        f' font-family="{escape(FAMILY)}" style="font-kerning: none" direction="ltr" role="img"'
        f' aria-labelledby="{name}t" aria-describedby="{name}d">\n'
        f'<title id="{name}t">{title}</title>\n<desc id="{name}d">{description}</desc>\n{body}\n</svg>\n'
    )


def _element(mark: Mark) -> str:
    match mark:
        case Text():
            return _text(mark)
        case Circle():
            return _circle(mark)
        case Line():
            return _line(mark)
        case Polyline():
            return _polyline(mark)
        case Rect():
            return _rect(mark)
        case Polygon():
            return _polygon(mark)


def _line(line: Line) -> str:
    dash = f' stroke-dasharray="{" ".join(map(_number, line.dash))}"' if line.dash else ""
    return (
        f'<line x1="{_number(line.x1)}" y1="{_number(line.y1)}" x2="{_number(line.x2)}" y2="{_number(line.y2)}"'
        f"{_stroke(line.colour, line.width)}{dash}/>"
    )


def _polyline(line: Polyline) -> str:
    return (
        f'<polyline points="{_places(line.places)}"{_paint(None, line.colour, line.width)}'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _rect(rect: Rect) -> str:
    round_ = f' rx="{_number(rect.radius)}"' if rect.radius else ""
    return (
        f'<rect x="{_number(rect.x)}" y="{_number(rect.y)}" width="{_number(rect.width)}"'
        f' height="{_number(rect.height)}"{round_}{_paint(rect.fill, rect.stroke, rect.stroke_width)}'
        f"{_seen(rect.opacity)}/>"
    )


def _circle(circle: Circle) -> str:
    return (
        f'<circle cx="{_number(circle.x)}" cy="{_number(circle.y)}" r="{_number(circle.radius)}"'
        f"{_paint(circle.fill, circle.stroke, circle.stroke_width)}/>"
    )


def _polygon(shape: Polygon) -> str:
    paint = _paint(shape.fill, shape.stroke, shape.stroke_width)
    return f'<polygon points="{_places(shape.places)}"{paint}{_seen(shape.opacity)}/>'


def _text(text: Text) -> str:
    x, y = _number(text.x), _number(text.y)
    weight = "" if text.weight == 400 else f' font-weight="{text.weight}"'
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    turned = f' transform="rotate({_number(text.rotation)} {x} {y})"' if text.rotation else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{_number(text.size)}"{weight} fill="{escape(text.colour)}"{anchor}{turned}>'
        f"{_words(text.string)}</text>"
    )


@lru_cache(maxsize=1024)  # the few ways in which marks are painted
def _paint(fill: str | None, stroke: str | None, stroke_width: float) -> str:
    return f' fill="{escape(fill or "none")}"{_stroke(stroke, stroke_width) if stroke else ""}'


@lru_cache(maxsize=1024)
def _stroke(colour: str, stroke_width: float) -> str:
    return f' stroke="{escape(colour)}" stroke-width="{_number(stroke_width)}"'


def _seen(opacity: float) -> str:
    return "" if opacity == 1 else f' opacity="{_number(opacity)}"'


def _places(places: tuple[Place, ...]) -> str:
    return " ".join([f"{_number(x)},{_number(y)}" for x, y in places])


@lru_cache(maxsize=8192)  # the same places, sizes and widths come again and again
def _number(value: float) -> str:
    """`12.5`, `7`: two decimals are a hundredth of a pixel, and no minus stands before a zero."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _safe(words: str) -> str:
    return _words(plain(words))


@lru_cache(maxsize=4096)  # most words of a chart are those of its axes, the same in all
def _words(words: str) -> str:
    return escape(words, quote=False)
