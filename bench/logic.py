"""Speed of REDCap's logic: parsing, one row at a time, a frame of a million rows, compiling to JavaScript.

Every figure is the best of several runs, and starts from texts as REDCap exports them. Exits 1 where the aim for the
frame is missed. The last line is JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime

import numpy as np
import pandas as pd

from breakthrough.logic import Record, Setting, frame, javascript, parse, row

ROWS = 1_000_000
AIM = 1_000_000  # row-evaluations a second of a three-term condition
SETTING = Setting.at(datetime(2026, 3, 10, 9, 0))  # noqa: DTZ001 - the server's clock, without a zone
CONDITIONS = {
    "three_terms": "[age] >= 18 and [sex] = '2' and [status] <> ''",
    "three_terms_with_dates": "[age] >= 18 and [cond(3)] = '1' and datediff([planned], [audited], 'd') <= 365",
    "decimals": "round([weight] * 10000 / (([height])^(2)), 1) > 25 and [weight] <> '' and [height] <> ''",
    "text": "contains([status], 'act') and [sex] <> '1' and length([status]) > 4",
}
TEXTS = [
    *CONDITIONS.values(),
    "if([a] = '1', 10, if([a] = '2', 20, 30))",
    "sum(if([q1] = '1', 1, 0), if([q2] = '1', 1, 0), if([q3] = '1', 1, 0))",
    "[baseline_arm_1][consent] = '1' and ([country] = 'US' or [country] = 'CA')",
]


def rows(many: int) -> pd.DataFrame:
    """Made-up rows as REDCap exports them: texts, some blank."""
    random = np.random.default_rng(7)
    days = np.array([str(day) for day in np.arange("2023-01-01", "2026-01-01", dtype="datetime64[D]")])
    table = {
        "age": random.integers(0, 95, many).astype(str),
        "sex": random.choice(["1", "2", ""], many),
        "status": random.choice(["active", "pending", "", "closed"], many),
        "cond___3": random.choice(["0", "1"], many),
        "planned": random.choice([*days, ""], many),
        "audited": random.choice(days, many),
        "weight": (random.integers(400, 1500, many) / 10).astype(str),
        "height": random.integers(140, 210, many).astype(str),
    }
    return pd.DataFrame({name: values.astype(object) for name, values in table.items()})


def best(function: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest run."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        function()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> int:
    """Measures, prints, and answers whether the aim was met."""
    parse("1")  # reads the grammar
    parsing = 200 * len(TEXTS) / best(lambda: [parse(text) for _ in range(200) for text in TEXTS])
    print(f"parse          {parsing:12,.0f} texts a second")
    trees = {name: parse(text) for name, text in CONDITIONS.items()}
    compiling = (
        200 * len(trees) / best(lambda: [javascript.compiled(one) for _ in range(200) for one in trees.values()])
    )
    print(f"to JavaScript  {compiling:12,.0f} texts a second")
    table = rows(ROWS)
    records = [Record(values) for values in table.head(2000).to_dict("records")]
    single = {
        name: 2000 / best(lambda t=tree: [row.holds(t, one, SETTING) for one in records])
        for name, tree in trees.items()
    }
    whole = {name: ROWS / best(lambda t=tree: frame.holds(t, table, SETTING)) for name, tree in trees.items()}
    for name in CONDITIONS:
        print(f"{name:24} {single[name]:12,.0f} rows a second one by one {whole[name]:14,.0f} in a frame")
    met = whole["three_terms"] >= AIM and whole["three_terms_with_dates"] >= AIM
    figures = {
        "bench": "logic",
        "rows": ROWS,
        "parse_per_second": round(parsing),
        "compile_per_second": round(compiling),
        "row_per_second": {name: round(found) for name, found in single.items()},
        "frame_rows_per_second": {name: round(found) for name, found in whole.items()},
        "aim_rows_per_second": AIM,
        "met": met,
    }
    print(json.dumps(figures))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
