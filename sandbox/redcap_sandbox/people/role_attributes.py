"""A user role as project XML has it: attributes under the names of REDCap's database, forms in `[form,1][form_2,0]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from redcap_sandbox.people.grants import Grants
from redcap_sandbox.people.rights import NO_ACCESS, RIGHTS

# What is called otherwise in the API.
_IN_XML: Mapping[str, str] = {
    "stats_and_charts": "graphical",
    "manage_survey_participants": "participants",
    "logging": "data_logging",
    "data_quality_create": "data_quality_design",
    "lock_records_all_forms": "lock_record_multiform",
    "lock_records": "lock_record",
    "lock_records_customization": "lock_record_customize",
}
_BY_FORM = {"forms": "data_entry", "forms_export": "data_export_instruments"}
_OLD_EXPORT = "data_export_tool"  # before exports were granted form by form: one level for all
_PAIR = re.compile(r"\[([^,\[\]]+),(\d+)\]", re.ASCII)


def read(attributes: Mapping[str, str], forms: Iterable[str]) -> Grants:
    """What the attributes grant; a form of the project that they do not name is closed."""
    wanted = tuple(forms)
    held = {right: _number(attributes.get(_IN_XML.get(right, right), "")) for right in RIGHTS}
    entry = dict(_PAIR.findall(attributes.get(_BY_FORM["forms"], "")))
    export = dict(_PAIR.findall(attributes.get(_BY_FORM["forms_export"], "")))
    for_all = attributes.get(_OLD_EXPORT, "")
    return Grants(
        held,
        {form: _number(entry.get(form, "")) for form in wanted},
        {form: _number(export.get(form, for_all)) for form in wanted},
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else NO_ACCESS


def written(granted: Grants, forms: Iterable[str]) -> dict[str, str]:
    """The attributes that say what is granted, for the forms of the project."""
    wanted = tuple(forms)
    held = {_IN_XML.get(right, right): str(granted.rights.get(right, NO_ACCESS)) for right in RIGHTS}
    by_form = {
        attribute: "".join(f"[{form},{level}]" for form, level in granted.by_form(kind, wanted).items())
        for kind, attribute in _BY_FORM.items()
    }
    return held | by_form
