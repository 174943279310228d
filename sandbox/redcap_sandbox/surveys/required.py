"""Required questions of a survey: its page cannot be submitted while one is blank. Imports never ask for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from breakthrough.instruments.text import tags
from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.entry import Filled
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal

_NEVER_ASKED = frozenset({"descriptive", "calc", "checkbox"})  # of a checkbox, no box can be required
_HIDING = {"survey": frozenset({"@HIDDEN", "@HIDDEN-SURVEY"}), "form": frozenset({"@HIDDEN", "@HIDDEN-FORM"})}


def check(
    project: Project, form: str, before: Mapping[str, str], after: Filled, on_page: Collection[str] | None
) -> None:
    """Refusal if a required question is blank: of those on the page, or with None of the whole survey.

    A question that is hidden, by branching or an action tag, is not asked (assumed for tags). The text is REDCap's mark
    beside such a question; that it names them is assumed.
    """
    held = {**before, **after.values}
    blank = [
        field.name
        for field in project.dictionary.fields
        if field.form == form
        and (on_page is None or field.name in on_page)
        and is_required(field, "survey")
        and field.name not in after.hidden
        and not held.get(field.name)
    ]
    if blank:
        raise Refusal(400, f"* must provide value: {refusals.quoted(blank)}")


def is_required(field: Field, page: Literal["form", "survey"]) -> bool:
    """Whether the field asks for a value on such a page, as far as no branching hides it."""
    if field.cells["required_field"] != "y" or field.kind in _NEVER_ASKED:
        return False
    return _HIDING[page].isdisjoint(tag.name for tag in tags.found(field.annotation))
