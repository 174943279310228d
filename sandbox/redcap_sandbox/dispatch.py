"""A call → its answer: who is calling, what they may do, which content answers."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace

from redcap_sandbox.contents import Contents
from redcap_sandbox.design import project
from redcap_sandbox.desk import Action, Desk, SuperDesk
from redcap_sandbox.people import members
from redcap_sandbox.people.members import Member
from redcap_sandbox.store import journal
from redcap_sandbox.store.clock import ServerClock
from redcap_sandbox.store.storage import Storage
from redcap_sandbox.wire import answers, call, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

# Rights whose absence has its own message; all others share REDCap's "Insufficient user privileges".
_OWN_MESSAGE: Mapping[str, Callable[[], Refusal]] = {
    "api_export": refusals.no_export_right,
    "api_import": refusals.no_import_right,
    "record_delete": refusals.no_delete_right,
}


class Dispatch:
    """Answers calls against one storage."""

    def __init__(
        self, storage: Storage, clock: ServerClock, super_token: str, contents: Contents, base_url: str = ""
    ) -> None:
        """`base_url` may still be set when the port is known."""
        self._storage = storage
        self._clock = clock
        self._super_token = super_token
        self._contents = contents
        self.base_url = base_url

    def answer(self, asked: Call) -> Answer:
        """The call's answer; what REDCap refuses becomes the error body of the format asked for."""
        try:
            if self.is_super(asked.token):
                return self._super_answer(asked)
            return self._project_answer(asked)
        except Refusal as refusal:
            return answers.refused(refusal, asked.answer_format)

    def is_super(self, token: str) -> bool:
        """True for the super token."""
        return hmac.compare_digest(token.encode(), self._super_token.encode())

    def _super_answer(self, asked: Call) -> Answer:
        action = self._contents.super_actions.get((asked.content, asked.action))
        if action is None:
            raise refusals.no_permission()
        call.check_formats(asked)
        with self._storage.writing() as db:
            return action.answer(asked, SuperDesk(db, self._clock.stamp()))

    def _project_answer(self, asked: Call) -> Answer:
        action = self._contents.actions.get((asked.content, asked.action))
        writes = action is not None and action.writes
        with ExitStack() as stack:
            db = stack.enter_context(self._storage.writing() if writes else self._storage.reading())
            desk = self._desk(db, asked.token)
            action = self._checked(action, asked, desk.caller)
            answer = action.answer(asked, desk)
            self._log(desk, writes=writes)
            if isinstance(answer.body, bytes):
                return answer
            # The pieces are read while they are sent: the snapshot stays open until then.
            return replace(answer, done=stack.pop_all().close)

    def _desk(self, db: sqlite3.Connection, token: str) -> Desk:
        """The desk of the token's project; Refusal for an unknown token, an expired user and a suspended account."""
        now = self._clock.stamp()
        held = members.holder(db, token)
        caller = members.find(db, *held) if held else None
        if held is None or caller is None or not caller.active(today=now[:10]):
            raise refusals.no_permission()
        return Desk(db, project.load(db, held[0]), caller, now, self.base_url)

    def _checked(self, action: Action | None, asked: Call, caller: Member) -> Action:
        """The action, if its call is well-formed and the caller may have it done."""
        call.check_formats(asked)
        if asked.content not in self._contents.names:
            raise refusals.invalid_parameter("content")
        if action is None:
            raise refusals.invalid_parameter("action")
        check_rights(caller, action)
        return action

    def _log(self, desk: Desk, *, writes: bool) -> None:
        if writes:
            desk.write_notes(desk.notes)
        elif desk.notes:
            with self._storage.writing() as db:
                journal.write(db, desk.project.id, desk.now, desk.caller.username, desk.notes)


def check_rights(caller: Member, action: Action) -> None:
    """Refusal, in the words for the first right that is missing; of a user in a role, the role's rights count."""
    if not caller.may("api_export") and not caller.may("api_import"):
        raise refusals.no_permission()
    for right in action.rights:
        if not caller.may(right, writing=action.writes):
            own_message = _OWN_MESSAGE.get(right)
            raise own_message() if own_message else refusals.missing_rights(action.rights)
