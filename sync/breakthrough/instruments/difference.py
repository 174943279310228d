"""How two versions of a field differ, and what each difference does to values that are stored already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from breakthrough.instruments.field import COLUMNS, HEADERS, Choice, Field, joined
from breakthrough.instruments.text import tags

Risk = Literal["safe", "review", "loses data"]

# Pairs of types between which stored values keep their meaning, as long as the codes are the same.
_ALIKE = (
    {"radio", "dropdown", "yesno", "truefalse"},
    {"text", "notes"},
)
# What a step's name calls each column.
ASPECTS = {
    "form_name": "form",
    "section_header": "header",
    "field_type": "type",
    "field_label": "label",
    "select_choices_or_calculations": "choices",
    "field_note": "note",
    "text_validation_type_or_show_slider_number": "validation",
    "text_validation_min": "min",
    "text_validation_max": "max",
    "identifier": "identifier",
    "branching_logic": "branching",
    "required_field": "required",
    "custom_alignment": "alignment",
    "question_number": "number",
    "matrix_group_name": "matrix",
    "matrix_ranking": "ranking",
    "field_annotation": "annotation",
}
# Action tags by which a form writes over what is stored, each time it is opened or saved.
_WRITES = frozenset({"@CALCTEXT", "@CALCDATE", "@SETVALUE", "@PREFILL"})
_LOOK_FIRST = {
    "branching_logic": "values stored in fields that it hides may be erased when a form is saved",
    "text_validation_type_or_show_slider_number": "values stored before may not fit",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, in words. `codes`: the choices whose stored values it would orphan; none: those of all.

    `aspect` tells the differences of one field apart: `label`, `choices` (some go), `choice-words` …
    """

    said: str
    risk: Risk
    codes: tuple[str, ...] = ()
    moves: bool = False  # to another form
    aspect: str = ""


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
        if column == "select_choices_or_calculations":
            # Yes/no and true/false have choices that no cell shows. Where types are unlike, that has been said.
            if (before, was.choices) != (after, now.choices) and (was.field_type == now.field_type or _alike(was, now)):
                yield from _selection(was, now)
        elif before != after:
            yield replace(_column(was, now, column), aspect=ASPECTS.get(column, column))


def _column(was: Field, now: Field, column: str) -> Change:
    before, after = getattr(was, column), getattr(now, column)
    if column == "field_type":
        if _alike(was, now) or not was.holds_data:
            return Change(f"type {before} becomes {after}", "safe")
        return Change(f"type {before} becomes {after}", "loses data")
    if column == "form_name":
        return Change(f"it moves from {before} to {after}", "loses data" if was.holds_data else "safe", moves=True)
    if column == "identifier":
        return Change("exports without identifiers lose or gain it", "review")
    if column == "field_annotation" and (writing := _written_by(after) - _written_by(before)):
        tags = " and ".join(sorted({name for name, _ in writing}))
        return Change(f"{tags} is new or changes: what is stored is written over when a form is saved", "loses data")
    if after and column in _LOOK_FIRST:
        return Change(f"{HEADERS[column]} changes: {_LOOK_FIRST[column]}", "review")
    return Change(f"{HEADERS[column]} changes", "safe")


def _written_by(annotation: str) -> set[tuple[str, str]]:
    return {(tag.name, tag.argument or "") for tag in tags.every(annotation) if tag.name in _WRITES}


def could_lose(old: Field, new: Field) -> bool:
    """Whether any of the differences may lose stored values."""
    return any(change.risk == "loses data" for change in changes(old, new))


def _alike(old: Field, new: Field) -> bool:
    return any({old.field_type, new.field_type} <= alike for alike in _ALIKE)


def _selection(old: Field, new: Field) -> Iterator[Change]:
    if not (old.choices and new.choices):
        yield Change("the calculation or the labels of a slider change", "review", aspect="calculation")
        return
    was, now = _by_code(old.choices), _by_code(new.choices)
    gone = tuple(code for code in was if code not in now)
    if gone:
        recoded = [code for code in gone if was[code] in {label for code, label in now.items() if code not in was}]
        hint = f" (the label of {', '.join(recoded)} has a new code)" if recoded else ""
        yield Change(f"the choice {', '.join(gone)} goes away{hint}", "loses data", gone, aspect="choices")
    new_words = [code for code in now if code in was and now[code] != was[code]]
    if new_words:
        said = f"the choice {', '.join(new_words)} gets other words: stored answers change meaning"
        yield Change(said, "review", aspect="choice-words")
    added = [code for code in now if code not in was]
    if added:
        yield Change(f"the choice {', '.join(added)} is new", "safe", aspect="choice-new")
    if [code for code in was if code in now] != [code for code in now if code in was]:
        yield Change("the choices stand in another order", "safe", aspect="choice-order")


def _by_code(choices: tuple[Choice, ...]) -> dict[str, str]:
    return {choice.code: choice.label for choice in choices}
