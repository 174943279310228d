"""`participantList`: who is asked to answer a survey, and who has."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.surveys import links, participants, queue, target
from redcap_sandbox.surveys.participants import Participant
from redcap_sandbox.surveys.state import STATUS
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer, Cell
from redcap_sandbox.wire.call import Call

COLUMNS = (
    "email",
    "email_occurrence",
    "identifier",
    "record",
    "invitation_sent_status",
    "invitation_send_time",
    "response_status",
    "survey_access_code",
    "survey_link",
    "survey_queue_link",
)


def export(call: Call, desk: Desk) -> Answer:
    """The list of one survey, in a longitudinal project at one event; counts and states are JSON numbers."""
    survey = target.survey_asked(call, desk)
    event = target.event_asked(call, desk, survey.form)
    rows = [_row(desk, one) for one in participants.listed(desk, survey, event)]
    desk.note(journal.managed("Export survey participants (API)"))
    return answers.table(COLUMNS, rows, call.data_format)


def _row(desk: Desk, one: Participant) -> list[Cell]:
    return [
        one.email,
        one.occurrence,
        one.link.identifier,
        one.record,
        int(one.invited),
        one.scheduled,
        STATUS[one.state],
        one.link.access_code,
        links.url(desk.base_url, one.link.hash),
        queue.url(desk.base_url, one.queue_hash) if one.queue_hash else "",
    ]


ACTIONS = (
    Action("participantList", "export", export, rights=("api_export", "manage_survey_participants"), writes=True),
)
