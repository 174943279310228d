"""From what teams entered to figures that can be trusted: results with their states, the collaborative's line, charts.

Most measures are made of counts that teams report each month; `cases` reads those that are counted from case rows.

Formulas and limits are `spc`'s; sentences and drawing are `reporting`'s.
"""

from breakthrough.measures.cases import Cases
from breakthrough.measures.charts import chart, charts, pooled_chart, rule_set
from breakthrough.measures.design import Design
from breakthrough.measures.doubts import DoubtLimits, doubts, jumps
from breakthrough.measures.lineage import lineage
from breakthrough.measures.packed import Packed, packed, stretches
from breakthrough.measures.pooled import pooled
from breakthrough.measures.restated import restated
from breakthrough.measures.results import NOT_OWED, STATES, results
from breakthrough.measures.uncounted import uncounted
from breakthrough.measures.values import (
    COLUMNS,
    Blocked,
    CaseRow,
    CaseValue,
    Chart,
    Direction,
    Doubt,
    Point,
    Pooled,
    Restated,
    Result,
    Run,
    Signal,
    State,
    Uncounted,
)

__all__ = [
    "COLUMNS",
    "NOT_OWED",
    "STATES",
    "Blocked",
    "CaseRow",
    "CaseValue",
    "Cases",
    "Chart",
    "Design",
    "Direction",
    "Doubt",
    "DoubtLimits",
    "Packed",
    "Point",
    "Pooled",
    "Restated",
    "Result",
    "Run",
    "Signal",
    "State",
    "Uncounted",
    "chart",
    "charts",
    "doubts",
    "jumps",
    "lineage",
    "packed",
    "pooled",
    "pooled_chart",
    "restated",
    "results",
    "rule_set",
    "stretches",
    "uncounted",
]
