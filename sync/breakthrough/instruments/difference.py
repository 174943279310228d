"""How two versions of a field differ, and what each difference does to values that are stored already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from breakthrough.english import one_line
from breakthrough.instruments.field import COLUMNS, HEADERS, Choice, Field, joined
from breakthrough.instruments.text import tags
from breakthrough.language import clauses, listed, message, say, says

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
_WRITES = frozenset(
    {
        "@CALCTEXT", "@CALCDATE", "@SETVALUE", "@PREFILL",
        "@LANGUAGE-CURRENT-FORM", "@LANGUAGE-CURRENT-SURVEY", "@DOWNLOAD-COUNT",
    }
)  # fmt: skip
# By which a form no longer shows what is stored, so that nobody sees or corrects it there.
_HIDES = frozenset({"@HIDDEN", "@HIDDEN-FORM", "@HIDDEN-SURVEY", "@HIDDEN-APP", "@HIDDEN-PDF"})
_FORCES = frozenset({"@FORCE-MINMAX"})
_LOOK_FIRST = {
    "branching_logic": message("values stored in fields that it hides may be erased when a form is saved"),
    "text_validation_type_or_show_slider_number": message("values stored before may not fit"),
}
_LIMITS = {
    "text_validation_min": message("the lowest value allowed is stricter: values stored before may be outside it"),
    "text_validation_max": message("the highest value allowed is stricter: values stored before may be outside it"),
}
_DATES = ("date_", "datetime_")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?")
_MOST_SHOWN = 60  # characters of a text
_BEFORE = 15  # of them, those before the first that differs
_MOST_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, in words. `codes`: the choices whose stored values it would orphan; none: those of all.

    `aspect` tells the differences of one field apart: `label`, `choices` (some go), `choice-words` …
    `words` are the old and the new cell, cut; nobody may be shown them where a field's wording is licensed.
    """

    said: str
    risk: Risk
    codes: tuple[str, ...] = ()
    moves: bool = False  # to another form
    aspect: str = ""
    words: str = ""
    lines: bool = False  # what is lost is the line breaks in values, and nothing where there are none


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
        return _retyped(was, now)
    if column == "form_name":
        said = say("it moves from {form} to {other}", form=before, other=after)
        return Change(said, "loses data" if was.holds_data else "safe", moves=True)
    words = _became(before, after)
    if column == "identifier":
        return Change(say("exports without identifiers lose or gain it"), "review", words=words)
    if column == "field_annotation":
        return _annotated(before, after, words)
    if column in _LIMITS and _tightened(before, after, lowest=column == "text_validation_min"):
        return Change(say(_LIMITS[column]), "review", words=words)
    if column in _LOOK_FIRST and (after or before.startswith(_DATES)):
        said = say("{column} changes: {why}", column=HEADERS[column], why=say(_LOOK_FIRST[column]))
        return Change(said, "review", words=words)
    return Change(_differs(column), "safe", words=words)


def _differs(column: str) -> str:
    return say("{column} changes", column=HEADERS[column])


def _retyped(was: Field, now: Field) -> Change:
    said = say("type {type} becomes {other}", type=was.field_type, other=now.field_type)
    if (was.field_type, now.field_type) == ("notes", "text"):  # one line on the form, which the next save stores
        said = say("{change}: line breaks in values are lost when a form is saved", change=said)
        return Change(said, "loses data", lines=True)
    return Change(said, "safe" if _alike(was, now) or not was.holds_data else "loses data")


def _annotated(before: str, after: str, words: str) -> Change:
    if writing := _written_by(after) - _written_by(before):
        told = listed(sorted({name for name, _ in writing}))
        said = say("{tags} is new or changes: what is stored is written over when a form is saved", tags=told)
        return Change(said, "loses data", words=words)
    new = {name for name, _ in _tags(after) - _tags(before)}
    if hiding := sorted(new & _HIDES):
        said = say("{tags} is new: what is stored stays, and is no longer seen on the form", tags=listed(hiding))
        return Change(said, "review", words=words)
    if new & _FORCES:
        said = say("{tags} is new: values outside the limits keep a form from being saved", tags="@FORCE-MINMAX")
        return Change(said, "review", words=words)
    return Change(_differs("field_annotation"), "safe", words=words)


def _tags(annotation: str) -> set[tuple[str, str]]:
    """Each tag with the @IF that it stands in, as another condition may make it hold for other records."""
    found: set[tuple[str, str]] = set()
    for tag in tags.found(annotation):
        if tag.name == "@IF":
            inside = annotation[tag.start : tag.end]
            found |= {(one.name, inside) for one in tags.every(inside) if one.name != "@IF"}
        else:
            found.add((tag.name, ""))
    return found


def _tightened(before: str, after: str, *, lowest: bool) -> bool:
    """Whether fewer values are allowed than before, or that cannot be told, as with a limit that is piped in."""
    if not after:
        return False
    if not before:
        return True
    try:
        was, now = float(before), float(after)
    except ValueError:
        if not (_DAY.fullmatch(before) and _DAY.fullmatch(after)):
            return True
        return after > before if lowest else after < before
    return now > was if lowest else now < was


def _became(before: str, after: str) -> str:
    """`'Age' becomes 'Years'`, each cut to where they differ."""
    was, now = (" ".join(text.split()) for text in (before, after))
    same = next(
        (at for at, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), len(min(was, now, key=len))
    )
    start = max(0, same - _BEFORE)
    return say("{words} becomes {other}", words=_cut(was, start), other=_cut(now, start))


def _cut(text: str, start: int = 0) -> str:
    """The text in quotes, on one line; where it is long, from about `start` on."""
    text = one_line(text)
    if len(text) <= _MOST_SHOWN:
        return f"'{text}'"
    start = min(start, len(text) - _MOST_SHOWN)
    end = start + _MOST_SHOWN
    return f"'{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}'"


def _listed(told: Sequence[str]) -> str:
    more = len(told) - _MOST_CHOICES
    return clauses(*told[:_MOST_CHOICES], says("and {n} more", "and {n} more", more) if more > 0 else "")


def _written_by(annotation: str) -> set[tuple[str, str]]:
    return {(tag.name, tag.argument or "") for tag in tags.every(annotation) if tag.name in _WRITES}


def could_lose(old: Field, new: Field) -> bool:
    """Whether any of the differences may lose stored values."""
    return any(change.risk == "loses data" for change in changes(old, new))


def _alike(old: Field, new: Field) -> bool:
    return any({old.field_type, new.field_type} <= alike for alike in _ALIKE)


def _selection(old: Field, new: Field) -> Iterator[Change]:
    if not (old.choices and new.choices):
        words = _became(old.select_choices_or_calculations, new.select_choices_or_calculations)
        said = say("the calculation or the labels of a slider change")
        yield Change(said, "review", aspect="calculation", words=words)
        return
    was, now = _by_code(old.choices), _by_code(new.choices)
    gone = tuple(code for code in was if code not in now)
    if gone:
        recoded = [code for code in gone if was[code] in {label for code, label in now.items() if code not in was}]
        said = says("the choice {codes} goes away", "the choices {codes} go away", len(gone), codes=listed(gone))
        if recoded:
            said = say("{change} (the label of {codes} has a new code)", change=said, codes=listed(recoded))
        yield Change(said, "loses data", gone, aspect="choices", words=_labels(was, gone))
    new_words = [code for code in now if code in was and now[code] != was[code]]
    if new_words:
        said = says(
            "the choice {codes} gets other words: stored answers change meaning",
            "the choices {codes} get other words: stored answers change meaning",
            len(new_words),
            codes=listed(new_words),
        )
        words = _listed([f"{code}: {_became(was[code], now[code])}" for code in new_words])
        yield Change(said, "review", aspect="choice-words", words=words)
    added = [code for code in now if code not in was]
    if added:
        said = says("the choice {codes} is new", "the choices {codes} are new", len(added), codes=listed(added))
        yield Change(said, "safe", aspect="choice-new", words=_labels(now, added))
    if [code for code in was if code in now] != [code for code in now if code in was]:
        yield Change(say("the choices stand in another order"), "safe", aspect="choice-order")


def _labels(of: Mapping[str, str], codes: Sequence[str]) -> str:
    return _listed([f"{code}: {_cut(of[code])}" for code in codes])


def _by_code(choices: tuple[Choice, ...]) -> dict[str, str]:
    return {choice.code: choice.label for choice in choices}
