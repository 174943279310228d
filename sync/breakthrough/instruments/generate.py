"""Fills in what an instrument takes from collaborative.yaml or a scoring profile: one row becomes as many as needed.

The wording stays in the dictionary, where a coordinator can change it; how a row asks for this is told at the top of
`instruments/project.yaml`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from string import Template

from breakthrough.collaborative import Collaborative, Counted, Event, Measure
from breakthrough.collaborative.definition import EVERY_MONTH
from breakthrough.english import listed, month_name
from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import assessment, retired
from breakthrough.instruments.field import Choice, Field, Origin, choices, joined
from breakthrough.instruments.profiles import Profile

_REPEATED = re.compile(r"\s*Repeated for each (\w+)\.?\s*")
_FILLED_IN = ("filled in from collaborative.yaml", "filled in from project.yaml")
_BY_MEASURE = ("measure", "count", "check")
_BY_PROFILE = ("item", "profile")
_EACH = (*_BY_MEASURE, *_BY_PROFILE)
_OTHERS = {"name": "Also counted", "plain": "Figures that no measure is made of"}


def filled(
    fields: Sequence[Field], collaborative: Collaborative, profiles: Sequence[Profile] = ()
) -> tuple[Field, ...]:
    """The fields of one instrument with every repeated row and every list of choices filled in.

    A repeated row and the repeated rows below it that have no section header of their own are one block: the block is
    written for the first measure (or profile), then for the second … A section header is written where it changes.
    Raises DictionaryInvalid for a row that asks for something there is not.
    """
    found: list[Field] = []
    month = retired.period(fields)
    for repeated, run in groupby(fields, key=lambda field: _each(field) != ""):
        rows = list(run)
        for block in _blocks(rows) if repeated else [rows]:
            found += _written(block, collaborative, profiles, month) if repeated else block
    return tuple(_listed(field, collaborative, profiles) for field in found)


def _each(field: Field) -> str:
    asked = _REPEATED.match(field.field_annotation)
    if asked and asked[1] not in _EACH:
        raise DictionaryInvalid(
            f"{field.origin}, field {field.field_name}: 'Repeated for each {asked[1]}' is not known. "
            f"Write one of: {', '.join(_EACH)}."
        )
    return asked[1] if asked else ""


def _blocks(rows: Sequence[Field]) -> Iterator[list[Field]]:
    block: list[Field] = []
    for row in rows:
        if row.section_header and block:
            yield block
            block = []
        block.append(row)
    yield block


def _written(
    block: Sequence[Field], collaborative: Collaborative, profiles: Sequence[Profile], month: str
) -> Iterator[Field]:
    header = ""
    by_profile = {_each(row) in _BY_PROFILE for row in block}
    if len(by_profile) > 1:
        raise DictionaryInvalid(
            f"{block[0].origin}, field {block[0].field_name}: this row and those below it are repeated for measures "
            "and for assessments at once. Part them with a section header."
        )
    measured = _for_every_measure(block, collaborative, month)
    every = _for_every_profile(block, profiles) if True in by_profile else measured
    for field in every:
        yield replace(field, section_header="" if field.section_header == header else field.section_header)
        header = field.section_header or header


def _for_every_measure(block: Sequence[Field], collaborative: Collaborative, month: str) -> Iterator[Field]:
    """`month`: the field that the page's month is in, by which rows of a measure show while it is in use; or ''."""
    asked: set[str] = set()
    for code, measure in collaborative.measures.items():
        in_use = retired.spans([measure])
        for row in block:
            if _each(row) == "count":
                new = [count for count in collaborative.counts if count in measure.counts and count not in asked]
                asked.update(new)
                for count in new:
                    field = _count(row, count, _measure_words(measure), collaborative)
                    every = [one for one in collaborative.measures.values() if count in one.counts]
                    yield retired.shown(field, retired.spans(every), month)
            elif _each(row) == "check":
                checks = _checks(row, code, measure, collaborative)
                yield from (retired.shown(field, in_use, month) for field in checks)
            else:
                yield retired.shown(_worded(row, "measure", code, _measure_words(measure)), in_use, month)
    for row in block:
        if _each(row) == "count":
            left = [count for count in collaborative.counts if count not in asked]
            yield from (_count(row, count, _OTHERS, collaborative) for count in left)


def _for_every_profile(block: Sequence[Field], profiles: Sequence[Profile]) -> Iterator[Field]:
    if not profiles:
        raise DictionaryInvalid(
            f"{block[0].origin}, field {block[0].field_name}: no assessment is named to write it for. Name one in "
            "project.yaml, such as: profiles: [systems_check]."
        )
    for profile in profiles:
        for row in block:
            kind = _each(row)
            asked = assessment.questions(profile) if kind == "item" else [assessment.footer(profile)]
            yield from (_worded(row, kind, one.code, one.words, **one.cells) for one in asked)


def _worded(row: Field, kind: str, code: str, words: Mapping[str, str], **cells: str) -> Field:
    """The row for one count or measure: `$name` in its texts, its kind in its name, `[kind_st]` in its logic."""
    safe = {name: html.escape(" ".join(text.split()), quote=False) for name, text in words.items()}
    told = {cell: _substituted(row, cell, safe) for cell in ("section_header", "field_label", "field_note")}
    own = re.compile(rf"\[{re.escape(row.field_name)}(?=[\](])|\[{kind}(?=_|\])")
    logic = own.sub(lambda m: f"[{_named(m[0][1:], kind, code)}", row.branching_logic)
    annotation = _REPEATED.sub("", row.field_annotation, count=1)
    name = _named(row.field_name, kind, code)
    changed = told | {"field_name": name, "branching_logic": logic, "field_annotation": annotation} | cells
    origin = replace(row.origin, repeated_for=code) if row.origin else None
    return replace(row, **changed, origin=origin)


def _substituted(row: Field, cell: str, words: Mapping[str, str]) -> str:
    try:
        return Template(getattr(row, cell)).substitute(words)
    except KeyError as unknown:
        problem = f"${unknown.args[0]} is not known here"
    except ValueError:
        problem = "a $ stands alone; write $$ where a dollar sign is meant"
    raise DictionaryInvalid(
        f"{row.origin}, field {row.field_name}: in its {cell.replace('_', ' ')}, {problem}. "
        f"Known: {', '.join(f'${name}' for name in words)}."
    )


def _named(name: str, kind: str, code: str) -> str:
    return re.sub(rf"(?<![a-z0-9]){kind}(?![a-z0-9])", code, name, count=1)


def _count(row: Field, code: str, words: Mapping[str, str], collaborative: Collaborative) -> Field:
    count = collaborative.counts[code]
    # REDCap's `number` takes a decimal point; a range of whole numbers is what the row has for all others.
    cells = {"text_validation_type_or_show_slider_number": "number"} if count.decimal else {}
    return _worded(row, "count", code, {**words, "label": count.label, "help": count.help}, **cells)


def _measure_words(measure: Measure) -> dict[str, str]:
    newest = measure.goals[-1] if measure.goals else None
    wanted, until = (newest.goal, newest.by) if newest else (measure.goal, measure.goal_by)
    by = f" by {until.label}" if until else ""
    goal = "none set" if wanted is None else f"{wanted:g}{measure.unit}{by}"
    plain = " ".join(told for told in (measure.plain, _when(measure), _sampled(measure)) if told)
    definition = measure.at(measure.versions[-1].from_).definition if measure.versions else measure.definition
    return {"name": measure.name, "plain": plain, "definition": definition, "goal": goal}


def _when(measure: Measure) -> str:
    """In which months it is asked, where that is not every month: a form cannot know."""
    if len(measure.every) == len(EVERY_MONTH):
        return ""
    months = listed([month_name(month) for month in measure.every], "or")
    return f"(Only in the forms for {months}, for all months since the last time.)"


def _sampled(measure: Measure) -> str:
    return f"(A sample: {measure.sampling.words}.)" if measure.sampling else ""


def _checks(row: Field, code: str, measure: Measure, collaborative: Collaborative) -> Iterator[Field]:
    """A check for each proportion of the measure: it shows when the part is larger than the whole."""
    if not (measure.is_proportion or measure.versus):
        return
    versus = measure.versus
    parts = [(code, measure.numerator, measure.denominator)]
    parts += [(f"{code}_{at}", one.numerator, one.denominator) for at, one in enumerate(measure.parts, 1)]
    parts += [(f"{code}_vs", versus.numerator, versus.denominator)] if versus else []
    for name, part, whole in parts:
        if isinstance(part, Counted) and isinstance(whole, Counted):  # case rows are counted elsewhere
            words = {"name": measure.name, "part": _said(part, collaborative), "whole": _said(whole, collaborative)}
            yield _worded(row, "measure", name, words, branching_logic=too_large(part, whole))


def too_large(part: Counted, whole: Counted) -> str:
    """REDCap's logic for "the part is larger than the whole", false while a figure of the whole is blank.

    A blank is never larger than a number, but what REDCap makes of a number against a blank is not documented.
    """
    known = [f'[{count}] <> ""' for count in dict.fromkeys(whole.counts)]
    return " and ".join([*known, f"{_sum(part)} > {_sum(whole)}"])


def _sum(counted: Counted) -> str:
    text = "".join(f" {'-' if sign < 0 else '+'} [{count}]" for sign, count in counted.terms)
    return f"({text.strip().removeprefix('+ ')})" if len(counted.terms) > 1 else f"[{counted.counts[0]}]"


def _said(counted: Counted, collaborative: Collaborative) -> str:
    words = ""
    for sign, count in counted.terms:
        joint = (" less " if sign < 0 else " plus ") if words else ""
        words += f"{joint}\u201c{collaborative.counts[count].label.removeprefix('… of these: ')}\u201d"
    return words


def _listed(field: Field, collaborative: Collaborative, profiles: Sequence[Profile]) -> Field:
    if not any(mark in field.select_choices_or_calculations for mark in _FILLED_IN):
        return field
    found: list[Choice] = []
    lists: list[str] = []
    for choice in choices(field.select_choices_or_calculations):
        lists += [choice.code] if choice.label in _FILLED_IN else []
        found += _list(choice.code, field, collaborative, profiles) if choice.label in _FILLED_IN else [choice]
    origin = replace(field.origin or Origin("", 0), lists=tuple(lists))
    listed = replace(field, select_choices_or_calculations=joined(tuple(found)), origin=origin)
    listed = retired.hidden(listed, [code for name in lists for code in retired.codes(name, collaborative)])
    if [choice.code for choice in found] == [profile.name for profile in profiles] and len(found) == 1:
        return replace(listed, field_annotation=f"{field.field_annotation} @DEFAULT='{found[0].code}'".strip())
    return listed


def _list(name: str, field: Field, collaborative: Collaborative, profiles: Sequence[Profile]) -> list[Choice]:
    lists: dict[str, Iterable[tuple[str, str]]] = {
        "coaches": ((coach.code, coach.name) for coach in collaborative.coaches),
        "drivers": ((driver.code, f"{driver.code} {driver.title}") for driver in collaborative.drivers),
        "events": ((event.code, _event(event)) for event in collaborative.calendar.events),
        "ideas": ((code, f"{code} {idea.title}") for code, idea in collaborative.ideas.items()),
        "measures": ((code, measure.name) for code, measure in collaborative.measures.items()),
        "profiles": ((profile.name, profile.title) for profile in profiles),
    }
    if name not in lists:
        raise DictionaryInvalid(
            f"{field.origin}, field {field.field_name}: there is no list '{name}' to fill in. "
            f"Write one of: {', '.join(lists)}."
        )
    # A bar would end the choice, and a line break too.
    return [
        Choice(code, html.escape(" ".join(text.replace("|", "/").split()), quote=False)) for code, text in lists[name]
    ]


def _event(event: Event) -> str:
    """`LS1, 18 September 2025: Learning session 1`: calls of one title are told apart by their days."""
    title = event.title or event.kind.replace("_", " ").capitalize()
    return f"{event.code}, {event.date.day} {event.date:%B %Y}: {title}"
