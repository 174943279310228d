"""The map that says which columns of a spreadsheet are team, month and counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from breakthrough import configfile
from breakthrough.collaborative import Collaborative
from breakthrough.configfile import Model
from breakthrough.errors import SettingInvalid


class ColumnMap(Model):
    """One map file. `counts` maps our count to the file's column; `where` says which rows to take."""

    team: str
    month: str
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    teams: dict[str, str] = Field(default_factory=dict)  # how the file calls a team: its record
    counts: Annotated[dict[str, str], Field(min_length=1)]
    measures: Annotated[tuple[str, ...], Field(min_length=1)]
    submitted: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    demo: dict[str, Any] = Field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that must be in the file."""
        named = [self.team, self.month, *self.where, *self.counts.values()]
        return tuple(dict.fromkeys([*named, *([self.submitted] if self.submitted else [])]))


def load(path: Path, collaborative: Collaborative) -> ColumnMap:
    """The map in that file, checked against the collaborative.

    Raises SettingInvalid when a key is unknown, a count or measure is not the collaborative's, or a measure that the
    file is said to feed lacks one of its counts.
    """
    mapping = configfile.read(path, ColumnMap)
    wrong = [f"'{count}' is not a count" for count in mapping.counts if count not in collaborative.counts]
    wrong += [f"'{measure}' is not a measure" for measure in mapping.measures if measure not in collaborative.measures]
    for code in mapping.measures:
        measure = collaborative.measures.get(code)
        if measure and measure.source:
            wrong.append(f"the measure '{code}' is counted from case rows, not from a file")
        for count in measure.counts if measure else ():
            if count not in mapping.counts:
                wrong.append(f"the measure '{code}' needs the count '{count}', for which no column is named")
    if wrong:
        raise SettingInvalid(
            f"{path}: " + "; ".join(wrong) + f". The collaborative's own codes: {_known(collaborative)}."
        )
    return mapping


def _known(collaborative: Collaborative) -> str:
    return f"counts {', '.join(collaborative.counts)}; measures {', '.join(collaborative.measures)}"
