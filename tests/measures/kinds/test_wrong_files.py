"""What a measure lacks, or has that is not its type's, is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakthrough import configfile
from breakthrough.collaborative import Collaborative
from breakthrough.errors import SettingInvalid

HEAD = """name: Small
topic: attendance
timezone: Europe/London
aim: {statement: Less., measure: one, goal: 5, by: 2026-07}
calendar: {start: 2025-09, end: 2026-07}
coordinator: {name: Ro, email: ro@example.org}
coaches: [{code: c1, name: Ju, email: ju@example.org}]
counts: {a: {label: A}, b: {label: B}}
measures:
  one:
    name: One
    plain: One
    kind: outcome
    direction: lower
"""
SOURCE = "    source: {project: audit, form: f, date: d}\n"


@pytest.mark.parametrize(
    ("body", "line", "hint"),
    [
        ("    numerator: a\n", 10, "'denominator' is missing"),
        ("    type: count\n    numerator: a\n    denominator: b\n", 17, "'denominator' is not for a measure of type count"),
        ("    type: cuont\n    numerator: a\n", 15, "'proportion', 'rate', 'count'"),
        ("    tpye: count\n    numerator: a\n", 15, "Did you mean 'type'?"),
        ("    value: a\n", 15, "Write type: mean, or type: median"),
        ("    type: time_between\n    numerator: a\n", 15, "counted from case rows. Say with 'source'"),
        ('    event: "[a] = 1"\n', 15, "'event' is logic over case rows. Say with 'source'"),
        ("    parts: [{numerator: a}]\n", 15, "'denominator' is missing: the points that could be reached"),
        ("    parts:\n      - {numerator: a, denominator: c}\n", 10, "uses the count 'c', which is not under counts"),
        ('    numerator: a\n    denominator: b\n    versus: {where: "[a]"}\n', 17, "has a 'numerator' and a 'denominator'"),
        ("    numerator: a\n    denominator: b\n    versus: {numerator: a}\n", 17, "has a 'numerator' and a 'denominator'"),
        ("    numerator: a\n    denominator: b\n    every: weekly\n", 17, "write month, quarter, or the months"),
        ("    numerator: a\n    denominator: b\n    chart: pp\n", 17, "'p_prime'"),
        ("    numerator: a\n    denominator: b\n    sampling: {size: 0, how: any}\n", 17, "greater than or equal to 1"),
        ("    numerator: a\n    denominator: b\n    goals:\n      - {form: 2026-01, goal: 3}\n", 18, "Did you mean 'from'?"),
        (
            "    numerator: a\n    denominator: b\n    versions:\n      - {from: 2026-01, change: new, numerator: b}\n",
            18,
            "accepted_by' is missing",
        ),
        (f'{SOURCE}    type: mean\n    value: "[days"\n    denominator: "1=1"\n', 17, "the value cannot be used"),
        (f'{SOURCE}    type: median\n    value: "[days]"\n', 10, "'denominator' is missing"),
        (f"{SOURCE}    denominator: \"1=1\"\n    all_of: [\"[a]='1'\", \"[b]='\"]\n", 17, "the all_of 2 cannot be used"),
        (
            f'{SOURCE}    denominator: "1=1"\n    parts:\n      - {{numerator: "[a"}}\n',
            18,
            "the numerator of parts 1 cannot be used",
        ),
        (
            f"{SOURCE}    denominator: \"1=1\"\n    numerator: \"1=1\"\n    versus: {{where: \"[a]='1'\"}}\n",
            10,
            "'where' is missing",
        ),
        (f'{SOURCE}    event: "[d] = today"\n', 16, "the event cannot be used"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(body: str, line: int, hint: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        configfile.parse(HEAD + body, Collaborative, "collaborative.yaml")
    said = str(refused.value).splitlines()
    assert any(one.startswith(f"collaborative.yaml, line {line}:") and hint in one for one in said), said


def test_the_shipped_collaborative_says_no_type_and_has_the_plain_ones(root: Path) -> None:
    text = (root / "config/collaboratives/absenteeism/collaborative.yaml").read_text(encoding="utf-8")
    assert "type:" not in text
    what = configfile.parse(text, Collaborative, "collaborative.yaml")
    assert {code: one.type for code, one in what.measures.items()} == {
        **dict.fromkeys(what.measures, "proportion"),
        "ca_gap": "difference",
    }
