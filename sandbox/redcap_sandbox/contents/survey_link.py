"""`surveyLink`: the address at which one record answers one survey."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.surveys import links, target
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call


def export(call: Call, desk: Desk) -> Answer:
    """The address as a bare text, whether or not the survey takes answers at present."""
    asked = target.read(call, desk)
    link = links.of(desk.db, desk.project.id, asked.record, asked.place)
    desk.note(journal.managed("Export survey link (API)"))
    return answers.plain(links.url(desk.base_url, link.hash))


ACTIONS = (Action("surveyLink", "export", export, rights=("api_export", "manage_survey_participants"), writes=True),)
