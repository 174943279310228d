"""Speed of measures counted from case rows: 100,000 rows of a chart audit by ten measures, from entries to results.

Every figure is the best of several runs. Exits 1 where the whole takes longer than the aim. The last line is JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures import Design, lineage, results, uncounted
from breakthrough.measures.cases import read
from breakthrough.month import Month

ROWS, TEAMS, AIM = 100_000, 100, 5.0  # seconds
UNTIL, TODAY = Month("2026-06"), dt.date(2026, 7, 15)
CONDITIONS = (
    ("[tier] >= 2", "datediff([plan_date], [audit_date], 'd') <= 365"),
    ("[tier] >= 2", "[plan_date] <> ''"),
    ("[tier] = '3'", "[agreed] = '1'"),
    ("[age] < 18 and [age] <> ''", "[cond(3)] = '1'"),
    ("[age] >= 18", "[cond(3)] = '1' or [cond(4)] = '1'"),
    ("[seen] <> ''", "datediff([seen], [audit_date], 'h') <= 48"),
    ("[tier] <> '' and [age] <> ''", "[tier] * [age] > 50"),
    ("contains([note], 'asthma')", "[agreed] = '1' and [tier] >= 2"),
    ("[sex] = '2'", "round([weight] / 2, 1) > 20"),
    ("[tier] >= 1", "[agreed] = '1' and [plan_date] <> '' and [seen] <> ''"),
)
FIELDS = {
    **dict.fromkeys(("tier", "age", "plan_date", "audit_date", "seen", "note", "agreed", "weight"), "text"),
    "cond": "checkbox",
}


class Held:
    """Entries in memory, as the store gives them."""

    def __init__(self, held: list[Entry]) -> None:
        self._held = held

    def entries(self, project: str, instrument: str | None = None) -> Iterable[Entry]:
        return (one for one in self._held if one.key.project == project and instrument in {None, one.key.instrument})


def entries() -> list[Entry]:
    random = np.random.default_rng(7)
    days = [str(day) for day in np.arange("2024-09-01", "2026-07-01", dtype="datetime64[D]")]
    made: list[Entry] = []
    for record in range(ROWS // 10):
        group = f"t{record % TEAMS:03}"
        base = {"sex": str(random.integers(1, 3)), "weight": f"{random.integers(20, 900) / 10}"}
        made.append(Entry(EntryKey("audit", f"{record}", "", "person", 0), group, base))
        chosen = random.integers(0, len(days), (10, 3))
        for instance in range(1, 11):
            audit, plan, seen = chosen[instance - 1]
            values = {
                "audit_date": days[audit],
                "plan_date": days[plan],
                "seen": f"{days[seen]} 10:30",
                "tier": str(random.integers(0, 4)),
                "age": str(random.integers(0, 95)),
                "agreed": str(random.integers(0, 2)),
                "note": ("asthma", "diabetes", "")[random.integers(0, 3)],
                "cond___3": "1",
                "chart_audit_complete": "2",
            }
            made.append(Entry(EntryKey("audit", f"{record}", "", "chart_audit", instance), group, values))
    return made


def collaborative() -> Collaborative:
    source = {"project": "audit", "form": "chart_audit", "date": "audit_date"}
    measures = {
        f"m{place}": {
            "name": f"Measure {place}",
            "plain": "…",
            "kind": "process",
            "direction": "higher",
            "source": source,
            "denominator": below,
            "numerator": above,
        }
        for place, (below, above) in enumerate(CONDITIONS)
    }
    return Collaborative.model_validate(
        {
            "name": "Bench",
            "topic": "bench",
            "timezone": "Europe/London",
            "aim": {"statement": "…", "measure": "m0", "goal": 5, "by": "2026-07"},
            "calendar": {"start": "2025-09", "end": "2026-07"},
            "coordinator": {"name": "Ro", "email": "ro@example.org"},
            "coaches": [{"code": "c1", "name": "Ju", "email": "ju@example.org"}],
            "measures": measures,
        }
    )


def design() -> Design:
    def row(name: str, form: str, kind: str) -> dict[str, str]:
        return {
            "field_name": name,
            "form_name": form,
            "field_type": kind,
            "select_choices_or_calculations": "3, Asthma | 4, Diabetes" if kind == "checkbox" else "",
        }

    first = [row(name, "person", "text") for name in ("record_id", "sex", "weight")]
    return Design([*first, *(row(name, "chart_audit", kind) for name, kind in FIELDS.items())])


def best(function: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        found = function()
        taken.append(time.perf_counter() - begun)
    return min(taken), found


def main() -> int:
    what, held, projects = collaborative(), Held(entries()), {"audit": design()}
    teams = [f"T{number:03}" for number in range(TEAMS)]
    reading, cases = best(lambda: read(held, what, projects))
    assert not cases.blocked, cases.blocked
    counting, frame = best(
        lambda: results(what, [], teams=teams, expected=lambda *_: True, today=TODAY, until=UNTIL, cases=cases)
    )
    telling, _ = best(lambda: uncounted(cases, what, teams, TODAY))
    explaining, rows = best(lambda: lineage(cases, what, "m0", "T001", Month("2026-03"), teams=teams))
    whole = reading + counting + telling
    print(f"{ROWS:,} case rows by {len(CONDITIONS)} measures, {TEAMS} teams, {len(frame):,} rows of results")
    print(f"read and judged  {reading:6.2f} s")
    print(f"counted          {counting:6.2f} s")
    print(f"left out, told   {telling:6.2f} s")
    print(f"one figure's rows {explaining:5.2f} s ({len(rows)} rows)")
    print(json.dumps({"cases": {"rows": ROWS, "seconds": round(whole, 3), "lineage_seconds": round(explaining, 3)}}))
    return 0 if whole <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
