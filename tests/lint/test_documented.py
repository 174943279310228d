"""docs/lint.md says of every code what the program says of it."""

from __future__ import annotations

import re
from pathlib import Path

from breakthrough.instruments.lint import CODES

ROW = re.compile(r"^\| ([A-Z][0-9]{3}) \| (.+?) \| (.+?) \| (.+) \| (.+?) \|$", re.MULTILINE)
MARKS = re.compile(r"projects|scripts|message|clients|guide|assumed|–")


def test_every_code_is_documented_with_its_severity_its_title_and_the_evidence_for_it(root: Path) -> None:
    told = {row[0]: row[1:] for row in ROW.findall((root / "docs" / "lint.md").read_text(encoding="utf-8"))}
    assert list(told) == list(CODES)
    for code, (severity, title, why, evidence) in told.items():
        kind = CODES[code]
        assert severity == kind.severity + (", rewritten" if kind.rewritten else ""), code
        assert title.replace("`", "").replace("\\|", "|") == kind.title, code
        assert why.rstrip().endswith("."), code
        assert MARKS.search(evidence), code


def test_no_error_rests_on_an_assumption_about_a_thing_seen_in_real_projects(root: Path) -> None:
    told = {row[0]: row[4] for row in ROW.findall((root / "docs" / "lint.md").read_text(encoding="utf-8"))}
    assumed = {code for code, evidence in told.items() if evidence == "assumed" and CODES[code].severity == "error"}
    assert assumed == {"F008", "N003", "T002"}  # an empty file, a name of 101 characters, a calculation of nothing
