"""What each function does, for one row: called with the setting and the values of its arguments.

`if` is not here: it is a form of its own, whose branch not taken is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from breakthrough.logic.functions import blanks, dates, numbers, texts
from breakthrough.logic.values import Value

Function = Callable[..., Value]

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "datediff": dates.datediff,
        "age_at_date": dates.age_at_date,
        "dayoftheweek": dates.dayoftheweek,
        "year": dates.year,
        "month": dates.month,
        "day": dates.day,
        "round": numbers.round_,
        "roundup": numbers.roundup,
        "rounddown": numbers.rounddown,
        "sqrt": numbers.sqrt,
        "abs": numbers.abs_,
        "exponential": numbers.exponential,
        "log": numbers.log,
        "mod": numbers.mod,
        "sum": numbers.sum_,
        "mean": numbers.mean,
        "median": numbers.median,
        "min": numbers.min_,
        "max": numbers.max_,
        "stdev": numbers.stdev,
        "isnumber": numbers.isnumber,
        "isinteger": numbers.isinteger,
        "isblankormissingcode": blanks.isblankormissingcode,
        "isblanknotmissingcode": blanks.isblanknotmissingcode,
        "ismissingcode": blanks.ismissingcode,
        "hasmissingcode": blanks.hasmissingcode,
        "contains": texts.contains,
        "not_contain": texts.not_contain,
        "starts_with": texts.starts_with,
        "ends_with": texts.ends_with,
        "find": texts.find,
        "left": texts.left,
        "right": texts.right,
        "mid": texts.mid,
        "length": texts.length,
        "trim": texts.trim,
        "upper": texts.upper,
        "lower": texts.lower,
        "replace_text": texts.replace_text,
        "concat": texts.concat,
        "concat_ws": texts.concat_ws,
    }
)
