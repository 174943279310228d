"""What the definition of a measure may hold beside its counts: parts, another group, samples, goals, versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field

from breakthrough.collaborative.counted import LogicField, PartField
from breakthrough.collaborative.timeline import MonthField
from breakthrough.configfile import Model

_ARBITRARY = Model.model_config | {"arbitrary_types_allowed": True}
_QUARTER = (3, 6, 9, 12)
EVERY_MONTH = tuple(range(1, 13))


class Ratio(Model):
    """`versus:`, the group that a difference is taken against: a numerator over a denominator of counts.

    Of case rows it is `where`: those that are in the group. Numerator and denominator are the measure's own.
    """

    model_config = _ARBITRARY

    numerator: PartField | None = None
    denominator: PartField | None = None
    where: LogicField | None = None
    name: str = ""


class Part(Model):
    """One of the `parts:` of an index: points reached, of points that could be reached, times its weight.

    Of case rows a point could be reached in each row that meets the denominator: every row of the measure's where the
    part has none.
    """

    model_config = _ARBITRARY

    numerator: PartField
    denominator: PartField | None = None
    weight: Annotated[float, Field(gt=0)] = 1
    name: str = ""


class Sampling(Model):
    """`sampling:`, where not every case is looked at: how many each time, chosen how, of what."""

    size: Annotated[int, Field(ge=1)]
    how: Annotated[str, Field(min_length=3)]
    of: str = ""

    @property
    def words(self) -> str:
        """`20 each time (first 20 charts of the month), of all well visits`, without what was not said."""
        return f"{self.size} each time ({self.how})" + (f", of {self.of}" if self.of else "")


class Goal(Model):
    """A goal that holds from a month on, until the next one does."""

    from_: Annotated[MonthField, Field(alias="from")]
    goal: float
    by: MonthField | None = None


class Version(Model):
    """A change of the definition: from that month on, what it names replaces what was there before."""

    model_config = _ARBITRARY

    from_: Annotated[MonthField, Field(alias="from")]
    change: Annotated[str, Field(min_length=3)]
    accepted_by: Annotated[str, Field(min_length=2)]
    on: dt.date
    definition: str | None = None
    numerator: PartField | None = None
    denominator: PartField | None = None
    value: PartField | None = None
    parts: tuple[Part, ...] | None = None
    all_of: tuple[LogicField, ...] | None = None
    where: LogicField | None = None
    event: LogicField | None = None
    versus: Ratio | None = None

    @property
    def changed(self) -> dict[str, object]:
        """What it replaces, by key."""
        names = ("definition", "numerator", "denominator", "value", "parts", "all_of", "where", "event", "versus")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def _months(value: object) -> tuple[int, ...]:
    if value == "month":
        return EVERY_MONTH
    if value == "quarter":
        return _QUARTER
    told = "write month, quarter, or the months of the year in which it is reported, such as [10, 1, 5]"
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(told)  # noqa: TRY004 - a wrong value in a file, which is told with its line
    found = list(value)
    if not found or not all(isinstance(one, int) and 1 <= one <= 12 for one in found) or len(set(found)) < len(found):
        raise ValueError(told)
    return tuple(sorted(found))


Every = Annotated[tuple[int, ...], BeforeValidator(_months)]
