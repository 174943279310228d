"""O: forms and their order – rows that are apart, the record ID, names that REDCap rewrites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.subject import Subject, unique_name

_LEGAL = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_LONG = 50  # what the designer shows of a form's name


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with forms and their order."""
    yield from _forms(subject)
    if subject.whole:
        yield from _record_id(subject)
    elif len(subject.forms) > 1:
        second = next(field for field in subject.fields if field.form_name == subject.forms[1])
        yield Finding(
            "O007",
            second,
            f"another instrument begins here ({len(subject.forms)} in all), and REDCap takes one at a time",
            "Part the file, one for each instrument, or read it as a project's dictionary, without --instrument",
            "form_name",
        )


def _forms(subject: Subject) -> Iterator[Finding]:
    seen: set[str] = set()
    for form, run in groupby(subject.fields, key=lambda field: field.form_name.strip()):
        rows = list(run)
        if not form:
            for field in rows:
                yield Finding("O001", field, "it has no form name", "Write the form it belongs to", "form_name")
            continue
        if form in seen:
            problem = f"the form {quoted(form)} begins a second time here"
            yield Finding("O002", rows[0], problem, "Keep all rows of a form together", "form_name")
        elif not _LEGAL.fullmatch(form):
            problem = f"the form name {quoted(form)} is not one REDCap takes as it is"
            remedy = "Use small letters, digits and single underscores, a letter first"
            made = unique_name(form)
            yield Finding("O005", rows[0], problem, f"{remedy}, such as {made}" if made else remedy, "form_name")
        if form not in seen and len(form) > _LONG:
            problem = f"the form name has {len(form)} characters, more than REDCap's pages show"
            yield Finding("O006", rows[0], problem, "Shorten it before there are data", "form_name", (_LONG, len(form)))
        seen.add(form)


def _record_id(subject: Subject) -> Iterator[Finding]:
    if not subject.fields:
        return
    first = subject.fields[0]
    problem = "the first field is the record ID, which must be plain text and always shown"
    if first.field_type != "text":
        remedy = "Put the record-ID field first, with the type text"
        if first.field_type.strip():
            remedy += ". If this is one instrument of a project, say --instrument"
        yield Finding("O003", first, problem, remedy, "field_type")
    if first.branching_logic.strip():
        yield Finding("O004", first, problem, "Make its branching logic blank", "branching_logic")
