"""Projects as project XML: what the server exports of one, what it tells of one, and copies made by way of the XML."""

from __future__ import annotations

import re
from typing import Any

import requests
from tests.sandbox.conftest import SUPER_TOKEN, Api

from breakthrough.instruments import odm
from redcap_sandbox import Sandbox
from redcap_sandbox.design import reports

EVERYTHING = {"exportSurveyFields": "true", "exportDataAccessGroups": "true", "exportFiles": "true"}
LISTINGS = (
    "arm",
    "dag",
    "event",
    "exportFieldNames",
    "formEventMapping",
    "instrument",
    "metadata",
    "repeatingFormsEvents",
    "userRole",
)
_OWN_NUMBERS = {"event_id", "data_access_group_id"}
# Not in an XML, or of the copy itself.
_OWN_SETTINGS = {
    "creation_time",
    "production_time",
    "in_production",
    "project_id",
    "project_language",
    "project_irb_number",
    "project_grant_number",
    "project_pi_firstname",
    "project_pi_lastname",
    "project_pi_email",
}
_WRITTEN_AT = re.compile(r"DateTime=\"[^\"]*\"|(?<=_)\d{4}-\d\d-\d\d_\d{4}(?=\")|SourceSystemVersion=\"[^\"]*\"")


def asked(server: Sandbox, xml: str, **settings: Any) -> requests.Response:
    """The reply to the creation of a project from that XML."""
    item = {"project_title": "A copy", "purpose": 0, **settings}
    return Api(server.url, SUPER_TOKEN).call("project", format="json", returnFormat="json", data=[item], odm=xml)


def made(server: Sandbox, xml: str, **settings: Any) -> Api:
    """The owner's calls in the new project made from that XML."""
    reply = asked(server, xml, **settings)
    assert reply.status_code == 200, reply.text
    return Api(server.url, reply.text)


def exported(api: Api, **parameters: Any) -> str:
    """The project's XML, with what is asked for."""
    reply = api.call("project_xml", **parameters)
    assert reply.status_code == 200, reply.text
    return reply.content.decode()


def parsed(api: Api, **parameters: Any) -> odm.Project:
    """What the project's XML says."""
    return odm.parse(exported(api, **parameters).encode(), "exported")


def copied(server: Sandbox, api: Api) -> Api:
    """A copy of the project, made by way of its XML, under the same title and for the same purpose."""
    info = api.json("project")
    return made(server, exported(api, **EVERYTHING), project_title=info["project_title"], purpose=info["purpose"])


def timeless(xml: str) -> str:
    """The XML without the times at which it was written, and the version of the server that wrote it."""
    return _WRITTEN_AT.sub("", xml)


def told(server: Sandbox, api: Api) -> dict[str, Any]:
    """All that the API tells of the project and its records, without numbers that each project has of its own."""
    info = api.json("project")
    return {
        "project": {name: value for name, value in info.items() if name not in _OWN_SETTINGS},
        **{content: _listed(api, content) for content in LISTINGS},
        **records(api),
        "reports": [api.json("report", report_id=number) for number in _reports(server, info["project_id"])],
    }


def records(api: Api) -> dict[str, Any]:
    """The records flat and by value, with the files they hold, whose numbers are left out."""
    flat = api.json("record", **EVERYTHING)
    files = {row["field_name"] for row in api.json("metadata") if row["field_type"] == "file"}
    eav = api.json("record", type="eav", **EVERYTHING)
    found = {tuple(row.values())[:-1]: _file(api, row) for row in flat_places(eav) if row["field_name"] in files}
    return {"flat": flat, "eav": [row for row in eav if row["field_name"] not in files], "files": found}


def flat_places(eav: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of an export by value, each with all columns that tell its place."""
    return [{"redcap_event_name": "", "redcap_repeat_instance": "", **row} for row in eav]


def _file(api: Api, row: dict[str, Any]) -> tuple[str, bytes]:
    where = {"event": row["redcap_event_name"], "repeat_instance": row["redcap_repeat_instance"]}
    reply = api.call("file", action="export", record=row["record"], field=row["field_name"], **where)
    assert reply.status_code == 200, reply.text
    return reply.headers["Content-Type"], reply.content


def _listed(api: Api, content: str) -> Any:
    reply = api.call(content, format="json")
    if reply.status_code != 200:  # arms of a classic project, say
        return reply.json()
    return [{name: value for name, value in row.items() if name not in _OWN_NUMBERS} for row in reply.json()]


def _reports(server: Sandbox, project: int) -> list[int]:
    """The numbers of the project's reports, which no call tells."""
    with server._storage.reading() as db:
        return [report.id for report in reports.load(db, project)]
