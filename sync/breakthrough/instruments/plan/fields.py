"""The dictionary here beside the one in REDCap: what is new, what goes, what changes, and what that does to values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from breakthrough.instruments.difference import Change, Risk, changes, could_lose, normal
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan.values import Held, Live, Step
from breakthrough.instruments.project import Project
from breakthrough.language import clauses, listed, message, say, says

EMPTY = message("no record is there yet")


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
                say("{field} asks the same: renamed? Its values do not move by themselves", field=renamed[name])
                if name in renamed
                else ""
            )
            said = clauses(say("not defined here"), why, hint)
            names = (name, field.form_name)
            yield Step("remove field", " of ".join(names), said, risk, f"remove-field:{name}", names=names)


def _stored(field: Field, live: Live) -> tuple[str, Risk]:
    if not field.holds_data:
        return say("it is text only"), "safe"
    if is_empty(live):
        return say(EMPTY), "review"
    held = _held(field.field_name, live)
    if held is None:
        return _unseen(live), "loses data"
    if held.records:
        told = says("{n} record holds a value in it", "{n} records hold a value in it", held.records)
        return told, "loses data"
    return say("it holds no value"), "review"


def _with_status(said: str, risk: Risk, form: str, project: Project, live: Live) -> tuple[str, Risk]:
    """The same, with what becomes of the form's status, which goes with the last field of the form."""
    if is_empty(live) or any(field.form_name == form for field in project.fields):
        return said, risk
    held = _held(f"{form}_complete", live)
    if held is None:
        return clauses(said, _unseen_status(live)), "loses data"
    stored = [_with_it(code, held.codes[code]) for code in ("1", "2") if held.codes.get(code)]
    if not held.records:
        return said, risk
    if not stored:
        told = says(
            "its form goes, of which {n} record may have repeats",
            "its form goes, of which {n} records may have repeats",
            held.records,
        )
        return clauses(said, told), "loses data"
    told = say("its form goes, whose status is stored: {records}", records=listed(stored))
    return clauses(said, told), "loses data"


def _with_it(code: str, records: int) -> str:
    if code == "1":
        return says("{n} record holds it as Unverified", "{n} records hold it as Unverified", records)
    return says("{n} record holds it as Complete", "{n} records hold it as Complete", records)


def _held(name: str, live: Live) -> Held | None:
    """What is stored in it; None where that is not known, as what a user in a group sees is not all."""
    return live.held.get(name) if live.sees_all else None


def _unseen(live: Live) -> str:
    if live.sees_all:
        return say("what it holds cannot be seen with this token")
    return say("what it holds cannot be counted: the token's user sees one group only, or may")


def _unseen_status(live: Live) -> str:
    if live.sees_all:
        return say("its form goes, whose status cannot be seen with this token")
    return say("its form goes, whose status cannot be counted: the token's user sees one group only, or may")


def _added(project: Project, live: Live, renamed: dict[str, str]) -> Iterator[Step]:
    there = {field.field_name for field in live.fields}
    forms = {field.form_name for field in live.fields}
    for form, run in groupby(project.fields, key=lambda field: field.form_name):
        new = [field.field_name for field in run if field.field_name not in there]
        if form not in forms:
            said = clauses(say("not in REDCap"), says("{n} new field", "{n} new fields", len(new)))
            yield Step("add instrument", form, said, "safe", f"add-instrument:{form}")
            continue
        for name in new:
            hint = say("perhaps {field} renamed", field=renamed[name]) if name in renamed else ""
            said = clauses(say("not in REDCap"), hint)
            yield Step("add field", f"{name} of {form}", said, "safe", f"add-field:{name}", names=(name, form))


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
            names = (field.field_name, field.form_name)
            name = f"change-field:{field.field_name}:{change.aspect}"
            yield Step("change field", " of ".join(names), said, risk, name, names=names)


def _judged(field: Field, change: Change, live: Live, *, stays: bool, words: bool) -> tuple[str, Risk]:
    """What is told of the change, and its risk; `words` are the old and the new text."""
    told = say("{change} ({words})", change=change.said, words=change.words) if words and change.words else change.said
    if stays and change.moves:  # the record ID stands on every form, whichever form its row is listed under
        return told, "review"
    if change.risk != "loses data":
        return told, change.risk
    if is_empty(live):
        return clauses(told, say(EMPTY)), "safe"
    held = _held(field.field_name, live)
    if change.lines:
        return _broken(told, held, live)
    if held is None:
        return clauses(told, _unseen(live)), "loses data"
    if change.codes:
        stored = {code: held.codes[code] for code in change.codes if held.codes.get(code)}
        if not stored:
            return clauses(told, say("no record holds such a value")), "review"
        counted = (
            says("{n} record holds code {code}", "{n} records hold code {code}", number, code=code)
            for code, number in stored.items()
        )
        return clauses(told, *counted), "loses data"
    if held.records:
        holding = says("{n} record holds a value", "{n} records hold a value", held.records)
        return clauses(told, holding), "loses data"
    return clauses(told, say("no record holds a value")), "review"


def _broken(told: str, held: Held | None, live: Live) -> tuple[str, Risk]:
    if held is None:
        seen = (
            say("whether values have any cannot be seen with this token")
            if live.sees_all
            else say("whether values have any cannot be counted: the token's user sees one group only, or may")
        )
        return clauses(told, seen), "review"
    if held.records and held.lines is None:
        holding = says(
            "{n} record holds a value, and whether it has any was not counted",
            "{n} records hold a value, and whether it has any was not counted",
            held.records,
        )
        return clauses(told, holding), "review"
    if held.lines:
        holding = says("{n} record holds a value with some", "{n} records hold a value with some", held.lines)
        return clauses(told, holding), "loses data"
    return clauses(told, say("no record holds such a value")), "review"


def _ordered(project: Project, live: Live) -> Iterator[Step]:
    here = [field.field_name for field in project.fields]
    there = [field.field_name for field in live.fields]
    if there and here[0] != there[0]:  # whatever stands first is taken for the record's name, a new field as well
        said = say(
            "records would be known by {field} and no more by {other}, which would hold nothing",
            field=here[0],
            other=there[0],
        )
        yield Step("order fields", "of the dictionary", said, "loses data", "order-fields")
    elif [name for name in here if name in there] != [name for name in there if name in here]:
        said = say("the fields that both have stand in another order")
        yield Step("order fields", "of the dictionary", said, "safe", "order-fields")
