"""A scene as SVG for web pages and PDF: words stay words, bytes depend on nothing but the scene."""

from __future__ import annotations

import zlib
from functools import lru_cache
from html import escape

from breakthrough.reporting.draw.scene import Circle, Line, Mark, Place, Polygon, Polyline, Rect, Scene, Text, plain
from breakthrough.reporting.draw.text import FAMILY

_Values = dict[str, str | float | None]


def svg(scene: Scene, *, title: str, description: str) -> str:
    """One `<svg>` element named by `title` and described by `description`, for a page or for a file of its own."""
    title, description = _safe(title), _safe(description)
    body = "\n".join([_rect(Rect(0, 0, scene.width, scene.height, fill=scene.ground)), *map(_element, scene.marks)])
    # Ids must differ between pictures of one page, and be the same for the same picture every time.
    name = f"c{zlib.crc32(f'{title}{description}{body}'.encode()):08x}"
    wide, high = _number(scene.width), _number(scene.height)
    opening = _tag(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": wide,
            "height": high,
            "viewBox": f"0 0 {wide} {high}",
            "font-family": FAMILY,
            "style": "font-kerning: none",  # letters as far apart as they were measured, and are painted in the PNG
            "direction": "ltr",  # places are counted from the left, also in a page that is read from the right
            "role": "img",
            "aria-labelledby": f"{name}t",
            "aria-describedby": f"{name}d",
        },
        closed=False,
    )
    words = f'<title id="{name}t">{title}</title>\n<desc id="{name}d">{description}</desc>'
    return f"{opening}\n{words}\n{body}\n</svg>\n"


def _element(mark: Mark) -> str:
    match mark:
        case Line():
            return _line(mark)
        case Polyline():
            return _polyline(mark)
        case Rect():
            return _rect(mark)
        case Circle():
            return _circle(mark)
        case Polygon():
            return _polygon(mark)
        case Text():
            return _text(mark)


def _line(line: Line) -> str:
    ends: _Values = {"x1": line.x1, "y1": line.y1, "x2": line.x2, "y2": line.y2}
    dash = " ".join(map(_number, line.dash)) or None
    return _tag("line", {**ends, "stroke": line.colour, "stroke-width": line.width, "stroke-dasharray": dash})


def _polyline(line: Polyline) -> str:
    stroke: _Values = {"fill": "none", "stroke": line.colour, "stroke-width": line.width}
    round_: _Values = {"stroke-linejoin": "round", "stroke-linecap": "round"}
    return _tag("polyline", {"points": _places(line.places), **stroke, **round_})


def _rect(rect: Rect) -> str:
    where: _Values = {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height, "rx": rect.radius or None}
    return _tag("rect", {**where, **_paint(rect.fill, rect.stroke, rect.stroke_width), "opacity": _seen(rect.opacity)})


def _circle(circle: Circle) -> str:
    where: _Values = {"cx": circle.x, "cy": circle.y, "r": circle.radius}
    return _tag("circle", {**where, **_paint(circle.fill, circle.stroke, circle.stroke_width)})


def _polygon(shape: Polygon) -> str:
    paint = _paint(shape.fill, shape.stroke, shape.stroke_width)
    return _tag("polygon", {"points": _places(shape.places), **paint, "opacity": _seen(shape.opacity)})


def _text(text: Text) -> str:
    turned = f"rotate({_number(text.rotation)} {_number(text.x)} {_number(text.y)})" if text.rotation else None
    opening = _tag(
        "text",
        {
            "x": text.x,
            "y": text.y,
            "font-size": text.size,
            "font-weight": None if text.weight == 400 else text.weight,
            "fill": text.colour,
            "text-anchor": None if text.anchor == "start" else text.anchor,
            "transform": turned,
        },
        closed=False,
    )
    return f"{opening}{_safe(text.string)}</text>"


def _paint(fill: str | None, stroke: str | None, stroke_width: float) -> _Values:
    return {"fill": fill or "none", "stroke": stroke, "stroke-width": stroke_width if stroke else None}


def _seen(opacity: float) -> float | None:
    return None if opacity == 1 else opacity


def _places(places: tuple[Place, ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in places)


def _tag(name: str, values: _Values, *, closed: bool = True) -> str:
    written = "".join(
        [
            f' {key}="{_quoted(value) if value.__class__ is str else _number(value)}"'
            for key, value in values.items()
            if value is not None
        ]
    )
    return f"<{name}{written}{'/' if closed else ''}>"


@lru_cache(maxsize=1024)  # colours, and the few words that say how to draw
def _quoted(value: str) -> str:
    return escape(value)


@lru_cache(maxsize=8192)  # the same places, sizes and widths come again and again
def _number(value: float) -> str:
    """`12.5`, `7`: two decimals are a hundredth of a pixel, and no minus stands before a zero."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if round(value, 2) else "0"


def _safe(words: str) -> str:
    return escape(plain(words), quote=False)
