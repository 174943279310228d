"""The dictionary here beside the one in REDCap: what is new, what goes, what changes, and what that does to values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from breakthrough.english import many
from breakthrough.instruments.difference import Change, Risk, changes, could_lose, normal
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan.values import Live, Step
from breakthrough.instruments.project import Project


def in_danger(project: Project, live: Sequence[Field]) -> tuple[str, ...]:
    """The live fields whose stored values a step could lose: what REDCap should be asked about before."""
    here = {field.field_name: field for field in project.fields}
    return tuple(
        field.field_name
        for field in live
        if field.holds_data and (field.field_name not in here or could_lose(field, here[field.field_name]))
    )


def steps(project: Project, live: Live) -> Iterator[Step]:
    """What is to be done to the dictionary; it is sent as a whole, in the end."""
    renamed = _renamed(project, live)
    yield from _removed(project, live, renamed)
    yield from _added(project, live, {new: old for old, new in renamed.items()})
    yield from _changed(project, live)
    yield from _ordered(project, live)


def _renamed(project: Project, live: Live) -> dict[str, str]:
    """Old names by the new ones: a field that goes and one that comes which ask the same on the same form.

    REDCap knows no renaming by a dictionary, so that is a guess, told and nothing more.
    """
    here, there = {one.field_name for one in project.fields}, {one.field_name for one in live.fields}
    going = [one for one in live.fields if one.field_name not in here and one.holds_data]
    coming = [one for one in project.fields if one.field_name not in there]
    found: dict[str, str] = {}
    for old in going:
        alike = [new.field_name for new in coming if _asks(new) == _asks(old)]
        others = [one for one in going if _asks(one) == _asks(old)]
        if old.field_label.strip() and len(alike) == len(others) == 1:  # else nobody can tell which became which
            found[old.field_name] = alike[0]
    return found


def _asks(field: Field) -> tuple[str, ...]:
    one = normal(field)
    return (one.form_name, one.field_type, one.field_label, one.select_choices_or_calculations)


def _removed(project: Project, live: Live, renamed: dict[str, str]) -> Iterator[Step]:
    here = {field.field_name for field in project.fields}
    for field in live.fields:
        name = field.field_name
        if name not in here:
            why, risk = _stored(field, live)
            hint = (
                f"; {renamed[name]} asks the same: renamed? Its values do not move by themselves"
                if name in renamed
                else ""
            )
            said = f"not defined here; {why}{hint}"
            yield Step("remove field", f"{name} of {field.form_name}", said, risk, f"remove-field:{name}")


def _stored(field: Field, live: Live) -> tuple[str, Risk]:
    if not field.holds_data:
        return "it is text only", "safe"
    held = live.held.get(field.field_name)
    if held is None:
        return "what it holds cannot be seen with this token", "loses data"
    if held.records:
        return f"{_holding(held.records)} a value in it", "loses data"
    return "it holds no value", "review"


def _added(project: Project, live: Live, renamed: dict[str, str]) -> Iterator[Step]:
    there = {field.field_name for field in live.fields}
    forms = {field.form_name for field in live.fields}
    for form, run in groupby(project.fields, key=lambda field: field.form_name):
        new = [field.field_name for field in run if field.field_name not in there]
        if form not in forms:
            yield Step(
                "add instrument",
                form,
                f"not in REDCap; {many(len(new), 'new field')}",
                "safe",
                f"add-instrument:{form}",
            )
            continue
        for name in new:
            hint = f"; perhaps {renamed[name]} renamed" if name in renamed else ""
            yield Step("add field", f"{name} of {form}", f"not in REDCap{hint}", "safe", f"add-field:{name}")


def _changed(project: Project, live: Live) -> Iterator[Step]:
    there = {field.field_name: field for field in live.fields}
    for field in project.fields:
        old = there.get(field.field_name)
        for change in changes(old, field) if old else ():
            record_id = field.field_name == project.record_id == live.fields[0].field_name
            said, risk = _judged(field, change, live, stays=record_id)
            what = f"{field.field_name} of {field.form_name}"
            yield Step("change field", what, said, risk, f"change-field:{field.field_name}:{change.aspect}")


def _judged(field: Field, change: Change, live: Live, *, stays: bool) -> tuple[str, Risk]:
    if stays and change.moves:  # the record ID stands on every form, whichever form its row is listed under
        return change.said, "review"
    if change.risk != "loses data":
        return change.said, change.risk
    held = live.held.get(field.field_name)
    if held is None:
        return f"{change.said}; what it holds cannot be seen with this token", "loses data"
    if change.codes:
        stored = {code: held.codes[code] for code in change.codes if held.codes.get(code)}
        if not stored:
            return f"{change.said}; no record holds such a value", "review"
        told = "; ".join(f"{_holding(number)} code {code}" for code, number in stored.items())
        return f"{change.said}; {told}", "loses data"
    if held.records:
        return f"{change.said}; {_holding(held.records)} a value", "loses data"
    return f"{change.said}; no record holds a value", "review"


def _ordered(project: Project, live: Live) -> Iterator[Step]:
    here = [field.field_name for field in project.fields]
    there = [field.field_name for field in live.fields]
    if [name for name in here if name in there] != [name for name in there if name in here]:
        said = "the fields that both have stand in another order"
        first: Risk = "safe" if here[0] == there[0] else "loses data"  # the first field is the record's name
        yield Step("order fields", "of the dictionary", said, first, "order-fields")


def _holding(records: int) -> str:
    return f"{many(records, 'record')} {'holds' if records == 1 else 'hold'}"
