"""A small client for the admin room: what tests and demonstrations do in place of people and administrators.

with serve(folder, super_token) as sandbox:
    admin = Administrator(sandbox.url, super_token)
    admin.save_form(project_id, "mary", "1", "visit", {"weight": "70"})
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import requests

from redcap_sandbox.wire.refusals import Refusal

Row = Mapping[str, str]
File = tuple[str, bytes]  # its name and its content
_GRACE = 10.0  # seconds by which a call may outlast the wait that it asks for


class Administrator:
    """People and administrators at the pages of one sandbox.

    Where a method has a `username`, it is a user of the project who does it, with no more rights than he has; without
    any, an administrator does. Every method raises Refusal with the page's message if the sandbox does not do it, and
    an error of `requests` if there is no answer within `timeout` seconds.
    """

    def __init__(self, api_url: str, super_token: str, timeout: float = 60.0) -> None:
        """`api_url` is `sandbox.url`, which ends in `/api/`; ValueError for any other."""
        if not api_url.endswith("/api/"):
            raise ValueError(f"The API's address ends in /api/, unlike {api_url!r}")
        self._url = f"{api_url.removesuffix('api/')}sandbox/admin"
        self._token = super_token
        self._timeout = timeout

    def call(self, action: str, /, **data: Any) -> dict[str, Any]:
        """What an action of the admin room answers."""
        return self._call(action, data, self._timeout)

    def _call(
        self, action: str, data: Mapping[str, Any], timeout: float, files: Mapping[str, File] | None = None
    ) -> dict[str, Any]:
        sent = {"token": self._token, "action": action, "data": json.dumps(data)}
        reply = requests.post(self._url, data=sent, files=files, timeout=timeout)
        try:
            answer: dict[str, Any] = reply.json()
        except requests.JSONDecodeError:  # a body over the limit, or a failure of the sandbox itself
            raise Refusal(reply.status_code, reply.text) from None
        if "error" in answer:
            raise Refusal(reply.status_code, str(answer["error"]))
        return answer

    # Forms

    def save_form(
        self,
        project_id: int,
        username: str,
        record: str,
        instrument: str,
        values: Row,
        *,
        event: str = "",
        repeat_instance: int = 1,
        status: str = "",
        keep: Iterable[str] = (),
    ) -> dict[str, Any]:
        """`record`, `warnings` and `erased` once a user has saved a form.

        Record '' makes a new one. `status` is 0, 1 or 2, '' to leave it. `keep` are the hidden fields whose values
        stay.
        """
        return self.call(
            "save_form",
            project_id=project_id,
            username=username,
            record=record,
            instrument=instrument,
            values=dict(values),
            event=event,
            repeat_instance=repeat_instance,
            status=status,
            keep=list(keep),
        )

    def set_trigger(self, project_id: int, url: str) -> None:
        """Sets the address the data entry trigger posts to, '' for none."""
        self.call("set_trigger", project_id=project_id, url=url)

    def wait_for_triggers(self, seconds: int = 30) -> None:
        """Returns once every post of the data entry trigger begun so far is done; Refusal if that takes longer."""
        self._call("wait", {"seconds": seconds}, seconds + _GRACE)

    # Surveys

    def set_up_survey(self, project_id: int, form: str, **settings: str) -> None:
        """Makes an instrument a survey, or changes its settings, which have REDCap's own names."""
        self.call("set_up_survey", project_id=project_id, form=form, settings=settings)

    def delete_survey(self, project_id: int, form: str) -> None:
        """Makes an instrument a survey no longer."""
        self.call("delete_survey", project_id=project_id, form=form)

    def set_up_queue(self, project_id: int, queue: Iterable[Row]) -> None:
        """Replaces the survey queue: rows with `form`, `event` and settings under REDCap's own names."""
        self.call("set_up_queue", project_id=project_id, queue=[dict(row) for row in queue])

    def set_email_field(self, project_id: int, field: str) -> None:
        """Makes a field the one that holds participants' e-mail addresses, '' for none."""
        self.call("set_email_field", project_id=project_id, field=field)

    def public_link(self, project_id: int, event: str = "", *, username: str = "") -> str:
        """The address of the public survey of the first event, or of the first of another arm."""
        return str(self.call("public_link", project_id=project_id, event=event, username=username)["link"])

    def add_participant(
        self, project_id: int, email: str, identifier: str = "", event: str = "", *, username: str = ""
    ) -> str:
        """The address of the survey for a new participant."""
        answer = self.call(
            "add_participant",
            project_id=project_id,
            email=email,
            identifier=identifier,
            event=event,
            username=username,
        )
        return str(answer["link"])

    def invite(self, link: str, at: str = "", *, username: str = "") -> None:
        """Has an invitation sent, now or at a server-local time; nothing is ever sent, but the list tells it."""
        self.call("invite", link=link, at=at, username=username)

    def open_survey(self, link: str, code: str = "") -> dict[str, Any]:
        """`project_id`, `instrument`, `title`, `record`, `state` and `values` of the survey behind a link."""
        return self.call("open_survey", link=link, code=code)

    def answer_survey(
        self,
        link: str,
        values: Row,
        *,
        finished: bool = True,
        code: str = "",
        files: Mapping[str, File] | None = None,
    ) -> dict[str, Any]:
        """Where a respondent's page was stored, and the `link` and `return_code` by which he goes on.

        `finished` False if it is not the last page; `files` by field.
        """
        data = {"link": link, "values": dict(values), "finished": finished, "code": code}
        return self._call("answer_survey", data, self._timeout, files)

    # The project

    def set_missing_codes(self, project_id: int, codes: Row) -> None:
        """Replaces the missing data codes: a label for each code."""
        self.call("set_missing_codes", project_id=project_id, codes=dict(codes))

    def allow_forgetting(self, project_id: int, *, allowed: bool = True) -> None:
        """Lets deletions take a record's traces in the log along where the API call asks for it, or not."""
        self.call("allow_forgetting", project_id=project_id, allowed=allowed)

    def add_report(self, project_id: int, **settings: str) -> int:
        """The number of a new report: `title`, `redcap_reports_fields` and other settings under REDCap's own names."""
        return int(self.call("add_report", project_id=project_id, settings=settings)["report_id"])

    def to_production(self, project_id: int, *, keep_data: bool = True, username: str = "") -> None:
        """Moves a project to Production, with its records or without."""
        self.call("to_production", project_id=project_id, keep_data=keep_data, username=username)

    def to_development(self, project_id: int) -> None:
        """Moves a project back to Development."""
        self.call("to_development", project_id=project_id)

    def enter_draft(self, project_id: int, *, username: str = "") -> None:
        """Enters Draft Mode."""
        self.call("enter_draft", project_id=project_id, username=username)

    def upload_draft(self, project_id: int, rows: Iterable[Row], *, username: str = "") -> int:
        """The number of fields of the uploaded dictionary."""
        sent = [dict(row) for row in rows]
        return int(self.call("upload_draft", project_id=project_id, rows=sent, username=username)["fields"])

    def draft(self, project_id: int) -> dict[str, Any]:
        """`rows` of the draft, None outside Draft Mode, and whether it is `submitted`."""
        return self.call("draft", project_id=project_id)

    def submit_draft(self, project_id: int, *, username: str = "") -> list[dict[str, str]]:
        """The changes of the draft, now sent to an administrator: `field`, `change` and `warning`."""
        answer = self.call("submit_draft", project_id=project_id, username=username)
        changes: list[dict[str, str]] = answer["changes"]
        return changes

    def approve_draft(self, project_id: int) -> int:
        """The number of the production revision that the draft has become."""
        return int(self.call("approve_draft", project_id=project_id)["revision"])

    def reject_draft(self, project_id: int) -> None:
        """Rejects the draft, which stays for editing."""
        self.call("reject_draft", project_id=project_id)

    def remove_draft(self, project_id: int) -> None:
        """Drops the draft."""
        self.call("remove_draft", project_id=project_id)

    def revisions(self, project_id: int) -> list[dict[str, Any]]:
        """`number`, `at` and `rows` of every production revision, oldest first."""
        held: list[dict[str, Any]] = self.call("revisions", project_id=project_id)["revisions"]
        return held

    # Records

    def assign_group(self, project_id: int, record: str, group: str, *, username: str = "") -> None:
        """Assigns a record to a data access group by its unique name, '' for none."""
        self.call("assign_group", project_id=project_id, record=record, group=group, username=username)

    def delete_record(self, project_id: int, record: str, *, wipe_log: bool = False, username: str = "") -> None:
        """Deletes a record, with `wipe_log` also its traces in the log."""
        self.call("delete_record", project_id=project_id, record=record, wipe_log=wipe_log, username=username)

    def lock_record(self, project_id: int, record: str, *, locked: bool = True, username: str = "") -> None:
        """Locks a record as a whole, or unlocks it."""
        self.call("lock_record", project_id=project_id, record=record, locked=locked, username=username)

    # Users

    def token(self, project_id: int, username: str) -> str:
        """A user's token for a project."""
        return str(self.call("token", project_id=project_id, username=username)["token"])

    def suspend(self, username: str) -> None:
        """Suspends an account."""
        self.call("suspend", username=username)

    def unsuspend(self, username: str) -> None:
        """Lifts a suspension."""
        self.call("unsuspend", username=username)

    def set_rights(
        self,
        project_id: int,
        username: str,
        rights: Mapping[str, int] | None = None,
        forms: Mapping[str, int] | None = None,
        forms_export: Mapping[str, int] | None = None,
    ) -> None:
        """Changes rights of a user; those that are not named stay."""
        self.call(
            "set_rights",
            project_id=project_id,
            username=username,
            rights=dict(rights or {}),
            forms=dict(forms or {}),
            forms_export=dict(forms_export or {}),
        )

    def restrict_log(self, project_id: int, username: str) -> None:
        """Takes the right to the log from a user."""
        self.set_rights(project_id, username, {"logging": 0})

    def set_user_group(self, project_id: int, username: str, group: str) -> None:
        """Puts a user into a data access group by its unique name, '' for none."""
        self.call("set_user_group", project_id=project_id, username=username, group=group)

    def allow_groups(self, project_id: int, username: str, groups: Iterable[str]) -> None:
        """Lets a user switch among these data access groups ('' for none), and no others."""
        self.call("allow_groups", project_id=project_id, username=username, groups=list(groups))

    def remove_user(self, project_id: int, username: str) -> None:
        """Takes a user out of a project."""
        self.call("remove_user", project_id=project_id, username=username)

    # The server

    def set_clock(self, now: str = "", shift: int = 0) -> str:
        """The server's time from now on: still at an ISO time, or `shift` seconds off the real time."""
        return str(self.call("set_clock", now=now, shift=str(shift))["now"])

    def set_timezone(self, timezone: str) -> str:
        """The server's time, now that it is in another time zone (an IANA name)."""
        return str(self.call("set_timezone", timezone=timezone)["now"])

    def set_faults(self, faults: str) -> int:
        """The number of rules in force from now on, as a faults file says them; '' for none."""
        return int(self.call("set_faults", faults=faults)["rules"])
