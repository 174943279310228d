"""PyCap's project behind our own door to the network; also the questions that PyCap has no method for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import IO, Any

from redcap.project import Project

from breakthrough.redcap.answers import Want
from breakthrough.redcap.transport import ATTEMPTS, Consume, Transport

_WANTS: Mapping[str, Want] = {
    "json": "rows",
    "int": "count",
    "count_dict": "count",
    "str": "text",
    "document": "document",
    "empty_json": "nothing",
    "file_map": "file",
}


class PyCap(Project):
    """PyCap's project, its network door replaced by ours."""

    def __init__(self, url: str, token: str, transport: Transport) -> None:
        self._transport = transport
        super().__init__(url, token)
        self.record_field: str | None = None
        self.attempts = ATTEMPTS
        self.consume: Consume | None = None  # what takes the rows of the next answer, one at a time

    def __repr__(self) -> str:
        return f"<Project on {self._transport.server}>"

    def remember_record_field(self, name: str | None) -> None:
        """PyCap asks for the dictionary by itself, and for ever trusts it, unless it is told this one thing."""
        self.record_field = self._def_field = name

    def _call_api(  # type: ignore[override]
        self, payload: dict[str, Any], return_type: str, file: Mapping[str, tuple[str, IO[bytes]]] | None = None
    ) -> Any:
        one = payload["content"] == "project" and return_type == "json"
        want = "object" if one else _WANTS[return_type]
        name, opened = file["file"] if file else ("", None)
        sent = (name, opened.read()) if opened else None
        found = self._transport.ask(payload, want, self.attempts, self.consume, sent)
        return (found, {}) if return_type == "file_map" else found  # its headers tell nothing that we would believe

    def export_lines(self, begin: dt.datetime, end: dt.datetime | None, kind: str) -> Any:
        """Rows of the log. PyCap's own method sends seconds, which REDCap's documentation does not know here."""
        payload = self._initialize_payload("log", format_type="json")
        payload |= {"beginTime": f"{begin:%Y-%m-%d %H:%M}"}
        payload |= {"logtype": kind} if kind else {}
        payload |= {"endTime": f"{end:%Y-%m-%d %H:%M}"} if end else {}
        return self._call_api(payload, "json")

    def export_xml(self, *, records: bool, files: bool) -> Any:
        """The project XML as bytes."""
        payload = self._initialize_payload("project_xml", format_type="xml", return_format_type="json")
        payload |= {"returnMetadataOnly": "false" if records else "true"}
        if records:
            payload |= {"exportSurveyFields": "true", "exportDataAccessGroups": "true"}
            payload |= {"exportFiles": "true"} if files else {}
        return self._call_api(payload, "document")

    def import_settings(self, settings: Mapping[str, str]) -> Any:
        """How many settings were changed."""
        payload = self._initialize_payload("project_settings", format_type="json", return_format_type="json")
        return self._call_api(payload | {"data": json.dumps(settings)}, "int")


def local(moment: dt.datetime) -> dt.datetime:
    """The moment, which must be without a zone: PyCap would write down any zone's hour as if it were the server's."""
    if moment.tzinfo is not None:
        raise ValueError("a moment of the server's local time is needed, without a zone")
    return moment
