"""Runs one recorded example of REDCap's logic: `evaluate(expression, values)` answers REDCap's result as text.

"" is blank, "1" and "0" are true and false. `values` maps fields to stored texts; checkbox choices are `f(code)`, other
events and instances the full reference, smart variables `[name]`; `$today`, `$now`, `$event`, `$instance`,
`$missing_codes` and `$types` are context (breakthrough/logic/keyed.py). Without a clock among them, it is this computer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakthrough.logic import parse, read, row


def evaluate(expression: str, values: Mapping[str, Any]) -> str:
    """The result as REDCap's text. Raises LogicInvalid for an expression that REDCap refuses."""
    clock = datetime.now().replace(microsecond=0)  # noqa: DTZ005 - the server's clock, without a zone
    return row.result(parse(expression), *read(values, clock))
