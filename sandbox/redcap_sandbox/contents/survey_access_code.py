"""`surveyAccessCode`: what a respondent types in instead of the address of his survey."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.surveys import links, target
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call


def export(call: Call, desk: Desk) -> Answer:
    """The code as a bare text."""
    asked = target.read(call, desk)
    link = links.of(desk.db, desk.project.id, asked.record, asked.place)
    desk.note(journal.managed("Export survey access code (API)"))
    return answers.plain(link.access_code)


ACTIONS = (
    Action("surveyAccessCode", "export", export, rights=("api_export", "manage_survey_participants"), writes=True),
)
