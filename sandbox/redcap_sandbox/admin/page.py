"""The one page of the admin room: which action, with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from redcap_sandbox.admin import answers as survey_answers
from redcap_sandbox.admin import drafts, forms, people, production, records, server, setup
from redcap_sandbox.admin.asked import parsed
from redcap_sandbox.admin.office import Office, Verb
from redcap_sandbox.wire import answers, call, refusals
from redcap_sandbox.wire.answers import CONTENT_TYPES, Answer
from redcap_sandbox.wire.refusals import Refusal
from redcap_sandbox.wire.server import Page, Request

PATH = "/sandbox/admin"
VERBS: Mapping[str, Verb] = {
    **drafts.VERBS,
    **forms.VERBS,
    **people.VERBS,
    **production.VERBS,
    **records.VERBS,
    **server.VERBS,
    **setup.VERBS,
    **survey_answers.VERBS,
}


def page(office: Office, is_super: Callable[[str], bool]) -> Page:
    """The page: every action answers an object in JSON, or an error as the API has it."""

    def answered(request: Request) -> Answer:
        asked = call.read(request.parameters, request.files)
        try:
            if not is_super(asked.token):
                raise refusals.no_permission()
            verb = VERBS.get(asked.action)
            if verb is None:
                raise refusals.invalid_parameter("action")
            result = verb(office, parsed(asked.text("data"), asked.files))
        except Refusal as refusal:
            return answers.refused(refusal, "json")
        return Answer(answers.json_text(dict(result)).encode(), CONTENT_TYPES["json"])

    return answered
