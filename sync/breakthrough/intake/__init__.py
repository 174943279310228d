"""Counts from a spreadsheet into the monthly form: reads, checks, compares with REDCap, writes what differs."""

from breakthrough.intake.columns import ColumnMap, load
from breakthrough.intake.counts import CountRow, CountsFile, Refusal, newest_month, read, team_names
from breakthrough.intake.form import Change, Plan, carry_out, compare

__all__ = [
    "Change",
    "ColumnMap",
    "CountRow",
    "CountsFile",
    "Plan",
    "Refusal",
    "carry_out",
    "compare",
    "load",
    "newest_month",
    "read",
    "team_names",
]
