"""Every code a finding may have, with its severity. What each means, why, and on what evidence: docs/lint.md.

An error is what REDCap refuses or what breaks at run time; the rest REDCap takes. A code never changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Kind:
    """What findings of one code have in common.

    `rewritten`: REDCap takes it, and makes something else of it than is written here. That is its own business in a
    dictionary that came from REDCap; it stops a deploy, which would never bring the two into line.
    """

    severity: Severity
    title: str
    rewritten: bool = False


def _error(title: str) -> Kind:
    return Kind("error", title)


def _warning(title: str) -> Kind:
    return Kind("warning", title)


def _rewritten(title: str) -> Kind:
    return Kind("warning", title, rewritten=True)


def _note(title: str) -> Kind:
    return Kind("note", title)


CODES: Mapping[str, Kind] = {
    # F: the file
    "F001": _warning("not UTF-8"),
    "F002": _warning("a column that is not REDCap's"),
    "F003": _warning("a row with too few or too many cells"),
    "F004": _warning("blank cells hold the letters NA"),
    "F005": _note("blank rows"),
    "F006": _note("columns that older servers left out"),
    "F007": _note("something unusual in the file"),
    "F008": _error("no fields"),
    # N: names of fields
    "N001": _error("a name REDCap does not take"),
    "N002": _rewritten("capitals in a name"),
    "N003": _error("a name of more than 100 characters"),
    "N004": _warning("a name of more than 26 characters"),
    "N005": _rewritten("doubled or trailing underscores"),
    "N006": _error("a name of REDCap's own columns"),
    "N007": _warning("a name REDCap uses in logic or addresses"),
    "N008": _error("a name that stands twice"),
    "N009": _error("a name REDCap keeps for a form's status"),
    "N010": _warning("a name REDCap keeps for a survey's time"),
    "N011": _error("a name that is also an export column of another field"),
    # O: order and forms
    "O001": _error("no form name"),
    "O002": _error("a form whose rows are apart"),
    "O003": _error("the first field is no plain text"),
    "O004": _rewritten("the record ID can be hidden"),
    "O005": _rewritten("a form name REDCap rewrites"),
    "O006": _note("a long form name"),
    "O007": _warning("several instruments where one was meant"),
    # T: types and simple cells
    "T001": _error("no field type of REDCap's"),
    "T002": _error("a calculated field without a calculation"),
    "T003": _error("neither y nor blank"),
    "T004": _error("no alignment of REDCap's"),
    "T005": _rewritten("a capital Y"),
    "T006": _note("required where that has no effect"),
    "T007": _note("text where the type has no choices"),
    "T008": _note("a field that only administrators can add"),
    "T009": _note("no label"),
    "T010": _warning("script in a label"),
    "T011": _rewritten("capitals or blanks in a field type"),
    # C: choices
    "C001": _error("no choices"),
    "C002": _error("a code that stands twice"),
    "C003": _error("a code REDCap does not take"),
    "C004": _error("codes that become one export column"),
    "C005": _warning("a choice without a label"),
    "C006": _rewritten("a choice without a code"),
    "C007": _note("a label that stands twice"),
    "C008": _note("a blank choice"),
    "C009": _warning("codes that are one number"),
    "C010": _warning("a code that is also a missing-data code"),
    "C011": _warning("a slider with more than three labels"),
    # L: logic
    "L001": _error("logic that cannot be read"),
    "L002": _error("a function REDCap does not have"),
    "L003": _warning("a function of an external module"),
    "L004": _error("a field that is not there"),
    "L005": _note("fields of other instruments"),
    "L006": _rewritten("a choice that is not there"),
    "L007": _warning("a checkbox without a code"),
    "L008": _warning("a code on a field that is no checkbox"),
    "L009": _warning("an event that is not there"),
    "L010": _warning("compared with a code that is not there"),
    "L011": _note("ordered against a quoted number"),
    "L012": _note("less than, with nothing said of blanks"),
    "L013": _warning("an operator REDCap's help does not know"),
    "L014": _warning("^ without brackets"),
    "L015": _warning("a calculation that gives text"),
    "L016": _warning("a unit datediff does not know"),
    "L017": _note("a calculation that changes with the day"),
    "L018": _error("calculations that need each other"),
    "L019": _warning("shown only by its own value"),
    "L020": _warning("a smart variable REDCap does not have"),
    "L021": _note("logic nested very deeply"),
    "L022": _warning("script where logic belongs"),
    # R: reach
    "R001": _warning("branching that can never be true"),
    "R002": _warning("shown only by fields that never are"),
    "R003": _warning("required, and hidden for ever"),
    # P: piping
    "P001": _warning("pipes a field that is not there"),
    "P002": _note("brackets that look like a misspelt field"),
    "P003": _warning("pipes a choice that is not there"),
    "P004": _warning("pipes from an event that is not there"),
    "P005": _warning("a blank between an event and its field"),
    "P006": _warning("a misspelt smart variable"),
    # E: embedding
    "E001": _warning("embeds a field that is not there"),
    "E002": _warning("embeds a field of another instrument"),
    "E003": _warning("a field embedded twice"),
    "E004": _warning("a field that embeds itself"),
    # V: validation and ranges
    "V001": _warning("a validation type that servers may not have"),
    "V002": _error("a validation on a type that takes none"),
    "V003": _rewritten("a range on a type that takes none"),
    "V004": _warning("a range that is not looked at"),
    "V005": _error("a least value above the greatest"),
    "V006": _rewritten("a limit that is no such value"),
    "V007": _warning("a limit in another order or form"),
    "V008": _rewritten("an old name of a validation type"),
    "V009": _warning("a limit from a field that is not there"),
    "V010": _warning("a word that means nothing to a slider"),
    # M: matrices
    "M001": _error("matrix rows that differ"),
    "M002": _error("a type that cannot be in a matrix"),
    "M003": _error("a matrix whose rows are apart"),
    "M004": _rewritten("a section header inside a matrix"),
    "M005": _warning("ranking that has no effect"),
    "M006": _warning("ranking on some rows only"),
    "M007": _rewritten("a matrix name REDCap rewrites"),
    "M008": _note("a matrix of one row"),
    # I: identifiers
    "I001": _warning("looks like an identifier, and is not flagged"),
    # X: exports to statistics packages
    "X001": _warning("a column name too long for SAS and Stata"),
    "X002": _warning("a name reserved in a statistics package"),
    "X003": _note("codes of numbers and of texts in one list"),
    "X004": _warning("column names that are cut to the same"),
    # A: action tags
    "A001": _warning("a misspelt action tag"),
    "A002": _warning("a malformed action tag"),
    "A003": _warning("an action tag on a type it does not work on"),
    "A004": _warning("an action tag with a code that is not there"),
    "A005": _warning("an action tag whose value does not fit"),
    "A006": _warning("action tags that contradict each other"),
    "A007": _note("an action tag without effect"),
    "A008": _rewritten("logic in an action tag that cannot be read"),
    # S: silencing
    "S001": _note("an accepted finding that does not occur"),
}
