"""The participant list of a survey at an event: who is asked to answer it, and how far each has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from redcap_sandbox.design.surveys import Survey
from redcap_sandbox.design.validation import Invalid, text_check
from redcap_sandbox.desk import Desk
from redcap_sandbox.records import reading
from redcap_sandbox.records.entry import values_at
from redcap_sandbox.records.reading import Record, Selection
from redcap_sandbox.store import journal
from redcap_sandbox.surveys import links, queue, state
from redcap_sandbox.surveys.links import Link
from redcap_sandbox.surveys.state import State
from redcap_sandbox.wire.refusals import Refusal

# The project XML's name for the setting "designate an email field for communications".
EMAIL_FIELD = "SurveyInvitationEmailField"
_OF_SURVEY = "email_participant_field"  # a survey's own field for it

_BAD_EMAIL = "The participant's e-mail address is not valid"
_NOT_FIRST = "Participants can only be added to the first instrument, in the first event of an arm"


@dataclass(frozen=True)
class Participant:
    """A row of the list.

    `occurrence` counts the rows with that e-mail so far. `record` and `queue_hash` are blank for who is anonymous, as
    everybody is whom neither an identifier nor a designated e-mail field names. `scheduled` is when an invitation is
    yet to go out.
    """

    link: Link
    email: str
    occurrence: int
    record: str
    invited: bool
    scheduled: str
    state: State
    queue_hash: str


@dataclass(frozen=True)
class _Answerer:
    """A record that answers the survey, or a participant who has none yet."""

    link: Link
    record: Record | None
    field_email: str
    state: State

    @property
    def email(self) -> str:
        """The address in the list itself goes before the one in a field."""
        return self.link.email or self.field_email

    @property
    def is_identified(self) -> bool:
        return bool(self.link.identifier or self.field_email)


def listed(desk: Desk, survey: Survey, event: int) -> list[Participant]:
    """The participants whom the caller may see: records of the event's arm, then who has been added but has no record.

    A record of that arm is in the list once it is there at all, be it at another event; where the survey repeats, once
    for each instance that it holds (assumed).
    """
    answerers = [*_records(desk, survey, event), *_awaited(desk, survey, event)]
    hashes: Mapping[int, str] = {}
    if queue.in_use(desk.db, desk.project):
        hashes = queue.all_hashed(desk.db, [one.record.id for one in answerers if one.record and one.is_identified])
    return list(_counted(answerers, hashes, desk.now))


def _counted(answerers: Iterable[_Answerer], hashes: Mapping[int, str], now: str) -> Iterator[Participant]:
    seen: Counter[str] = Counter()
    for one in answerers:
        seen[one.email] += 1
        record = one.record if one.is_identified else None
        due = one.link.invited
        yield Participant(
            one.link,
            one.email,
            seen[one.email] if one.email else 1,
            record.name if record else "",
            invited=bool(due) and due <= now,
            scheduled=due if due > now and one.state != "completed" else "",  # nobody is asked who has answered
            state=one.state,
            queue_hash=hashes.get(record.id, "") if record else "",
        )


def _records(desk: Desk, survey: Survey, event: int) -> Iterator[_Answerer]:
    project = desk.project
    arm = {one.id for one in project.events if one.arm == project.event_by_id[event].arm}
    fields = [name for name in _email_fields(desk, survey) if name in project.dictionary.by_name]
    forms = [survey.form, *(project.dictionary.form_of[name] for name in fields)]
    selection = Selection(forms=forms, group=desk.caller.group)
    records = [
        record
        for record in reading.read(desk.db, project.id, selection)
        if any(one.event in arm and one.form == "" for one in record.documents)
    ]
    wanted = [(record, number) for record in records for number in _instances(desk, record, event, survey.form)]
    of = links.of_all(desk.db, project.id, event, survey.form, [(record.id, number) for record, number in wanted])
    for (record, _), link in zip(wanted, of, strict=True):
        email = next((found for name in fields if (found := _value(desk, record, name))), "")
        yield _Answerer(link, record, email, state.of(survey.form, values_at(record, link.place)))


def _email_fields(desk: Desk, survey: Survey) -> tuple[str, str]:
    """The fields that hold the participant's address: that of the survey goes before that of the project."""
    return survey.settings.get(_OF_SURVEY, ""), str(desk.project.settings.get(EMAIL_FIELD, ""))


def _instances(desk: Desk, record: Record, event: int, form: str) -> list[int]:
    if desk.project.repeats(event):
        held = {one.instance for one in record.documents if one.event == event}
    elif desk.project.repeats(event, form):
        held = {one.instance for one in record.documents if (one.event, one.form) == (event, form)}
    else:
        held = set()
    return sorted(held) or [1]


def _value(desk: Desk, record: Record, field: str) -> str:
    """The field's first value; REDCap keeps it the same wherever it occurs."""
    form = desk.project.dictionary.form_of[field]
    held = sorted(
        (one for one in record.documents if one.form == form and one.event in desk.project.event_by_id),
        key=lambda one: (desk.project.events.index(desk.project.event_by_id[one.event]), one.instance),
    )
    return next((value for one in held if (value := one.values.get(field, ""))), "")


def _awaited(desk: Desk, survey: Survey, event: int) -> Iterator[_Answerer]:
    """Who has no record is in no data access group, and not shown to members of one."""
    if desk.caller.group is None:
        for link in links.awaited(desk.db, desk.project.id, event, survey.form):
            yield _Answerer(link, None, "", "not begun")


def add(desk: Desk, survey: Survey, event: int, email: str, identifier: str = "") -> Link:
    """The link of a participant whom a person adds to the list, who gets a record when he answers.

    Refusal for an address that is none, and for any survey but the first instrument's in the first event of an arm.
    """
    project = desk.project
    firsts = {one.arm: one.id for one in reversed(project.events)}
    if survey.form != project.dictionary.forms[0].name or event not in firsts.values():
        raise Refusal(400, _NOT_FIRST)
    check = text_check("email", "YMD")
    try:
        address = check(email.strip()) if check and email.strip() else ""
    except Invalid as why:
        raise Refusal(400, _BAD_EMAIL) from why
    if not address:
        raise Refusal(400, _BAD_EMAIL)
    desk.note(journal.managed("Add survey participants"))
    return links.add_participant(desk.db, project.id, event, survey.form, address, identifier.strip())


def invite(desk: Desk, link: Link, at: str = "") -> None:
    """Has the invitation sent at that server-local time to the second, by default now.

    Nothing is sent by this server: what shows is the participant list, and that the link's time limit begins to run.
    """
    links.set_invited(desk.db, link, at or desk.now)
