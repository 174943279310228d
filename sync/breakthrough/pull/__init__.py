"""Brings the store level with REDCap: one project or several, what has changed or everything."""

from breakthrough.pull.chunks import Sizes
from breakthrough.pull.need import Need
from breakthrough.pull.project import Pulled, pull
from breakthrough.pull.reconcile import Comparison
from breakthrough.pull.several import Outcome, Source

__all__ = ["Comparison", "Need", "Outcome", "Pulled", "Sizes", "Source", "pull"]
