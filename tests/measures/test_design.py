from __future__ import annotations

from typing import Any

import pytest
from tests.measures.audits import (
    DESIGN,
    FIELDS,
    PLAN,
    SOURCE,
    chart,
    counts,
    dictionary,
    frame,
    measured,
    several,
)

from breakthrough import measures
from breakthrough.entry import Entry
from breakthrough.measures import Design
from breakthrough.measures.cases import read


def reasons(design: Design | None = DESIGN, rows: list[Entry] | None = None, **changes: Any) -> tuple[str, ...]:
    what = measured(**changes)
    entries = [chart()] if rows is None else rows

    class Store:
        def entries(self, project: str, instrument: str | None = None) -> list[Entry]:
            return [one for one in entries if instrument in {None, one.key.instrument}]

    found = read(Store(), what, {"audit": design} if design else {"main": DESIGN})
    assert [one.measure for one in found.blocked] == ["plan"]
    assert found.judged == {}
    return found.blocked[0].reasons


def without(*names: str) -> Design:
    return Design(dictionary(one for one in FIELDS if one[1] not in names))


@pytest.mark.parametrize(
    ("design", "changes", "reason"),
    [
        pytest.param(
            without("tier"),
            {"numerator": "[plan_date] <> ''"},
            "Its denominator, character 2: There is no field 'tier'. (project 'audit')",
            id="a field that is gone",
        ),
        pytest.param(
            DESIGN,
            {"denominator": "[sex] <> ''\nand [teir] = '2'"},
            "Its denominator, line 2, character 6: There is no field 'teir'. Did you mean 'tier'? (project 'audit')",
            id="a field misspelt, on the second line",
        ),
        pytest.param(
            without("audit_date"),
            {"numerator": "[tier] = '3'"},
            "Its date, character 2: There is no field 'audit_date'. Did you mean 'plan_date'? (project 'audit')",
            id="no date",
        ),
        pytest.param(
            DESIGN,
            {"source": {**SOURCE, "team": "place"}},
            "Its team, character 2: There is no field 'place'. (project 'audit')",
            id="no team",
        ),
        pytest.param(
            DESIGN,
            {"source": {**SOURCE, "team": "cond"}},
            "Its team, character 2: 'cond' is a checkbox and has no value as a whole: write [cond(code)] = '1'. "
            "(project 'audit')",
            id="a checkbox for a team",
        ),
        pytest.param(
            DESIGN,
            {"numerator": "[cond(7)] = '1'"},
            "Its numerator, character 2: 'cond' has no choice '7'. (project 'audit')",
            id="a choice that is gone",
        ),
        pytest.param(
            DESIGN,
            {"numerator": "[start_arm_1][tier] = '2'"},
            "Its numerator, character 2: No row of this event was pulled so far. (project 'audit')",
            id="an event of a project without",
        ),
        pytest.param(
            Design(dictionary(), events={"start_arm_1": ("chart_audit",)}),
            {"numerator": "[stert_arm_1][tier] = '2'"},
            "Its numerator, character 2: There is no event 'stert_arm_1'. Did you mean 'start_arm_1'? (project 'audit')",
            id="an event that is gone",
        ),
        pytest.param(
            DESIGN,
            {"numerator": "[previous-event-name][tier] = '2'"},
            "Its numerator goes by the order of events, which is not known of the project 'audit'.",
            id="the order of events, unknown",
        ),
        pytest.param(
            DESIGN,
            {"numerator": "[photo] <> ''"},
            "'photo' holds a file or is a text to read, so that no value of it is pulled (project 'audit').",
            id="a file",
        ),
        pytest.param(
            Design(dictionary(), asked={"audit_date", "tier", "chart_audit_complete"}),
            {},
            "Of the project 'audit', 'plan_date' was not pulled yet. Run: breakthrough pull",
            id="a field not pulled yet",
        ),
        pytest.param(
            DESIGN,
            {"source": {**SOURCE, "form": "chart_audits"}},
            "The project 'audit' has no form 'chart_audits'. Did you mean 'chart_audit'?",
            id="no form",
        ),
        pytest.param(
            Design([]),
            {},
            "Nothing was pulled from the project 'audit' yet. Run: breakthrough pull",
            id="nothing pulled",
        ),
        pytest.param(
            None,
            {},
            "There is no project 'audit' among those of this deployment (main). Name it under 'projects' in "
            "breakthrough.yaml.",
            id="no such project",
        ),
    ],
)
def test_what_a_measure_reads_and_is_not_there_blocks_it_by_name(
    design: Design | None, changes: dict[str, Any], reason: str
) -> None:
    assert reasons(design, **changes) == (reason,)


def test_a_blocked_measure_has_no_figures_and_leaves_the_others_theirs() -> None:
    what = several(lost={**PLAN, "numerator": "[gone] = '1'"}, plan=PLAN)
    found = frame([chart()], what)
    assert set(found["measure"]) == {"plan"}
    assert counts(found) == ("reported", 1, 1)
    assert measures.chart(found, what, "T001", "lost").points == ()
    assert measures.pooled_chart(found, what, "lost").n_useful == 0
