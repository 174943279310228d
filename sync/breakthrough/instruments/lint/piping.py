"""P: piping – fields, choices, events and smart variables that are not there. Prose in brackets is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.spelling import nearest
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import piping
from breakthrough.instruments.text.piping import Pipe
from breakthrough.instruments.text.smart import EVENTS, SMART

_COLUMNS = ("section_header", "field_label", "field_note", "select_choices_or_calculations")
_FILLING = frozenset({"@DEFAULT", "@SETVALUE", "@PREFILL", "@PLACEHOLDER"})
_APART = re.compile(r"\[([a-z0-9_]+_arm_[0-9]+[a-z]?)\][ \t]+\[([A-Za-z][A-Za-z0-9_]*)(?:[(:][^\[\]]*)?\]")
_MISSPELT = 0.85  # how alike a word in brackets and a field must be before the word is taken for a slip
_DASHED = re.compile(r"\[([a-z]+(?:-[a-z]+)+)(?::[^\[\]]*)?\]")


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with what labels, notes, headers, choices and default values pipe."""
    for field in subject.fields:
        for column, text, start in _texts(field, subject):
            for pipe in piping.found(text, subject.events or ()):
                yield from _pipe(field, column, start, pipe, subject)
            yield from _spaced(field, column, text, start)
            yield from _misspelt(field, column, text, start)


def _texts(field: Field, subject: Subject) -> Iterator[tuple[str, str, int]]:
    for column in _COLUMNS:
        text = str(getattr(field, column))
        if "[" in text and not (field.field_type in {"calc", "sql"} and column == "select_choices_or_calculations"):
            yield column, text, 0
    for tag in subject.tags_of(field):
        if tag.name in _FILLING and tag.argument and "[" in tag.argument:
            yield "field_annotation", tag.argument, tag.argument_start


def _pipe(field: Field, column: str, start: int, pipe: Pipe, subject: Subject) -> Iterator[Finding]:
    span = (start + pipe.start, start + pipe.end)
    if pipe.event and subject.events is not None and pipe.event not in {*subject.events, *EVENTS}:
        near = nearest(pipe.event, subject.events)
        remedy = f"Did you mean [{near}]" if near else "Use an event's unique name"
        yield Finding(
            "P004", field, f"it pipes from the event [{pipe.event}], which is not there", remedy, column, span
        )
    if pipe.smart or not subject.whole:
        return
    if subject.has(pipe.name):
        codes = subject.codes_of(pipe.name)
        if pipe.code is not None and codes is not None and pipe.code not in codes:
            problem = f"it pipes [{pipe.name}({pipe.code})], a choice that is not there"
            yield Finding("P003", field, problem, "Use a code of that field", column, span)
        return
    near = subject.nearest(pipe.name)
    if pipe.certain:
        problem = f"it pipes [{pipe.name}], which is not there"
        remedy = f"Did you mean [{near}]" if near else "Name a field of this project"
        yield Finding("P001", field, problem, remedy, column, span)
    elif near and "_" in pipe.name and SequenceMatcher(None, near, pipe.name).ratio() > _MISSPELT:
        problem = f"[{pipe.name}] is no field, so it will be read as it stands"
        yield Finding("P002", field, problem, f"If it was meant to be piped: did you mean [{near}]", column, span)


def _spaced(field: Field, column: str, text: str, start: int) -> Iterator[Finding]:
    for found in _APART.finditer(text):
        problem = f"a blank stands between [{found[1]}] and [{found[2]}], and REDCap then forgets the event"
        yield Finding(
            "P005", field, problem, "Take the blank out", column, (start + found.start(), start + found.end())
        )


def _misspelt(field: Field, column: str, text: str, start: int) -> Iterator[Finding]:
    for found in _DASHED.finditer(text):
        name = found[1]
        near = "" if name in SMART else nearest(name, SMART)
        if near:
            problem = f"{quoted(found[0])} is no smart variable of REDCap's"
            yield Finding(
                "P006", field, problem, f"Did you mean [{near}]", column, (start + found.start(), start + found.end())
            )
