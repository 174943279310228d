"""Where case rows are counted instead of monthly figures: which form of which project, by which of REDCap's logic."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field

from breakthrough.configfile import Model
from breakthrough.errors import LogicInvalid
from breakthrough.logic import Node, References, parse, references
from breakthrough.logic.problems import invalid
from breakthrough.logic.tree import Smart, Text, Today, walk

DAG = "dag"
# What the rows of an export say by themselves. All other smart variables are blank there, which would count as false.
SMART = frozenset(
    {
        *("record-name", "record-dag-name", "current-instance", "previous-instance", "next-instance"),
        *("event-name", "first-event-name", "last-event-name", "previous-event-name", "next-event-name"),
    }
)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]


class Condition:
    """REDCap's logic that a case row meets or does not. Equal where the text is.

    Raises LogicInvalid, which points at the character, for what is no logic; for logic that reads the clock, as the
    figure of a past month would be another one each day; and for smart variables that a row of an export has not.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.tree: Node = parse(self.text)
        for node in walk(self.tree):
            if isinstance(node, Smart) and (node.name not in SMART or node.arguments or node.event or node.instance):
                raise invalid(self.text, node.at, f"A case row has no [{node.name}].", code="unknown-smart")
        if self.references.clock:
            raise invalid(self.text, _clock(self.tree), _CLOCK, code="clock")

    @cached_property
    def references(self) -> References:
        """What the logic reads."""
        return references(self.tree)

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


_CLOCK = (
    "This reads the clock, so that a month's figure would change from day to day with nothing entered. Compare with a "
    "date of the row."
)


def _clock(tree: Node) -> int:
    """The place at which the logic reads the clock."""
    return next(
        node.at
        for node in walk(tree)
        if isinstance(node, Today) or (isinstance(node, Text) and node.value in {"today", "now"})
    )


def told(part: str, wrong: LogicInvalid) -> str:
    """What is wrong with the logic of that part of a measure, and at which character, with the place shown below."""
    place = f"Line {wrong.line}, character" if wrong.line > 1 else "Character"
    return f"the {part} cannot be used. {place} {wrong.column}: {wrong.reason}\n{wrong.excerpt}"


def _texts(value: object) -> object:
    """The map with keys and values as texts: `1: T001` has a number for a key in YAML."""
    if not isinstance(value, dict):
        return value
    return {_text(key): _text(one) for key, one in value.items()}


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Source(Model):
    """`source:` of a measure: a case is a row of that form, one for each record, event and repeat instance.

    `team` is the field that names the row's team, or `dag` where its data access group does; `teams` gives the code of
    the team that a value or a group stands for. `every_case`: each case is entered, so that a month without rows had
    none; otherwise they are a sample, and such a month is missing.
    """

    project: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
    form: Name
    date: Name
    team: Name = DAG
    teams: Annotated[dict[str, str], BeforeValidator(_texts)] = Field(default_factory=dict)
    every_case: bool = False

    @property
    def by_group(self) -> bool:
        """Whether the data access group says whose the row is."""
        return self.team == DAG

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that say when a case was and whose it is."""
        return (self.date,) if self.by_group else (self.date, self.team)

    @property
    def status(self) -> str:
        """The field in which REDCap keeps whether the form is complete: where it stands, there is a row."""
        return f"{self.form}_complete"
