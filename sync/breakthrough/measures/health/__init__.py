"""How the collaborative itself is doing: who reports, tests, comes and stays, month by month (domain §11.5).

Here is what each of these measures means and how it becomes a chart; what is counted are people and work, which `teams`
knows of and counts.
"""

from breakthrough.measures.health.definitions import CODES, Health, Shape, definitions
from breakthrough.measures.health.lines import charts, frame
from breakthrough.measures.health.tally import Tally, not_yet, tally

__all__ = ["CODES", "Health", "Shape", "Tally", "charts", "definitions", "frame", "not_yet", "tally"]
