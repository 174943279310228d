"""What can be said of logic without any data: what it reads, what the project lacks, what to look at twice."""

from __future__ import annotations

import pytest

from breakthrough.logic import Known, cautions, parse, references, unknown

KNOWN = Known(
    fields=["age", "sex", "cond", "visit_date", "meds_complete"],
    choices={"cond": ["1", "2", "OTH"]},
    events=["baseline_arm_1", "month_6_arm_1"],
)


def test_references_are_fields_choices_events_instances_smart_variables_and_functions() -> None:
    found = references(
        parse(
            "[baseline_arm_1][age] > 1 and [cond(OTH)] = '1' and [drug][last-instance] <> '' "
            "and [user-dag-name] = 'x' and round([age]) = 2"
        )
    )
    assert found.fields == {"age", "cond", "drug"}
    assert found.codes == {("cond", "OTH")}
    assert found.events == {"baseline_arm_1"}
    assert found.instances == {"last-instance"}
    assert found.smart == {"user-dag-name"}
    assert found.functions == {"round"}
    assert [one.field for one in found.every] == ["age", "cond", "drug", "age"]


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("datediff([a], 'today', 'd') > 1", True),
        ("year(if([a]=1, 'now', [b]))", True),
        ("@CALCDATE(today, 1, 'd')", True),
        ("@CALCDATE('now', 1, 'd')", True),
        ("[a] <= today", True),
        ("[a] = 'today'", False),
        ("concat('now')", False),
    ],
)
def test_it_is_known_whether_a_result_changes_with_the_clock(text: str, reads: bool) -> None:
    assert references(parse(text)).clock is reads


@pytest.mark.parametrize(
    ("text", "code", "position", "sentence"),
    [
        ("[agee] > 1", "unknown-field", 1, "There is no field 'agee'. Did you mean 'age'?"),
        ("[baseline_arm_1][zzz] > 1", "unknown-field", 17, "There is no field 'zzz'."),
        ("[baseline_arm1][age] > 1", "unknown-event", 1, "Did you mean 'baseline_arm_1'?"),
        ("[cond(oth)] = '1'", "unknown-choice", 1, "'cond' has no choice 'oth'. Did you mean 'OTH'?"),
        ("[cond] = '1'", "checkbox-without-code", 1, "write [cond(code)] = '1'."),
        ("[sex(2)] = '1'", "no-checkbox", 1, "'sex' is no checkbox: write [sex] = '2'."),
        ("[usr-dag] = '1'", "unknown-smart", 0, "REDCap itself has no smart variable [usr-dag]."),
    ],
)
def test_what_the_project_does_not_have_is_pointed_at(text: str, code: str, position: int, sentence: str) -> None:
    (problem,) = unknown(text, parse(text), KNOWN)
    assert (problem.code, problem.position) == (code, position)
    assert sentence in problem.reason
    assert problem.excerpt.startswith(f"    {text}")


def test_every_unknown_name_is_found_in_the_order_of_places() -> None:
    text = "[nope] = 1 or [age] = 2 and [month_9_arm_1][sx] = 3"
    assert [problem.code for problem in unknown(text, parse(text), KNOWN)] == [
        "unknown-field",
        "unknown-event",
        "unknown-field",
    ]


@pytest.mark.parametrize(
    "text",
    ["[cond(OTH)]='1'", "[previous-event-name][age]=1", "[month_6_arm_1][AGE][2]=1", "[record-dag-name]='a'"],
)
def test_what_the_project_has_is_left_alone(text: str) -> None:
    assert unknown(text, parse(text), KNOWN) == ()


def test_events_are_not_judged_where_they_are_not_known() -> None:
    text = "[any_arm_1][age] = 1"
    assert unknown(text, parse(text), Known(fields=["age"])) == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[a]=1 && [b]=1", ["symbols"]),
        ("[a]===1", ["triple-equals"]),
        ("not [a]=1", ["not"]),
        ("ROUND([a])=1", ["capitals"]),
        ("[h]^2", ["power"]),
        ("[h]^(2)", ["power"]),
        ("([h])^2", ["power"]),
        ("([h])^(2)", []),
        ("( [h] ) ^ ( 2 )", []),
        ("[a] > '0'", ["quoted-number"]),
        ("[a] = '0'", []),
        ("[d] = 'today'", ["quoted-today"]),
        ("datediff([a],[b],'D')", ["unit"]),
        ("datediff([a],[b],'d')", []),
        ("[f:label] = 'x'", ["modifier"]),
        ("[f:value] = '1'", []),
        ("[a] < 5", ["blank-below"]),
        ("5 >= [a]", ["blank-below"]),
        ("[a] < 5 and [a] <> ''", []),
        ('[a] <> "" and [a] <= 5', []),
        ("[a] > 5", []),
        ("[cond(1)] < 1", []),
    ],
)
def test_what_redcap_takes_but_may_not_be_meant_is_pointed_at(text: str, codes: list[str]) -> None:
    assert [caution.code for caution in cautions(text, parse(text))] == codes


def test_a_caution_stands_where_the_operator_is() -> None:
    (caution,) = cautions("[a]=1 and [h]^2>4", parse("[a]=1 and [h]^2>4"))
    assert caution.position == 13
