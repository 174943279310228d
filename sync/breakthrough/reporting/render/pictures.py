"""A report's figures, drawn: PNG parts for mail, named by what they show and hold, and SVG for the page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from breakthrough.reporting import draw
from breakthrough.reporting.clean import clean
from breakthrough.reporting.draw import Scene
from breakthrough.reporting.parts import Figure
from breakthrough.reporting.render import composed
from breakthrough.reporting.values import Picture


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure in every form: PNG wide and for phones, and the same as SVG."""

    wide: Picture
    phone: Picture | None
    svg: Markup
    svg_phone: Markup | None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The parts that a mail needs."""
        return (self.wide,) if self.phone is None else (self.wide, self.phone)


def figures(report: object) -> Iterator[Figure]:
    """Every figure in a report, in reading order, wherever it stands."""
    if isinstance(report, Figure):
        yield report
    elif isinstance(report, tuple):
        for one in report:
            yield from figures(one)
    else:
        for name in composed.of(type(report)):  # type: ignore[arg-type]  # mypy does not know that a class has a hash
            yield from figures(getattr(report, name))


def drawn(all_: Iterable[Figure]) -> dict[str, Drawn]:
    """Each figure drawn, by its name."""
    return {figure.name: _drawn(figure) for figure in all_}


def _drawn(figure: Figure) -> Drawn:
    phone = figure.phone
    return Drawn(
        wide=_picture(figure, figure.scene, ""),
        phone=_picture(figure, phone, "-phone") if phone else None,
        svg=_svg(figure, figure.scene),
        svg_phone=_svg(figure, phone) if phone else None,
    )


def _picture(figure: Figure, scene: Scene, cut: str) -> Picture:
    """The name is the same for the same bytes, so that a report sent again is the same mail."""
    png = draw.png(scene, 2)
    digest = hashlib.sha256(png).hexdigest()[:16]
    name = re.sub(r"[^a-z0-9]+", "-", figure.name.lower()).strip("-") or "figure"
    alt = clean(figure.alt)
    return Picture(f"{name}{cut}@{digest}.breakthrough", png, round(scene.width), round(scene.height), alt)


def _svg(figure: Figure, scene: Scene) -> Markup:
    return Markup(draw.svg(scene, title=figure.title, description=figure.alt))  # noqa: S704 - the writer escapes all text
