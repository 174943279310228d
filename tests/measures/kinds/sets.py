"""Collaboratives of one measure, from counts or from case rows, for each type of measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.measures.audits import SOURCE
from tests.measures.sheets import collaborative

from breakthrough.collaborative import Collaborative
from breakthrough.measures import Design

PLAIN: Mapping[str, Any] = {"name": "One", "plain": "…", "kind": "process", "direction": "higher"}
DECIMAL = ("wait", "stay")


COUNTS = ("hit", "seen", "also", "roll", *DECIMAL)


def of_counts(**keys: Any) -> Collaborative:
    """One measure, `one`, of `COUNTS`, or of `counts`; wait and stay are decimal."""
    counts = keys.pop("counts", COUNTS)
    top = {key: keys.pop(key) for key in ("calendar", "phases", "exclusions", "rules") if key in keys}
    return collaborative(
        counts={code: {"label": f"Number of {code}", "decimal": code in DECIMAL} for code in counts},
        measures={"one": {**PLAIN, **keys}},
        aim={"statement": "More.", "measure": "one", "goal": 75, "by": "2026-07"},
        **top,
    )


def of_rows(**keys: Any) -> Collaborative:
    """One measure, `one`, of the rows of a visit form; `source` is added to."""
    source = {**SOURCE, "form": "visit", "date": "seen_on", **keys.pop("source", {})}
    return of_counts(counts=(), source=source, **keys)


DESIGN = Design(
    [
        {"form_name": form, "field_name": name, "field_type": "text"}
        for form, names in (("person", ("record_id",)), ("visit", ("seen_on", "days", "a", "b", "group", "fall")))
        for name in names
    ]
)
