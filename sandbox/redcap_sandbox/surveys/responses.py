"""A respondent opens a survey and answers its pages.

He needs no account: the link says which project, record and survey are meant, and what he saves is logged as
`[survey respondent]`. The link is known by its hash or by its access code. Whoever serves the pages keeps to the link
that `save_page` returns: after the first page of a public survey that is the new record's own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from redcap_sandbox.design import project as projects
from redcap_sandbox.design.dictionary import status_name, timestamp_name
from redcap_sandbox.design.project import Project
from redcap_sandbox.design.surveys import Survey
from redcap_sandbox.files import uploads
from redcap_sandbox.people.grants import Grants
from redcap_sandbox.people.members import Member
from redcap_sandbox.records import names, ranges, reading, unique
from redcap_sandbox.records.entry import Filled, Place, filled, values_at, without_hidden_calculations
from redcap_sandbox.records.incoming import Incoming, Intake, Rules
from redcap_sandbox.records.layout import EVENT, REPEAT_INSTANCE, REPEAT_INSTRUMENT, SURVEY_IDENTIFIER
from redcap_sandbox.records.reading import Record, Selection
from redcap_sandbox.records.saving import Manner, Saving
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.surveys import admission, links, required, state
from redcap_sandbox.surveys.links import Link
from redcap_sandbox.surveys.state import NOT_COMPLETED, State
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.formbody import Upload
from redcap_sandbox.wire.payload import TextRow

RESPONDENT = "[survey respondent]"
_MANNER = Manner("Create Response", "Update Response")
_NOBODY = Record(0, "", None, ())


@dataclass(frozen=True)
class Opened:
    """What a respondent finds: the survey, the record he answers for ('' for a new one), and what it holds already."""

    link: Link
    survey: Survey
    record: str
    state: State
    values: Mapping[str, str]


@dataclass(frozen=True)
class Saved:
    """Where a page went, and the link through which the response goes on. `status` is that of the form: 0 or 2."""

    project: int
    record: str
    place: Place
    status: str
    link: Link


@dataclass(frozen=True)
class _Visit:
    """A respondent at his survey."""

    link: Link
    project: Project
    survey: Survey
    record: Record
    state: State
    values: Mapping[str, str]


def begin(db: sqlite3.Connection, now: str, link_hash: str, code: str = "") -> Opened:
    """The survey that the link opens; nothing is stored yet.

    With its return code, a response begun through a public link is found again. Without Save & Return, a partial
    response is shown as it is (assumed: REDCap would offer to start over). Refusal if the survey takes no answer, or
    the return code is wrong or missing.
    """
    visit = _visit(db, now, link_hash, code)
    admission.check_return(visit.survey, visit.link, visit.state, code)
    return Opened(visit.link, visit.survey, visit.record.name, visit.state, visit.values)


def save_page(
    db: sqlite3.Connection,
    now: str,
    link_hash: str,
    values: Mapping[str, str],
    *,
    finished: bool,
    code: str = "",
    files: Mapping[str, Upload] | None = None,
) -> Saved:
    """Where the page was stored: values by the names that imports have for them, a blank to erase; files by field.

    `finished` says that it was the last page. A public link makes a record, with the next number. Fields that branching
    hides are blanked. Refusal if the survey takes no answer, a value is not valid, a field is not one of the survey's,
    or a required one is left blank; the transaction is then to be undone. A completed response that is changed stays
    completed, and keeps its time (assumed).
    """
    visit = _visit(db, now, link_hash, code)
    if code or visit.state == "completed":
        admission.check_return(visit.survey, visit.link, visit.state, code)
    return _Page(db, now, visit).save(values, files or {}, finished=finished)


def _visit(db: sqlite3.Connection, now: str, link_hash: str, code: str) -> _Visit:
    link = links.find(db, link_hash) or links.by_access_code(db, link_hash)
    if link is None:
        raise admission.no_link()
    if link.is_public and code:
        link = links.returning(db, link, code)
        if link is None:
            raise admission.wrong_code()
    project = projects.load(db, link.project)
    survey = admission.survey(project, link, now)
    record = next(reading.read(db, project.id, Selection(ids=[link.record])), _NOBODY) if link.record else _NOBODY
    values = values_at(record, link.place)
    reached = state.of(link.form, values)
    admission.check(db, survey, link, reached, now)
    return _Visit(link, project, survey, record, reached, values)


class _Page:
    """A page on its way into the project."""

    def __init__(self, db: sqlite3.Connection, now: str, visit: _Visit) -> None:
        self._db = db
        self._now = now
        self._visit = visit
        self._project = visit.project
        self._place = visit.link.place
        self._name = visit.record.name or str(names.next_number(db, visit.project.id))
        self._sight = Sight(visit.project, now, _smart(visit))

    def save(self, values: Mapping[str, str], files: Mapping[str, Upload], *, finished: bool) -> Saved:
        self._check_fields(values, files)
        incoming = self._checked(values)
        form = self._place.form
        typed = {**incoming.values.get(form, {}), **dict.fromkeys(files, "0")}
        stored = self._visit.record
        record = Record(stored.id, self._name, stored.group, stored.documents)
        after = filled(record, self._place, typed, self._project, self._sight)
        required.check(self._project, form, self._visit.values, after, None if finished else {*values, *files})
        kept = dict(after.values) | self._uploaded(files, after.hidden)
        completed = finished or self._visit.state == "completed"
        status = "2" if completed else "0"
        kept[status_name(form)] = status
        unique.refuse_duplicate(self._db, self._project, record, kept)
        self._store(replace(incoming, values={form: kept}), after)
        saved = next(reading.read(self._db, self._project.id, Selection(records=[self._name])))
        ranges.refuse_forced(self._project, saved, self._place, typed, self._sight)
        return Saved(self._project.id, self._name, self._place, status, self._finish(completed))

    def _check_fields(self, values: Iterable[str], files: Iterable[str]) -> None:
        """Refusal for names that are no questions of the survey."""
        columns = self._project.dictionary.column_names
        asked = {name for name, one in columns.items() if one.form == self._place.form and not one.is_status}
        asked.discard(self._project.dictionary.record_id)
        questions = {name for name in asked if columns[name].kind != "file"}
        strange = [name for name in values if name not in questions]
        strange += [name for name in files if name not in asked - questions]
        if strange:
            raise refusals.unknown_columns(strange)

    def _checked(self, values: Mapping[str, str]) -> Incoming:
        row: TextRow = {self._project.dictionary.record_id: self._name}
        if self._project.is_longitudinal:
            row[EVENT] = self._project.event_by_id[self._place.event].unique_name
        if self._project.repeats(self._place.event, self._place.form):
            row[REPEAT_INSTRUMENT] = self._place.form
        if REPEAT_INSTRUMENT in row or self._project.repeats(self._place.event):
            row[REPEAT_INSTANCE] = str(self._place.instance)
        (incoming,) = Intake(self._project, Rules(blanks_erase=True)).checked([row | dict(values)])
        return incoming

    def _uploaded(self, files: Mapping[str, Upload], hidden: frozenset[str]) -> dict[str, str]:
        """The numbers of the files, now stored, by field."""
        return {
            name: str(uploads.add(self._db, self._project.id, self._now, one.filename, one.content_type, one.content))
            for name, one in files.items()
            if name not in hidden
        }

    def _store(self, incoming: Incoming, after: Filled) -> None:
        """Saves the page and does the calculations elsewhere that read it."""

        def log(notes: Iterable[Note]) -> None:
            journal.write(self._db, self._project.id, self._now, RESPONDENT, notes)

        fields = {column.field for column in self._project.dictionary.columns if column.key in after.values}
        project = without_hidden_calculations(self._project, after.hidden)
        Saving(self._db, project, _respondent(), log, fields, self._sight, _MANNER).save([incoming])

    def _finish(self, completed: bool) -> Link:
        """The link of the response, after its time and its respondent have been written beside the values."""
        (record,) = self._db.execute(
            "SELECT id FROM record WHERE project = ? AND folded = ?", (self._project.id, names.folded(self._name))
        ).fetchone()
        place, link = self._place, self._visit.link
        if self._visit.state != "completed":
            time = self._now if completed else NOT_COMPLETED
            self._mark(record, place.form, place.instance, timestamp_name(place.form), time)
        if link.identifier:
            instance = place.instance if self._project.repeats(place.event) else 1
            self._mark(record, "", instance, SURVEY_IDENTIFIER, link.identifier)
        if link.is_public:
            return links.of(self._db, self._project.id, record, place)
        if link.record is None:
            links.bind(self._db, link, record)
        return replace(link, record=record)

    def _mark(self, record: int, form: str, instance: int, key: str, value: str) -> None:
        """Writes what is no answer, and is not logged as one."""
        self._db.execute(
            "UPDATE document SET content = json_set(content, ?, ?) "
            "WHERE record = ? AND event = ? AND form = ? AND instance = ?",
            (f'$."{key}"', value, record, self._place.event, form, instance),
        )


def _respondent() -> Member:
    return Member(RESPONDENT, Grants({"record_create": 1}))


def _smart(visit: _Visit) -> dict[str, str]:
    """The smart variables that tell logic it runs on a survey page."""
    return {
        "[user-name]": RESPONDENT,
        "[is-survey]": "1",
        "[is-form]": "0",
        "[instrument-name]": visit.link.form,
        "[instrument-label]": visit.project.dictionary.form_labels[visit.link.form],
    }
