"""Fields that compute themselves when records are imported: what they read, where, when, and what the log says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, Api, Clock, MakeProject, field
from tests.sandbox.longitudinal import at, longitudinal, places, value

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator


def calc(name: str, form: str, formula: str, **cells: str) -> dict[str, Any]:
    return field(name, form, "calc", choices=formula, **cells)


def calctext(name: str, form: str, expression: str, **cells: str) -> dict[str, Any]:
    return field(name, form, field_annotation=f"@HIDDEN @CALCTEXT({expression}) @READONLY", **cells)


def row(owner: Api, record: str = "1") -> dict[str, str]:
    """The record's only row."""
    (found,) = owner.json("record", records=record)
    return dict(found)


CLASSIC = (
    field("record_id", "body"),
    field("weight", "body", validation="number"),
    field("height", "body", validation="number_comma_decimal"),
    field("born", "body", validation="date_dmy"),
    field("signs", "body", "checkbox", choices="1, Ache | -2, Bruise"),
    field("status", "body", "radio", choices="1, Old | 2, New"),
    calc("bmi", "body", "round([weight]/([height]*[height]), 1)"),
    # Each before what it reads: the order of the dictionary does not matter.
    calctext("told", "result", "if([class] = 2, 'heavy', if([class] = 1, 'light', ''))"),
    calc("class", "result", "if([bmi] >= 25, 2, if([bmi] <> '', 1, ''))"),
    calc("count", "result", "[signs(1)] + [signs(-2)]"),
    field("due", "result", validation="date_mdy", field_annotation="@CALCDATE([born], 7, 'd')"),
    field("due_time", "result", validation="datetime_ymd", field_annotation="@CALCDATE([born], 1, 'd')"),
    calc("words", "result", "concat('a', 'b')"),
    calc("zero", "result", "[weight] / 0"),
    calc("age", "result", "rounddown(datediff([born], 'today', 'y'))"),
)


@pytest.fixture
def classic(make: MakeProject) -> Api:
    return make(CLASSIC)


def test_calculations_follow_each_other_in_whatever_order_they_stand(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "90", "height": "1,80"})
    found = row(classic)
    assert (found["bmi"], found["class"], found["told"]) == ("27.8", "2", "heavy")
    classic.save({"record_id": "1", "weight": "60"})
    found = row(classic)
    assert (found["bmi"], found["class"], found["told"]) == ("18.5", "1", "light")


def test_a_blank_result_erases_and_goes_on_erasing(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "90", "height": "1,80", "status": "1"})
    classic.save({"record_id": "1", "weight": "", "height": "1,80"}, overwriteBehavior="overwrite")
    found = row(classic)
    assert (found["bmi"], found["class"], found["told"], found["status"]) == ("", "", "", "1")


def test_calculations_of_texts_and_of_nothing_store_nothing(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "90"})
    assert (row(classic)["words"], row(classic)["zero"]) == ("", "")


def test_boxes_are_read_by_their_code(classic: Api) -> None:
    classic.save({"record_id": "1", "signs____2": "1"})
    assert row(classic)["count"] == "1"
    classic.save({"record_id": "1", "signs____2": "0", "signs___1": "0"})
    assert row(classic)["count"] == "0"


def test_dates_are_computed_and_stored_year_first(classic: Api) -> None:
    classic.save({"record_id": "1", "born": "2023-12-28"})
    assert (row(classic)["due"], row(classic)["due_time"]) == ("2024-01-04", "2023-12-29 00:00")


def test_today_is_the_servers(classic: Api, clock: Clock) -> None:
    clock.set("2025-12-31 23:59:00")
    classic.save({"record_id": "1", "born": "2005-12-31"})
    assert row(classic)["age"] == "20"
    clock.set("2026-12-31 12:00:00")
    classic.save({"record_id": "1", "weight": "70"})
    assert row(classic)["age"] == "20"  # nothing that it reads was sent


def test_only_calculations_whose_inputs_are_sent_are_done(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "90", "height": "1,80"})
    formula = calc("bmi", "body", "[weight]")
    classic.json("metadata", data=[formula if one["field_name"] == "bmi" else one for one in CLASSIC])
    classic.save({"record_id": "1", "status": "2"})
    assert row(classic)["bmi"] == "27.8"
    classic.save({"record_id": "1", "height": "1,80"})
    assert row(classic)["bmi"] == "27.8"
    classic.save({"record_id": "1", "weight": "90"})  # sent, though not changed
    assert (row(classic)["bmi"], row(classic)["class"]) == ("90", "2")


def test_values_sent_for_calculated_fields_are_passed_over(classic: Api) -> None:
    assert classic.save({"record_id": "1", "bmi": "99", "class": "x", "status": "1"}) == {"count": 1}
    assert (row(classic)["bmi"], row(classic)["class"]) == ("", "")


def test_a_decimal_comma_is_a_number_and_the_result_has_a_point(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "81", "height": "1,85"})
    assert (row(classic)["height"], row(classic)["bmi"]) == ("1,85", "23.7")


def test_a_missing_data_code_is_no_number(classic: Api, sandbox: Sandbox) -> None:
    admin = Administrator(sandbox.url, SUPER_TOKEN)
    admin.set_missing_codes(classic.json("project")["project_id"], {"UNK": "Unknown"})
    classic.save({"record_id": "1", "weight": "90", "height": "1,80"})
    classic.save({"record_id": "1", "weight": "UNK"})
    assert (row(classic)["weight"], row(classic)["bmi"], row(classic)["told"]) == ("UNK", "", "")


def test_the_log_has_a_line_for_what_was_computed_after_that_of_the_import(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "90", "height": "1,80"})
    newest, first, *_ = classic.json("log", logtype="record")
    assert (newest["action"], newest["record"]) == ("Update record (Auto calculation) 1", "1")
    assert newest["details"] == "bmi = '27.8', class = '2', told = 'heavy'"
    assert first["action"] == "Create record (API) 1"
    assert "bmi" not in first["details"]


def test_a_form_that_holds_results_only_stays_gray_until_it_gets_data(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "90", "height": "1,80"})
    gray = {"records": "1", "fields": "class,result_complete", "exportBlankForGrayFormStatus": "true"}
    assert classic.json("record", **gray) == [{"class": "2", "result_complete": ""}]
    classic.save({"record_id": "1", "due": "2024-01-01"})
    assert classic.json("record", **gray) == [{"class": "2", "result_complete": "0"}]


def test_nothing_is_logged_where_results_are_what_they_were(classic: Api) -> None:
    classic.save({"record_id": "1", "weight": "90", "height": "1,80"})
    before = classic.json("log", logtype="record")
    classic.save({"record_id": "1", "weight": "90", "height": "1,80"})
    assert classic.json("log", logtype="record") == before


def test_fields_that_read_each_other_are_computed_once(make: MakeProject) -> None:
    owner = make(
        [
            field("record_id", "f"),
            field("n", "f", validation="integer"),
            calc("a", "f", "[b] + [n]"),
            calc("b", "f", "sum([a], [n])"),
            calc("own", "f", "sum([own], [n])"),
        ]
    )
    owner.save({"record_id": "1", "n": "3"})
    assert (row(owner)["a"], row(owner)["b"], row(owner)["own"]) == ("", "3", "3")
    owner.save({"record_id": "1", "n": "3"})
    assert (row(owner)["a"], row(owner)["b"], row(owner)["own"]) == ("6", "9", "6")


def test_logic_that_cannot_be_read_computes_nothing_and_stops_no_import(make: MakeProject, sandbox: Sandbox) -> None:
    owner = make([field("record_id", "f"), field("n", "f"), calc("a", "f", "[n] + 1")])
    number = owner.json("project")["project_id"]
    with sandbox._storage.writing() as db:  # as an older server may have let it through
        db.execute("UPDATE field SET cells = replace(cells, '[n] + 1', '[n] +') WHERE project = ?", (number,))
    assert owner.save({"record_id": "1", "n": "1"}) == {"count": 1}
    assert row(owner)["a"] == ""


def test_a_calculation_of_the_record_id_is_done_whatever_is_sent(make: MakeProject) -> None:
    owner = make([field("record_id", "f"), field("n", "f"), calctext("label", "f", "concat('No ', [record_id])")])
    owner.save({"record_id": "7a", "n": "1"})
    assert row(owner, "7a")["label"] == "No 7a"


REPEATED = (
    field("record_id", "base"),
    field("factor", "base", validation="number"),
    calc("total", "base", "sum([n][1], [n][2], [n][3])"),
    calc("last", "base", "[n][last-instance]"),
    calc("here", "base", "[n]"),
    field("n", "log", validation="number"),
    calc("scaled", "log", "[n] * [factor]"),
    calc("growth", "log", "[n] - [n][previous-instance]"),
    calctext("label", "log", "concat([record_id], '-', [current-instance])"),
)


@pytest.fixture
def repeated(make: MakeProject) -> Api:
    return make(REPEATED, repeating=("log",))


def instance(record: str, number: int | str, **values: str) -> dict[str, object]:
    return {"record_id": record, "redcap_repeat_instrument": "log", "redcap_repeat_instance": number, **values}


def logged(owner: Api, name: str) -> dict[int, str]:
    rows = owner.json("record", records="1")
    return {row["redcap_repeat_instance"]: row[name] for row in rows if row["redcap_repeat_instrument"]}


def base(owner: Api, name: str) -> str:
    (found,) = (row for row in owner.json("record", records="1") if not row["redcap_repeat_instrument"])
    return str(found[name])


def test_instances_compute_with_the_base_row_and_with_each_other(repeated: Api) -> None:
    repeated.save({"record_id": "1", "factor": "2"}, instance("1", 1, n="5"), instance("1", 2, n="8"))
    assert logged(repeated, "scaled") == {1: "10", 2: "16"}
    assert logged(repeated, "growth") == {1: "", 2: "3"}
    assert logged(repeated, "label") == {1: "1-1", 2: "1-2"}


def test_a_change_of_the_base_row_reaches_every_instance(repeated: Api) -> None:
    repeated.save(instance("1", 1, n="5"), instance("1", 3, n="8"), {"record_id": "1", "factor": "2"})
    repeated.save({"record_id": "1", "factor": "3"})
    assert logged(repeated, "scaled") == {1: "15", 3: "24"}


def test_the_base_row_reads_instances_by_number_only(repeated: Api) -> None:
    repeated.save(instance("1", 1, n="5"), instance("1", 3, n="8"))
    assert (base(repeated, "total"), base(repeated, "last"), base(repeated, "here")) == ("13", "8", "")
    repeated.save(instance("1", "new", n="100"))
    assert (base(repeated, "total"), base(repeated, "last")) == ("13", "100")


def test_a_later_instance_follows_the_one_before_it(repeated: Api) -> None:
    repeated.save(instance("1", 1, n="5"), instance("1", 2, n="8"))
    repeated.save(instance("1", 1, n="1"))
    assert logged(repeated, "growth") == {1: "", 2: "7"}


def test_the_log_numbers_the_instances_that_were_computed(repeated: Api) -> None:
    repeated.save({"record_id": "1", "factor": "2"}, instance("1", 1, n="5"), instance("1", 2, n="8"))
    lines = [row["details"] for row in repeated.json("log", logtype="record") if "Auto" in row["action"]]
    assert any(line.startswith("[instance = 2], ") and "scaled = '16'" in line for line in lines)
    assert any("scaled = '10'" in line and not line.startswith("[") for line in lines)


EVENTS = {(1, "Start"): ("base",), (1, "Visit"): ("log", "base"), (1, "End"): ("end",)}
OVER_EVENTS = (
    field("record_id", "base"),
    field("factor", "base", validation="number"),
    field("n", "log", validation="number"),
    calc("scaled", "log", "[n] * [start_arm_1][factor]"),
    calc("own", "log", "[n] * [factor]"),
    calc("before", "log", "[previous-event-name][factor]"),
    calctext("place", "end", "concat([event-name], ' ', [event-label], ' ', [event-number], [arm-number])"),
    calc("sum", "end", "sum([visit_arm_1][n][1], [visit_arm_1][n][2])"),
    field("note", "end"),
    calctext("echo", "end", "concat([note], [event-name])"),
)


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    """Factors at two events, a log that repeats at the second, sums at the third."""
    return longitudinal(sandbox, OVER_EVENTS, EVENTS, repeating=[("visit_arm_1", "log")])


def test_calculations_read_other_events_and_are_done_when_those_change(study: Api) -> None:
    study.save(
        at("1", "start_arm_1", factor="2"),
        at("1", "visit_arm_1", factor="10"),
        at("1", "visit_arm_1", "log", 1, n="3"),
        at("1", "visit_arm_1", "log", 2, n="4"),
        at("1", "end_arm_1"),
    )
    assert [value(study, "1", "visit_arm_1", name, 2) for name in ("scaled", "own", "before")] == ["8", "40", "2"]
    assert value(study, "1", "end_arm_1", "sum") == "7"
    study.save(at("1", "start_arm_1", factor="5"))
    assert [value(study, "1", "visit_arm_1", name, 1) for name in ("scaled", "own", "before")] == ["15", "30", "5"]
    study.save(at("1", "visit_arm_1", "log", 2, n="1"))
    assert value(study, "1", "end_arm_1", "sum") == "4"


def test_events_the_record_is_not_in_are_not_made_by_a_calculation(study: Api) -> None:
    study.save(at("1", "visit_arm_1", "log", 1, n="3"))
    assert [place[1:] for place in places(study)] == [("visit_arm_1", "", ""), ("visit_arm_1", "log", 1)]


def test_other_events_and_instances_that_do_not_read_what_was_sent_stay(study: Api, sandbox: Sandbox) -> None:
    study.save(at("1", "visit_arm_1", factor="10"), *(at("1", "visit_arm_1", "log", n, n="3") for n in (1, 2)))
    number = study.json("project")["project_id"]
    with sandbox._storage.writing() as db:
        db.execute(
            "UPDATE document SET content = json_remove(content, '$.own') WHERE form = 'log' "
            "AND record IN (SELECT id FROM record WHERE project = ?)",
            (number,),
        )
    study.save(at("1", "visit_arm_1", "log", 2, n="3"), at("1", "start_arm_1", factor="1"))
    assert [value(study, "1", "visit_arm_1", "own", n) for n in (1, 2)] == ["", "30"]


def test_smart_variables_tell_where_a_calculation_stands(study: Api) -> None:
    study.save(at("1", "end_arm_1", note="x"))
    assert value(study, "1", "end_arm_1", "echo") == "xend_arm_1"
    study.json("metadata", data=[*OVER_EVENTS[:-1], calctext("echo", "end", f"concat([note], {_INNER})")])
    study.save(at("1", "end_arm_1", note="y"))
    assert value(study, "1", "end_arm_1", "echo") == "yEnd31"


_INNER = "[event-label], [event-number], [arm-number]"


def test_background_imports_compute_too_and_xml_projects_do_not(classic: Api, sandbox: Sandbox) -> None:
    data = [{"record_id": "1", "weight": "90", "height": "1,80"}]
    classic.json("record", action="import", backgroundProcess="1", data=data)
    assert row(classic)["bmi"] == "27.8"
    newest = classic.json("log", logtype="record")[0]
    assert newest["username"].startswith("SYSTEM (")
    xml = classic.call("project_xml").text
    reply = Api(sandbox.url, SUPER_TOKEN).call(
        "project", format="json", data=[{"project_title": "Copy", "purpose": 0}], odm=xml
    )
    copy = Api(sandbox.url, reply.text[-32:])
    assert (row(copy)["weight"], row(copy)["bmi"]) == ("90", "")
    copy.save({"record_id": "1", "weight": "90"})
    assert row(copy)["bmi"] == "27.8"
