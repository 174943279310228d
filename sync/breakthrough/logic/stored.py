"""What a field keeps of a result: calculations keep numbers only, dates are cut to their field's validation."""

from __future__ import annotations

from breakthrough.logic.decimals import spelled
from breakthrough.logic.values import BLANK, plain_number

_LENGTHS = {"date": 10, "datetime": 16, "datetime_seconds": 19}


def as_calculation(result: str) -> str:
    """What a calc field stores: the number at 14 significant digits, or nothing for a text or a date."""
    found = plain_number(result)
    return BLANK if found is None else spelled(found)


def as_date(result: str, validation: str) -> str:
    """What a field with that validation stores of @CALCDATE's result: cut to a date, or midnight added."""
    kind = validation.rpartition("_")[0] if validation.endswith(("_ymd", "_mdy", "_dmy")) else validation
    wanted = _LENGTHS.get(kind)
    if wanted is None or result == BLANK:
        return result
    return (result + " 00:00:00"[len(result) - 10 :])[:wanted] if len(result) < wanted else result[:wanted]
