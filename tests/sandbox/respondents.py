"""Projects with surveys, and people who answer them, as the server's own pages would let them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.conftest import Api, Clock, field, new_project

from redcap_sandbox import Sandbox
from redcap_sandbox.design import project, surveys
from redcap_sandbox.design.surveys import Queued, Survey
from redcap_sandbox.desk import Desk
from redcap_sandbox.people.members import Member
from redcap_sandbox.surveys import links, participants, responses
from redcap_sandbox.surveys.links import Link
from redcap_sandbox.surveys.responses import Opened, Saved
from redcap_sandbox.wire.formbody import Upload

# Three surveys, of which diary may repeat, and a form that is none.
CLINIC = (
    field("record_id", "enrol"),
    field("email", "enrol", validation="email"),
    field("smokes", "enrol", "yesno"),
    field("packs", "enrol", validation="integer", branching_logic="[smokes] = '1'"),
    field("brands", "enrol", "checkbox", choices="1, One | 2, Two", branching_logic="[smokes] = '1'"),
    field("cigarettes", "enrol", "calc", choices="[packs] * 20"),
    field("mood", "followup", "radio", choices="1, Good | 2, Bad"),
    field("why", "followup", "notes", branching_logic="[mood] = '2'"),
    field("day", "diary", validation="date_ymd"),
    field("steps", "diary", validation="integer"),
    field("far", "diary", "calc", choices="if([steps] > 5000, 1, 0)"),
    field("weight", "clinic", validation="number"),
)


@dataclass
class Study:
    """A project with surveys: its owner's calls, and its respondents."""

    sandbox: Sandbox
    owner: Api
    number: int

    def survey(self, form: str, **settings: str) -> None:
        """Makes the form a survey, or changes its settings."""
        with self.sandbox._storage.writing() as db:
            held = surveys.load(db, self.number).get(form)
            surveys.save(db, self.number, Survey(form, {**(held.settings if held else {}), **settings}))

    def queue(self, *forms: str, **settings: str) -> None:
        """Activates these surveys in the queue of the first event."""
        with self.sandbox._storage.writing() as db:
            first = project.load(db, self.number).events[0].id
            surveys.save_queue(db, self.number, [Queued(first, form, {"active": "1", **settings}) for form in forms])

    def setting(self, **settings: str | int) -> None:
        """Changes settings of the project that the API cannot."""
        with self.sandbox._storage.writing() as db:
            held = project.load(db, self.number).settings
            project.save_settings(db, self.number, {**held, **settings})

    def link(self, record: str, form: str, **parameters: Any) -> str:
        """The hash in the link that the API gives."""
        reply = self.owner.call("surveyLink", record=record, instrument=form, **parameters)
        assert reply.status_code == 200, reply.text
        return reply.text.partition("?s=")[2]

    def public(self, form: str = "enrol", event: int = 0) -> str:
        """The hash in the public link of the event of that position."""
        with self.sandbox._storage.writing() as db:
            return links.public(db, self.number, project.load(db, self.number).events[event].id, form).hash

    def open(self, link_hash: str, code: str = "") -> Opened:
        """What a respondent finds at the link."""
        with self.sandbox._storage.reading() as db:
            return responses.begin(db, self._now, link_hash, code)

    def answer(
        self,
        link_hash: str,
        finished: bool = True,
        code: str = "",
        files: Mapping[str, Upload] | None = None,
        **values: str,
    ) -> Saved:
        """A respondent sends a page, by default the last."""
        return self.page(link_hash, values, finished, code, files)

    def page(
        self,
        link_hash: str,
        values: Mapping[str, str],
        finished: bool = True,
        code: str = "",
        files: Mapping[str, Upload] | None = None,
    ) -> Saved:
        """As `answer`, for whatever names."""
        with self.sandbox._storage.writing() as db:
            return responses.save_page(db, self._now, link_hash, values, finished=finished, code=code, files=files)

    def add_participant(self, email: str, identifier: str = "", event: int = 0) -> Link:
        """A person adds a participant to the list of the first survey."""
        with self.sandbox._storage.writing() as db:
            desk = self._desk(db)
            form = desk.project.dictionary.forms[0].name
            link = participants.add(desk, desk.project.surveys[form], desk.project.events[event].id, email, identifier)
            desk.write_notes(desk.notes)
            return link

    def invite(self, link_hash: str, at: str = "") -> None:
        """A person has an invitation sent, by default at once."""
        with self.sandbox._storage.writing() as db:
            link = links.find(db, link_hash)
            assert link is not None
            participants.invite(self._desk(db), link, at)

    def row(self, record: str, **parameters: Any) -> dict[str, Any]:
        """The record's one row in a full export with survey fields."""
        (row,) = self.owner.json("record", records=record, exportSurveyFields="true", **parameters)
        return dict(row)

    def log(self, logtype: str = "record") -> list[tuple[str, str, str]]:
        """(user, action, details) of what was done to records, newest first."""
        lines = self.owner.json("log", logtype=logtype)
        return [(line["username"], line["action"], line["details"]) for line in lines]

    def _desk(self, db: Any) -> Desk:
        return Desk(db, project.load(db, self.number), Member("sandbox_owner"), self._now, self.sandbox.url)

    @property
    def _now(self) -> str:
        clock = self.sandbox.clock
        assert isinstance(clock, Clock)
        return clock.now.strftime("%Y-%m-%d %H:%M:%S")


def study(sandbox: Sandbox, *forms: str, repeating: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> Study:
    """A classic project in which these forms are surveys."""
    owner = new_project(sandbox, CLINIC, repeating, groups)
    owner.json("project_settings", data=[{"surveys_enabled": 1}])
    made = Study(sandbox, owner, owner.json("project")["project_id"])
    for form in forms:
        made.survey(form)
    return made


def visits(sandbox: Sandbox, *forms: str) -> Study:
    """A longitudinal project in which these forms are surveys: two arms, the first with two visits."""
    made = study(sandbox, *forms)
    made.owner.json("project_settings", data=[{"is_longitudinal": 1}])
    made.owner.json("arm", action="import", data=[{"arm_num": 1, "name": "One"}, {"arm_num": 2, "name": "Two"}])
    rows = [{"event_name": name, "arm_num": arm} for name, arm in (("Visit", 1), ("Return", 1), ("Visit", 2))]
    made.owner.json("event", action="import", override=1, data=rows)
    events = ("visit_arm_1", "return_arm_1", "visit_arm_2")
    pairs = [(event, form) for event in events for form in ("enrol", "followup", "diary", "clinic")]
    pairs.remove(("return_arm_1", "clinic"))
    mapping = [{"arm_num": event[-1], "unique_event_name": event, "form": form} for event, form in pairs]
    made.owner.json("formEventMapping", action="import", data=mapping)
    return made
