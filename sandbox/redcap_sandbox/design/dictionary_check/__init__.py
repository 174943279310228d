"""What a dictionary upload refuses, what it silently puts right, and how its file is read.

`problems` names every fault at once, each with its spreadsheet cell, as REDCap does even for JSON. The texts about
duplicates, forms and field types were recorded from a real server; all others are ours in the same manner (assumed).
"""

from __future__ import annotations

from redcap_sandbox.design.dictionary_check.columns import named, rows_from_csv, unknown_columns
from redcap_sandbox.design.dictionary_check.normalise import changes, normalised
from redcap_sandbox.design.dictionary_check.problems import problems

__all__ = ["changes", "named", "normalised", "problems", "rows_from_csv", "unknown_columns"]
