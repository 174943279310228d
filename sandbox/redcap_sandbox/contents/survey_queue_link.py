"""`surveyQueueLink`: the address at which a record finds the surveys it is to answer."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.surveys import queue, target
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal


def export(call: Call, desk: Desk) -> Answer:
    """The address as a bare text; Refusal if no survey is in the project's queue (text assumed)."""
    record = target.record_asked(call, desk)
    if not queue.in_use(desk.db, desk.project):
        raise Refusal(400, "The survey queue is not in use in this project")
    desk.note(journal.managed("Export survey queue link (API)"))
    return answers.plain(queue.url(desk.base_url, queue.hashed(desk.db, record)))


ACTIONS = (
    Action("surveyQueueLink", "export", export, rights=("api_export", "manage_survey_participants"), writes=True),
)
