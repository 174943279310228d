"""What is to be done in a REDCap project of a deployment: its definition, people and codes, beside what is there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from breakthrough.english import many
from breakthrough.errors import SettingInvalid
from breakthrough.instruments import accounts, codes, plan
from breakthrough.instruments import project as projects
from breakthrough.instruments.codes import Used
from breakthrough.instruments.plan import Live, Plan, Wanted
from breakthrough.instruments.project import Project
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import require_classic
from breakthrough.redcap.live import Snapshot
from breakthrough.settings import MAIN
from breakthrough.worker import deployed
from breakthrough.worker.deployment import Deployment

TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}")  # what REDCap keeps as it is in a record's and a group's name


@dataclass(frozen=True, slots=True)
class Prospect:
    """A plan, with everything that it was made from. `snapshot` is what REDCap said."""

    wanted: Wanted
    snapshot: Snapshot
    live: Live
    plan: Plan


def defined(here: Deployment) -> dict[str, Project]:
    """The definition of each project that this deployment has instruments for, `main` first."""
    names = [name for name in here.settings.redcap_projects() if name == MAIN or _folder(here, name)]
    return {name: projects.load(here.content, here.collaborative, name) for name in names}


def require_defined(here: Deployment, name: str) -> None:
    """Raises SettingInvalid where breakthrough.yaml names no such project, or there are no instruments for it."""
    file = here.folder / "breakthrough.yaml"
    known = here.settings.redcap_projects()
    if name not in known:
        raise SettingInvalid(
            f"{file}: it names the projects {', '.join(known)}, and no '{name}'. Name it under 'projects', with its "
            "address and where its token is kept."
        )
    if name != MAIN and not _folder(here, name):
        raise SettingInvalid(
            f"The project '{name}' has no instruments here: instruments/{name}/project.yaml is missing. Its forms are "
            "somebody else's, and are only read. Write that file to have them deployed from here."
        )


def definition(here: Deployment, name: str) -> Project:
    """The definition of that project. Raises as `require_defined` does, and what reading it raises."""
    require_defined(here, name)
    return projects.load(here.content, here.collaborative, name)


def used(here: Deployment) -> Used:
    """Every code that is in use by the collaborative and the projects defined here."""
    return codes.used(here.collaborative, defined(here))


def look(
    here: Deployment,
    client: Client,
    name: str,
    today: dt.date,
    teams: Collection[str] = (),
    entered: Callable[[Mapping[str, Any]], None] = lambda _: None,
) -> Prospect:
    """What would be done in that project; `teams` are wanted besides those that have a record, `today` is for people.

    `entered` gets the project's facts once it is known to be the right one, before anything more is asked.

    Raises CodesChanged before REDCap is asked, WrongProject before anything else of it is asked, Refused for a project
    with events, RedcapError, and what reading the definition raises.
    """
    require_defined(here, name)
    every = defined(here)
    project = every[name]
    codes.require(here.folder / codes.FILE, codes.used(here.collaborative, every), deployed.ledger(here.folder))
    info = client.info()
    deployed.require(here.folder, name, client.url, info)
    require_classic(info)
    entered(info)
    seen = live.snapshot(client, info)
    there = live.judged(client, seen, project)
    records = _teams(here, name, project, seen) | set(teams)
    asked = wanted(here, name, project, there, records, today)
    return Prospect(asked, seen, there, plan.make(asked, there))


def theirs(project: Project, seen: Snapshot) -> tuple[str, ...]:
    """In words what that project of REDCap has that neither a new one has nor one made from this definition."""
    here = {one.name for one in project.instruments} | {field.form_name for field in project.fields}
    forms: dict[str, int] = {}
    for row in seen.metadata:
        forms[row["form_name"]] = forms.get(row["form_name"], 0) + 1
    first = seen.metadata[0]["form_name"]
    # a new project begins with a form that has the record's name alone
    others = [form for form, fields in forms.items() if form not in here and not (form == first and fields == 1)]
    told = [f"{many(len(seen.records), 'record')}"] if seen.records else []
    return (*told, *([f"instruments that are not defined here ({', '.join(others)})"] if others else ()))


def wanted(
    here: Deployment, name: str, project: Project, there: Live, teams: Collection[str], today: dt.date
) -> Wanted:
    """The definition with its teams and people. A team that has a group needs no record for a person to be in it.

    People are those of `main`, looked at only where the token may see users and groups. Raises SettingInvalid for
    people.csv.
    """
    before, _, after = project.group_rule.partition("{team}")
    groups = set((there.groups or {}).values()) if project.group_rule else set()
    own = {group.removeprefix(before).removesuffix(after) for group in groups}
    known = sorted({*teams, *(team for team in own if project.group(team) in groups)})
    people = None
    if name == MAIN and there.users is not None and there.groups is not None:
        people = accounts.read(here.folder / accounts.FILE, project.roles, known, today)
    return Wanted(project, tuple(sorted(teams)), people)


def _teams(here: Deployment, name: str, project: Project, seen: Snapshot) -> set[str]:
    """The teams that need a group: the records, but of a sister project, whose records are cases, those of `main`."""
    if not project.group_rule:
        return set()
    return set(seen.records if name == MAIN else here.client().record_ids())


def _folder(here: Deployment, name: str) -> bool:
    return any((folder / "instruments" / name / "project.yaml").is_file() for folder in here.content.folders)
