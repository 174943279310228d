"""A deployment: one institution's folder with its settings and its collaborative, and what opens from there."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from breakthrough import collaborative as collaboratives
from breakthrough import settings as institution
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.delivery import compose
from breakthrough.delivery.compose import Letterhead
from breakthrough.english import listed
from breakthrough.errors import SettingInvalid
from breakthrough.instruments import project as projects
from breakthrough.language import Language, speaking
from breakthrough.redcap.client import Client
from breakthrough.redcap.pace import Hosts
from breakthrough.reporting import wording
from breakthrough.settings import MAIN, Mail, Redcap, Secret, Settings
from breakthrough.store import Store, address

SPECIFICATION = "collaborative.yaml"


@dataclass(frozen=True)
class Deployment:
    """The folder, read once. Secrets are read when something is opened, and kept nowhere."""

    folder: Path
    settings: Settings
    collaborative: Collaborative
    content: Content
    environment: Mapping[str, str]
    specification: Mapping[str, bytes]  # the files that the collaborative was read from, for the archive
    hosts: Hosts = field(default_factory=Hosts, compare=False)

    @classmethod
    def open(cls, folder: Path, environment: Mapping[str, str]) -> Deployment:
        """The deployment in that folder. Raises ConfigurationError with file and line where it is not usable."""
        settings = institution.load(folder / "breakthrough.yaml")
        content = Content(folder)
        path = content.collaborative(settings.collaborative)
        collaborative = collaboratives.load(path)
        _sources_named(folder / "breakthrough.yaml", settings, path, collaborative)
        return cls(folder, settings, collaborative, content, environment, {SPECIFICATION: path.read_bytes()})

    def speaking(self) -> AbstractContextManager[Language]:
        """Has the collaborative's language spoken within, in the deployment's own wording."""
        return speaking(wording.read(self.content, self.collaborative.language))

    @property
    def project(self) -> projects.Project:
        """The instruments of this collaborative, generated ones included."""
        return projects.load(self.content, self.collaborative)

    def client(self, project: str = MAIN, *, deploying: bool = False) -> Client:
        """A client of that REDCap project, as the worker or, `deploying`, as the person with the deploy token.

        All clients keep to one pace for each server. Raises SettingInvalid for a project or a deploy token that
        breakthrough.yaml does not name, TokenMissing where a token is not to be had.
        """
        redcap = self._redcap(project)
        reference = redcap.deploy_token if deploying else redcap.token
        if reference is None:
            raise SettingInvalid(
                f"{self.folder / 'breakthrough.yaml'}: this command writes to REDCap, and redcap.deploy_token is not "
                "set. Name there where the token of a person with Design and Import rights is kept, such as "
                "env:REDCAP_DEPLOY_TOKEN."
            )
        return self._client(redcap, reference)

    def writer(self) -> Client:
        """A client of the collaborative's own project as the account that writes reports back.

        Raises SettingInvalid where breakthrough.yaml names no token of it, TokenMissing where it is not to be had.
        """
        redcap = self.settings.redcap
        if redcap.write_token is None:
            raise SettingInvalid(
                f"{self.folder / 'breakthrough.yaml'}: redcap.write_token is not set, so nothing is written back. Name "
                "there where the token of an account that may write is kept, such as cred:write."
            )
        return self._client(redcap, redcap.write_token)

    def _client(self, redcap: Redcap, reference: str) -> Client:
        token = institution.token(reference, self.folder, self.environment)
        bundle = str(self.folder / redcap.ca_bundle) if redcap.ca_bundle else None
        return Client(redcap.url, token, ca_bundle=bundle, pause=redcap.pause, hosts=self.hosts)

    def _redcap(self, project: str) -> Redcap:
        known = self.settings.redcap_projects()
        if project not in known:
            raise SettingInvalid(
                f"{self.folder / 'breakthrough.yaml'}: it names the projects {', '.join(known)}, and no '{project}'. "
                "Name it under 'projects', with its address and where its token is kept."
            )
        return known[project]

    def store(self) -> Store:
        """The store; the path of a file is taken from the folder, a password from where it is kept."""
        return Store.open(address.of(self.settings, self.folder, self.environment))

    @property
    def code(self) -> str:
        """The collaborative as keys of the outbox name it: what stays when its name is reworded."""
        return f"{self.collaborative.topic}-{self.collaborative.calendar.start}"

    def today(self, now: dt.datetime) -> dt.date:
        """The date in the collaborative's time zone."""
        return now.astimezone(self.collaborative.zone).date()

    def mail(self) -> tuple[Mail, str | None]:
        """The mail settings, and the password where there is one. Raises SettingInvalid where no server is named."""
        mail = self.settings.mail
        if mail is None:
            raise SettingInvalid(
                f"{self.folder / 'breakthrough.yaml'}: 'mail' is missing, so nothing can be sent. Name the mail server."
            )
        if mail.ca_bundle:
            mail = mail.model_copy(update={"ca_bundle": str(self.folder / mail.ca_bundle)})
        password = institution.secret(mail.password, self.folder, self.environment) if mail.password else None
        return mail, password

    def letterhead(self) -> Letterhead:
        """What all mails of the collaborative share. Raises MailError, SettingInvalid, TokenMissing for its keys."""
        mail, _ = self.mail()
        return compose.letterhead(mail, self.collaborative, self.secret)

    def secret(self, reference: str) -> Secret:
        """The secret that a reference of breakthrough.yaml leads to. Raises TokenMissing."""
        return institution.secret(reference, self.folder, self.environment)


def _sources_named(file: Path, settings: Settings, path: Path, collaborative: Collaborative) -> None:
    """Raises SettingInvalid where a measure counts the rows of a project that the settings do not name."""
    known = settings.redcap_projects()
    named = listed([f"'{name}'" for name in known])
    faults = []
    for code, measure in collaborative.measures.items():
        if measure.source and measure.source.project not in known:
            wanted = measure.source.project
            near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6)
            hint = f"Did you mean '{near[0]}'? Else name" if near else "Name"
            faults.append(
                f"{path}: the measure '{code}' counts rows of the project '{wanted}', and {file} names {named} alone. "
                f"{hint} '{wanted}' there under 'projects', with its address and where its token is kept."
            )
    if faults:
        raise SettingInvalid("\n".join(faults))
