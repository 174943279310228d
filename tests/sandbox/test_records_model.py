"""Records after any run of imports, deletions and renames hold what a simple model of REDCap says they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import Api
from tests.sandbox.longitudinal import PLACE, at, longitudinal

from redcap_sandbox import Sandbox

Where = tuple[str, str, str, int]  # record, event, form, instance
FIELDS = {"enrol": ("name", "joined"), "visit": ("weight", "remark"), "diary": ("mood", "signs___a", "signs___b_2")}
EVENTS = ("start_arm_1", "later_arm_1", "daily_arm_1", "start_arm_2")
FORMS = {
    "start_arm_1": ("enrol", "visit"),
    "later_arm_1": ("visit",),
    "daily_arm_1": ("diary",),
    "start_arm_2": ("enrol", "diary"),
}
REPEATS = {("later_arm_1", "visit"), ("daily_arm_1", "")}
VALUES = {
    "name": ("Ann", "Bo", ""),
    "joined": ("2024-01-31", ""),
    "weight": ("70", "71.5", ""),
    "remark": ("x\ny", ""),
    "mood": ("1", "2", ""),
    "signs___a": ("0", "1", ""),
    "signs___b_2": ("0", "1", ""),
}
RECORDS = ("1", "2", "b")


@dataclass
class Model:
    """What is stored: the rows that records have of their own, and of each form the values that are not blank."""

    own: set[tuple[str, str, int]] = field(default_factory=set)
    forms: dict[Where, dict[str, str]] = field(default_factory=dict)

    def save(self, row: dict[str, str], *, overwrite: bool) -> None:
        record, event, form, instance = (row[name] for name in PLACE)
        number = int(instance or 1)
        self.own.add((record, event, 1 if form else number))
        for name in (form,) if form else FORMS[event]:
            held = self.forms.setdefault((record, event, name, number), {})
            before = dict(held)
            for column in (*FIELDS[name], f"{name}_complete"):
                value = row.get(column, "")
                if value and not (value == "0" and column.startswith("signs")):
                    held[column] = value
                elif column in row and (value or overwrite):
                    held.pop(column, None)
            if held and held != before:
                held.setdefault(f"{name}_complete", "0")

    def delete(self, record: str, events: set[str], form: str, instance: int | None) -> None:
        def gone(of: str, event: str, number: int) -> bool:
            return of == record and event in events and instance in {None, number}

        self.forms = {
            key: held for key, held in self.forms.items() if not (gone(key[0], key[1], key[3]) and form in {"", key[2]})
        }
        if not form:
            self.own = {key for key in self.own if not gone(*key)}

    def rename(self, old: str, new: str) -> None:
        self.own = {(new if record == old else record, *rest) for record, *rest in self.own}  # type: ignore[misc]
        self.forms = {(new if key[0] == old else key[0], *key[1:]): held for key, held in self.forms.items()}

    def records(self) -> set[str]:
        return {record for record, *_ in self.own} | {key[0] for key, held in self.forms.items() if held}

    def rows(self) -> list[tuple[Any, ...]]:
        """What an export has, by place: base rows first, then what repeats."""
        found = []
        for record in sorted(self.records()):
            base: list[tuple[Any, ...]] = []
            repeats: list[tuple[Any, ...]] = []
            for event in EVENTS:
                whole = (event, "") in REPEATS
                for of, at_event, number in sorted(self.own):
                    if (of, at_event) == (record, event):
                        row = (record, event, "", number if whole else "")
                        (repeats if whole else base).append((row, self.cells(record, event, "", number)))
                instances = (key for key, held in sorted(self.forms.items()) if held and (event, key[2]) in REPEATS)
                repeats += [(key, self.cells(*key)) for key in instances if key[:2] == (record, event)]
            found += [*base, *repeats]
        return found

    def cells(self, record: str, event: str, form: str, number: int) -> dict[str, str]:
        cells = {}
        for name, columns in FIELDS.items():
            here = name == form if form else name in FORMS[event] and (event, name) not in REPEATS
            held = self.forms.get((record, event, name, number), {})
            for column in (*columns, f"{name}_complete"):
                untouched = "0" if column.startswith("signs") or column.endswith("_complete") else ""
                cells[column] = held.get(column, untouched) if here else ""
        return cells


def values(form: str) -> st.SearchStrategy[dict[str, str]]:
    columns = {name: st.sampled_from(VALUES[name]) for name in FIELDS[form]}
    return st.fixed_dictionaries({}, optional={**columns, f"{form}_complete": st.sampled_from(("0", "1", "2", ""))})


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    event = draw(st.sampled_from(EVENTS))
    record, number = draw(st.sampled_from(RECORDS)), draw(st.integers(1, 3))
    if (event, "visit") in REPEATS:
        return at(record, event, "visit", str(number), **draw(values("visit")))
    cells: dict[str, str] = {}
    for form in FORMS[event]:
        cells |= draw(values(form))
    return at(record, event, "", str(number) if (event, "") in REPEATS else "", **cells)


imports = st.tuples(st.just("import"), st.lists(rows(), min_size=1, max_size=5), st.booleans())
parts = st.one_of(
    st.just({}),
    st.sampled_from([{"arm": "1"}, {"arm": "2"}]),
    st.sampled_from(EVENTS).map(lambda event: {"event": event}),
    st.sampled_from([(event, form) for event in EVENTS for form in FORMS[event]]).map(
        lambda pair: {"event": pair[0], "instrument": pair[1]}
    ),
    st.integers(1, 3).map(lambda n: {"event": "later_arm_1", "instrument": "visit", "repeat_instance": str(n)}),
    st.integers(1, 3).map(lambda n: {"event": "daily_arm_1", "repeat_instance": str(n)}),
)
deletions = st.tuples(st.just("delete"), st.sampled_from(RECORDS), parts)
renames = st.tuples(st.just("rename"), st.sampled_from(RECORDS), st.sampled_from(RECORDS))


@pytest.fixture(scope="module")
def study(server: Sandbox) -> Api:
    owner = longitudinal(server)
    owner.json("user", data=[{"username": "sandbox_owner", "record_delete": 1, "record_rename": 1}])
    return owner


def act(study: Api, model: Model, step: tuple[Any, ...]) -> None:
    if step[0] == "import":
        study.save(*step[1], overwriteBehavior="overwrite" if step[2] else "normal")
        for row in step[1]:
            model.save(row, overwrite=step[2])
    elif step[0] == "delete":
        _, record, part = step
        within = [event for event in EVENTS if event.endswith(f"arm_{part.get('arm', '')}")]
        events = {part["event"]} if "event" in part else set(within or EVENTS)
        there = record in model.records()
        if "arm" in part:
            there = any(of == record and event in events for of, event, _ in model.own)
        reply = study.call("record", action="delete", format="json", **{"records[0]": record}, **part)
        assert (reply.status_code == 200) is there
        if there:
            number = part.get("repeat_instance")
            model.delete(record, events, part.get("instrument", ""), int(number) if number else None)
    else:
        _, old, new = step
        possible = old in model.records() and (old == new or new not in model.records())
        reply = study.call("record", action="rename", format="json", record=old, new_record_name=new)
        assert (reply.status_code == 200) is possible
        if possible:
            model.rename(old, new)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(st.one_of(imports, imports, deletions, renames), min_size=1, max_size=8))
def test_records_hold_what_the_model_says(study: Api, steps: list[tuple[Any, ...]]) -> None:
    for record in {row["record_id"] for row in study.json("record")}:
        study.json("record", action="delete", **{"records[0]": record})
    model = Model()
    for step in steps:
        act(study, model, step)
        found = []
        for row in study.json("record"):
            place = tuple(row.pop(name) for name in PLACE)
            found.append((place, row))
        assert found == model.rows()
