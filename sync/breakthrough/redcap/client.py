"""One REDCap project by its token: everything as JSON, every answer checked. PyCap builds the requests.

PyCap itself looks at no status, sets no time limit, follows redirects and prints a malformed token; so its one door to
the network (`_call_api`) leads to our transport, and the token is looked at before PyCap sees it.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from redcap.project import Project

from breakthrough.errors import AnswerUnreadable, Refused, SettingInvalid
from breakthrough.redcap.answers import Want
from breakthrough.redcap.transport import Transport

_WANTS: Mapping[str, Want] = {"json": "rows", "int": "count", "count_dict": "count", "str": "text"}
_VERSION = re.compile(r"\d+\.\d+\.\d+\S*")


class Client:
    """A project of a REDCap server. Only one thread may use it.

    Every method may raise Unreachable, Busy, Refused or AnswerUnreadable; imports also ImportRefused.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        ca_bundle: str | None = None,
        pause: float = 1.0,
        timeout: tuple[float, float] = (10, 300),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Asks nothing yet. `pause` in seconds between requests (none on loopback), `timeout` (connection, answer).

        Raises SettingInvalid when the address is not https:// (or loopback) or the token has not the form of one.
        """
        transport = Transport(url, ca_bundle=ca_bundle, pause=pause, timeout=timeout, sleep=sleep)
        self._project = _Project(url, _checked_token(token), transport)
        self._transport = transport

    def __repr__(self) -> str:
        return f"<Client of {self._transport.server}>"

    @property
    def url(self) -> str:
        """The API's address."""
        return self._transport.url

    @property
    def server_time(self) -> dt.datetime | None:
        """The server's clock at its last answer, in UTC; None before the first, or where it sends no Date."""
        return self._transport.server_time

    def version(self) -> str:
        """REDCap's version, such as `14.5.26`."""
        version = str(self._project.export_version())
        if not _VERSION.fullmatch(version):
            raise AnswerUnreadable(
                "REDCap was asked for its version and answered something else. A proxy or another program stands at "
                "this address. Check the address of the API."
            )
        return version

    def info(self) -> dict[str, Any]:
        """The project's own facts: `project_id` (int), `project_title`, `in_production` and so on."""
        info: dict[str, Any] = self._project.export_project_info(format_type="json")
        if not isinstance(info.get("project_id"), int):
            raise AnswerUnreadable(
                "REDCap's answer about the project has no project_id, so it cannot be told which project this is. "
                "Try again later; if it stays so, ask your REDCap administrator whether the API is whole."
            )
        return info

    def metadata(self) -> list[dict[str, str]]:
        """The data dictionary: one row a field, in REDCap's 18 API names, in dictionary order; never empty."""
        rows = _texts(self._project.export_metadata(format_type="json"))
        if not rows or not all(row.get("field_name") and row.get("form_name") for row in rows):
            raise AnswerUnreadable(
                "REDCap's data dictionary came back empty or without names. Nothing was taken from it. Try again "
                "later; if it stays so, check in REDCap that the project has instruments."
            )
        self._project.remember_record_field(rows[0]["field_name"])
        return rows

    def import_metadata(self, rows: Iterable[Mapping[str, str]]) -> int:
        """How many fields the project now has. The rows take the place of the whole dictionary."""
        self._project.remember_record_field(None)
        return int(self._project.import_metadata([dict(row) for row in rows]))

    def instruments(self) -> list[dict[str, str]]:
        """`instrument_name`, `instrument_label`, in the project's order."""
        return _texts(self._project.export_instruments(format_type="json"))

    def repeating(self) -> list[dict[str, str]]:
        """`form_name`, `custom_form_label` (and `event_name`) of what repeats; empty where nothing does."""
        try:
            return _texts(self._project.export_repeating_instruments_events(format_type="json"))
        except Refused as refused:
            if "does not contain any repeating" in str(refused):  # that is how REDCap says "none"
                return []
            raise

    def import_repeating(self, rows: Iterable[Mapping[str, str]]) -> int:
        """How many repeating instruments there now are. The rows take the place of the whole set-up."""
        return int(self._project.import_repeating_instruments_events([dict(row) for row in rows]))

    def dags(self) -> list[dict[str, Any]]:
        """`data_access_group_name`, `unique_group_name`, `data_access_group_id`. Needs the right to see groups."""
        return list(self._project.export_dags(format_type="json"))

    def import_dags(self, rows: Iterable[Mapping[str, str]]) -> int:
        """How many groups were created or renamed. A row with a blank `unique_group_name` creates one each time."""
        return int(self._project.import_dags([dict(row) for row in rows]))

    def users(self) -> list[dict[str, Any]]:
        """The project's users with their rights."""
        return list(self._project.export_users(format_type="json"))

    def user_dags(self) -> list[dict[str, str]]:
        """`username`, `redcap_data_access_group` (blank: in none)."""
        return _texts(self._project.export_user_dag_assignment(format_type="json"))

    def record_ids(self) -> list[str]:
        """Every record's name that the token may see, each once, in REDCap's order."""
        field = self.record_field
        names = (row.get(field, "") for row in _texts(self._project.export_records("json", fields=[field])))
        found = tuple(dict.fromkeys(names))
        if "" in found:
            raise AnswerUnreadable(
                "REDCap's list of records holds a row without a record name. Nothing was taken from it. Try again "
                "later; if it stays so, tell your REDCap administrator."
            )
        return list(found)

    def records(
        self,
        *,
        records: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        forms: Sequence[str] | None = None,
        since: dt.datetime | None = None,
        dags: bool = True,
    ) -> list[dict[str, str]]:
        """Rows in REDCap's flat form, raw codes, every value text; record id and repeat columns always among them.

        `records` None asks for all records, an empty list for none. `fields` and `forms` add up; both None asks for
        every form. `since` takes records changed from that moment on, in the server's local time. `dags` asks for
        `redcap_data_access_group`, which REDCap sends only where there are groups and the token's user is in none.
        """
        if records is not None and not records:
            return []  # PyCap would leave the parameter out, and so ask for everything
        if not fields and not forms:
            forms = tuple(dict.fromkeys(row["form_name"] for row in self.metadata()))
        found = self._project.export_records(
            format_type="json",
            records=None if records is None else list(records),
            fields=None if not fields else [*fields, *(f"{form}_complete" for form in forms or ())],
            forms=None if not forms else list(forms),
            export_data_access_groups=dags,
            date_begin=since,
        )
        return _texts(found)

    def import_records(self, rows: Iterable[Mapping[str, str]], *, overwrite: bool = False) -> int:
        """How many records were touched. All rows are taken, or none; with `overwrite` a blank erases.

        The record id stands first in each row; every repeat carries its instrument and instance number.
        """
        whole = [dict(row) for row in rows]
        if not whole:
            return 0
        return int(self._project.import_records(whole, overwrite="overwrite" if overwrite else "normal"))

    def next_record_name(self) -> str:
        """The name REDCap would give the next record. It is not reserved."""
        return str(self._project.generate_next_record_name())

    @property
    def record_field(self) -> str:
        """The field that holds the record's name: the first of the dictionary. Asked for once, then remembered."""
        if self._project.record_field is None:
            self.metadata()
        return str(self._project.record_field)


class _Project(Project):
    """PyCap's project, its network door replaced by ours."""

    def __init__(self, url: str, token: str, transport: Transport) -> None:
        super().__init__(url, token)
        self._transport = transport
        self.record_field: str | None = None

    def __repr__(self) -> str:
        return f"<Project on {self._transport.server}>"

    def remember_record_field(self, name: str | None) -> None:
        """PyCap asks for the dictionary by itself, and for ever trusts it, unless it is told this one thing."""
        self.record_field = self._def_field = name

    # files come and go as bytes, not as JSON: PyCap's methods for them are not reached from here
    def _call_api(self, payload: dict[str, Any], return_type: str, **_file: object) -> Any:  # type: ignore[override]
        one = payload["content"] == "project" and return_type == "json"
        return self._transport.ask(payload, "object" if one else _WANTS[return_type])


def _texts(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The rows with every value as text: REDCap sends numbers only for instances and ids."""
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise AnswerUnreadable(
            "A row of REDCap's answer holds a list or an object where a text belongs. Nothing was taken from it. "
            "Another program may stand at this address: check the address of the API."
        )
    return "" if value is None else str(value)


def _checked_token(token: str) -> str:
    if len(token) == 64:
        raise SettingInvalid(
            "The REDCap token has 64 characters: it is a super token, which can create projects and is not accepted "
            "here. Use the 32-character token of a user of this one project."
        )
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", token):
        raise SettingInvalid(
            f"The REDCap token has not the form of one (32 characters of 0-9 and A-F; this has {len(token)}). Copy it "
            "again from REDCap's API page; mind blanks and line ends."
        )
    return token
