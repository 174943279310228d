"""`report`: the rows of a report that people have set up, always flat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from redcap_sandbox.contents.record_export import table
from redcap_sandbox.design import reports
from redcap_sandbox.design.dictionary import status_name
from redcap_sandbox.design.project import Project
from redcap_sandbox.design.reports import Report
from redcap_sandbox.design.validation import DecimalCharacter
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.files import uploads
from redcap_sandbox.records import access, entry, filtering, missing, names, reading
from redcap_sandbox.records.entry import Place
from redcap_sandbox.records.layout import Layout, selected
from redcap_sandbox.records.reading import Record, Selection
from redcap_sandbox.records.rows import Keep, Sheet, keep_all
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.records.wording import Wording
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.answers import Answer, Cell
from redcap_sandbox.wire.call import Call

_DECIMAL = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_LINE_BREAK = "  "  # two blanks, as a report recorded from a real server has them


def export(call: Call, desk: Desk) -> Answer:
    """The report's rows: its fields in its own order, its filters and its sorting."""
    report = _asked(call, desk)
    shown = _wording(call, desk)
    laid = _layout(report, desk, shown)
    records = reading.read(desk.db, desk.project.id, Selection(group=desk.caller.group))
    kept = [record for record in records if _in_groups(record, report, desk)]
    keep = _keep(kept, report, desk)
    order = [one for one in report.order if one[0] in desk.project.dictionary.requestable]
    if order:
        rows = _sorted(kept, order, keep, lambda noting: Sheet(desk.project, laid, shown, noting), desk.project)
    else:
        rows = Sheet(desk.project, laid, shown, keep).rows(kept)
    if report.switched_on("remove_line_breaks_in_values"):
        rows = map(_unbroken, rows)
    desk.note(Note("export", "Data export (API)", f"report_id = '{report.id}', {', '.join(laid.names)}"))
    return table(call, laid, rows)


def _asked(call: Call, desk: Desk) -> Report:
    number = call.needed("report_id")
    report = reports.find(desk.db, desk.project.id, int(number)) if _NUMBER.fullmatch(number) else None
    if report is None:
        raise refusals.invalid_parameter("report_id")
    return report


def _wording(call: Call, desk: Desk) -> Wording:
    return Wording(
        project=desk.project,
        access=access.of(desk.caller, desk.project.dictionary),
        labels=call.one_of("rawOrLabel", "raw", "label") == "label",
        checkbox_labels=call.flag("exportCheckboxLabel"),
        decimal=cast("DecimalCharacter", call.one_of("decimalCharacter", "", ".", ",")),
        files=uploads.names(desk.db, desk.project.id),
    )


def _layout(report: Report, desk: Desk, shown: Wording) -> Layout:
    laid = selected(
        desk.project,
        shown.access,
        report.fields,
        groups=report.switched_on("output_dags") and desk.caller.group is None,
        survey_fields=report.switched_on("output_survey_fields"),
        combined=report.switched_on("combine_checkbox_values"),
        missing=missing.checked(desk.db, desk.project),
    )
    wanted = tuple(event for event in laid.events if event.unique_name in report.events)
    return replace(laid, events=wanted) if report.events and desk.project.is_longitudinal else laid


def _in_groups(record: Record, report: Report, desk: Desk) -> bool:
    group = desk.project.group_by_id.get(record.group)
    return not report.groups or (group is not None and group.unique in report.groups)


def _keep(records: Iterable[Record], report: Report, desk: Desk) -> Keep:
    """Which rows fulfil the report's logic; of a report on whole records, every row of a record of which one does."""
    if not report.logic:
        return keep_all
    wanted = filtering.read(report.logic, desk.project, Sight(desk.project, desk.now, desk.smart()))
    if not report.whole_records:
        return wanted.passes
    every = (status_name(form) for form in desk.project.dictionary.form_labels)  # of each form, for its rows
    everything = selected(desk.project, access.FULL_ACCESS, (desk.project.dictionary.record_id, *every))
    passing: set[int] = set()

    def noting(record: Record, event: int, form: str, instance: int | None) -> bool:
        if wanted.passes(record, event, form, instance):
            passing.add(record.id)
        return False

    raw = Wording(desk.project, access.FULL_ACCESS)
    for _ in Sheet(desk.project, everything, raw, noting).rows(records):
        pass
    return lambda record, _event, _form, _instance: record.id in passing


def _sorted(
    records: Sequence[Record],
    order: Sequence[tuple[str, bool]],
    keep: Keep,
    sheet: Callable[[Keep], Sheet],
    project: Project,
) -> Iterator[Sequence[Cell]]:
    """The rows sorted by stored values, shown or not; those that are equal stay in the order they were."""
    places: list[tuple[Record, int, str, int | None]] = []

    def noting(record: Record, event: int, form: str, instance: int | None) -> bool:
        passes = keep(record, event, form, instance)
        if passes:
            places.append((record, event, form, instance))
        return passes

    rows = list(sheet(noting).rows(records))
    numbers = list(range(len(rows)))
    for name, descending in reversed(order):
        keys = [_sortable(_stored(project, name, *place)) for place in places]
        numbers.sort(key=keys.__getitem__, reverse=descending)
    return (rows[number] for number in numbers)


def _stored(project: Project, name: str, record: Record, event: int, form: str, instance: int | None) -> str:
    """What the row holds of the field; blank where the field's form does not belong to it."""
    if name == project.dictionary.record_id:
        return record.name
    own = project.dictionary.form_of[name]
    here = own == form or (not form and not project.repeats(event, own))
    if not here or own not in project.forms_of(event):
        return ""
    return entry.values_at(record, Place(event, own, instance or 1)).get(name, "")


def _sortable(text: str) -> tuple[int, float, str]:
    """Blanks come first, then numbers by their size, then texts as people count."""
    if not text:
        return 0, 0.0, ""
    dotted = text.replace(",", ".", 1)
    return (1, float(dotted), "") if _DECIMAL.fullmatch(dotted) else (2, 0.0, names.sort_key(text))


def _unbroken(row: Sequence[Cell]) -> Sequence[Cell]:
    return [
        _LINE_BREAK.join(cell.splitlines()) if isinstance(cell, str) and not cell.isprintable() else cell
        for cell in row
    ]


ACTIONS = (Action("report", "export", export),)
