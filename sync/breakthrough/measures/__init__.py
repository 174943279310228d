"""From what teams entered to figures that can be trusted: results with their states, the collaborative's line, charts.

Formulas and limits are `spc`'s; sentences and drawing are `reporting`'s.
"""

from breakthrough.measures.charts import RULE_SET, chart, charts, pooled_chart
from breakthrough.measures.doubts import DoubtLimits, doubts
from breakthrough.measures.pooled import pooled
from breakthrough.measures.results import NOT_OWED, STATES, results
from breakthrough.measures.values import (
    COLUMNS,
    Chart,
    Direction,
    Doubt,
    Point,
    Pooled,
    Run,
    Signal,
    State,
)

__all__ = [
    "COLUMNS",
    "NOT_OWED",
    "RULE_SET",
    "STATES",
    "Chart",
    "Direction",
    "Doubt",
    "DoubtLimits",
    "Point",
    "Pooled",
    "Run",
    "Signal",
    "State",
    "chart",
    "charts",
    "doubts",
    "pooled",
    "pooled_chart",
    "results",
]
