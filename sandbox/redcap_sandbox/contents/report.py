"""`report`: the rows of a report that people have set up, always flat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from redcap_sandbox.contents.record_export import table
from redcap_sandbox.design import reports
from redcap_sandbox.design.reports import Report
from redcap_sandbox.design.validation import DecimalCharacter
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.files import uploads
from redcap_sandbox.records import access, filtering, names, reading
from redcap_sandbox.records.layout import Layout, selected
from redcap_sandbox.records.reading import Record, Selection
from redcap_sandbox.records.rows import Keep, Sheet, keep_all
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.records.wording import Wording
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.answers import Answer, Cell
from redcap_sandbox.wire.call import Call

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
    rows = Sheet(desk.project, laid, shown, keep).rows(kept)
    if order := [one for one in report.order if one[0] in desk.project.dictionary.requestable]:
        rows = _sorted(rows, kept, order, laid, keep, desk)
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
    everything = selected(desk.project, access.FULL_ACCESS, (desk.project.dictionary.record_id,))
    passing: set[int] = set()

    def noting(record: Record, event: int, instance: int | None) -> bool:
        if wanted.passes(record, event, instance):
            passing.add(record.id)
        return False

    raw = Wording(desk.project, access.FULL_ACCESS)
    for _ in Sheet(desk.project, everything, raw, noting).rows(records):
        pass
    return lambda record, _event, _instance: record.id in passing


def _sorted(
    rows: Iterator[Sequence[Cell]],
    records: Sequence[Record],
    order: Sequence[tuple[str, bool]],
    laid: Layout,
    keep: Keep,
    desk: Desk,
) -> Iterator[Sequence[Cell]]:
    """The rows sorted by stored values, numbers as people count; those that are equal stay in the order they were."""
    by = selected(desk.project, access.FULL_ACCESS, tuple(name for name, _ in order))
    by = replace(by, events=laid.events)
    places = {name: by.names.index(name) for name, _ in order if name in by.names}
    raw = Wording(desk.project, access.FULL_ACCESS)
    paired = list(zip(rows, Sheet(desk.project, by, raw, keep).rows(records), strict=True))
    for name, descending in reversed(order):
        if name in places:
            paired.sort(key=lambda pair: names.sort_key(str(pair[1][places[name]])), reverse=descending)
    return (row for row, _ in paired)


def _unbroken(row: Sequence[Cell]) -> Sequence[Cell]:
    return [
        _LINE_BREAK.join(cell.splitlines()) if isinstance(cell, str) and not cell.isprintable() else cell
        for cell in row
    ]


ACTIONS = (Action("report", "export", export),)
