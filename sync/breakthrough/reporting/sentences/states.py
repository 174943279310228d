"""States in words: what stands in a table's cell, and in a sentence, where there is no figure."""

from __future__ import annotations

from breakthrough.language import message_as, say, say_as
from breakthrough.measures.values import Point, State
from breakthrough.reporting.parts import Chip, Tone

_CELLS = {
    "no_cases": message_as("state of a month, in a table", "no cases"),
    "not_in_session": message_as("state of a month, in a table", "closed"),
    "not_collected": message_as("state of a month, in a table", "not collected"),
    "not_due": message_as("state of a month, in a table", "not due yet"),
    "late": message_as("state of a month, in a table", "will follow"),
    "missing": message_as("state of a month, in a table", "not sent"),
    "invalid": message_as("state of a month, in a table", "to check"),
    "excluded": message_as("state of a month, in a table", "set aside"),
    "not_expected": message_as("state of a month, in a table", "not in"),
    "suppressed": message_as("state of a month, in a table", "withheld"),
}
_CHIPS = {
    "no_cases": message_as("state of a month", "No cases"),
    "not_in_session": message_as("state of a month", "Closed"),
    "not_collected": message_as("state of a month", "Not collected"),
    "not_due": message_as("state of a month", "Not due yet"),
    "late": message_as("state of a month", "Will follow"),
    "missing": message_as("state of a month", "Not sent"),
    "invalid": message_as("state of a month", "Counts to check"),
    "not_expected": message_as("state of a month", "Not expected"),
    "suppressed": message_as("state of a month", "Withheld"),
}
WANTED: frozenset[State] = frozenset({"missing", "late", "invalid"})  # the team owes something
SENT: frozenset[State] = frozenset({"reported", "no_cases", "excluded", "suppressed"})


def cell(state: State) -> str:
    """`not sent`: short enough for a cell of a table; '' where the figure itself stands there."""
    return say_as(*_CELLS[state]) if state in _CELLS else ""


def clause(month: str, state: State) -> str:
    """`March is not sent`: a month, and why it has no figure."""
    match state:
        case "reported":
            return say("{month} is here", month=month)
        case "no_cases":
            return say("{month} had no cases (0 of 0)", month=month)
        case "not_in_session":
            return say("{month} is closed", month=month)
        case "not_collected":
            return say("{month} was not collected", month=month)
        case "not_due":
            return say("{month} is not due yet", month=month)
        case "late":
            return say("{month} will follow", month=month)
        case "missing":
            return say("{month} is not sent", month=month)
        case "invalid":
            return say("{month} has counts that cannot be right", month=month)
        case "excluded":
            return say("{month} was set aside by a person, with a reason", month=month)
        case "not_expected":
            return say("{month} is outside the time of this team", month=month)
        case _:
            return say("{month} is withheld, so that no small number can be told from it", month=month)


def chip(point: Point | None) -> Chip | None:
    """The mark and words of a month without a figure; None where the figure is there to be judged."""
    if point is None:
        return nothing()
    if point.state not in _CHIPS:
        return None
    owed = point.state in WANTED
    tone: Tone = "bad" if owed else "none"
    return Chip("×" if owed else "–", say_as(*_CHIPS[point.state]), tone)


def nothing() -> Chip:
    """Where no month is there at all."""
    return Chip("–", say("Nothing sent yet"))
