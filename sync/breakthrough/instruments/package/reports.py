"""The reports that a new REDCap project begins with: `redcap_reports.yaml` against the fields that the project has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated

from pydantic import Field as Limits

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.content import Content
from breakthrough.instruments import odm
from breakthrough.instruments.project import Project

FILE = "instruments/redcap_reports.yaml"
_NAMED = re.compile(r"\[([a-z0-9_]+)\]")
_MOST_ORDERS = 3  # REDCap sorts a report by so many fields


class ReportFile(Model):
    """What redcap_reports.yaml says of one report."""

    title: Annotated[str, Limits(min_length=1)]
    fields: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    only: str = ""
    order: Annotated[tuple[str, ...], Limits(max_length=_MOST_ORDERS)] = ()


class _File(Model):
    reports: tuple[ReportFile, ...] = ()


def load(content: Content, project: Project) -> tuple[odm.Report, ...]:
    """The reports of that project, in order; one that none of its fields is left of is not among them.

    Raises ContentMissing or SettingInvalid for redcap_reports.yaml.
    """
    found = configfile.read(content.find(FILE), _File).reports
    exported = {field.field_name for field in project.fields if field.field_type != "descriptive"}
    return tuple(_made(project, exported, found))


def _made(project: Project, exported: Collection[str], reports: Sequence[ReportFile]) -> Iterator[odm.Report]:
    for report in reports:
        of_forms = [field.field_name for form in report.forms for field in project.fields_of(form)]
        shown = [name for name in (*report.fields, *of_forms) if name in exported and name != project.record_id]
        if not shown:
            continue
        kept = all(name in exported for name in _NAMED.findall(report.only))
        settings: dict[str, str] = {
            "title": report.title,
            "redcap_reports_fields": ",".join(dict.fromkeys([project.record_id, *shown])),
            "advanced_logic": report.only if kept else "",
            "filter_type": "EVENT",
            "output_dags": "1",
        }
        yield odm.Report(settings | _order(report, exported))


def _order(report: ReportFile, exported: Collection[str]) -> dict[str, str]:
    known = [name for name in report.order if name.removeprefix("-") in exported]
    said: dict[str, str] = {}
    for place, name in enumerate(known, start=1):
        said[f"orderby_field{place}"] = name.removeprefix("-")
        said[f"orderby_sort{place}"] = "DESC" if name.startswith("-") else "ASC"
    return said
