"""What was pulled, when it was seen, what was made of it and sent. Knows tables, and nothing of REDCap's API."""

from breakthrough.store.address import Address
from breakthrough.store.archive import Report
from breakthrough.store.past import Change, Trace, Version
from breakthrough.store.projects import Design, Place
from breakthrough.store.proof import Proof
from breakthrough.store.rows import Cause, Seen, Tally
from breakthrough.store.runs import Run
from breakthrough.store.sightings import Sighting, Sightings
from breakthrough.store.snapshots import Snapshot
from breakthrough.store.store import Store
from breakthrough.store.view import View

Held = Store | View  # what can be read: as it is now, or as it was

__all__ = [
    "Address",
    "Cause",
    "Change",
    "Design",
    "Held",
    "Place",
    "Proof",
    "Report",
    "Run",
    "Seen",
    "Sighting",
    "Sightings",
    "Snapshot",
    "Store",
    "Tally",
    "Trace",
    "Version",
    "View",
]
