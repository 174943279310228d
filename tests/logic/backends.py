"""The three backends behind one question each, and the recorded examples they all have to answer."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from breakthrough.logic import Node, frame, javascript, read, row

CLOCK = datetime(2026, 3, 10, 14, 5, 9)  # noqa: DTZ001 - the server's clock, without a zone
EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "logic" / "examples.json"

# Reads {"compiled": …, "rows": [values, …]} a line and answers a list of texts a line.
SERVE = """
const logic = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const asked = JSON.parse(line);
  const compiled = eval(asked.compiled);
  console.log(JSON.stringify(asked.rows.map((values) => logic.text(compiled, values))));
});
"""
_KEY = re.compile(r"\[([^\]]+)\](?:\[([^\]]+)\])?(?:\[(\d+)\])?")


class JavaScript:
    """Runs compiled logic in one node process, many rows at a call."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def results(self, tree: Node, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"compiled": javascript.compiled(tree), "rows": list(rows)}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"node ended: {self._process.stderr.read() if self._process.stderr else ''}"
        found: list[str] = json.loads(answer)
        return found


def row_result(tree: Node, values: Mapping[str, Any]) -> str:
    return row.result(tree, *read(values, CLOCK))


def frame_result(tree: Node, values: Mapping[str, Any]) -> str:
    """The frame's answer for the current row, after the keyed values were spread over the rows of a flat export."""
    record, setting = read(values, CLOCK)
    rows: dict[tuple[str, int | None], dict[str, str]] = {(record.event, record.instance): {}}
    smart: dict[str, str] = {}
    for key, value in record.values.items():
        found = _KEY.fullmatch(key)
        if found and not found[2] and "-" in found[1]:
            smart[found[1]] = value or ""
            continue
        event, name, number = _placed(found, record.event) if found else (record.event, key, None)
        rows.setdefault((event, number), {})[name] = value or ""
    flat = [
        {
            "record_id": "1",
            "redcap_event_name": event,
            "redcap_repeat_instrument": "form" if number else "",
            "redcap_repeat_instance": str(number or ""),
            **held,
        }
        for (event, number), held in rows.items()
    ]
    table = frame.Table(pd.DataFrame(flat).fillna(""), smart=smart, events=record.events)
    return str(frame.results(tree, table, setting)[0])


def examples() -> list[Any]:
    if not EXAMPLES.exists():
        loud = pytest.mark.skip(
            reason="NO EXAMPLE OF REDCAP'S LOGIC WAS COMPARED: examples.json is not in the folder shared/logic beside "
            "this repository. Put it there to run this check."
        )
        return [pytest.param(None, marks=loud, id="no-examples")]
    return [pytest.param(one, id=one["id"]) for one in json.loads(EXAMPLES.read_text(encoding="utf-8"))]


def expected(example: Mapping[str, Any]) -> str:
    wanted = example["expected"]
    return str(int(wanted)) if isinstance(wanted, bool) else str(wanted)


def _placed(key: re.Match[str], current: str) -> tuple[str, str, int | None]:
    """Event, field and instance of a key in brackets."""
    one, other, number = key.groups()
    if other is None:
        return current, one, None
    if other.isdigit():
        return current, one, int(other)
    return one, other, int(number) if number else None
