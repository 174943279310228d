"""What would change in REDCap: the project as defined here beside the project as it is there, step by step.

Nothing is sent from here; `breakthrough.redcap.deploy` carries a plan out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from breakthrough.instruments.difference import Change, Risk, changes, could_lose
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import Project, unique_name

Kind = Literal[
    "add instrument", "add field", "change field", "remove field", "order fields",
    "repeat instrument", "stop repeating", "label repeats", "add group",
]  # fmt: skip
Part = Literal["dictionary", "repeating setup", "data access groups"]
PARTS: tuple[Part, ...] = ("dictionary", "repeating setup", "data access groups")
_PART: Mapping[Kind, Part] = {
    "repeat instrument": "repeating setup",
    "stop repeating": "repeating setup",
    "label repeats": "repeating setup",
    "add group": "data access groups",
}


@dataclass(frozen=True, slots=True)
class Held:
    """How much is stored in a field: in how many records, and for fields with choices under which codes."""

    records: int
    codes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Live:
    """The project as REDCap has it. `held` is there for the fields of `in_danger`; one not in it may hold anything."""

    fields: tuple[Field, ...]
    repeating: Mapping[str, str]  # instrument: custom label
    groups: frozenset[str]  # names of the data access groups
    records: int
    held: Mapping[str, Held]


@dataclass(frozen=True, slots=True)
class Step:
    """One change: what, why we think so, and whether data could be lost or a person should look first."""

    kind: Kind
    what: str
    evidence: str
    risk: Risk = "safe"

    @property
    def part(self) -> Part:
        """Which part of the project the step belongs to; a part is sent as a whole."""
        return _PART.get(self.kind, "dictionary")

    def __str__(self) -> str:
        """`remove field tp_old: not defined here any more; 12 records hold a value (loses data)`."""
        return f"{self.kind} {self.what}: {self.evidence}" + ("" if self.risk == "safe" else f" ({self.risk})")


def steps(project: Project, live: Live, teams: Sequence[str]) -> tuple[Step, ...]:
    """Every step from the live project to the one defined here, in the order they are done; none when they agree.

    `teams` are the codes (record names) of the teams that need a data access group. Groups that no team here owns
    are left as they are. A licensed wording is compared but never told: a step names the column alone.
    """
    project = project.worded(live.fields)
    found = [*_removed(project, live), *_added(project, live), *_changed(project, live), *_ordered(project, live)]
    found += [*_repeats(project, live), *_groups(project, live, teams)]
    if live.records == 0:  # nothing is entered, so nothing can be lost or hidden
        found = [replace(step, risk="safe") for step in found]
    return tuple(found)


def in_danger(project: Project, live: Sequence[Field]) -> tuple[str, ...]:
    """The live fields whose stored values a step could lose: what REDCap should be asked about before."""
    here = {field.field_name: field for field in project.fields}
    return tuple(
        field.field_name
        for field in live
        if field.holds_data and (field.field_name not in here or could_lose(field, here[field.field_name]))
    )


def _removed(project: Project, live: Live) -> Iterator[Step]:
    here = {field.field_name for field in project.fields}
    for field in live.fields:
        if field.field_name not in here:
            why, risk = _stored(field, live)
            yield Step("remove field", f"{field.field_name} of {field.form_name}", f"not defined here; {why}", risk)


def _stored(field: Field, live: Live) -> tuple[str, Risk]:
    if not field.holds_data:
        return "it is text only", "safe"
    held = live.held.get(field.field_name)
    if held is None:
        return "what it holds cannot be seen with this token", "loses data"
    if held.records:
        return f"{_holding(held.records)} a value in it", "loses data"
    return "it holds no value", "review"


def _added(project: Project, live: Live) -> Iterator[Step]:
    there = {field.field_name for field in live.fields}
    forms = {field.form_name for field in live.fields}
    for form, run in groupby(project.fields, key=lambda field: field.form_name):
        new = [field for field in run if field.field_name not in there]
        if form not in forms:
            yield Step("add instrument", form, f"not in REDCap; {_many(len(new), 'new field')}")
        else:
            yield from (Step("add field", f"{field.field_name} of {form}", "not in REDCap") for field in new)


def _changed(project: Project, live: Live) -> Iterator[Step]:
    there = {field.field_name: field for field in live.fields}
    for field in project.fields:
        old = there.get(field.field_name)
        for change in changes(old, field) if old else ():
            record_id = field.field_name == project.record_id == live.fields[0].field_name
            yield _judged(field, change, live, stays=record_id)


def _judged(field: Field, change: Change, live: Live, *, stays: bool) -> Step:
    what = f"{field.field_name} of {field.form_name}"
    if stays and change.moves:  # the record ID stands on every form, whichever form its row is listed under
        return Step("change field", what, change.said, "review")
    if change.risk != "loses data":
        return Step("change field", what, change.said, change.risk)
    held = live.held.get(field.field_name)
    if held is None:
        return Step("change field", what, f"{change.said}; what it holds cannot be seen with this token", "loses data")
    lost = sum(held.codes.get(code, 0) for code in change.codes) if change.codes else held.records
    if lost:
        return Step("change field", what, f"{change.said}; {_holding(lost)} such a value", "loses data")
    return Step("change field", what, f"{change.said}; no record holds such a value", "review")


def _ordered(project: Project, live: Live) -> Iterator[Step]:
    here = [field.field_name for field in project.fields]
    there = [field.field_name for field in live.fields]
    if [name for name in here if name in there] != [name for name in there if name in here]:
        yield Step("order fields", "of the dictionary", "the fields that both have stand in another order")


def _repeats(project: Project, live: Live) -> Iterator[Step]:
    for name, label in project.repeating.items():
        if name not in live.repeating:
            risk: Risk = "safe" if name not in {field.form_name for field in live.fields} else "review"
            yield Step("repeat instrument", name, "it does not repeat in REDCap", risk)
        elif live.repeating[name] != label:
            yield Step("label repeats", f"of {name} with '{label}'", f"now '{live.repeating[name]}'")
    for name in live.repeating:
        if name not in project.repeating:
            yield Step(
                "stop repeating",
                name,
                "it does not repeat here; its repeats after the first would be hidden",
                "loses data",
            )


def _groups(project: Project, live: Live, teams: Sequence[str]) -> Iterator[Step]:
    there = {unique_name(group) for group in live.groups}
    for team in teams if project.group_rule else ():
        if unique_name(project.group(team)) not in there:
            yield Step("add group", project.group(team), f"team {team} has no data access group in REDCap")


def _holding(records: int) -> str:
    return f"{_many(records, 'record')} {'holds' if records == 1 else 'hold'}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
