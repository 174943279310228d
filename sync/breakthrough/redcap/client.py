"""One REDCap project by its token: everything as JSON, every answer checked. PyCap builds the requests.

PyCap itself looks at no status, sets no time limit, follows redirects and prints a malformed token; so its one door to
the network (`_call_api`) leads to our transport, and the token is looked at before PyCap sees it.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, cast

from breakthrough.errors import AnswerUnreadable, AuthFailed, Refused, SettingInvalid
from breakthrough.redcap import checks, log, shapes
from breakthrough.redcap.files import Files
from breakthrough.redcap.log import Line
from breakthrough.redcap.pace import Hosts
from breakthrough.redcap.people import People
from breakthrough.redcap.pycap import PyCap, local
from breakthrough.redcap.record_list import RecordList
from breakthrough.redcap.transport import ATTEMPTS, Transport
from breakthrough.settings import Secret, malformed

_VERSION = re.compile(r"\d+\.\d+\.\d+\S*")


class Client(People, Files):
    """A project of a REDCap server. Only one thread may use it.

    Every method may raise Unreachable, Busy, Refused or AnswerUnreadable; imports also ImportRefused. After AuthFailed,
    a kind of Refused, ask nothing more: REDCap bans an address that is refused too often.
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
        hosts: Hosts | None = None,
    ) -> None:
        """Asks nothing yet. `pause` in seconds between requests (none on loopback), `timeout` (connection, answer).

        `hosts` are the servers that this process talks to: give every client the same, so that together they keep to
        the pace. Without it the client has a pace of its own, and waits by `sleep`.

        Raises SettingInvalid when the address is not https:// (or loopback) or the token has not the form of one.
        """
        hosts = hosts or Hosts(sleep=sleep)
        self._transport = Transport(url, ca_bundle=ca_bundle, pause=pause, timeout=timeout, hosts=hosts)
        self._project = PyCap(url, _checked_token(token), self._transport)

    def __repr__(self) -> str:
        transport = getattr(self, "_transport", None)  # a crash reporter may look before there is one
        return f"<Client of {transport.server if transport else 'nothing yet'}>"

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
        rows = checks.texts(self._project.export_metadata(format_type="json"))
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
        return self._table("instruments", self._project.export_instruments, ("instrument_name", "instrument_label"))

    def field_names(self) -> list[dict[str, str]]:
        """One row a column of an export: `original_field_name`, `choice_value` (of a box), `export_field_name`."""
        columns = ("original_field_name", "choice_value", "export_field_name")
        return self._table("field names", self._project.export_field_names, columns)

    def arms(self) -> list[dict[str, str]]:
        """`arm_num`, `name`; empty where the project is not longitudinal."""
        return self._longitudinal("arms", self._project.export_arms, ("arm_num", "name"))

    def events(self) -> list[dict[str, str]]:
        """`event_name`, `arm_num`, `unique_event_name` and more, in order; empty where it is not longitudinal."""
        columns = ("unique_event_name", "event_name", "arm_num")
        return self._longitudinal("events", self._project.export_events, columns)

    def mapping(self) -> list[dict[str, str]]:
        """`arm_num`, `unique_event_name`, `form`: which forms each event has; empty where it is not longitudinal."""
        columns = ("unique_event_name", "form", "arm_num")
        return self._longitudinal("events' instruments", self._project.export_instrument_event_mappings, columns)

    def repeating(self) -> list[dict[str, str]]:
        """`form_name`, `custom_form_label` (and `event_name`) of what repeats; empty where nothing does."""
        try:
            rows = checks.texts(self._project.export_repeating_instruments_events(format_type="json"))
        except AuthFailed:
            raise
        except Refused as refused:
            if "does not contain any repeating" in str(refused):  # that is how REDCap says "none"
                return []
            raise
        checks.table(rows, "what repeats", ("form_name",))
        return rows

    def import_repeating(self, rows: Iterable[Mapping[str, str]]) -> int:
        """How many repeating instruments there now are. The rows take the place of the whole set-up."""
        return int(self._project.import_repeating_instruments_events([dict(row) for row in rows]))

    def dags(self) -> list[dict[str, Any]]:
        """`data_access_group_name`, `unique_group_name`, `data_access_group_id`. Needs the right to see groups."""
        found = list(self._project.export_dags(format_type="json"))
        checks.table(found, "data access groups", ("data_access_group_name",), ("unique_group_name",))
        return found

    def import_dags(self, rows: Iterable[Mapping[str, str]]) -> int:
        """How many groups were created or renamed. A row with a blank `unique_group_name` creates one each time."""
        return int(self._project.import_dags([dict(row) for row in rows]))

    def project_xml(self, *, records: bool = False, files: bool = False) -> bytes:
        """The project as XML (CDISC ODM): its design with surveys and reports; with `records` also what is entered.

        With `files` what was uploaded is in it, too, so that it may be large. Raises Overloaded where it is too much.
        """
        document: bytes = self._project.export_xml(records=records, files=files)
        return document

    def import_settings(self, settings: Mapping[str, str]) -> int:
        """How many of the project's own facts were given a value. Needs the Design right."""
        return int(self._project.import_settings(dict(settings)))

    def record_list(self, *, groups: bool = True) -> RecordList:
        """Every record that the token may see, in REDCap's order; one narrow export, of any length.

        With `groups` each has the unique name of its data access group, '' for none. It is not told (`groups_told`)
        where REDCap does not say: the project has no groups, or the token's user is in one and sees no others. A
        project without records has no columns to tell by: there it is taken for told.
        """
        name = self.record_field

        def consume(rows: Iterator[dict[str, Any]]) -> RecordList:
            checked = checks.listed(rows, name)
            first = next(checked, None)
            told = groups and (first is None or shapes.DAG in first)
            whole = checked if first is None else chain([first], checked)
            return RecordList(((row[name], row[shapes.DAG] if told else "") for row in whole), groups_told=told)

        self._project.consume = consume
        try:
            found = self._project.export_records(format_type="json", fields=[name], export_data_access_groups=groups)
        finally:
            self._project.consume = None
        return cast("RecordList", found)

    def record_ids(self) -> list[str]:
        """Every record's name that the token may see, each once, in REDCap's order."""
        return list(self.record_list(groups=False))

    def record_groups(self) -> dict[str, str] | None:
        """Every record's name and group as `record_list` tells them; None where it does not tell groups."""
        found = self.record_list()
        return dict(found.items()) if found.groups_told else None

    def changed_since(self, moment: dt.datetime) -> list[str]:
        """Names of the records that REDCap's log says were made or changed at or after that moment of its local time.

        Deleted records are not among them, nor, under its old name, one that was renamed.
        """
        rows = self._export(fields=[self.record_field], since=moment)
        return list(dict.fromkeys(row[self.record_field] for row in rows))

    def log(self, begin: dt.datetime, end: dt.datetime | None = None, kind: str = "record") -> list[Line] | None:
        """The log's lines from minute to minute of the server's local time, newest first; `end` None is open.

        `kind` is REDCap's: "record" (made, changed, deleted), "manage", "user", "export" and so on, '' for all. None
        where REDCap does not let the token's user see the log.
        """
        try:
            rows = self._project.export_lines(local(begin), None if end is None else local(end), kind)
        except Refused:  # if it was more than this one right, the next question will tell
            return None
        return log.lines(checks.texts(rows), self.record_field)

    def records(
        self,
        *,
        records: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        forms: Sequence[str] | None = None,
        events: Sequence[str] | None = None,
        since: dt.datetime | None = None,
        dags: bool = True,
        attempts: int = ATTEMPTS,
    ) -> list[dict[str, str]]:
        """Rows in REDCap's flat form, raw codes, every value text; record id and repeat columns always among them.

        `records` None asks for all records, an empty list for none. `fields` and `forms` add up; both None asks for
        every form. `events` are unique event names. `since` takes records changed from that moment on, in the server's
        local time. `dags` asks for `redcap_data_access_group`, which REDCap sends only where there are groups and the
        token's user is in none. `attempts` 1 leaves it to the caller to ask again, for less, when the server fails.

        Raises Refused where REDCap leaves out a field or form that was asked for (descriptive texts, which it never
        sends, are not to be named), AnswerUnreadable where it sends what was not.
        """
        if records is not None and not records:
            return []  # PyCap would leave the parameter out, and so ask for everything
        if not fields and not forms:
            forms = tuple(dict.fromkeys(row["form_name"] for row in self.metadata()))
        return self._export(records, fields or (), forms or (), events, since, dags=dags, attempts=attempts)

    def _export(
        self,
        records: Sequence[str] | None = None,
        fields: Sequence[str] = (),
        forms: Sequence[str] = (),
        events: Sequence[str] | None = None,
        since: dt.datetime | None = None,
        *,
        dags: bool = False,
        attempts: int = ATTEMPTS,
    ) -> list[dict[str, str]]:
        record_field = self.record_field
        self._project.attempts = attempts
        try:
            found = self._project.export_records(
                format_type="json",
                records=None if records is None else list(records),
                fields=[*fields, *(f"{form}_complete" for form in forms)] if fields else None,
                forms=list(forms) if forms else None,
                events=list(events) if events else None,
                export_data_access_groups=dags,
                date_begin=None if since is None else local(since),
            )
        finally:
            self._project.attempts = ATTEMPTS
        rows = checks.texts(found)
        checks.records(rows, record_field, records=records, fields=fields, forms=forms)
        return rows

    def _longitudinal(self, what: str, ask: Callable[..., Any], columns: tuple[str, ...]) -> list[dict[str, str]]:
        try:
            return self._table(what, ask, columns)
        except AuthFailed:
            raise
        except Refused as refused:
            if "for classic projects" in str(refused):
                return []
            raise

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


def _checked_token(token: str) -> Secret:
    if wrong := malformed(token):
        raise SettingInvalid(wrong[0].upper() + wrong[1:])
    return Secret(token)
