"""Reads documents as a person would who has the files: what each says of the counts, as linear constraints."""

from __future__ import annotations

import io
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from tests.measures.attack.emitted import Document
from tests.measures.attack.world import World, parts

from breakthrough.collaborative import Counted, Measure
from breakthrough.reporting.draw.colours import INK, PEBBLE, STONE

Variable = tuple[str, str, str, int]  # team, month, count and version of the team's month
Terms = dict[Variable, float]

ENDLESS = float("inf")
_PIXEL = 0.02  # SVG has two decimals; a little more, for the axis is read as well
_OF = re.compile(r"([\d,]+) of ([\d,]+)")
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Said:
    """`low` <= sum of terms <= `high`."""

    terms: Terms
    low: float
    high: float


@dataclass(frozen=True)
class Reader:
    """Puts documents together: states and denominators of the rows, by report, team, measure and month."""

    world: World
    states: Mapping[tuple[int, str, str, str], str]
    noted: Mapping[tuple[int, str, str, str], float]

    def terms(self, part: Counted, team: str, month: str, report: int, sign: float = 1) -> Terms:
        """A sum of that team's counts."""
        version = self.world.version(team, month, report)
        return {(team, month, count, version): sign * one for one, count in part.terms}

    def total(self, part: Counted, measure: str, group: str | None, month: str, report: int) -> Terms:
        """A sum over the teams that the states say are in that total."""
        within = self.world.groups[group] if group else self.world.teams
        added: Terms = {}
        for team in within:
            if self.states[report, team, measure, month] in {"reported", "suppressed"}:
                added |= self.terms(part, team, month, report)
        return added

    def measure(self, code: str) -> Measure:
        return self.world.collaborative.measures[code]


def read(world: World, documents: Iterable[Document]) -> list[Said]:
    """All that the documents say."""
    every = list(documents)
    states: dict[tuple[int, str, str, str], str] = {}
    noted: dict[tuple[int, str, str, str], float] = {}
    for one in every:
        for row in _rows(one) if one.kind == "rows" else ():
            key = one.report, row.team, row.measure, row.month
            states.setdefault(key, row.state)
            if not math.isnan(row.denominator):
                noted[key] = row.denominator
    reader = Reader(world, states, noted)
    kinds = {"rows": _of_rows, "line": _of_line, "words": _of_words, "svg": _of_svg}
    return [said for one in every for said in kinds[one.kind](reader, one)]


def _rows(one: Document) -> Iterator[Any]:
    table = pd.read_csv(io.StringIO(one.text), dtype={"team": str, "month": str}, keep_default_na=True)
    return table.itertuples()


def _of_rows(reader: Reader, one: Document) -> Iterator[Said]:
    for row in _rows(one):
        pairs = parts(reader.measure(row.measure))
        figures = [(row.numerator, row.denominator), (row.versus_numerator, row.versus_denominator)]
        for (numerator, denominator), (n, d) in zip(pairs, figures, strict=False):
            top = reader.terms(numerator, row.team, row.month, one.report)
            bottom = reader.terms(denominator, row.team, row.month, one.report)
            if row.state in {"reported", "suppressed"}:
                yield Said(bottom, 1, ENDLESS)
                yield Said(top, 0, ENDLESS)
                yield Said(_less(bottom, top), 0, ENDLESS)
            if not math.isnan(n) and not math.isnan(d):
                yield from _is(top, n)
                yield from _is(bottom, d)


def _of_line(reader: Reader, one: Document) -> Iterator[Said]:
    for row in _rows(one):
        month = re.findall(r"\d{4}-\d\d", str(row.month))[0]
        (own, *others) = parts(reader.measure(one.measure))
        n, d = (reader.total(part, one.measure, one.group, month, one.report) for part in own)
        if math.isnan(row.pooled) or not d:
            continue
        yield from _is(n, row.numerator)
        yield from _is(d, row.denominator)
        for versus in others:  # the value is the difference of two rates, of which one is known
            rate = row.numerator / row.denominator - row.pooled / reader.measure(one.measure).multiply
            n, d = (reader.total(part, one.measure, one.group, month, one.report) for part in versus)
            yield from _rate(n, d, rate - 1e-9, rate + 1e-9)


def _of_words(reader: Reader, one: Document) -> Iterator[Said]:
    """`Pooled is 27,563 of 404,666`, of the newest month."""
    found = _OF.search(one.text.partition("Pooled is")[2])
    if found and one.group is not None:
        own = parts(reader.measure(one.measure))[0]
        for part, figure in zip(own, found.groups(), strict=True):
            yield from _is(
                reader.total(part, one.measure, one.group, one.months[-1], one.report), float(figure.replace(",", ""))
            )


def _of_svg(reader: Reader, one: Document) -> Iterator[Said]:
    drawn = ET.fromstring(one.text)  # noqa: S314  our own
    measure = reader.measure(one.measure)
    yield from _of_alt(reader, one, drawn)
    axis, columns = _axis(drawn), _columns(drawn, one.months)
    if axis is None or columns is None or measure.versus:
        return
    scale = measure.multiply
    points = dict(_points(drawn, columns))
    for month, y in points.items():
        low, high = sorted((axis(y - _PIXEL) / scale, axis(y + _PIXEL) / scale))
        n, d = _sums(reader, one, month)
        yield from _rate(n, d, low, high)
    yield from _of_limits(reader, one, axis, _band(drawn, columns), drawn, points)


def _of_limits(
    reader: Reader,
    one: Document,
    axis: Callable[[float], float],
    band: Mapping[str, float],
    drawn: ET.Element,
    points: Mapping[str, float],
) -> Iterator[Said]:
    """The line is the rate of all months that it is drawn for, which are those with limits where every point has some.
    A limit's distance from it goes with one over the root of the denominator: known for one month, so for all.
    """
    line = [e for e in drawn.iter(f"{_SVG}line") if e.get("stroke-width") == "1.6"]
    known = {month: reader.noted.get((one.report, one.team, one.measure, month)) for month in band}
    month = next((month for month, d in known.items() if d), None)
    if not line or month is None:
        return
    centre = _at(line[0], "y1")
    scale = reader.measure(one.measure).multiply
    low, high = sorted((axis(centre - _PIXEL) / scale, axis(centre + _PIXEL) / scale))
    if points.keys() <= band.keys():
        sums = [_sums(reader, one, month) for month in band]
        yield from _rate(_added(n for n, _ in sums), _added(d for _, d in sums), low, high)
    for other, y in band.items():
        top, bottom = abs(band[month] - centre), abs(y - centre)
        if bottom < 1:
            continue
        low, high = (float(known[month] or 0) * ((top + by) / (bottom - by)) ** 2 for by in (-_PIXEL, _PIXEL))
        _, d = _sums(reader, one, other)
        yield Said(d, low, high)


def _of_alt(reader: Reader, one: Document, drawn: ET.Element) -> Iterator[Said]:
    """`November 30.0%, 27 of 90.` in the description."""
    words = drawn.findtext(f"{_SVG}desc", "")
    found = re.search(r"(September|October|November) [^.]*?[\d.]+%, ([\d,]+) of ([\d,]+)", words)
    months = {"September": "2025-09", "October": "2025-10", "November": "2025-11"}
    if found:
        n, d = _sums(reader, one, months[found[1]])
        yield from _is(n, float(found[2].replace(",", "")))
        yield from _is(d, float(found[3].replace(",", "")))


def _sums(reader: Reader, one: Document, month: str) -> tuple[Terms, Terms]:
    own = parts(reader.measure(one.measure))[0]
    if one.group is not None:
        n, d = (reader.total(part, one.measure, one.group, month, one.report) for part in own)
    else:
        n, d = (reader.terms(part, one.team, month, one.report) for part in own)
    return n, d


def _axis(drawn: ET.Element) -> Callable[[float], float] | None:
    """From a height to a value, by the figures at the gridlines."""
    figures = [
        (_at(e, "y") - _at(e, "font-size") * 0.36, float((e.text or "").rstrip("%").replace(",", "")))
        for e in drawn.iter(f"{_SVG}text")
        if e.get("text-anchor") == "end" and re.fullmatch(r"[\d.,]+%?", e.text or "")
    ]
    if len(figures) < 2:
        return None
    (y1, v1), (y2, v2) = min(figures), max(figures)
    return lambda y: v1 + (y - y1) * (v2 - v1) / (y2 - y1)


def _columns(drawn: ET.Element, months: tuple[str, ...]) -> dict[str, float] | None:
    """The middle of each month's column, by the letters under them."""
    letters = [
        (_at(e, "x"), e.text)
        for e in drawn.iter(f"{_SVG}text")
        if e.get("text-anchor") == "middle" and len(e.text or "") == 1
    ]
    names = {"09": "S", "10": "O", "11": "N"}
    found = {}
    for (x, letter), month in zip(sorted(letters), months, strict=False):
        if letter != names[month[-2:]]:
            return None
        found[month] = x
    return found if len(found) == len(months) else None


def _points(drawn: ET.Element, columns: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for e in drawn.iter(f"{_SVG}circle"):
        if e.get("fill") in {INK, STONE, PEBBLE}:
            for month, x in columns.items():
                if abs(_at(e, "cx") - x) < 0.1:
                    yield month, _at(e, "cy")


def _band(drawn: ET.Element, columns: Mapping[str, float]) -> dict[str, float]:
    """The lower limit's height in each month: the lower edge of the band, where it is not cut off at the axis."""
    found: dict[str, float] = {}
    floor = max(_at(e, "y1") for e in drawn.iter(f"{_SVG}line") if e.get("stroke") == STONE)
    for e in drawn.iter(f"{_SVG}polyline"):
        if (e.get("stroke"), e.get("stroke-width")) == (STONE, "1"):
            places = [tuple(map(float, place.split(","))) for place in e.get("points", "").split()]
            for (left, y), (right, _) in zip(places[::2], places[1::2], strict=True):
                found |= {m: max(y, found.get(m, y)) for m, x in columns.items() if left < x < right}
    return {month: y for month, y in found.items() if y < floor - 0.5}


def _at(e: ET.Element, name: str) -> float:
    return float(e.get(name, "nan"))


def _is(terms: Terms, figure: float) -> Iterator[Said]:
    yield Said(terms, figure, figure)


def _rate(n: Terms, d: Terms, low: float, high: float) -> Iterator[Said]:
    yield Said(_less(n, {key: low * one for key, one in d.items()}), 0, ENDLESS)
    yield Said(_less(n, {key: high * one for key, one in d.items()}), -ENDLESS, 0)


def _added(every: Iterable[Terms]) -> Terms:
    added: Terms = {}
    for one in every:
        added |= {key: added.get(key, 0.0) + value for key, value in one.items()}
    return added


def _less(terms: Terms, other: Terms) -> Terms:
    return {key: terms.get(key, 0.0) - other.get(key, 0.0) for key in terms.keys() | other.keys()}
