"""All of England's authorities and months: no figure that a pandas computation from the file alone does not reproduce."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from breakthrough import collaborative as collaboratives
from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures import Pooled
from breakthrough.measures.cohort import cohort
from breakthrough.measures.funnel import funnel
from breakthrough.measures.strata import strata
from breakthrough.month import Month

UNTIL, TODAY = Month("2026-06"), dt.date(2026, 7, 15)
FED = {"ca_day": ("absent_sessions", "possible_sessions"), "ca_ytd": ("persistently_absent", "enrolled")}
COUNTS = {
    "sd_abs": "absent_sessions",
    "sd_poss": "possible_sessions",
    "ch_ytd": "persistently_absent",
    "en_me": "enrolled",
}
MONTHS = [str(one) for one in pd.period_range("2022-09", "2026-06", freq="M")]


@pytest.fixture(scope="module")
def collaborative(root: Path) -> Collaborative:
    path = root / "config/collaboratives/absenteeism/collaborative.yaml"
    return collaboratives.load(path, {"calendar": {"data_from": "2022-09"}})


@pytest.fixture(scope="module")
def published(absence_csv: Path) -> pd.DataFrame:
    """The file."""
    found = pd.read_csv(absence_csv, dtype={"la_code": str, "month": str})
    assert not found.duplicated(["la_code", "month"]).any()
    return found


def _entries(published: pd.DataFrame, collaborative: Collaborative) -> Iterator[Entry]:
    instance = published.groupby("la_code").cumcount() + 1
    for number, row in zip(instance, published.to_dict("records"), strict=True):
        values = {"mm_period": f"{row['month']}-01", "monthly_measures_complete": "2"}
        values |= {count: f"{row[column]:.0f}" for count, column in COUNTS.items() if pd.notna(row[column])}
        values |= {f"{code}_st": "4" for code in collaborative.measures if code not in FED}
        yield Entry(EntryKey("main", row["la_code"], "", "monthly_measures", int(number)), "", values)


@pytest.fixture(scope="module")
def found(published: pd.DataFrame, collaborative: Collaborative) -> pd.DataFrame:
    return measures.results(
        collaborative,
        _entries(published, collaborative),
        teams=sorted(published["la_code"].unique()),
        expected=lambda team, month: True,
        today=TODAY,
        until=UNTIL,
    )


@pytest.fixture(scope="module", params=list(FED))
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def wanted(published: pd.DataFrame, code: str) -> pd.DataFrame:
    """Authorities × months from the file alone: counts n and d, state and value."""
    above, below = FED[code]
    grid = pd.MultiIndex.from_product([sorted(published["la_code"].unique()), MONTHS], names=["team", "month"])
    counts = published.set_index(["la_code", "month"])[[above, below]].reindex(grid)
    counts.columns = pd.Index(["n", "d"])
    counts["state"] = "reported"
    counts.loc[counts["n"] > counts["d"], "state"] = "invalid"
    counts.loc[(counts["d"] == 0) & (counts["n"] == 0), "state"] = "no_cases"
    counts.loc[counts["n"].isna() | counts["d"].isna(), "state"] = "missing"
    counts.loc[[month.endswith("-08") for month in counts.index.get_level_values("month")], "state"] = "not_in_session"
    counts["value"] = (100 * counts["n"] / counts["d"]).where(counts["state"] == "reported")
    return counts


def test_every_state_count_and_value_is_that_of_the_file(found: pd.DataFrame, wanted: pd.DataFrame, code: str) -> None:
    ours = found[found["measure"] == code].set_index(["team", "month"]).reindex(wanted.index)
    assert len(wanted) == 157 * 46
    assert (ours["state"] == wanted["state"]).all()
    pd.testing.assert_series_equal(ours["value"], wanted["value"], rtol=1e-12)
    there = wanted["state"].isin(["reported", "invalid"])
    assert (ours["numerator"][there] == wanted["n"][there]).all()
    assert (ours["denominator"][there] == wanted["d"][there]).all()
    assert ours["value"].notna().sum() == (wanted["state"] == "reported").sum() > 3000


def _by_month(wanted: pd.DataFrame, goal: float) -> pd.DataFrame:
    """The collaborative's months, from the grid of authorities."""
    shown = wanted[wanted["state"] == "reported"]
    sums = shown.groupby("month")[["n", "d"]].sum().reindex(MONTHS)
    values = shown.groupby("month")["value"]
    owed = wanted[~wanted["state"].isin(["not_in_session"])].groupby("month").size().reindex(MONTHS, fill_value=0)
    nobody = wanted[wanted["state"] == "no_cases"].groupby("month").size().reindex(MONTHS, fill_value=0)
    k = values.size().reindex(MONTHS, fill_value=0)
    return pd.DataFrame(
        {
            "pooled": 100 * sums["n"] / sums["d"],
            "median": values.median().reindex(MONTHS),
            "lower": values.quantile(0.25).reindex(MONTHS),
            "upper": values.quantile(0.75).reindex(MONTHS),
            "k": k,
            "K": owed,
            "provisional": (owed > 0) & ((k + nobody) / owed.where(owed > 0) < 0.85),
            "at_goal": shown[shown["value"] <= goal].groupby("month").size().reindex(MONTHS, fill_value=0),
        }
    )


def _same(line: tuple[Pooled, ...], months: pd.DataFrame) -> None:
    assert [one.month.name for one in line] == list(months.index)
    figures = ["pooled", "median", "lower", "upper"]
    ours = pd.DataFrame(
        [(one.pooled, one.median, one.lower_quartile, one.upper_quartile) for one in line],
        index=months.index,
        columns=pd.Index(figures),
        dtype=float,
    )
    pd.testing.assert_frame_equal(ours, months[figures], rtol=1e-12)
    assert [one.reporting for one in line] == months["k"].tolist()
    assert [one.expected for one in line] == months["K"].tolist()
    assert [one.provisional for one in line] == months["provisional"].tolist()
    assert [one.at_goal for one in line] == months["at_goal"].tolist()


def _goal(collaborative: Collaborative, code: str) -> float:
    goal = collaborative.measures[code].goal
    assert goal is not None
    return goal


def test_the_collaboratives_months_are_those_of_the_file(
    found: pd.DataFrame, wanted: pd.DataFrame, collaborative: Collaborative, code: str
) -> None:
    months = _by_month(wanted, _goal(collaborative, code))
    _same(measures.pooled(found, collaborative, code), months)
    assert months["provisional"].any(), "May 2023 was withheld"
    assert not months["provisional"].all()


def test_so_are_those_of_the_constant_cohort(
    found: pd.DataFrame, wanted: pd.DataFrame, collaborative: Collaborative, code: str
) -> None:
    owed = wanted[wanted["state"] != "not_in_session"]
    share = (owed["state"] == "reported").groupby("team").mean()
    steady = sorted(share.index[share >= 0.8])
    assert list(cohort(found, collaborative, code).teams) == steady
    if not steady:
        assert code == "ca_ytd", "which nobody publishes in autumn"
        assert all(one.pooled is None for one in measures.pooled(found, collaborative, code, cohort=True))
        return
    assert 100 < len(steady) < 157
    line = measures.pooled(found, collaborative, code, cohort=True)
    _same(line, _by_month(wanted.loc[steady], _goal(collaborative, code)))
    assert {one.cohort for one in line} == {len(steady)}


def test_so_are_those_of_every_region(
    found: pd.DataFrame, wanted: pd.DataFrame, published: pd.DataFrame, collaborative: Collaborative, code: str
) -> None:
    regions = published.drop_duplicates("la_code", keep="last").set_index("la_code")["region"]
    groups = strata(found, collaborative, code, {str(team): region for team, region in regions.items()})
    assert [group.name for group in groups] == sorted(regions.unique())
    for group in groups:
        members = sorted(regions.index[regions == group.name])
        assert list(group.teams) == members
        _same(group.months, _by_month(wanted.loc[members], _goal(collaborative, code)))


def test_the_funnel_is_of_the_files_sums_and_flags_whom_it_draws_outside(
    found: pd.DataFrame, wanted: pd.DataFrame, collaborative: Collaborative, code: str
) -> None:
    made = funnel(found, collaborative, code)
    months = [month.name for month in made.months]
    assert months == (["2026-04", "2026-05", "2026-06"] if code == "ca_day" else ["2026-06"])
    shown = wanted[(wanted["state"] == "reported") & wanted.index.get_level_values("month").isin(months)]
    sums = shown.groupby("team")[["n", "d"]].sum()
    assert [one.team for one in made.points] == list(sums.index)
    assert [one.numerator for one in made.points] == sums["n"].tolist()
    rates = 100 * sums["n"] / sums["d"]
    assert [one.value for one in made.points] == pytest.approx(rates.tolist(), rel=1e-12)
    assert made.centre == pytest.approx(100 * sums["n"].sum() / sums["d"].sum(), rel=1e-12)
    assert made.overdispersed, "authorities differ by whom they serve"
    drawn = ["above" if one.value > one.upper else "below" if one.value < one.lower else "" for one in made.points]
    assert [one.outside for one in made.points] == drawn
    assert len(made.outside) < 20
    assert len(made.points) + len(made.without) == 157
