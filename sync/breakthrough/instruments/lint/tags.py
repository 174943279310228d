"""A: action tags – misspelt, malformed, on a type they do not work on, or with a value that does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import limits
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import tags
from breakthrough.instruments.text.tags import Tag

_COLUMN = "field_annotation"
_TYPED = frozenset({"text"})
_WRITTEN = frozenset({"text", "notes"})
_CHOSEN = frozenset({"radio", "dropdown", "checkbox", "yesno", "truefalse", "sql"})
# The types a tag works on; tags that are not here work on all, or on what is not documented.
_WORKS_ON = {
    "@CALCTEXT": _WRITTEN, "@CALCDATE": _TYPED, "@TODAY": _WRITTEN, "@NOW": _WRITTEN, "@TODAY-SERVER": _WRITTEN,
    "@TODAY-UTC": _WRITTEN, "@NOW-SERVER": _WRITTEN, "@NOW-UTC": _WRITTEN, "@LATITUDE": _WRITTEN,
    "@LONGITUDE": _WRITTEN, "@PLACEHOLDER": _WRITTEN, "@CHARLIMIT": _WRITTEN, "@WORDLIMIT": _WRITTEN,
    "@PASSWORDMASK": _TYPED, "@RICHTEXT": frozenset({"notes"}), "@FORCE-MINMAX": frozenset({"text", "slider"}),
    "@NONEOFTHEABOVE": frozenset({"checkbox"}), "@MAXCHECKED": frozenset({"checkbox"}), "@HIDECHOICE": _CHOSEN,
    "@SHOWCHOICE": _CHOSEN, "@MAXCHOICE": _CHOSEN, "@RANDOMORDER": _CHOSEN, "@BARCODE-APP": _TYPED,
    "@INLINE": frozenset({"file", "descriptive"}), "@INLINE-PREVIEW": frozenset({"file", "descriptive"}),
}  # fmt: skip
_UNFILLED = frozenset({"calc", "descriptive", "file"})
_FILLING = frozenset({"@DEFAULT", "@SETVALUE", "@PREFILL"})
_CODED = frozenset({"@HIDECHOICE", "@SHOWCHOICE", "@NONEOFTHEABOVE"})
_COUNTED = frozenset({"@CHARLIMIT", "@WORDLIMIT", "@MAXCHECKED"})
_CALCULATED = frozenset({"@CALCTEXT", "@CALCDATE"})
_STAMPING = frozenset({"@TODAY", "@NOW", "@TODAY-SERVER", "@NOW-SERVER", "@TODAY-UTC", "@NOW-UTC"})


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with action tags."""
    for field in subject.fields:
        found = subject.tags_of(field)
        for tag in found:
            yield from _spelling(field, tag)
            if not tag.problem:
                yield from _type(field, tag)
                yield from _value(field, tag, subject)
        yield from _together(field, found, subject)


def _spelling(field: Field, tag: Tag) -> Iterator[Finding]:
    if tag.problem:
        yield _finding(
            "A002", field, tag, f"in {tag.name}, {tag.problem}", "Correct it, or REDCap takes no notice of it"
        )
    elif not tag.known and (near := tags.nearest(tag.name)):
        yield _finding("A001", field, tag, f"REDCap has no action tag {quoted(tag.name)}", f"Did you mean {near}")


def _type(field: Field, tag: Tag) -> Iterator[Finding]:
    works = _WORKS_ON.get(tag.name)
    if (works and field.field_type not in works) or (tag.name in _FILLING and field.field_type in _UNFILLED):
        problem = f"{tag.name} does not work on a {field.field_type} field"
        yield _finding("A003", field, tag, problem, "Take it out, or change the type")
    elif tag.name == "@CALCDATE" and not field.validation.startswith("date"):
        problem = "@CALCDATE needs a field with a date or datetime validation"
        yield _finding("A003", field, tag, problem, "Give the field one, such as date_ymd")


def _value(field: Field, tag: Tag, subject: Subject) -> Iterator[Finding]:
    value = (tag.argument or "").strip()
    if tag.name in _COUNTED and not re.fullmatch(r"[0-9]{1,6}", value):
        yield _finding("A005", field, tag, f"{tag.name} takes a whole number, not {quoted(value)}", "Write one")
    codes = subject.codes(field)
    if not codes or "[" in value or "@" in value:
        yield from _default(field, tag, value)
        return
    given = _given(field, tag, value)
    unknown = [code for code in given if code not in codes and code not in subject.missing_codes]
    if unknown:
        problem = f"{tag.name} names {', '.join(map(quoted, unknown[:5]))}, which is no code of this field"
        yield _finding("A004", field, tag, problem, "Use the codes of its choices, not their labels")


def _given(field: Field, tag: Tag, value: str) -> Sequence[str]:
    """The codes that a tag names."""
    if tag.name in _CODED or (tag.name in _FILLING and field.field_type == "checkbox"):
        return [part.strip() for part in value.split(",") if part.strip()]
    if tag.name in _FILLING:
        return [value] if value else []
    if tag.name.startswith("@MAXCHOICE"):
        return [part.partition("=")[0].strip() for part in value.split(",") if "=" in part]
    return []


def _default(field: Field, tag: Tag, value: str) -> Iterator[Finding]:
    if tag.name not in _FILLING or not value or "[" in value or "@" in value or field.field_type != "text":
        return
    is_moment = value.lower() in {"today", "now"}  # seen in real projects; whether it works is not known
    if not is_moment and limits.kind(field.validation) and limits.read(value, field.validation) is None:
        problem = f"{tag.name} fills in {quoted(value)}, which is no value of the validation {field.validation}"
        remedy = "Write one; for the day or the moment, use @TODAY or @NOW"
        yield _finding("A005", field, tag, problem, remedy)


def _together(field: Field, found: Sequence[Tag], subject: Subject) -> Iterator[Finding]:
    names = {tag.name: tag for tag in found}
    if "@CHARLIMIT" in names and "@WORDLIMIT" in names:
        problem = "@CHARLIMIT and @WORDLIMIT cannot both be used"
        yield _finding("A006", field, names["@WORDLIMIT"], problem, "Keep one of the two")
    filled = [name for name in names if name in _FILLING | _STAMPING]
    calculated = [name for name in names if name in _CALCULATED]
    if filled and calculated:
        problem = f"{calculated[0]} overwrites what {filled[0]} fills in"
        yield _finding("A006", field, names[filled[0]], problem, "Keep one of the two")
    for outer in found:
        inside = [tag for tag in found if outer.name == "@IF" and outer.start < tag.start < outer.end]
        for tag in inside:
            if tag.name in _CALCULATED:
                problem = f"{tag.name} does not work inside @IF"
                yield _finding("A006", field, tag, problem, f"Put if(…) inside {tag.name} instead")
    yield from _without_effect(field, names, subject)


def _without_effect(field: Field, names: dict[str, Tag], subject: Subject) -> Iterator[Finding]:
    force = names.get("@FORCE-MINMAX")
    if force and not (field.text_validation_min.strip() or field.text_validation_max.strip()):
        yield _finding(
            "A007", field, force, "@FORCE-MINMAX has no range to enforce", "Give the field one, or take it out"
        )
    most = names.get("@MAXCHECKED")
    if most and (most.argument or "").strip().isascii() and (most.argument or "").strip().isdigit():
        boxes = len(subject.choices(field))
        if field.field_type == "checkbox" and int((most.argument or "0").strip()[:9]) >= boxes:
            yield _finding(
                "A007", field, most, f"there are {boxes} boxes only, so all can be ticked", "Lower it, or take it out"
            )


def _finding(code: str, field: Field, tag: Tag, problem: str, remedy: str) -> Finding:
    return Finding(code, field, problem, remedy, _COLUMN, (tag.start, tag.end))
