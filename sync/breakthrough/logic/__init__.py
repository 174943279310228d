"""REDCap's logic: branching, calculations, filters. One grammar, one tree, three ways to evaluate it.

Knows no project and no server: those who call it bring the values.

    from breakthrough.logic import Record, Setting, frame, javascript, parse, row  # frame alone needs pandas

    tree = parse("[age] >= 18 and datediff([seen], 'today', 'd') < 30")
    setting = Setting.at(datetime(2026, 3, 10, 9, 0))
    row.holds(tree, Record({"age": "19", "seen": "2026-03-01"}), setting)      # one row: True
    frame.holds(tree, pd.DataFrame(…), setting)                                # an array of bools
    javascript.compiled(tree)                                                  # a function for form pages

`parse` raises LogicInvalid, which points at the character; `references` says what the logic reads, `unknown` what of
that a project does not have, `cautions` what may not be meant. Every rule, and how sure it is: docs/logic.md.
"""

from __future__ import annotations

from breakthrough.errors import LogicInvalid
from breakthrough.logic import javascript, row
from breakthrough.logic.cautions import Caution, cautions
from breakthrough.logic.keyed import read
from breakthrough.logic.parse import parse
from breakthrough.logic.record import Record, from_rows
from breakthrough.logic.references import References, references
from breakthrough.logic.setting import Setting
from breakthrough.logic.signatures import SIGNATURES
from breakthrough.logic.stored import as_calculation, as_date
from breakthrough.logic.tree import Node
from breakthrough.logic.unknown import Known, unknown

__all__ = [
    "SIGNATURES",
    "Caution",
    "Known",
    "LogicInvalid",
    "Node",
    "Record",
    "References",
    "Setting",
    "as_calculation",
    "as_date",
    "cautions",
    "from_rows",
    "javascript",
    "parse",
    "read",
    "references",
    "row",
    "unknown",
]
