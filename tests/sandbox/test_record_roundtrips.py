"""Whatever is sent in one format comes back in every other, over events, repeating forms and repeating events."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import Api, Row, field, new_project

from redcap_sandbox import Sandbox

FIELDS = (
    field("record_id", "intake"),
    field("name", "intake"),
    field("story", "intake", "notes"),
    field("kind", "intake", "radio", choices="1, One | 2, Two"),
    field("tools", "intake", "checkbox", choices="a, A | B-2, Bee"),
    field("seen", "visit", validation="integer"),
    field("remark", "visit", "notes"),
    field("mood", "diary", "dropdown", choices="x, Ex | y, Why"),
)
FORM = {"name": "intake", "story": "intake", "kind": "intake", "tools___a": "intake", "tools___b_2": "intake"} | {
    "seen": "visit", "remark": "visit", "mood": "diary"
}  # fmt: skip
PLUMBING = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
Place = tuple[str, str, str, str]
Held = dict[Place, dict[str, str]]

letters = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")
texts = st.text(letters, min_size=1, max_size=12)
intake = st.fixed_dictionaries(
    {},
    optional={
        "name": texts, "story": texts, "kind": st.sampled_from("12"), "tools___a": st.just("1"),
        "tools___b_2": st.just("1"),
    },
)  # fmt: skip
visit = st.fixed_dictionaries({"seen": st.integers(-999, 999).map(str)}, optional={"remark": texts})
diary = st.fixed_dictionaries({"mood": st.sampled_from("xy")})
instances = st.integers(1, 40).map(str)
names = st.sampled_from(["1", "2", "10", "A-1", "é 3"])
places: st.SearchStrategy[dict[Place, dict[str, str]]] = st.dictionaries(
    st.one_of(
        st.tuples(names, st.just("start_arm_1"), st.just(""), st.just("")),
        st.tuples(names, st.just("later_arm_1"), st.just("visit"), instances),
        st.tuples(names, st.just("daily_arm_1"), st.just(""), instances),
    ),
    st.just({}),
    min_size=1,
    max_size=6,
)


@st.composite
def studies(draw: st.DrawFn) -> Held:
    """What a client has to send: a place each, and the values there."""
    by_event = {"start_arm_1": intake, "later_arm_1": visit, "daily_arm_1": diary}
    return {place: draw(by_event[place[1]]) for place in draw(places)}


@pytest.fixture(scope="module")
def study(server: Sandbox) -> Api:
    """One event for the intake, one where the visit form repeats, one that repeats as a whole."""
    owner = new_project(server, FIELDS)
    renamed = {"event_name": "Start", "arm_num": 1, "unique_event_name": "event_1_arm_1"}
    new = [{"event_name": name, "arm_num": 1} for name in ("Later", "Daily")]
    assert owner.json("event", action="import", data=[renamed, *new]) == 3
    owner.json("project_settings", action="import", data=[{"is_longitudinal": "1"}])
    pairs = [("start_arm_1", "intake"), ("later_arm_1", "visit"), ("daily_arm_1", "diary")]
    mapping = [{"arm_num": 1, "unique_event_name": event, "form": form} for event, form in pairs]
    assert owner.json("formEventMapping", action="import", data=mapping) == 3
    repeating = [{"event_name": "later_arm_1", "form_name": "visit"}, {"event_name": "daily_arm_1", "form_name": ""}]
    assert owner.json("repeatingFormsEvents", action="import", data=repeating) == 2
    return owner


def rows_of(sent: Held) -> list[Row]:
    """The flat rows of an import."""
    return [{**dict(zip(PLUMBING, place, strict=True)), **values} for place, values in sent.items()]


def as_csv(rows: list[Row]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_xml(rows: list[Row]) -> str:
    items = ("".join(f"<{name}>{escape(text)}</{name}>" for name, text in row.items()) for row in rows)
    return "<records>" + "".join(f"<item>{item}</item>" for item in items) + "</records>"


def read(text: str, data_format: str) -> list[dict[str, str]]:
    """An export's rows as text, read by libraries that are not ours."""
    if data_format == "json":
        return [{name: str(value) for name, value in row.items()} for row in json.loads(text)]
    if data_format == "csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return [{cell.tag: cell.text or "" for cell in item} for item in ET.fromstring(text)]  # noqa: S314  (our own text)


def expected(sent: Held) -> Held:
    """What an export must hold: the values sent, and the status of every form that got one.

    A record's own row stands in every event that it has data in.
    """
    found: Held = {}
    for place, values in sent.items():
        record, event, form, _ = place
        if form:
            found[record, event, "", ""] = {}
        forms = {FORM[name] for name in values}
        found[place] = values | {f"{one}_complete": "0" for one in forms}
    return found


def stored(rows: list[dict[str, str]]) -> Held:
    """An export by place: values that are neither blank nor the 0 of what was never touched."""
    found: Held = {}
    for row in rows:
        untouched = {
            f"{form}_complete" for form in FORM.values() if not any(row[n] for n in row if FORM.get(n) == form)
        }
        values = {
            name: value
            for name, value in row.items()
            if name not in PLUMBING and value and not (value == "0" and (name.startswith("tools") or name in untouched))
        }
        found[tuple(row[name] for name in PLUMBING)] = _without_gray(row, values)  # type: ignore[index]
    return found


def _without_gray(row: Mapping[str, str], values: dict[str, str]) -> dict[str, str]:
    """Without the 0 that a status shows although its form holds nothing."""
    held_forms = {FORM[name] for name in values if name in FORM}
    return {name: v for name, v in values.items() if not name.endswith("_complete") or name[:-9] in held_forms}


def emptied(study: Api) -> None:
    if known := {row["record_id"] for row in study.json("record", fields="record_id")}:
        parameters = {f"records[{place}]": name for place, name in enumerate(sorted(known))}
        study.json("record", action="delete", **parameters)


@pytest.mark.parametrize("data_format", ["json", "csv", "xml"])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(sent=studies())
def test_flat_rows_come_back_in_every_format(study: Api, data_format: str, sent: Held) -> None:
    emptied(study)
    rows = rows_of(sent)
    data = {"json": json.dumps(rows), "csv": as_csv(rows), "xml": as_xml(rows)}[data_format]
    reply = study.call("record", action="import", format=data_format, returnFormat="json", data=data)
    assert reply.json() == {"count": len({place[0] for place in sent})}
    for asked in ("json", "csv", "xml"):
        assert stored(read(study.call("record", format=asked).text, asked)) == expected(sent)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(sent=studies())
def test_an_export_of_either_type_goes_in_again_and_changes_nothing(study: Api, sent: Held) -> None:
    emptied(study)
    study.save(*rows_of(sent))
    before = study.json("record")
    for kind in ("flat", "eav"):
        exported = study.json("record", type=kind)
        study.json("record", action="import", type=kind, data=exported)
        assert study.json("record") == before
    eav = study.json("record", type="eav")
    emptied(study)
    study.json("record", action="import", type="eav", data=eav)
    again = {tuple(row.items()) for row in study.json("record", type="eav")}
    assert again == {tuple(row.items()) for row in eav}
