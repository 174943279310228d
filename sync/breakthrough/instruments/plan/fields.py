"""The dictionary here beside the one in REDCap: what is new, what goes, what changes, and what that does to values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from breakthrough.english import many
from breakthrough.instruments.difference import Change, Risk, changes, could_lose, normal
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan.values import Held, Live, Step
from breakthrough.instruments.project import Project

EMPTY = "no record is there yet"


def in_danger(project: Project, live: Sequence[Field]) -> tuple[str, ...]:
    """The live fields whose stored values a step could lose: what REDCap should be asked about before."""
    here = {field.field_name: field for field in project.fields}
    return tuple(
        field.field_name
        for field in live
        if field.holds_data and (field.field_name not in here or could_lose(field, here[field.field_name]))
    )


def is_empty(live: Live) -> bool:
    """Whether there is no record at all, as far as the token's user can be sure."""
    return live.sees_all and live.records == 0


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
            why, risk = _with_status(*_stored(field, live), field.form_name, project, live)
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
    if is_empty(live):
        return EMPTY, "review"
    held = _held(field.field_name, live)
    if held is None:
        return f"what it holds {_unseen(live)}", "loses data"
    if held.records:
        return f"{_holding(held.records)} a value in it", "loses data"
    return "it holds no value", "review"


def _with_status(said: str, risk: Risk, form: str, project: Project, live: Live) -> tuple[str, Risk]:
    """The same, with what becomes of the form's status, which goes with the last field of the form."""
    if is_empty(live) or any(field.form_name == form for field in project.fields):
        return said, risk
    held = _held(f"{form}_complete", live)
    if held is None:
        return f"{said}; its form goes, whose status {_unseen(live)}", "loses data"
    stored = [
        f"{_holding(number)} it as {word}"
        for code, word in (("1", "Unverified"), ("2", "Complete"))
        if (number := held.codes.get(code, 0))
    ]
    if not held.records:
        return said, risk
    if not stored:
        return f"{said}; its form goes, of which {many(held.records, 'record')} may have repeats", "loses data"
    return f"{said}; its form goes, whose status is stored: {', '.join(stored)}", "loses data"


def _held(name: str, live: Live) -> Held | None:
    """What is stored in it; None where that is not known, as what a user in a group sees is not all."""
    return live.held.get(name) if live.sees_all else None


def _unseen(live: Live) -> str:
    if live.sees_all:
        return "cannot be seen with this token"
    return "cannot be counted: the token's user sees one group only, or may"


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
    licensed = project.wording.cells  # a site's own words are shown nowhere
    for field in project.fields:
        old = there.get(field.field_name)
        for change in changes(old, field) if old else ():
            record_id = field.field_name == project.record_id == live.fields[0].field_name
            said, risk = _judged(field, change, live, stays=record_id, words=field.field_name not in licensed)
            if change.moves and old and not record_id:
                said, risk = _with_status(said, risk, old.form_name, project, live)
            what = f"{field.field_name} of {field.form_name}"
            yield Step("change field", what, said, risk, f"change-field:{field.field_name}:{change.aspect}")


def _judged(field: Field, change: Change, live: Live, *, stays: bool, words: bool) -> tuple[str, Risk]:
    """What is told of the change, and its risk; `words` are the old and the new text."""
    told = f"{change.said} ({change.words})" if words and change.words else change.said
    if stays and change.moves:  # the record ID stands on every form, whichever form its row is listed under
        return told, "review"
    if change.risk != "loses data":
        return told, change.risk
    if is_empty(live):
        return f"{told}; {EMPTY}", "safe"
    held = _held(field.field_name, live)
    if change.lines:
        return _broken(told, held, live)
    if held is None:
        return f"{told}; what it holds {_unseen(live)}", "loses data"
    if change.codes:
        stored = {code: held.codes[code] for code in change.codes if held.codes.get(code)}
        if not stored:
            return f"{told}; no record holds such a value", "review"
        counted = "; ".join(f"{_holding(number)} code {code}" for code, number in stored.items())
        return f"{told}; {counted}", "loses data"
    if held.records:
        return f"{told}; {_holding(held.records)} a value", "loses data"
    return f"{told}; no record holds a value", "review"


def _broken(told: str, held: Held | None, live: Live) -> tuple[str, Risk]:
    if held is None:
        return f"{told}; whether values have any {_unseen(live)}", "review"
    if held.records and held.lines is None:
        return f"{told}; {_holding(held.records)} a value, and whether it has any was not counted", "review"
    if held.lines:
        return f"{told}; {_holding(held.lines)} a value with some", "loses data"
    return f"{told}; no record holds such a value", "review"


def _ordered(project: Project, live: Live) -> Iterator[Step]:
    here = [field.field_name for field in project.fields]
    there = [field.field_name for field in live.fields]
    if there and here[0] != there[0]:  # whatever stands first is taken for the record's name, a new field as well
        said = f"records would be known by {here[0]} and no more by {there[0]}, which would hold nothing"
        yield Step("order fields", "of the dictionary", said, "loses data", "order-fields")
    elif [name for name in here if name in there] != [name for name in there if name in here]:
        said = "the fields that both have stand in another order"
        yield Step("order fields", "of the dictionary", said, "safe", "order-fields")


def _holding(records: int) -> str:
    return f"{many(records, 'record')} {'holds' if records == 1 else 'hold'}"
