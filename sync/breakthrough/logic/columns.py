"""Columns of values for evaluating many rows at once: texts by their distinct levels, numbers and flags as arrays.

A column is one of three: `Levels` (codes into distinct values, so that a rule for texts is worked out once for each
distinct text), an array of doubles (NaN is blank), or an array of bools. Arrays of no dimension stand for a constant;
NumPy spreads them over the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.logic.setting import Setting
from breakthrough.logic.values import BLANK, Value, number, plain_number, text, truth, with_dot

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]

_WIDEST = 2**31  # products of level counts that still fit; beyond it, combinations are numbered afresh


@dataclass(frozen=True, eq=False)
class Levels:
    """Codes into distinct values, of which each is a text or a number."""

    codes: Codes
    levels: Sequence[Value]

    @cached_property
    def plain(self) -> Doubles:
        """The levels as numbers, NaN for those that are none; missing-data codes are not looked at."""
        return _doubles([plain_number(level) if isinstance(level, str) else level for level in self.levels])

    def numbers(self, setting: Setting) -> Doubles:
        """The levels as numbers, NaN for those that are none, missing-data codes among them."""
        if not setting.missing_codes:
            return self.plain
        return _doubles([number(level, setting) for level in self.levels])


Column = Levels | Doubles | Flags


def constant(value: Value) -> Column:
    """A column that holds the same in every row."""
    return np.asarray(value, dtype=np.float64) if isinstance(value, float) else Levels(np.asarray(0), (value,))


def column(data: Any, *, comma: bool = False) -> Column:
    """A column of a frame: text by its levels, numbers and bools as they are; what pandas holds to be missing is blank.

    `comma`: its numbers have a decimal comma.
    """
    series = data if isinstance(data, pd.Series) else pd.Series(data)
    if pd.api.types.is_bool_dtype(series.dtype) and not series.hasnans:
        return series.to_numpy(dtype=np.bool_)
    if pd.api.types.is_numeric_dtype(series.dtype):
        return finite(series.to_numpy(dtype=np.float64, na_value=np.nan))
    codes, levels = pd.factorize(series, use_na_sentinel=True)
    shown = [_stored(level, comma=comma) for level in levels]
    return Levels(np.where(codes < 0, len(shown), codes).astype(np.intp), (*shown, BLANK))


def levels(found: Column) -> Levels:
    """Any column by its levels."""
    if isinstance(found, Levels):
        return found
    if found.dtype == np.bool_:
        return Levels(found.astype(np.intp), (0.0, 1.0))
    places, distinct = pd.factorize(found.ravel(), use_na_sentinel=True)
    codes = np.where(places < 0, len(distinct), places).reshape(found.shape)
    return Levels(codes, (*(float(level) for level in distinct), BLANK))


def numbers(found: Column, setting: Setting) -> Doubles:
    """Any column as numbers, NaN for what is none."""
    if isinstance(found, Levels):
        return found.numbers(setting)[found.codes]
    return found.astype(np.float64)


def constant_of(found: Column) -> Value | None:
    """The value of a column that is the same in every row by its making, or None."""
    if isinstance(found, Levels):
        return found.levels[int(found.codes)] if found.codes.ndim == 0 else None
    if found.ndim:
        return None
    return BLANK if np.isnan(found) else float(found)


def truths(found: Column, setting: Setting) -> Flags:
    """Any column as conditions: which of its values alone count as true."""
    if isinstance(found, Levels):
        return np.asarray([truth(level, setting) for level in found.levels], dtype=np.bool_)[found.codes]
    return np.asarray((found != 0) & ~np.isnan(found))


def texts(found: Column, rows: int) -> NDArray[np.object_]:
    """Any column as REDCap's texts."""
    coded = levels(found)
    shown = np.empty(len(coded.levels), dtype=object)
    shown[:] = [text(level) for level in coded.levels]
    return np.broadcast_to(shown[coded.codes], rows).copy()


def chosen(condition: Flags, yes: Column, no: Column) -> Column:
    """One column's value where the condition is true, the other's where it is not."""
    if not isinstance(yes, Levels) and not isinstance(no, Levels):
        return np.asarray(np.where(condition, yes, no))
    one, other = levels(yes), levels(no)
    codes = np.where(condition, one.codes, other.codes + len(one.levels))
    return Levels(codes, (*one.levels, *other.levels))


def lifted(function: Callable[..., Value], arguments: Sequence[Column]) -> Levels:
    """A function of single values, worked out once for each distinct combination of its arguments."""
    coded = [levels(argument) for argument in arguments]
    spread = np.broadcast_arrays(*(one.codes for one in coded))
    shape, flat = spread[0].shape, [codes.ravel() for codes in spread]
    codes, first = _combinations(flat, [len(one.levels) for one in coded])
    found = [
        function(*(one.levels[part[place]] for one, part in zip(coded, flat, strict=True))) for place in first.tolist()
    ]
    return Levels(codes.reshape(shape), found)


def finite(found: Doubles) -> Doubles:
    """The numbers, NaN for those beyond a double's range."""
    return np.asarray(np.where(np.isfinite(found), found, np.nan))


def _combinations(parts: Sequence[Codes], sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """A number for each distinct combination of codes, row by row, and the first row that has it."""
    joint, span = np.zeros(len(parts[0]), dtype=np.int64), 1
    for part, size in zip(parts, sizes, strict=True):
        if span * size > _WIDEST:
            joint, distinct = pd.factorize(joint)
            span = len(distinct)
        joint, span = joint * size + part, span * size
    codes, distinct = pd.factorize(joint)
    first = np.zeros(len(distinct), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes.astype(np.intp), first


def _stored(level: Any, *, comma: bool) -> Value:
    if isinstance(level, str):
        return with_dot(level) if comma else level
    if isinstance(level, (bool, int, float, np.number, np.bool_)):
        return float(level)
    return str(level)


def _doubles(found: Sequence[float | None]) -> Doubles:
    return np.asarray([np.nan if one is None else one for one in found], dtype=np.float64)
