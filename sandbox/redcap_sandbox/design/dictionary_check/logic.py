"""Branching logic and calculations that REDCap could not evaluate: their syntax, and the fields they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from breakthrough.errors import LogicInvalid
from breakthrough.logic import Known, parse, unknown
from redcap_sandbox.design.dictionary import status_name
from redcap_sandbox.design.dictionary_check.cells import CHOICES, Rows, at

# Names that do not exist. Of a choice that does not exist, or of a checkbox without a code, REDCap makes a blank.
_REFUSED = frozenset({"unknown-field", "unknown-event"})


def known(rows: Rows, events: Collection[str] | None) -> Known:
    """What logic may name: every field and form status of the dictionary, and the events, if they are to be checked."""
    names = {row.name for row in rows} | {status_name(row.form) for row in rows}
    return Known(fields=names, events=events)


def fault(text: str, names: Known) -> str:
    """Why REDCap would not take this logic, a sentence; '' if it would."""
    try:
        tree = parse(text)
    except LogicInvalid as invalid:
        return invalid.reason
    return next((problem.reason for problem in unknown(text, tree, names) if problem.code in _REFUSED), "")


def faults(rows: Rows, events: Collection[str] | None) -> Iterator[str]:
    """Cells whose logic cannot be used, each with the reason."""
    names = known(rows, events)
    read: dict[str, str] = {}  # the same logic often stands on many rows

    def why(text: str) -> str:
        if text not in read:
            read[text] = fault(text, names)
        return read[text]

    branching = [
        f"{at('branching_logic', index)} ({reason})"
        for index, row in enumerate(rows)
        if row.cells["branching_logic"].strip() and (reason := why(row.cells["branching_logic"]))
    ]
    if branching:
        yield f"The branching logic in the following cells has errors: {', '.join(branching)}"
    calculations = [
        f"{at(CHOICES, index)} ({reason})"
        for index, row in enumerate(rows)
        if row.kind == "calc" and row.cells[CHOICES].strip() and (reason := why(row.cells[CHOICES]))
    ]
    if calculations:
        yield f"The calculations in the following cells have errors: {', '.join(calculations)}"
