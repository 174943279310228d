"""What is left when a collaborative ends: what teams say of it, and the files they let others see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.teams.forms import Form, newest
from breakthrough.teams.values import Closeout, Document

_MET: Mapping[str, Literal["yes", "in part", "no", "cannot tell"]] = {
    "1": "yes",
    "2": "in part",
    "3": "no",
    "4": "cannot tell",
}
_GOES_ON: Mapping[str, Literal["each month", "each quarter", "less often", "not at all"]] = {
    "1": "each month",
    "2": "each quarter",
    "3": "less often",
    "4": "not at all",
}
_KINDS: Mapping[str, Literal["driver diagram", "process map", "aim", "tool", "storyboard", "other"]] = {
    "1": "driver diagram",
    "2": "process map",
    "3": "aim",
    "4": "tool",
    "5": "storyboard",
    "6": "other",
}
_NONE = "none"  # du_driver: none in particular


def closeouts(forms: Iterable[Entry], collaborative: Collaborative) -> tuple[Closeout, ...]:
    """One for each team, by team: the last entered of several. Consent is what that one says, and no earlier one."""
    found = [_closeout(Form(entry, "co_noid"), collaborative) for entry in forms]
    kept = newest(found, of=lambda one: one.team, rank=lambda one: one.entry.instance)
    return tuple(sorted(kept, key=lambda one: one.team))


def documents(forms: Iterable[Entry]) -> tuple[Document, ...]:
    """Every file, by team and form. What a file holds is never read: it stays in REDCap."""
    found = [_document(Form(entry, "du_noid")) for entry in forms]
    return tuple(sorted(found, key=lambda one: (one.team, one.entry.instance)))


def _closeout(form: Form, collaborative: Collaborative) -> Closeout:
    # REDCap writes the columns of a checkbox in small letters, whatever its codes are
    adopted = {code for code in collaborative.ideas if form.ticked(f"co_adopted___{code.lower()}")}
    return Closeout(
        team=form.team,
        aim_met=form.choice("co_aim_met", _MET) or "",
        adopted=frozenset(adopted),
        best=form.written("co_best_change"),
        never_again=form.written("co_would_not"),
        owner=form.written("co_sustain_owner"),
        goes_on=form.choice("co_next_measure_freq", _GOES_ON) or "",
        advice=form.written("co_package_text"),
        publishable=form.ticked("co_pub_ok"),
        entry=form.key,
    )


def _document(form: Form) -> Document:
    driver = form.text("du_driver")
    return Document(
        team=form.team,
        kind=form.choice("du_type", _KINDS) or "",
        driver="" if driver == _NONE else driver,
        note=form.written("du_note"),
        shared=form.ticked("du_share"),
        entry=form.key,
    )
