"""The twelve North East authorities against plain Python that shares nothing with the rooms under test but the CSV."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from breakthrough import collaborative as collaboratives
from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry, EntryKey
from breakthrough.month import Month

Row = dict[str, str]
UNTIL, TODAY = Month("2026-06"), dt.date(2026, 7, 15)
FED = {"ca_day": ("absent_sessions", "possible_sessions"), "ca_ytd": ("persistently_absent", "enrolled")}
FIELDS = {
    "sd_abs": "absent_sessions",
    "sd_poss": "possible_sessions",
    "ch_ytd": "persistently_absent",
    "en_me": "enrolled",
}


@pytest.fixture(scope="module")
def collaborative(root: Path) -> Collaborative:
    path = root / "config/collaboratives/absenteeism/collaborative.yaml"
    return collaboratives.load(path, {"calendar": {"data_from": "2022-09"}})


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _entries(rows: list[Row], collaborative: Collaborative) -> Iterator[Entry]:
    """What an import makes of the file: counts that are there, blanks left out, other measures not collected."""
    instances: Counter[str] = Counter()
    for row in rows:
        instances[row["la_code"]] += 1
        values = {"mm_period": f"{row['month']}-01", "monthly_measures_complete": "2"}
        values |= {count: row[column] for count, column in FIELDS.items() if row[column]}
        values |= {f"{code}_st": "4" for code in collaborative.measures if code not in FED}
        yield Entry(EntryKey("main", row["la_code"], "", "monthly_measures", instances[row["la_code"]]), "", values)


def _results(rows: list[Row], collaborative: Collaborative, teams: list[str]) -> pd.DataFrame:
    return measures.results(
        collaborative,
        _entries(rows, collaborative),
        teams=teams,
        expected=lambda team, month: True,
        today=TODAY,
        until=UNTIL,
    )


@pytest.fixture(scope="module")
def rows(absence_csv: Path) -> list[Row]:
    return [row for row in _rows(absence_csv) if row["region"] == "North East"]


@pytest.fixture(scope="module")
def found(rows: list[Row], collaborative: Collaborative) -> pd.DataFrame:
    return _results(rows, collaborative, sorted({row["la_code"] for row in rows}))


def _every_month() -> list[str]:
    names = [f"{year}-{month:02d}" for year in range(2022, 2027) for month in range(1, 13)]
    return [name for name in names if "2022-09" <= name <= "2026-06"]


def _pairs(rows: list[Row], code: str) -> dict[tuple[str, str], tuple[int, int]]:
    above, below = FED[code]
    return {
        (row["la_code"], row["month"]): (int(row[above]), int(row[below])) for row in rows if row[above] and row[below]
    }


def test_there_are_twelve_teams_and_a_row_for_each_measure_and_month(found: pd.DataFrame) -> None:
    assert found["team"].nunique() == 12
    assert len(found) == 12 * 8 * len(_every_month()) == 12 * 8 * 46


@pytest.mark.parametrize("code", list(FED))
def test_every_value_is_that_of_the_file(rows: list[Row], found: pd.DataFrame, code: str) -> None:
    there = found[(found["measure"] == code) & found["value"].notna()]
    ours = {(one.team, one.month): one for one in there.itertuples()}
    wanted = _pairs(rows, code)
    assert ours.keys() == wanted.keys()
    for place, (above, below) in wanted.items():
        assert (ours[place].numerator, ours[place].denominator) == (above, below)
        assert ours[place].value == pytest.approx(100 * above / below, rel=1e-12)


def test_every_state_is_counted_as_in_the_file(
    rows: list[Row], found: pd.DataFrame, collaborative: Collaborative
) -> None:
    teams, every = sorted({row["la_code"] for row in rows}), _every_month()
    in_file = {(row["la_code"], row["month"]) for row in rows}
    wanted: Counter[tuple[str, str]] = Counter()
    for code in collaborative.measures:
        pairs = _pairs(rows, code) if code in FED else {}
        for team in teams:
            for month in every:
                if month.endswith("-08"):
                    state = "not_in_session"
                elif code not in FED:
                    state = "not_collected" if (team, month) in in_file else "missing"
                else:
                    state = "reported" if (team, month) in pairs else "missing"
                wanted[code, state] += 1
    assert Counter(zip(found["measure"], found["state"], strict=True)) == wanted
    assert wanted["ca_day", "missing"] == 12, "May 2023, which nobody published"
    assert wanted["ca_ytd", "missing"] == 204


@pytest.mark.parametrize("code", list(FED))
def test_every_pooled_rate_and_median_is_that_of_the_file(
    rows: list[Row], found: pd.DataFrame, collaborative: Collaborative, code: str
) -> None:
    pairs = _pairs(rows, code)
    line = measures.pooled(found, collaborative, code)
    assert [one.month.name for one in line] == _every_month()
    for one in line:
        here = [counts for (_, month), counts in pairs.items() if month == one.month.name]
        above, below = sum(n for n, _ in here), sum(d for _, d in here)
        assert (one.numerator, one.denominator, one.reporting) == (above, below, len(here))
        assert one.expected == (0 if one.month.number == 8 else 12)
        assert one.pooled == (pytest.approx(100 * above / below, rel=1e-12) if here else None)
        rates = [100 * n / d for n, d in here]
        assert one.median == (pytest.approx(statistics.median(rates), rel=1e-12) if here else None)
        goal = collaborative.measures[code].goal
        assert one.at_goal == sum(rate <= (goal or 0) for rate in rates)


def _laney(pairs: list[tuple[int, int] | None]) -> tuple[float, float, list[tuple[float, float] | None]]:
    """Mean, sigma z and limits for the months that are there, in plain Python: Laney 2002, moving ranges screened once."""
    there = [pair for pair in pairs if pair]
    mean = sum(n for n, _ in there) / sum(d for _, d in there)
    z = [(n / d - mean) / math.sqrt(mean * (1 - mean) / d) if d else None for n, d in ((p or (0, 0)) for p in pairs)]
    ranges = [abs(b - a) for a, b in itertools.pairwise(z) if a is not None and b is not None]
    average = statistics.fmean(ranges)
    sigma = statistics.fmean([one for one in ranges if one < 3.267 * average]) / 1.128
    wide = [3 * sigma * math.sqrt(mean * (1 - mean) / p[1]) if p else None for p in pairs]
    return mean, sigma, [None if w is None else (max(0, mean - w), min(1, mean + w)) for w in wide]


def test_each_teams_line_and_limits_are_those_of_its_baseline(
    rows: list[Row], found: pd.DataFrame, collaborative: Collaborative
) -> None:
    pairs = _pairs(rows, "ca_day")
    baseline = [month for month in _every_month() if "2024-09" <= month < "2025-09"]
    charts = measures.charts(found, collaborative)
    for team in sorted({row["la_code"] for row in rows}):
        chart = charts[team, "ca_day"]
        mean, sigma, limits = _laney([pairs.get((team, month)) for month in baseline])
        assert chart.sigma_z == pytest.approx(sigma, rel=1e-9)
        drawn = dict(zip(_every_month(), zip(chart.centre, chart.lower, chart.upper, strict=True), strict=True))
        assert all(drawn[month] == (None, None, None) for month in drawn if month < "2024-09")
        (line,) = {drawn[month][0] for month in drawn if month >= "2024-09"}
        assert line == pytest.approx(100 * mean, rel=1e-9)
        for month, pair in zip(baseline, limits, strict=True):
            assert drawn[month][1:] == (
                (None, None) if pair is None else tuple(pytest.approx(100 * one, rel=1e-9) for one in pair)
            )


def test_the_collaboratives_limits_are_those_of_the_summed_baseline(
    rows: list[Row], found: pd.DataFrame, collaborative: Collaborative
) -> None:
    pairs = _pairs(rows, "ca_day")
    months = [month for month in _every_month() if "2024-09" <= month < "2025-09"]
    sums = []
    for month in months:
        here = [counts for (_, other), counts in pairs.items() if other == month]
        sums.append((sum(n for n, _ in here), sum(d for _, d in here)) if here else None)
    mean, sigma, _ = _laney(sums)
    chart = measures.pooled_chart(found, collaborative, "ca_day")
    assert chart.centre[-1] == pytest.approx(100 * mean, rel=1e-9)
    assert chart.sigma_z == pytest.approx(sigma, rel=1e-9)
    assert sigma > 10, "which is why plain p limits would cry wolf"


def test_runs_are_those_counted_by_hand_in_the_file(
    rows: list[Row], found: pd.DataFrame, collaborative: Collaborative
) -> None:
    pairs = _pairs(rows, "ca_day")
    charts = measures.charts(found, collaborative)
    for team in sorted({row["la_code"] for row in rows}):
        months = [month for month in _every_month() if month >= "2024-09" and (team, month) in pairs]
        base = [pairs[team, month] for month in months if month < "2025-09"]
        mean = sum(n for n, _ in base) / sum(d for _, d in base)
        sides = ["above" if pairs[team, month][0] / pairs[team, month][1] > mean else "below" for month in months]
        length = next((at for at, one in enumerate(reversed(sides)) if one != sides[-1]), len(sides))
        chart = charts[team, "ca_day"]
        assert chart.run is not None
        assert (chart.run.side, [month.name for month in chart.run.months]) == (sides[-1], months[-length:])
        assert chart.n_useful == len(months) == 21
        assert chart.run.needed == round(math.log2(21)) + 3 + 1


def test_all_of_england_passes_without_a_crash_or_a_figure_out_of_range(
    absence_csv: Path, collaborative: Collaborative
) -> None:
    everyone = _rows(absence_csv)
    found = _results(everyone, collaborative, sorted({row["la_code"] for row in everyone}))
    assert found["team"].nunique() == 157
    there = found[found["state"] == "reported"]
    assert there["value"].between(0, 100).all()
    impossible = [
        row
        for row in everyone
        for a, b in FED.values()
        if row[a] and row[b] and (int(row[a]) > int(row[b]) or row[b] == "0")
    ]
    assert (found["state"] == "invalid").sum() == len(impossible)
    charts = measures.charts(found, collaborative)
    assert len(charts) == 157 * 8
    for one in measures.doubts(found, collaborative):
        assert one.evidence.endswith((".", "?"))
        assert "nan" not in one.evidence
