"""Any dictionary to any other: the plan is whole, and what it calls safe changes nothing that is stored.

The first is shown by an interpreter of steps that knows nothing of how they are found, and by a sandbox; the second by
what the sandbox exports before and after, codes and labels, of records that were stored in between.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from breakthrough.instruments import check, dictionary, plan
from breakthrough.instruments.difference import Change, changes, normal
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Live, Plan, Step, Wanted
from breakthrough.instruments.plan import fields as of_fields
from breakthrough.instruments.project import Instrument, Project
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from redcap_sandbox import Sandbox, serve

SUPER = "0123456789ABCDEF" * 4
ID = Field("record_id", "base", field_label="Record")
FORMS = ("base", "visit")  # visit repeats
NAMES = tuple("abcdefg")
WORDS = ("Good", "Bad", "Yes", "No", "So so")
COLUMN = {
    "form": "form_name", "header": "section_header", "label": "field_label", "note": "field_note",
    "min": "text_validation_min", "validation": "text_validation_type_or_show_slider_number",
    "identifier": "identifier", "branching": "branching_logic", "required": "required_field",
    "annotation": "field_annotation", "calculation": "select_choices_or_calculations",
    "choices": "select_choices_or_calculations", "choice-words": "select_choices_or_calculations",
    "choice-new": "select_choices_or_calculations", "choice-order": "select_choices_or_calculations",
}  # fmt: skip

Dictionary = tuple[Field, ...]
Values = Mapping[str, str]


@st.composite
def asked(draw: st.DrawFn, name: str, form: str) -> Field:
    """A field that REDCap takes."""
    kind = draw(
        st.sampled_from(("text", "notes", "radio", "dropdown", "checkbox", "yesno", "truefalse", "calc", "descriptive"))
    )
    cell, validation = "", ""
    if kind in {"radio", "dropdown", "checkbox"}:
        codes = draw(st.lists(st.sampled_from("0123"), min_size=1, max_size=4, unique=True))
        cell = " | ".join(f"{code}, {draw(st.sampled_from(WORDS))} {code}" for code in codes)
        if draw(st.booleans()):
            cell = draw(st.sampled_from(("1, Yes | 0, No", "0, No | 1, Yes", "1, True | 0, False")))
    elif kind == "calc":
        cell = draw(st.sampled_from(("1 + 1", "2 * 3")))
    elif kind == "text":
        validation = draw(st.sampled_from(("", "integer", "date_ymd")))
    return Field(
        name, form, field_type=kind, field_label=draw(st.sampled_from((f"Ask {name}", f"Tell {name}", "Why?"))),
        select_choices_or_calculations=cell, text_validation_type_or_show_slider_number=validation,
        field_note=draw(st.sampled_from(("", "Briefly"))),
        text_validation_min="1" if validation == "integer" and draw(st.booleans()) else "",
        identifier="" if kind == "descriptive" else draw(st.sampled_from(("", "", "y"))),
        required_field="" if kind in {"descriptive", "calc"} else draw(st.sampled_from(("", "y"))),
        branching_logic=draw(st.sampled_from(("", '[record_id] <> "x"'))),
        field_annotation=draw(st.sampled_from(("", "@HIDDEN", "as the board decided"))),
    )  # fmt: skip


FATES = ("same", "other", "one cell", "choices", "retyped", "gone", "new", "moved")


@st.composite
def pairs(draw: st.DrawFn, names: Sequence[str] = NAMES) -> tuple[Dictionary, Dictionary]:
    """A dictionary and another one: some fields as they were, some changed, some gone, some new, in any order."""
    old, new = [], []
    for name in draw(st.permutations(names)):
        field = draw(asked(name, draw(st.sampled_from(FORMS))))
        fate = draw(st.sampled_from(FATES))
        old += [] if fate == "new" else [field]
        new += [] if fate == "gone" else [changed(draw, field, fate)]
    return ordered(old), ordered(draw(st.permutations(new)))


def changed(draw: st.DrawFn, field: Field, fate: str) -> Field:
    other = draw(asked(field.field_name, field.form_name))
    if fate == "moved":
        return replace(field, form_name=draw(st.sampled_from(FORMS)))
    if fate == "one cell":
        column = draw(st.sampled_from(("field_label", "field_note", "branching_logic", "field_annotation")))
        return replace(field, **{column: getattr(other, column)})
    if fate == "choices" and field.select_choices_or_calculations and field.choices:
        kept = draw(st.lists(st.sampled_from(field.choices), min_size=1, unique=True))
        words = draw(st.sampled_from(("", "", " at all")))
        cell = " | ".join(f"{choice.code}, {choice.label}{words}" for choice in kept)
        return replace(field, select_choices_or_calculations=cell)
    if fate == "retyped" and field.select_choices_or_calculations and field.choices:
        return replace(field, field_type=draw(st.sampled_from(("radio", "dropdown", "checkbox"))))
    return other if fate == "other" else field


def ordered(fields: Sequence[Field]) -> Dictionary:
    """The record id, then form by form; a form is never without a field."""
    filled = [*fields, *(Field(f"{form}_note", form, field_label="Note") for form in FORMS)]
    return ID, *(field for form in FORMS for field in filled if field.form_name == form)


def project_of(fields: Dictionary) -> Project:
    forms = (Instrument("base", "Base"), Instrument("visit", "Visit", repeating=True))
    return Project(fields, forms, group_rule="")


# The steps, followed one by one


def followed(steps: Sequence[Step], old: Dictionary, new: Dictionary) -> Dictionary:
    """What comes out when each step is done, and nothing but the steps: what it names is taken from the definition."""
    wanted = {field.field_name: field for field in new}
    there = {field.field_name: field for field in old}
    for step in steps:
        name, _, aspect = step.key.partition(":")
        if step.kind == "remove field":
            del there[name]
        elif step.kind == "add field":
            there[name] = wanted[name]
        elif step.kind == "add instrument":
            there |= {key: field for key, field in wanted.items() if field.form_name == name and key not in there}
        elif aspect == "type":
            cells = ("field_type", "select_choices_or_calculations")
            there[name] = replace(there[name], **{cell: getattr(wanted[name], cell) for cell in cells})
        elif step.kind == "change field":
            there[name] = replace(there[name], **{COLUMN[aspect]: getattr(wanted[name], COLUMN[aspect])})
    order = new if any(step.kind == "order fields" for step in steps) else old
    places = {field.field_name: at for at, field in enumerate(order)}
    known = sorted((one for one in there.values() if one.field_name in places), key=lambda one: places[one.field_name])
    fresh = iter([one for one in there.values() if one.field_name not in places])
    # New fields stand where the definition has them; the others keep the order that they were left in.
    kept = iter(known)
    return tuple(next(kept) if one.field_name in {k.field_name for k in known} else next(fresh) for one in new)


@given(pairs())
@settings(max_examples=80, deadline=None)
def test_the_steps_followed_one_by_one_lead_from_any_dictionary_to_any_other(
    pair: tuple[Dictionary, Dictionary],
) -> None:
    old, new = pair
    there = Live(old, {"visit": ""}, {}, records=1, held={})
    steps = plan.make(Wanted(project_of(new), ()), there).steps
    assert len({step.name for step in steps}) == len(steps)
    found = followed(steps, old, new)
    assert sorted(map(normal, found), key=lambda one: one.field_name) == sorted(
        map(normal, new), key=lambda one: one.field_name
    )
    assert [one.field_name for one in found] == [one.field_name for one in new]


# The same against a server


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serve(tmp_path_factory.mktemp("sandbox"), SUPER) as running:
        yield running


def founded(sandbox: Sandbox, fields: Dictionary) -> Client:
    """A client of a new project with these fields, of which `visit` repeats."""
    asks = {"token": SUPER, "content": "project", "format": "json", "data": '[{"project_title": "t", "purpose": 3}]'}
    client = Client(sandbox.url, requests.post(sandbox.url, asks, timeout=20).text[-32:])
    client.import_metadata(dictionary.rows(fields))
    client.import_repeating([{"form_name": "visit", "custom_form_label": ""}])
    return client


def stored(fields: Dictionary, picks: Sequence[int]) -> list[dict[str, str]]:
    """Two records with two visits each, valid for these fields; `picks` choose the values."""
    pick = itertools.cycle(picks)
    places = [(record, form, n) for record in ("1", "2") for form, n in (("base", 0), ("visit", 1), ("visit", 2))]
    rows = []
    for record, form, instance in places:
        row = {"record_id": record, "redcap_repeat_instrument": form if instance else "", "redcap_repeat_instance": str(instance or "")}  # fmt: skip
        for field in fields[1:]:
            if field.form_name == form:
                row |= value(field, next(pick))
        rows.append(row)
    return rows


def value(field: Field, pick: int) -> dict[str, str]:
    if field.field_type == "checkbox":
        return {name: str((pick >> at) & 1) for at, name in enumerate(field.export_names)}
    if field.field_type in {"calc", "descriptive"} or pick % 5 == 4:
        return {}
    if field.codes:
        return {field.field_name: field.codes[pick % len(field.codes)]}
    return {field.field_name: "2026-03-01" if field.validation == "date_ymd" else str(1 + pick)}


def exported(client: Client, url: str, fields: Dictionary) -> dict[tuple[str, ...], str]:
    """What REDCap exports of what is stored: by place, field, column, and whether as code or as label."""
    found: dict[tuple[str, ...], str] = {}
    for how in ("raw", "label"):
        asks = {
            "token": client._project.token, "content": "record", "format": "json", "type": "flat", "rawOrLabel": how,
            "exportCheckboxLabel": "true",
        }  # fmt: skip
        for row in requests.post(url, asks, timeout=20).json():
            # A label of the form is not of the value: the place is told by the instance alone.
            place = (str(row["record_id"]), str(row["redcap_repeat_instance"]))
            for field in fields[1:]:
                for column in field.export_names:
                    if row.get(column) not in {None, "", "0"}:
                        found[(*place, field.field_name, column, how)] = str(row[column])
    return found


def seen(client: Client, project: Project) -> Live:
    fields = dictionary.from_rows(client.metadata())
    held, _ = live.held(client, fields, plan.in_danger(project, fields))
    return Live(fields, {"visit": ""}, {}, records=2, held=held)


def touched(steps: Sequence[Step]) -> set[str]:
    """The fields of which any step is not safe."""
    return {step.key.partition(":")[0] for step in steps if step.risk != "safe"}


def carried_out(sandbox: Sandbox, pair: tuple[Dictionary, Dictionary], picks: Sequence[int]) -> None:
    """Applies the plan to a project with records; AssertionError where it is not whole or something safe was not."""
    old, new = pair
    client = founded(sandbox, old)
    client.import_records(stored(old, picks))
    wanted = Wanted(project_of(new), ())
    made = plan.make(wanted, seen(client, wanted.project))
    before = exported(client, sandbox.url, old)
    if made.steps:
        client.import_metadata(dictionary.rows(new))
    left = plan.make(wanted, seen(client, wanted.project))
    assert left.steps == ()
    assert tuple(map(normal, dictionary.from_rows(client.metadata()))) == tuple(map(normal, new))
    looked_at = touched(made.steps)
    after = exported(client, sandbox.url, new)
    for key, was in before.items():
        if key[2] not in looked_at:
            assert after.get(key) == was, f"{key}: nothing but safe steps, and {was!r} became {after.get(key)!r}"
    _tell(made, len(before))


def _tell(made: Plan, values: int) -> None:
    for risk in ("safe", "review", "loses data"):
        if any(step.risk == risk for step in made.steps):
            event(risk)
    event("values stored" if values else "nothing stored")


PICKS = st.lists(st.integers(0, 15), min_size=4, max_size=12)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@given(pairs(), PICKS)
@settings(max_examples=30, deadline=None, suppress_health_check=QUIET)
def test_applied_to_a_server_the_plan_gives_the_other_dictionary_and_safe_steps_change_no_stored_value(
    sandbox: Sandbox, pair: tuple[Dictionary, Dictionary], picks: list[int]
) -> None:
    assert check.findings(pair[0]) == check.findings(pair[1]) == ()
    carried_out(sandbox, pair, picks)


def called_safe(*aspects: str) -> Callable[[Field, Field], Iterator[Change]]:
    """The differences of fields, with those called safe that are not."""

    def planted(old: Field, new: Field) -> Iterator[Change]:
        for change in changes(old, new):
            yield replace(change, risk="safe") if change.aspect in aspects else change

    return planted


@pytest.mark.parametrize("aspect", ["choices", "choice-words", "type", "form"])
def test_a_step_that_is_called_safe_and_is_not_is_caught(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, aspect: str
) -> None:
    monkeypatch.setattr(of_fields, "changes", called_safe(aspect))

    @given(pairs(NAMES[:4]), PICKS)
    @settings(max_examples=80, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    def searched(pair: tuple[Dictionary, Dictionary], picks: list[int]) -> None:
        carried_out(sandbox, pair, picks)

    with pytest.raises(AssertionError, match="nothing but safe steps"):
        searched()


def test_removing_a_field_that_holds_data_cannot_be_called_safe_unnoticed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_fields, "_stored", lambda *_: ("it is text only", "safe"))
    old = ordered([Field("a", "base", field_label="Ask")])
    with pytest.raises(AssertionError, match="nothing but safe steps"):
        carried_out(sandbox, (old, ordered([])), [1])


def test_what_is_compared_is_what_was_stored(sandbox: Sandbox) -> None:
    """The oracle itself: it sees the values of every kind of field, and in both places of a repeating form."""
    fields = ordered(
        [Field("a", "base", field_label="A"), Field("b", "visit", field_type="checkbox", select_choices_or_calculations="1, X | 2, Y")]
    )  # fmt: skip
    client = founded(sandbox, fields)
    client.import_records(stored(fields, [1, 2, 3]))
    found: dict[str, Any] = {json.dumps(key): was for key, was in exported(client, sandbox.url, fields).items()}
    assert found['["1", "", "a", "a", "raw"]'] == "2"
    assert {key for key in found if '"b"' in key and '"1", "1"' in key and "label" in key}
