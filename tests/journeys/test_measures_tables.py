"""The tables of `breakthrough measures`, as an evaluator gets them, and the worked example of docs/measures.md."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from tests.journeys.played import Command, Played

from breakthrough.measures import COLUMNS
from breakthrough.measures.health import CODES
from breakthrough.measures.table import TIDY

TABLES = {
    "figures": (),
    "pooled": ("--pooled",),
    "strata": ("--by", "type"),
    "funnel": ("--funnel",),
    "interrupted": ("--interrupted",),
    "health": ("--health",),
}


@pytest.fixture(scope="module")
def asked(story: Played, run: Command) -> Command:
    """The command on the demonstration's deployment, on the day of its reports."""

    def ask(*arguments: object) -> object:
        return run("measures", *arguments, "-d", story.output / "deployment", "--now", "2026-04-15")

    return ask  # type: ignore[return-value]


@pytest.fixture(scope="module")
def tables(asked: Command) -> dict[str, str]:
    found = {}
    for name, options in TABLES.items():
        done = asked(*options)
        assert done.returncode == 0, done.stderr
        found[name] = done.stdout
    return found


@pytest.fixture(scope="module")
def codebook(asked: Command) -> dict[str, list[dict[str, str]]]:
    done = asked("--codebook", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", list(TABLES))
def test_every_column_of_every_table_is_in_the_codebook_and_holds_what_that_allows(
    name: str, tables: dict[str, str], codebook: dict[str, list[dict[str, str]]]
) -> None:
    explained = {one["name"]: one for one in codebook["columns"] if name in one["tables"].split()}
    rows = list(csv.DictReader(io.StringIO(tables[name])))
    assert rows
    assert set(rows[0]) == set(explained)
    readable = {
        "number": r"-?\d+(\.\d+)?(e-?\d+)?",
        "whole number": r"\d+",
        "logical": "TRUE|FALSE",
        "month": r"\d{4}-\d{2}",
        "date": r"\d{4}-\d{2}-\d{2}",
        "time": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}",
    }
    for column, one in explained.items():
        values = {row[column] for row in rows} - {""}
        if one["type"] in readable:
            assert all(re.fullmatch(readable[one["type"]], value) for value in values), column
        if one["allowed"]:
            assert values <= set(one["allowed"].split(" | ")), column


def test_the_long_table_holds_all_that_the_results_do(tables: dict[str, str]) -> None:
    header = tables["figures"].splitlines()[0].split(",")
    assert tuple(header) == TIDY
    assert set(COLUMNS) <= set(header)


def test_json_holds_the_same_figures_to_the_last_digit(asked: Command, tables: dict[str, str]) -> None:
    found = json.loads(asked("--json").stdout)
    rows = list(csv.DictReader(io.StringIO(tables["figures"])))
    assert len(found) == len(rows)
    for one, row in zip(found, rows, strict=True):
        assert [*one] == [*row]
        for column in ("numerator", "value", "centre", "upper"):
            assert one[column] == (float(row[column]) if row[column] else None)
        assert one["baseline"] is (row["baseline"] == "TRUE")


def test_the_codebook_as_csv_has_a_row_for_every_column_and_every_measure(
    asked: Command, codebook: dict[str, list[dict[str, str]]]
) -> None:
    rows = list(csv.DictReader(io.StringIO(asked("--codebook").stdout)))
    by = {about: [row["name"] for row in rows if row["about"] == about] for about in ("column", "measure")}
    assert by["column"] == [one["name"] for one in codebook["columns"]]
    assert by["measure"] == [one["code"] for one in codebook["measures"]]
    assert all(row["meaning"] for row in rows)
    assert all(row["numerator"] and row["denominator"] and row["source"] for row in rows if row["about"] == "measure")


def test_health_is_by_measure_and_month_and_a_month_of_mails_has_its_days(tables: dict[str, str]) -> None:
    health = pd.read_csv(io.StringIO(tables["health"]))
    assert list(health["measure"].unique()) == list(CODES)
    sent = health[(health["measure"] == "h_turn") & (health["month"] == "2026-03")].iloc[0]
    assert (sent["state"], sent["value"], sent["denominator"]) == (
        "reported",
        15.0,
        26.0,
    )  # 12 teams and leaders, 2 coaches


def test_the_constant_cohort_tells_how_many_teams_it_has(asked: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(asked("--pooled", "--constant-cohort", "--measure", "ca_day").stdout)))
    (teams,) = {row["cohort_teams"] for row in rows}
    assert 1 <= int(teams) <= 12
    assert all(int(row["expected"]) <= int(teams) for row in rows)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--pooled", "--health"), "--pooled and --health are different tables"),
        (("--constant-cohort",), "Give it with --pooled or --by"),
        (("--health", "--team", "T001"), "--team is for the table of teams"),
        (("--by", "colour"), "is not one of"),
        (("--measure", "ca_dya"), "There is no measure 'ca_dya'"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: Command, options: tuple[str, ...], told: str) -> None:
    done = asked(*options)
    assert done.returncode == 2
    assert told in done.stderr


def test_the_worked_example_runs_and_gives_the_products_own_figures(
    tables: dict[str, str],
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (root / "docs" / "measures.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "figures.csv").write_text(tables["figures"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, pd.DataFrame] = {}
    exec(example, names)  # noqa: S102  the page's own lines

    assert "change" in capsys.readouterr().out
    pooled = pd.read_csv(io.StringIO(tables["pooled"]))
    ours = pooled[(pooled["measure"] == "ca_day") & pooled["pooled"].notna()].set_index("month")
    months = names["months"]
    assert list(months.index) == list(ours.index)
    assert months["pooled"].tolist() == pytest.approx(ours["pooled"].tolist(), rel=1e-12)
    assert months["median_of_teams"].tolist() == pytest.approx(ours["median"].tolist(), rel=1e-12)
    assert months["teams"].tolist() == ours["reporting"].tolist()
    assert len(names["rates"]) == 12


def test_the_page_names_every_table_that_the_command_has(root: Path, run: Command) -> None:
    text = (root / "docs" / "measures.md").read_text(encoding="utf-8")
    for option in set(re.findall(r"(--[a-z-]+)", run("measures", "--help").stdout)) - {
        "--deployment",
        "--quiet",
        "--help",
        "--now",
    }:
        assert option in text or option == "--csv", option
