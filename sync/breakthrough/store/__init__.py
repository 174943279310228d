"""What was pulled, when it was seen, what was made of it and sent. Knows tables, and nothing of REDCap's API."""

from breakthrough.store.projects import Place
from breakthrough.store.rows import Seen, Tally, Version
from breakthrough.store.runs import Run
from breakthrough.store.store import Store

__all__ = ["Place", "Run", "Seen", "Store", "Tally", "Version"]
