"""`surveyReturnCode`: the code by which a respondent comes back to a survey he has not finished."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.surveys import links, target
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal


def export(call: Call, desk: Desk) -> Answer:
    """The code as a bare text, before the survey is begun too; Refusal if one cannot come back (text assumed)."""
    asked = target.read(call, desk)
    if not asked.survey.save_and_return:
        raise Refusal(400, f"The survey '{asked.survey.form}' has no return codes: Save & Return Later is off")
    link = links.of(desk.db, desk.project.id, asked.record, asked.place)
    desk.note(journal.managed("Export survey return code (API)"))
    return answers.plain(link.return_code)


ACTIONS = (
    Action("surveyReturnCode", "export", export, rights=("api_export", "manage_survey_participants"), writes=True),
)
