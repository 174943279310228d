"""States in words: what stands in a table's cell, and in a sentence, where there is no figure."""

from __future__ import annotations

from breakthrough.measures.values import Point, State
from breakthrough.reporting.parts import Chip

_CELLS: dict[State, str] = {
    "reported": "",
    "no_cases": "no cases",
    "not_in_session": "closed",
    "not_collected": "not collected",
    "not_due": "not due yet",
    "late": "will follow",
    "missing": "not sent",
    "invalid": "to check",
    "excluded": "set aside",
    "not_expected": "not in",
    "suppressed": "withheld",
}
_CLAUSES: dict[State, str] = {
    "reported": "is here",
    "no_cases": "had no cases (0 of 0)",
    "not_in_session": "is closed",
    "not_collected": "was not collected",
    "not_due": "is not due yet",
    "late": "will follow",
    "missing": "is not sent",
    "invalid": "has counts that cannot be right",
    "excluded": "was set aside by a person, with a reason",
    "not_expected": "is outside the time of this team",
    "suppressed": "is withheld, so that no small number can be told from it",
}
_CHIPS: dict[State, Chip] = {
    "no_cases": Chip("–", "No cases"),
    "not_in_session": Chip("–", "Closed"),
    "not_collected": Chip("–", "Not collected"),
    "not_due": Chip("–", "Not due yet"),
    "late": Chip("×", "Will follow", "bad"),
    "missing": Chip("×", "Not sent", "bad"),
    "invalid": Chip("×", "Counts to check", "bad"),
    "not_expected": Chip("–", "Not expected"),
    "suppressed": Chip("–", "Withheld"),
}
WANTED: frozenset[State] = frozenset({"missing", "late", "invalid"})  # the team owes something
SENT: frozenset[State] = frozenset({"reported", "no_cases", "excluded", "suppressed"})


def cell(state: State) -> str:
    """`not sent`: short enough for a cell of a table; '' where the figure itself stands there."""
    return _CELLS[state]


def clause(state: State) -> str:
    """`is not sent`: after the name of a month."""
    return _CLAUSES[state]


def chip(point: Point | None) -> Chip | None:
    """The mark and words of a month without a figure; None where the figure is there to be judged."""
    if point is None:
        return Chip("–", "Nothing sent yet")
    return _CHIPS.get(point.state)
