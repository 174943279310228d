"""The long table: one row each, with line, signals and all that was decided on the month."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from tests.measures.sheets import collaborative, form, frame, series

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.measures import definition
from breakthrough.measures.table import TIDY, Facts, tidy

AS_OF = dt.datetime(2026, 7, 15, 5, 0, tzinfo=dt.UTC)
BETTER = [5.0, 5.2, 4.9, 5.1, 5.0, 4.8, 5.1, 5.0, 5.2, 4.9, 5.1, 3.0, 3.1, 2.9, 3.0, 3.2, 3.0, 2.8, 3.1, 3.0, 2.9]


def _table(entries: list[Any], what: Collaborative | None = None, **facts: Any) -> pd.DataFrame:
    what = what or collaborative()
    found = frame(entries, what=what)
    return tidy(found, measures.charts(found, what), what, Facts(as_of=AS_OF, **facts))


def _row(table: pd.DataFrame, measure: str, month: str) -> Any:
    one = table[(table["measure"] == measure) & (table["month"] == month)]
    assert len(one) == 1
    return next(one.itertuples())


def test_it_has_every_row_of_the_results_in_their_order_and_none_besides() -> None:
    what = collaborative()
    found = frame(series(BETTER), what=what)
    table = tidy(found, measures.charts(found, what), what, Facts())
    assert tuple(table.columns) == TIDY
    pd.testing.assert_frame_equal(table[found.columns.tolist()], found)


def test_a_month_tells_its_stage_its_due_day_its_line_and_the_form_it_comes_from() -> None:
    key = "main/T001/monthly_measures/12"
    table = _table(series(BETTER), submitted={key: dt.date(2025, 10, 8)}, groups={"region": {"T001": "North"}})
    live, before, off = (_row(table, "rate", month) for month in ("2025-09", "2024-10", "2025-08"))
    assert (live.stage, live.baseline, live.phase, live.in_session) == ("live", False, 1, True)
    assert (live.entry_key, live.submitted_on, live.due) == (key, "2025-10-08", "2025-10-10")
    assert (live.region, live.cohort, live.type) == ("North", "", "")
    assert (live.unit, live.goal, live.rule_set) == ("%", 5.0, "anhoej 1")
    assert live.data_as_of == "2026-07-15T05:00:00+00:00"
    assert live.centre == 5.0, "the median of the baseline's eleven months"
    assert (before.stage, before.baseline, before.submitted_on) == ("baseline", True, "")
    assert (off.state, off.in_session) == ("not_in_session", False)


def test_a_lagged_measure_is_due_later() -> None:
    table = _table(series(BETTER))
    assert _row(table, "share", "2025-09").due == "2025-11-10"


def test_a_signal_is_told_at_each_of_its_months_with_its_direction() -> None:
    table = _table(series(BETTER))
    rate = table[table["measure"] == "rate"].set_index("month")
    shifted = rate.index[rate["signal_shift"] == "improving"].tolist()
    assert shifted == [f"2025-{month:02d}" for month in (9, 10, 11, 12)] + [
        f"2026-{month:02d}" for month in range(1, 7)
    ]
    assert set(rate["signal_trend"]) == {""}


def test_what_the_table_says_of_a_chart_is_the_chart() -> None:
    what = collaborative()
    found = frame(series(BETTER), what=what)
    charts = measures.charts(found, what, goals={("T001", "rate"): 4.2})
    table = tidy(found, charts, what, Facts())
    for (_, code), chart in charts.items():
        rows = table[table["measure"] == code].sort_values("month")
        for name in ("centre", "lower", "upper"):
            drawn = [None if pd.isna(one) else one for one in rows[name]]
            assert drawn == list(getattr(chart, name))
    assert set(table.loc[table["measure"] == "rate", "goal"]) == {4.2}, "the team's own"
    assert table.loc[table["measure"] == "sofar", ["centre", "lower", "upper"]].isna().all(axis=None)


def test_phases_that_a_person_accepted_are_numbered_from_their_month() -> None:
    accepted = {"reason": "new register", "accepted_by": "Ro", "on": "2026-02-01"}
    phases = [
        {"measure": "rate", "from": "2026-01", **accepted},
        {"measure": "rate", "team": "T001", "from": "2026-04", **accepted},
        {"measure": "rate", "team": "T002", "from": "2025-11", **accepted},
    ]
    table = _table(series(BETTER), collaborative(phases=phases))
    rate = table[table["measure"] == "rate"].set_index("month")["phase"]
    assert (rate["2025-12"], rate["2026-01"], rate["2026-03"], rate["2026-04"]) == (1, 2, 2, 3)
    assert set(table.loc[table["measure"] == "share", "phase"]) == {1}


def test_an_empty_collaborative_has_an_empty_table_with_all_columns() -> None:
    what = collaborative()
    found = frame([], what=what, teams=())
    assert tuple(tidy(found, {}, what, Facts()).columns) == TIDY


def test_a_form_that_says_nothing_of_its_day_leaves_the_day_blank() -> None:
    table = _table([form("T001", "2026-03", {"hit": 1, "seen": 10})])
    assert set(table["submitted_on"]) == {""}


# --- the mark of a definition --------------------------------------------------------------------------------------------


def _mark(what: Collaborative) -> str:
    return definition.version(what, what.measures["rate"])


def _with(code: str, **changes: Any) -> Collaborative:
    settings = collaborative().model_dump(by_alias=True)["measures"]
    settings[code] = {**settings[code], **changes}
    return collaborative(measures=settings)


@pytest.mark.parametrize(
    "changes",
    [{"numerator": "also"}, {"denominator": "roll"}, {"multiply": 1000}, {"definition": "Those hit, over those seen."}],
)
def test_another_definition_has_another_mark(changes: dict[str, Any]) -> None:
    assert _mark(_with("rate", **changes)) != _mark(collaborative())


@pytest.mark.parametrize("changes", [{"name": "Other"}, {"goal": 3}, {"chart": "p_prime"}, {"numerator": " hit "}])
def test_what_does_not_change_the_figure_leaves_the_mark(changes: dict[str, Any]) -> None:
    assert _mark(_with("rate", **changes)) == _mark(collaborative())


def test_another_question_for_a_count_makes_another_mark() -> None:
    counts = collaborative().model_dump()["counts"]
    counts["hit"] = {"label": "Number of hits and near misses"}
    assert _mark(collaborative(counts=counts)) != _mark(collaborative())


def test_from_the_month_of_a_new_definition_on_its_figures_have_another_mark() -> None:
    changed = {"from": "2026-01", "change": "also", "accepted_by": "Ro", "on": "2026-01-05", "numerator": "also"}
    what = _with("rate", versions=[changed])
    rate = _table(series(BETTER), what).query("measure == 'rate'").set_index("month")["definition_version"]
    assert rate["2025-12"] == _mark(collaborative()) != rate["2026-01"] == rate["2026-06"]
