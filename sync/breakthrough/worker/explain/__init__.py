"""From a figure in a report down to the rows of REDCap that it stands on, what they hold, and since when.

What is explained is worked out anew by the very functions that make reports, from the same state of the store.
"""

from breakthrough.worker.explain.account import explain
from breakthrough.worker.explain.values import Explanation

__all__ = ["Explanation", "explain"]
