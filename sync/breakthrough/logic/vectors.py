"""Comparisons, arithmetic and the commonest functions on whole columns: the answers of `values` and `functions`.

Functions that are not here are worked out by `columns.lifted`, once for each distinct combination of arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np

from breakthrough.logic.columns import (
    Column,
    Doubles,
    Flags,
    Levels,
    constant_of,
    finite,
    lifted,
    numbers,
)
from breakthrough.logic.decimals import How, rounded
from breakthrough.logic.functions import FUNCTIONS
from breakthrough.logic.functions.dates import read_options
from breakthrough.logic.functions.numbers import count
from breakthrough.logic.moments import UNITS, Order, moment
from breakthrough.logic.setting import Setting
from breakthrough.logic.tree import Comparator, Operator
from breakthrough.logic.values import BLANK, Value, answer, number, power

Vectorised = Callable[[Setting, Sequence[Column]], Column]

_ORDERS: Mapping[Comparator, np.ufunc] = MappingProxyType(
    {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
)
_SUMS: Mapping[Operator, np.ufunc] = MappingProxyType({"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide})


def compare(operator: Comparator, left: Column, right: Column, setting: Setting) -> Flags:
    """Where the comparison holds: `values.compare`, row by row."""
    if operator == "=":
        return _equal(left, right)
    if operator == "<>":
        return ~_equal(left, right)
    order = _ORDERS[operator]
    held = order(numbers(left, setting), numbers(right, setting))  # NaN makes each of them false
    if isinstance(left, Levels) and isinstance(right, Levels):
        one, other = _ranks(left, right, setting)
        held |= (one >= 0) & (other >= 0) & order(one, other)
    return np.asarray(held, dtype=np.bool_)


def calculate(operator: Operator, left: Doubles, right: Doubles) -> Doubles:
    """The result of + - * / ^ in each row; NaN where `values.calculate` has none."""
    if operator == "^":
        raised = lifted(_power, (left, right))
        return raised.plain[raised.codes]
    with np.errstate(all="ignore"):
        return finite(_SUMS[operator](left, right))


def call(name: str, setting: Setting, arguments: Sequence[Column]) -> Column:
    """The function's result in each row."""
    if name in VECTORISED:
        return VECTORISED[name](setting, arguments)
    return lifted(partial(FUNCTIONS[name], setting), arguments)


# --- comparing --------------------------------------------------------------------------------------------------------


def _equal(left: Column, right: Column) -> Flags:
    one, other = _plain(left), _plain(right)
    neither = np.isnan(one) & np.isnan(other)
    if not neither.any():
        return np.asarray(one == other)
    known: dict[Value, int] = {BLANK: 0}
    return np.asarray((one == other) | (neither & (_places(left, known) == _places(right, known))))


def _plain(found: Column) -> Doubles:
    return found.plain[found.codes] if isinstance(found, Levels) else found.astype(np.float64)


def _places(found: Column, known: dict[Value, int]) -> np.ndarray:
    """A number for each distinct text, the same in every column that shares `known`; 0 is blank."""
    if not isinstance(found, Levels):
        return np.zeros(found.shape, dtype=np.intp)
    places = [known.setdefault(level, len(known)) for level in found.levels]
    return np.asarray(places, dtype=np.intp)[found.codes]


def _ranks(left: Levels, right: Levels, setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Each text's place in the order of code points; −1 for numbers, blanks and missing-data codes."""
    words = sorted({word for side in (left, right) for word in side.levels if _is_word(word, setting)}, key=str)
    rank: dict[Value, int] = {word: place for place, word in enumerate(words)}
    one, other = (np.asarray([rank.get(level, -1) for level in side.levels]) for side in (left, right))
    return one[left.codes], other[right.codes]


def _is_word(level: Value, setting: Setting) -> bool:
    if not isinstance(level, str) or level == BLANK or level in setting.missing_codes:
        return False
    return number(level, setting) is None


def _power(base: Value, exponent: Value) -> Value:
    return BLANK if isinstance(base, str) or isinstance(exponent, str) else answer(power(base, exponent))


# --- functions of many numbers ----------------------------------------------------------------------------------------


def _stacked(setting: Setting, arguments: Sequence[Column]) -> tuple[Doubles, Doubles]:
    """One row of the array for each argument, and how many of them are numbers."""
    stack = np.stack(np.broadcast_arrays(*(numbers(argument, setting) for argument in arguments)))
    return stack, (~np.isnan(stack)).sum(axis=0).astype(np.float64)


def _total(stack: Doubles) -> Doubles:
    """The sum in the order of arguments, blanks left out: not np.sum, which adds in an order of its own."""
    found = np.zeros(stack.shape[1:])
    for part in stack:
        found = found + np.where(np.isnan(part), 0.0, part)
    return found


def _sum(setting: Setting, arguments: Sequence[Column]) -> Column:
    return finite(_total(_stacked(setting, arguments)[0]))


def _mean(setting: Setting, arguments: Sequence[Column]) -> Column:
    stack, many = _stacked(setting, arguments)
    return finite(_total(stack) / np.where(many > 0, many, np.nan))


def _stdev(setting: Setting, arguments: Sequence[Column]) -> Column:
    stack, many = _stacked(setting, arguments)
    many = np.where(many > 1, many, np.nan)
    apart = stack - _total(stack) / many
    return finite(np.sqrt(_total(apart * apart) / (many - 1)))


def _median(setting: Setting, arguments: Sequence[Column]) -> Column:
    stack, many = _stacked(setting, arguments)
    ordered = np.sort(stack, axis=0)  # NaN comes last
    upper = (many // 2).astype(np.intp)
    upper = np.minimum(upper, len(stack) - 1)
    lower = np.maximum(upper - 1, 0)
    high, low = (np.take_along_axis(ordered, place[np.newaxis], axis=0)[0] for place in (upper, lower))
    return finite(np.where(many % 2 == 1, high, np.where(many > 0, (low + high) / 2, np.nan)))


def _least(setting: Setting, arguments: Sequence[Column]) -> Column:
    return np.asarray(np.fmin.reduce(_stacked(setting, arguments)[0], axis=0))


def _most(setting: Setting, arguments: Sequence[Column]) -> Column:
    return np.asarray(np.fmax.reduce(_stacked(setting, arguments)[0], axis=0))


# --- functions of one number ------------------------------------------------------------------------------------------


def _abs(setting: Setting, arguments: Sequence[Column]) -> Column:
    return np.abs(numbers(arguments[0], setting))


def _sqrt(setting: Setting, arguments: Sequence[Column]) -> Column:
    return np.asarray(np.sqrt(numbers(arguments[0], setting)))


def _isnumber(setting: Setting, arguments: Sequence[Column]) -> Column:
    return ~np.isnan(numbers(arguments[0], setting))


def _rounding(name: str, how: How) -> Vectorised:
    def rounding(setting: Setting, arguments: Sequence[Column]) -> Column:
        given = constant_of(arguments[1]) if len(arguments) > 1 else 0.0
        places = None if given is None else count(given)
        if places is None or not 0 <= places <= 15:
            return lifted(partial(FUNCTIONS[name], setting), arguments)
        return _rounded(numbers(arguments[0], setting), places, how)

    return rounding


def _rounded(found: Doubles, places: int, how: How) -> Doubles:
    """`decimals.rounded` for a column: by arithmetic where that is sure of the digit, one by one near the edge."""
    scale = float(10**places)
    size = np.abs(found) * scale
    whole = np.floor(size)
    rest = size - whole
    edge = np.abs(rest - 0.5) if how == "half" else np.minimum(rest, 1 - rest)
    # Below 1e8 all that is neglected, the fifteenth digit included, is under 1e-6. An exact whole number is sure, too.
    sure = (size < 1e8) & ((edge > 1e-6) | (rest == 0))
    up = rest > 0.5 if how == "half" else (rest > 0) & (how == "up")
    result = np.array(np.copysign((whole + up) / scale, found))
    for place in np.argwhere(~sure & ~np.isnan(found)):
        result[tuple(place)] = rounded(float(found[tuple(place)]), places, how)
    return finite(result)


# --- dates ------------------------------------------------------------------------------------------------------------


def _datediff(setting: Setting, arguments: Sequence[Column]) -> Column:
    unit, *options = (constant_of(argument) for argument in arguments[2:])
    given = [option for option in options if option is not None]
    if unit is None or len(given) < len(options):
        return lifted(partial(FUNCTIONS["datediff"], setting), arguments)
    order, signed = read_options(setting, given)
    one, other = (_seconds(argument, setting, order) for argument in arguments[:2])
    length = UNITS.get(str(unit), np.nan)
    found = (other[0] - one[0]) / length
    return np.where(one[1] == other[1], found if signed else np.abs(found), np.nan)


def _seconds(found: Column, setting: Setting, order: Order) -> tuple[Doubles, Flags]:
    """The moments of a column in seconds, NaN where there is none, and which of them are times without a date."""
    if not isinstance(found, Levels):
        return np.full(found.shape, np.nan), np.zeros(found.shape, dtype=np.bool_)
    moments = [moment(level, setting, order) for level in found.levels]
    seconds = np.asarray([np.nan if one is None else one.seconds for one in moments], dtype=np.float64)
    times = np.asarray([one is not None and one.kind == "time" for one in moments], dtype=np.bool_)
    return seconds[found.codes], times[found.codes]


def _quiet(function: Vectorised) -> Vectorised:
    """The function without NumPy's warnings: overflow and invalid operations are blanks here, not surprises."""

    def quiet(setting: Setting, arguments: Sequence[Column]) -> Column:
        with np.errstate(all="ignore"):
            return function(setting, arguments)

    return quiet


VECTORISED: Mapping[str, Vectorised] = MappingProxyType(
    {
        name: _quiet(function)
        for name, function in {
            "sum": _sum,
            "mean": _mean,
            "stdev": _stdev,
            "median": _median,
            "min": _least,
            "max": _most,
            "abs": _abs,
            "sqrt": _sqrt,
            "isnumber": _isnumber,
            "round": _rounding("round", "half"),
            "roundup": _rounding("roundup", "up"),
            "rounddown": _rounding("rounddown", "down"),
            "datediff": _datediff,
        }.items()
    }
)
