"""N: names of fields – illegal, too long, reserved, twice, or the same as a column that REDCap makes itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.subject import Subject, unique_name
from breakthrough.instruments.text.choices import suffix

LONGEST = 100
ADVISED = 26
_LEGAL = re.compile(r"[a-z][a-z0-9_]*")
_UNTIDY = re.compile(r"__+|_\Z")
# Columns of REDCap's own in every export and import.
OWN_COLUMNS = frozenset(
    {
        "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group",
        "redcap_survey_identifier", "redcap_survey_timestamp",
    }
)  # fmt: skip
# Said to be refused, but `project_id` stands in a project of a real server: so no more than a warning.
_USED = frozenset(
    {"record", "event", "instance", "page", "arm", "arm_num", "event_id", "hidden_edit_flag", "passkey", "pid"}
)
_RULES = f"Use small letters, digits and single underscores, a letter first, at most {LONGEST} characters"


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the names of fields."""
    for field in subject.fields:
        yield from _spelling(field)
        yield from _reserved(field)
    yield from _twice(subject)
    yield from _of_forms(subject)
    yield from _columns(subject)


def _spelling(field: Field) -> Iterator[Finding]:
    name = field.field_name
    if len(name) > LONGEST:
        yield Finding("N003", field, f"the name has {len(name)} characters", _RULES)
    refused = f"the name {quoted(name)} is not one REDCap takes"
    if not _LEGAL.fullmatch(name.lower()):
        yield Finding("N001", field, refused, _RULES, span=_first_bad(name))
    elif name != name.lower():
        yield Finding("N002", field, f"{refused}: it makes the capitals small", f"Write {name.lower()}")
    elif untidy := _UNTIDY.search(name):
        tidy = re.sub(r"_+", "_", name).strip("_")
        problem = f"{refused}: it has a doubled or trailing underscore, which checkboxes need in exports"
        yield Finding("N005", field, problem, f"Write {tidy}", span=untidy.span())
    if ADVISED < len(name) <= LONGEST:
        problem = f"the name has {len(name)} characters, and REDCap advises at most {ADVISED}"
        yield Finding("N004", field, problem, "Shorten it while there are no data yet", span=(ADVISED, len(name)))


def _first_bad(name: str) -> tuple[int, int] | None:
    for place, letter in enumerate(name):
        allowed = r"[a-zA-Z]" if place == 0 else r"[a-zA-Z0-9_]"
        if not re.fullmatch(allowed, letter):
            return place, place + 1
    return None


def _reserved(field: Field) -> Iterator[Finding]:
    if field.field_name in OWN_COLUMNS:
        problem = f"the name '{field.field_name}' is REDCap's own: exports have a column of that name"
        yield Finding("N006", field, problem, "Choose another name")
    elif field.field_name in _USED:
        problem = f"REDCap uses the word '{field.field_name}' in addresses or logic"
        yield Finding("N007", field, problem, "Choose a more telling name")


def _twice(subject: Subject) -> Iterator[Finding]:
    for field in subject.fields:
        name = field.field_name.lower()
        first = subject.named[name]
        if name and first is not field:
            where = f" (also in {first.origin})" if first.origin else ""
            yield Finding("N008", field, f"the name stands twice{where}", "Rename one of the two")


def _of_forms(subject: Subject) -> Iterator[Finding]:
    for form in subject.forms:
        name = unique_name(form)
        if taken := subject.named.get(f"{name}_complete"):
            problem = f"REDCap keeps the name '{name}_complete' for the form '{name}'"
            yield Finding("N009", taken, problem, "Choose another name")
        if taken := subject.named.get(f"{name}_timestamp"):
            problem = f"REDCap keeps the name '{name}_timestamp' for the form '{name}' where it is a survey"
            yield Finding("N010", taken, problem, "Choose another name")


def _columns(subject: Subject) -> Iterator[Finding]:
    """Boxes of a checkbox become columns named `field___code`; another field may have that very name."""
    boxes: dict[str, Field] = {}
    for field in subject.fields:
        if field.field_type == "checkbox":
            names = (f"{field.field_name}___{suffix(choice.code)}" for choice in subject.choices(field))
            boxes.update(dict.fromkeys(names, field))
    for field in subject.fields:
        if "___" in field.field_name and (box := boxes.get(field.field_name)) and box is not field:
            problem = f"'{field.field_name}' is also a column that the checkbox {box.field_name} has in exports"
            yield Finding("N011", field, problem, "Rename one of the two")
