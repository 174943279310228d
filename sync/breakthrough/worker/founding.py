"""A new REDCap project for a definition: created whole from its project XML, its token kept, its number remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from breakthrough import settings as institution
from breakthrough.errors import SettingInvalid, WrongProject
from breakthrough.instruments import codes, package
from breakthrough.redcap import founding
from breakthrough.settings import MAIN
from breakthrough.worker import deployed, planning
from breakthrough.worker.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Founded:
    """A project that was just created: REDCap's number of it, and the file with the token of its only user."""

    project_id: int
    token: Path


def create(here: Deployment, name: str, teams: Sequence[str], now: dt.datetime) -> Founded:
    """The new project, with everything that is defined here, surveys and reports included.

    Raises WrongProject where one was deployed already, SettingInvalid or TokenMissing where breakthrough.yaml does not
    say whose super token to take and which new file is to have the token, CodesChanged, RedcapError.
    """
    project = planning.definition(here, name)
    codes.require(here.folder / codes.FILE, planning.used(here), deployed.ledger(here.folder))
    file = here.folder / "breakthrough.yaml"
    redcap = here.settings.redcap_projects()[name]
    if name in deployed.load(here.folder):
        raise WrongProject(
            f"'{name}' has a project already ({here.folder / deployed.NAME}), so none was created. Deploy without "
            f"--create; or, for a new project on purpose, delete the entry '{name}' from {deployed.NAME} first."
        )
    if redcap.super_token is None:
        raise SettingInvalid(
            f"{file}: a new project needs a super token, and redcap.super_token is not set. Ask your REDCap "
            "administrator for one and name where it is kept; or make the project by hand: breakthrough instruments "
            "export --xml --to new-project writes the file that REDCap's New Project page takes."
        )
    if redcap.deploy_token is None:
        raise SettingInvalid(
            f"{file}: redcap.deploy_token is not set, so it is not known where the new project's token is to go. Write "
            "deploy_token: file:secrets/deploy.token"
        )
    title = here.collaborative.name if name == MAIN else f"{here.collaborative.name}: {name.replace('_', ' ')}"
    xml = package.xml(here.content, project, teams, title, now.astimezone(here.collaborative.zone))
    secret = institution.super_token(redcap.super_token, here.folder, here.environment)
    bundle = str(here.folder / redcap.ca_bundle) if redcap.ca_bundle else None
    with institution.kept(redcap.deploy_token, here.folder) as keep:
        path = keep(
            founding.create(redcap.url, secret, title, xml=xml, ca_bundle=bundle, pause=redcap.pause, hosts=here.hosts)
        )
    info = here.client(name, deploying=True).info()
    deployed.record(here.folder, name, redcap.url, info, now)
    return Founded(int(info["project_id"]), path)
