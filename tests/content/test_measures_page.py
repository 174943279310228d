"""Every example of docs/measures-config.md is a measure that loads, and every type and key of a measure is told there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from breakthrough import configfile
from breakthrough.collaborative import Collaborative, Counted, Measure
from breakthrough.collaborative.kinds import CHARTS, MAKINGS, TYPES

PAGE = (Path(__file__).parents[2] / "docs/measures-config.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml measure\n(.*?)```", PAGE, re.DOTALL)
HEAD = """name: Small
topic: attendance
timezone: Europe/London
aim: {{statement: Less., measure: {code}, goal: 5, by: 2026-07}}
calendar: {{start: 2025-09, end: 2026-07}}
coordinator: {{name: Ro, email: ro@example.org}}
coaches: [{{code: c1, name: Ju, email: ju@example.org}}]
counts: {counts}
measures:
{measure}
"""


def _loaded(example: str) -> Measure:
    code, raw = next(iter(yaml.safe_load(example).items()))
    texts = re.findall(r"(?:numerator|denominator|value): ([a-z][a-z_ +-]*)", example)
    counts = (
        {count: {"label": count} for text in texts for count in Counted(text).counts} if "source" not in raw else {}
    )
    indented = "\n".join(f"  {line}" for line in example.splitlines())
    text = HEAD.format(code=code, counts=yaml.safe_dump(counts, default_flow_style=True).strip(), measure=indented)
    return configfile.parse(text, Collaborative, "example").measures[code]


@pytest.mark.parametrize("example", EXAMPLES, ids=[next(iter(yaml.safe_load(one))) for one in EXAMPLES])
def test_each_example_loads(example: str) -> None:
    measure = _loaded(example)
    comment = re.match(r"# ([a-z]+(?: [a-z]+)*)[:,]? ?", example)
    if comment and measure.type.replace("_", " ") not in comment[1]:
        assert comment[1].startswith(("all or none", "mean or median"))


def test_there_is_an_example_of_every_type() -> None:
    assert {_loaded(example).type for example in EXAMPLES} == set(TYPES)
    rows = {_loaded(example).type for example in EXAMPLES if "source:" in example}
    assert rows >= {"median", "all_or_none", "index", "difference", "count", "time_between"}


def test_every_type_and_its_charts_stand_in_the_table() -> None:
    for kind, charts in CHARTS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` |"))
        for chart in charts[1:]:
            assert re.search(rf"\b{chart}\b", row), (kind, chart)


def test_every_key_that_makes_a_measure_is_told() -> None:
    for key in (*MAKINGS, "every", "sampling", "goals", "versions", "decimal"):
        assert f"`{key}" in PAGE or f"{key}:" in PAGE
