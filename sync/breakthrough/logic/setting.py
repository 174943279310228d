"""What evaluation needs besides the data: the clock, the project's missing-data codes, fields with a decimal comma."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class Setting:
    """Passed in by whoever evaluates; `today` and `now` are the server's, without a zone.

    `types` gives the validation type of fields; only those with a decimal comma (`number_comma_decimal`,
    `number_1dp_comma_decimal` …) make a difference here.
    """

    today: date
    now: datetime
    missing_codes: frozenset[str] = frozenset()
    types: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, now: datetime, missing_codes: frozenset[str] = frozenset()) -> Setting:
        """The setting at that moment of the server's clock."""
        return cls(now.date(), now, missing_codes)

    def shown(self, word: Literal["today", "now"]) -> str:
        """Today's date, or the date and time now, as REDCap stores them."""
        return self.today.isoformat() if word == "today" else self.now.replace(tzinfo=None).isoformat(" ", "seconds")

    def has_comma(self, field_name: str) -> bool:
        """Whether numbers of that field are stored with a decimal comma."""
        return self.types.get(field_name, "").endswith("comma_decimal")
