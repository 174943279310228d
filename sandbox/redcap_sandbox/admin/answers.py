"""Surveys: their public links and participants, and answering them as a respondent does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from redcap_sandbox.admin import trigger
from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import Office, Result, Verb, actor
from redcap_sandbox.design import project as projects
from redcap_sandbox.desk import Desk
from redcap_sandbox.surveys import admission, links, participants, responses
from redcap_sandbox.surveys.links import Link
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal

_DISTRIBUTING = "manage_survey_participants"


def public_link(office: Office, asked: Asked) -> Result:
    """The address of the public survey, of which the first event of each arm has one: each use makes a record."""
    with office.desk(asked, actor(asked), _DISTRIBUTING) as desk:
        form, event = _first(desk, asked)
        return {"link": _url(desk.base_url, links.public(desk.db, desk.project.id, event, form))}


def add_participant(office: Office, asked: Asked) -> Result:
    """The address of the survey for a new participant of the first instrument, who has that `email`."""
    with office.desk(asked, actor(asked), _DISTRIBUTING) as desk:
        form, event = _first(desk, asked)
        survey = desk.project.surveys[form]
        link = participants.add(desk, survey, event, asked.text("email"), asked.text("identifier", ""))
        return {"link": _url(desk.base_url, link)}


def invite(office: Office, asked: Asked) -> Result:
    """Has the invitation to the survey behind `link` sent, now or `at` a server-local time. Nothing is ever sent."""
    held = _link(office, asked)
    with office.desk_of(held.project, actor(asked), _DISTRIBUTING) as desk:
        participants.invite(desk, held, _moment(asked))
    return {"done": True}


def open_survey(office: Office, asked: Asked) -> Result:
    """What a respondent finds at `link`: the survey, `record` ('' for a new one), its `state` and its `values` so far.

    `code` is his return code, where Save & Return asks for one. The link may be a survey access code, too.
    """
    address, code = _address(asked)
    with office.storage.reading() as db:
        opened = responses.begin(db, office.clock.stamp(), address, code)
        project = projects.load(db, opened.link.project)
        names = {column.key: column.name for column in project.dictionary.columns if column.form == opened.survey.form}
    return {
        "project_id": project.id,
        "instrument": opened.survey.form,
        "title": opened.survey.title,
        "record": opened.record,
        "state": opened.state,
        "values": {names[key]: value for key, value in opened.values.items() if key in names},
    }


def answer_survey(office: Office, asked: Asked) -> Result:
    """Where the page that a respondent sends through `link` was stored, and the link by which he goes on.

    `values` holds the columns of an import; files come in parts of the request that are named for their fields.
    `finished` false says that it is not the last page, `code` is his return code. The data entry trigger is fired, in
    the name of `[survey respondent]`. Refusal, and nothing is saved, if the survey does not take the page.
    """
    address, code = _address(asked)
    values, files = asked.texts("values"), asked.files
    finished = asked.flag("finished", default=True)
    with office.storage.writing() as db:
        now = office.clock.stamp()
        saved = responses.save_page(db, now, address, values, finished=finished, code=code, files=files)
        project = projects.load(db, saved.project)
        (group,) = db.execute("SELECT access_group FROM record WHERE id = ?", (saved.link.record,)).fetchone()
    place, base_url = saved.place, office.base_url()
    told = trigger.message(project, base_url, responses.RESPONDENT, saved.record, place, saved.status, group)
    office.trigger.fire(str(project.settings.get(trigger.SETTING, "")), told)
    returning = project.surveys[place.form].save_and_return
    return {
        "record": saved.record,
        "instrument": place.form,
        "event": project.event_by_id[place.event].unique_name if project.is_longitudinal else "",
        "repeat_instance": place.instance,
        "status": saved.status,
        "link": _url(base_url, saved.link),
        "return_code": saved.link.return_code if returning else "",
    }


def _first(desk: Desk, asked: Asked) -> tuple[str, int]:
    """The first instrument and the event asked for, by default the first.

    Refusal if that instrument is no survey, or the event not the first of its arm (texts assumed).
    """
    project = desk.project
    form = project.dictionary.forms[0].name
    if form not in project.surveys:
        raise Refusal(400, f"The first instrument '{form}' is not a survey")
    unique = asked.text("event", "")
    if not project.is_longitudinal or not unique:
        return form, project.first_event.id
    firsts = {event.arm: event for event in reversed(project.events)}
    if unique not in {event.unique_name for event in firsts.values()}:
        raise refusals.invalid_values("event", [unique])
    return form, project.event_by_unique[unique].id


def _link(office: Office, asked: Asked) -> Link:
    address, _ = _address(asked)
    with office.storage.reading() as db:
        link = links.find(db, address)
    if link is None:
        raise admission.no_link()
    return link


def _address(asked: Asked) -> tuple[str, str]:
    """What names the link, and the return code: of a whole address its `s` and `rc`."""
    link = asked.text("link").strip()
    parts = parse_qs(urlsplit(link).query) if "?" in link else {"s": [link]}
    return parts.get("s", [""])[-1], asked.text("code", "") or parts.get("rc", [""])[-1]


def _moment(asked: Asked) -> str:
    """The time `at`, to the second; '' for now."""
    at = asked.text("at", "")
    try:
        return str(datetime.fromisoformat(at).replace(tzinfo=None, microsecond=0)) if at else ""
    except ValueError:
        raise refusals.invalid_parameter("at") from None


def _url(base_url: str, link: Link) -> str:
    return links.url(base_url, link.hash)


VERBS: Mapping[str, Verb] = {
    "public_link": public_link,
    "add_participant": add_participant,
    "invite": invite,
    "open_survey": open_survey,
    "answer_survey": answer_survey,
}
