"""How two versions of a field differ, and what each difference does to values that are stored already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from breakthrough.instruments.field import COLUMNS, HEADERS, Choice, Field, joined

Risk = Literal["safe", "review", "loses data"]

# Pairs of types between which stored values keep their meaning, as long as the codes are the same.
_ALIKE = (
    {"radio", "dropdown", "yesno", "truefalse"},
    {"text", "notes"},
)
_LOOK_FIRST = {
    "branching_logic": "values stored in fields that it hides may be erased when a form is saved",
    "text_validation_type_or_show_slider_number": "values stored before may not fit",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, in words. `codes`: the choices whose stored values it would orphan; none: those of all."""

    said: str
    risk: Risk
    codes: tuple[str, ...] = ()
    moves: bool = False  # to another form


def normal(field: Field) -> Field:
    """The field as REDCap would hold it: no blanks at the ends, one way to write bars and line ends."""
    cells = {name: "\n".join(cell.strip().splitlines()) for name, cell in field.row().items()}
    if field.field_type in {"radio", "dropdown", "checkbox"}:
        cells["select_choices_or_calculations"] = joined(field.choices)
    if cells["custom_alignment"] == "RV":
        cells["custom_alignment"] = ""
    return Field.of(cells)


def changes(old: Field, new: Field) -> Iterator[Change]:
    """Every difference between two fields of the same name, in the order of REDCap's columns."""
    was, now = normal(old), normal(new)
    for column in COLUMNS:
        before, after = getattr(was, column), getattr(now, column)
        if before == after:
            continue
        if column == "field_type":
            yield Change(f"type {before} becomes {after}", "safe" if _alike(was, now) else "loses data")
        elif column == "form_name":
            yield Change(f"it moves from {before} to {after}", "loses data", moves=True)
        elif column == "identifier":
            yield Change("exports without identifiers lose or gain it", "review")
        elif column == "select_choices_or_calculations":
            if was.field_type == now.field_type or _alike(was, now):  # else the type's own change has said it
                yield from _selection(was, now)
        elif after and column in _LOOK_FIRST:
            yield Change(f"{HEADERS[column]} changes: {_LOOK_FIRST[column]}", "review")
        else:
            yield Change(f"{HEADERS[column]} changes", "safe")


def could_lose(old: Field, new: Field) -> bool:
    """Whether any of the differences may lose stored values."""
    return any(change.risk == "loses data" for change in changes(old, new))


def _alike(old: Field, new: Field) -> bool:
    return any({old.field_type, new.field_type} <= alike for alike in _ALIKE)


def _selection(old: Field, new: Field) -> Iterator[Change]:
    if not (old.choices and new.choices):
        yield Change("the calculation or the labels of a slider change", "review")
        return
    was, now = _by_code(old.choices), _by_code(new.choices)
    gone = tuple(code for code in was if code not in now)
    if gone:
        recoded = [code for code in gone if was[code] in {label for code, label in now.items() if code not in was}]
        hint = f" (the label of {', '.join(recoded)} has a new code)" if recoded else ""
        yield Change(f"the choice {', '.join(gone)} goes away{hint}", "loses data", gone)
    new_words = [code for code in now if code in was and now[code] != was[code]]
    if new_words:
        yield Change(f"the choice {', '.join(new_words)} gets other words: stored answers change meaning", "review")
    added = [code for code in now if code not in was]
    if added:
        yield Change(f"the choice {', '.join(added)} is new", "safe")
    if not gone and not new_words and not added:
        yield Change("the choices stand in another order", "safe")


def _by_code(choices: tuple[Choice, ...]) -> dict[str, str]:
    return {choice.code: choice.label for choice in choices}
