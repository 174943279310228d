"""The page that hands out API tokens, as bare text, which people request on a web page of REDCap.

It is a page of its own for the sake of shells and of languages without a JSON reader.
"""

from __future__ import annotations

from collections.abc import Callable

from redcap_sandbox.people import members
from redcap_sandbox.store.storage import Storage
from redcap_sandbox.wire import answers, call, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.refusals import Refusal
from redcap_sandbox.wire.server import Page, Request


def token_page(storage: Storage, is_super: Callable[[str], bool]) -> Page:
    """The page that answers the token of the user `username` in the project `project_id`, as a bare text."""

    def page(request: Request) -> Answer:
        asked = call.read(request.parameters)
        try:
            if not is_super(asked.token):
                raise refusals.no_permission()
            project = asked.needed("project_id")
            if not (project.isascii() and project.isdigit()):
                raise refusals.invalid_parameter("project_id")
            return answers.plain(token_for(storage, int(project[:18]), asked.needed("username")))
        except Refusal as refusal:
            return answers.refused(refusal, asked.answer_format)

    return page


def token_for(storage: Storage, project: int, username: str) -> str:
    """The user's token; Refusal if the project has no such user."""
    with storage.writing() as db:
        return members.token_for(db, project, username)
