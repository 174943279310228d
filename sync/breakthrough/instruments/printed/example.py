"""A worked example with made-up numbers: small enough to be checked by hand, and worked out as the reports do it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Counted, Measure
from breakthrough.english import exact, figure, long_day

_SIZES = (20, 40, 100, 200, 400, 1_000, 2_000, 10_000)  # cases below the line; the fewest that make a figure
_FEWEST = 3  # cases above it
_EVENT = dt.date(2026, 3, 3)

Labels = Callable[[str], str]  # a count's label by its code


@dataclass(frozen=True, slots=True)
class Line:
    """A made-up number. `code` is the count's field in REDCap; blank where case rows are counted."""

    words: str
    figure: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """What was counted and how the figure is worked out. `counts` are the numbers by their counts' codes."""

    lines: tuple[Line, ...]
    working: tuple[str, ...]
    value: float
    counts: Mapping[str, float]


def of(measure: Measure, labels: Labels, order: Sequence[str]) -> Example:
    """The example of a measure as it is defined in some month (`Measure.at`); its counts in the order of their form."""
    if measure.source is not None:
        return _of_rows(measure)
    numbers = _Numbers()
    match measure.type:
        case "count" if isinstance(measure.numerator, Counted):
            numbers.put(measure.numerator, round(_near(measure, 7)))
            value = measure.multiply * numbers.value(measure.numerator)
            working = [f"{numbers.told(measure.numerator)}{_times(measure)} = {_said(measure, value)}"]
        case "median" if isinstance(measure.value, Counted):
            numbers.put(measure.value, _near(measure, 4))
            if isinstance(measure.denominator, Counted):
                numbers.put(measure.denominator, _SIZES[0])
            value = measure.multiply * numbers.value(measure.value)
            told = numbers.told(measure.value)
            working = [f"The middle value of the month, which the team works out: {told}{_times(measure)}"]
            working[0] += f" = {_said(measure, value)}"
        case "index":
            value, working = _index(measure, numbers)
        case _:
            value, working = _rate(measure, numbers)
    held = sorted(numbers.held, key=order.index)
    lines = tuple(Line(labels(code), exact(numbers.held[code]), code) for code in held)
    return Example(lines, tuple(working), value, numbers.held)


def _rate(measure: Measure, numbers: _Numbers) -> tuple[float, list[str]]:
    above, below = _counted(measure.numerator), _counted(measure.denominator)
    versus = measure.versus
    if versus is None:
        part, whole = _sizes(_share(measure), bounded=measure.is_proportion)
        numbers.put(above, part)
        numbers.put(below, whole)
        value = measure.multiply * numbers.value(above) / numbers.value(below)
        return value, [f"{_over(numbers, above, below, measure)} = {_said(measure, value)}"]
    # Hundreds and fifties of cases, so that the two rounded figures differ by what the reader sees.
    gap = _gap(measure)
    pairs = ((above, below, 50), (_counted(versus.numerator), _counted(versus.denominator), 100))
    rates: list[float] = []
    working: list[str] = []
    for (top, bottom, whole), share in zip(pairs, (0.2 + gap, 0.2), strict=True):
        numbers.put(top, round(min(share, 0.9) * whole))
        numbers.put(bottom, whole)
        rates.append(measure.multiply * numbers.value(top) / numbers.value(bottom))
        told = figure(rates[-1], measure.decimals, "%" if measure.in_points else "")
        working.append(f"{_over(numbers, top, bottom, measure)} = {told}")
    value = rates[0] - rates[1]
    shown = " − ".join(figure(rate, measure.decimals, "") for rate in rates)
    return value, [*working, f"{shown} = {_said(measure, value)}"]


def _index(measure: Measure, numbers: _Numbers) -> tuple[float, list[str]]:
    share = _share(measure)
    above = below = 0.0
    tops: list[str] = []
    bottoms: list[str] = []
    for at, part in enumerate(measure.parts):
        top, bottom = _counted(part.numerator), _counted(part.denominator)
        numbers.put(top, max(0, round(share * 20) - at % 3))
        numbers.put(bottom, 20)
        above += part.weight * numbers.value(top)
        below += part.weight * numbers.value(bottom)
        weight = f"{exact(part.weight)} × " if part.weight != 1 else ""
        tops.append(f"{weight}{numbers.told(top)}")
        bottoms.append(f"{weight}{numbers.told(bottom)}")
    value = measure.multiply * above / below
    working = f"({' + '.join(tops)}) ÷ ({' + '.join(bottoms)}){_times(measure)} = {_said(measure, value)}"
    return value, [working]


def _of_rows(measure: Measure) -> Example:
    """Of case rows: how many of the month's rows meet the conditions, or what stands in a few of them."""
    lines: tuple[Line, ...]
    match measure.type:
        case "time_between":
            days = max(2, round(_near(measure, 12) / measure.multiply))
            event = _EVENT + dt.timedelta(days=days)
            value = float(days * measure.multiply)
            lines = (Line("The event before", long_day(_EVENT)), Line("The event", long_day(event)))
            working = (f"{days} days from one to the other{_times(measure)} = {_said(measure, value)}",)
        case "mean" | "median":
            middle = max(3, round(_near(measure, 8) / measure.multiply))
            values = (middle - 2, middle, middle + 5)
            lines = tuple(Line(f"Case {at}", exact(one)) for at, one in enumerate(values, 1))
            if measure.type == "mean":
                value = sum(values) * measure.multiply / 3
                told = f"({' + '.join(map(exact, values))}) ÷ 3"
            else:
                value, told = middle * measure.multiply, f"The one in the middle: {middle}"
            working = (f"{told}{_times(measure)} = {_said(measure, value)}",)
        case "count":
            number = round(_near(measure, 7) / measure.multiply)
            value = number * measure.multiply
            lines = (Line("Cases of the month that count", exact(number)),)
            working = (f"{exact(number)}{_times(measure)} = {_said(measure, value)}",)
        case "index":
            return _index_of_rows(measure)
        case "difference":
            return _difference_of_rows(measure)
        case _:
            part, whole = _sizes(_share(measure), bounded=True)
            value = measure.multiply * part / whole
            lines = (
                Line("Cases of the month that belong to the denominator", exact(whole)),
                Line("Of these, cases that belong to the numerator, too", exact(part)),
            )
            working = (f"{exact(part)} ÷ {exact(whole)}{_times(measure)} = {_said(measure, value)}",)
    return Example(lines, working, value, {})


def _index_of_rows(measure: Measure) -> Example:
    share, whole = _share(measure), 20
    met = [max(0, round(share * whole) - at % 3) for at in range(len(measure.parts))]
    lines = [Line("Cases of the month that belong to the denominator", exact(whole))]
    lines += [
        Line(f"Of these, with {part.name or f'part {at}'}", exact(number))
        for at, (part, number) in enumerate(zip(measure.parts, met, strict=True), 1)
    ]
    weights = [part.weight for part in measure.parts]
    marks = [f"{exact(one)} × " if one != 1 else "" for one in weights]
    value = measure.multiply * sum(w * n for w, n in zip(weights, met, strict=True)) / (whole * sum(weights))
    top = " + ".join(f"{mark}{exact(number)}" for mark, number in zip(marks, met, strict=True))
    bottom = " + ".join(f"{mark}{whole}" for mark in marks)
    return Example(tuple(lines), (f"({top}) ÷ ({bottom}){_times(measure)} = {_said(measure, value)}",), value, {})


def _difference_of_rows(measure: Measure) -> Example:
    gap = _gap(measure)
    other = (measure.versus and measure.versus.name) or "the other group"
    groups = (("the group", 50, round(min(0.2 + gap, 0.9) * 50)), (other, 100, 20))
    lines: list[Line] = []
    for name, whole, part in groups:
        lines += [
            Line(f"Cases of {name} that belong to the denominator", exact(whole)),
            Line(f"Of these, cases that belong to the numerator, too ({name})", exact(part)),
        ]
    rates = [measure.multiply * part / whole for _, whole, part in groups]
    unit = "%" if measure.in_points else ""
    working = [
        f"{part} ÷ {whole}{_times(measure)} = {figure(rate, measure.decimals, unit)}"
        for (_, whole, part), rate in zip(groups, rates, strict=True)
    ]
    shown = " − ".join(figure(rate, measure.decimals, "") for rate in rates)
    value = rates[0] - rates[1]
    return Example(tuple(lines), (*working, f"{shown} = {_said(measure, value)}"), value, {})


class _Numbers:
    """Made-up counts that fit each other: a sum comes to what was wanted of it, as far as its counts are free."""

    def __init__(self) -> None:
        self.held: dict[str, float] = {}

    def put(self, counted: Counted, wanted: float) -> None:
        free = [(sign, code) for sign, code in dict.fromkeys(counted.terms) if code not in self.held]
        if not free:
            return
        free.sort()  # those that are added come last: the last of all takes what is left
        *others, (sign, code) = free
        for _, one in others:
            self.held[one] = max(1.0, wanted // 10)
        rest = sum(s * self.held[one] for s, one in counted.terms if one in self.held)
        self.held[code] = max(0.0, (wanted - rest) * sign)

    def value(self, counted: Counted) -> float:
        return sum(sign * self.held[code] for sign, code in counted.terms)

    def told(self, counted: Counted) -> str:
        """`72`, or `(84 − 12)`."""
        text = "".join(f" {'−' if sign < 0 else '+'} {exact(self.held[code])}" for sign, code in counted.terms)
        text = text.removeprefix(" + ").strip()
        return f"({text})" if len(counted.terms) > 1 else text


def _counted(part: object) -> Counted:
    if not isinstance(part, Counted):
        raise TypeError("a measure of the monthly form is made of counts")
    return part


def _over(numbers: _Numbers, above: Counted, below: Counted, measure: Measure) -> str:
    return f"{numbers.told(above)} ÷ {numbers.told(below)}{_times(measure)}"


def _times(measure: Measure) -> str:
    return f" × {exact(measure.multiply)}" if measure.multiply != 1 else ""


def _said(measure: Measure, value: float) -> str:
    return figure(value, measure.decimals, measure.unit)


def _near(measure: Measure, otherwise: float) -> float:
    """A figure short of the goal, as a team's is that still has some way to go."""
    if not measure.goal:
        return otherwise
    return measure.goal * {"lower": 1.2, "higher": 0.85, "neither": 1.0}[measure.direction]


def _gap(measure: Measure) -> float:
    """How far apart two groups are, as a share; wide enough to stay beyond a goal when cases are rounded."""
    wide = 1.25 if measure.direction == "lower" else 1.0
    return wide * _near(measure, 6 if measure.in_points else 0.02 * measure.multiply) / measure.multiply


def _share(measure: Measure) -> float:
    share = _near(measure, 0.3 * measure.multiply) / measure.multiply
    return min(max(share, 0.001), 0.95) if measure.is_proportion else max(share, 0.001)


def _sizes(share: float, *, bounded: bool) -> tuple[int, int]:
    """How many of how many cases, so few that a reader can follow."""
    fit: Iterable[tuple[int, int]] = ((round(share * whole), whole) for whole in _SIZES)
    return next(
        ((part, whole) for part, whole in fit if part >= _FEWEST and (part < whole or not bounded)),
        (round(share * _SIZES[-1]), _SIZES[-1]),
    )
