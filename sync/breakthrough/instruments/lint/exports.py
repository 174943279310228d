"""X: what statistics packages make of the exported columns: names too long or reserved, codes of two kinds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint.finding import Finding
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text.choices import suffix

LONGEST = 32  # SAS and Stata; SPSS takes 64
# Words that no variable may be called: Stata `help reserved`, SPSS Command Syntax Reference "Variable names".
_STATA = frozenset(
    {
        "byte", "double", "float", "if", "in", "int", "long", "strl", "using", "with", "str1", "str2", "str3", "str4",
        "str5", "str6", "str7", "str8", "str9", "str10", "str20", "str80", "str244",
    }
)  # fmt: skip
_SPSS = frozenset({"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"})
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def findings(subject: Subject) -> Iterator[Finding]:
    """What goes wrong in exports to Stata, SAS and SPSS."""
    cut: dict[str, dict[str, Field]] = defaultdict(dict)
    for field in subject.fields:
        columns = _columns(field, subject)
        yield from _long(field, columns)
        yield from _reserved(field)
        yield from _mixed(field, subject)
        for column in columns:
            cut[column[:LONGEST]][column] = field
    for name, columns_of in cut.items():
        yield from _clashes(name, columns_of)


def _columns(field: Field, subject: Subject) -> tuple[str, ...]:
    if field.field_type == "descriptive":
        return ()
    if field.field_type != "checkbox":
        return (field.field_name,)
    return tuple(f"{field.field_name}___{suffix(choice.code)}" for choice in subject.choices(field))


def _long(field: Field, columns: tuple[str, ...]) -> Iterator[Finding]:
    longest = max(columns, key=len, default="")
    if len(longest) > LONGEST:
        which = "its name" if longest == field.field_name else f"its column {longest}"
        problem = f"{which} has {len(longest)} characters, and SAS and Stata take {LONGEST}"
        yield Finding("X001", field, problem, "Shorten the name while there are no data yet")


def _reserved(field: Field) -> Iterator[Finding]:
    packages = [name for name, words in (("Stata", _STATA), ("SPSS", _SPSS)) if field.field_name in words]
    if packages:
        problem = f"{' and '.join(packages)} cannot have a variable called {field.field_name}"
        yield Finding("X002", field, problem, "Choose another name")


def _mixed(field: Field, subject: Subject) -> Iterator[Finding]:
    if field.field_type not in {"radio", "dropdown"}:
        return
    codes = [choice.code for choice in subject.choices(field)]
    numbers = [code for code in codes if _NUMBER.fullmatch(code)]
    if numbers and len(numbers) < len(codes):
        problem = "some codes are numbers and some are not, so packages read the whole column as text"
        yield Finding("X003", field, problem, "Use numbers only, or none", "select_choices_or_calculations")


def _clashes(name: str, columns: dict[str, Field]) -> Iterator[Finding]:
    fields = {id(field): field for field in columns.values()}
    if len(columns) > 1 and len(name) == LONGEST:
        last = list(fields.values())[-1]
        problem = (
            f"{len(columns)} columns, {', '.join(sorted(columns)[:2])} among them, are alike in {LONGEST} characters"
        )
        yield Finding("X004", last, problem, "Let names differ in their first 32 characters")
