"""A collaborative in a running REDCap, and a deployment folder of a test's own that points at it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from tests.delivery.answering import Certificate, Server, made, running

from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.worker import pulls
from breakthrough.worker.deployment import Deployment


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A REDCap with what teams have entered, and a folder whose store has it too."""
    with play.opened(tmp_path_factory.mktemp("checks") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        with here.store() as store:
            pulls.pull(here, store, opened.now, lambda _: None)
        yield opened


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One for 127.0.0.1."""
    return made(tmp_path_factory.mktemp("certificate"), "IP:127.0.0.1")


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for another host."""
    return made(tmp_path_factory.mktemp("elsewhere"), "DNS:mail.example.org")


@dataclass
class Place:
    """A deployment folder."""

    folder: Path
    theatre: Theatre

    @property
    def here(self) -> Deployment:
        return Deployment.open(self.folder, {})

    def set(self, part: str, **changes: object) -> None:
        """Changes keys of breakthrough.yaml; None takes one away."""
        path = self.folder / "breakthrough.yaml"
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        whole = settings.setdefault(part, {}) | changes
        settings[part] = {key: value for key, value in whole.items() if value is not None}
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def secret(self, name: str, text: str) -> None:
        path = self.folder / "secrets" / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")

    def user(self, username: str, **cells: Any) -> None:
        """Makes somebody a user of the project, and puts the token into worker.token."""
        self.secret("worker.token", self.token(username, cells))

    def token(self, username: str, cells: Mapping[str, Any]) -> str:
        """The token of somebody who is made a user of the project."""
        owner = (self.folder / "secrets" / "deploy.token").read_text()
        rights = {"api_export": 1, "forms": {}, "forms_export": {}, **cells}
        row = json.dumps([{"username": username, **{key: value for key, value in rights.items() if value != {}}}])
        url = self.theatre.sandbox.url
        answer = requests.post(url, data={"token": owner, "content": "user", "format": "json", "data": row}, timeout=30)
        assert answer.status_code == 200, answer.text
        return self.theatre.sandbox.token_for(1, username)


@pytest.fixture
def place(theatre: Theatre, server: Server, tmp_path: Path) -> Place:
    """A whole copy of the folder, store included, whose mail goes to `server`."""
    folder = tmp_path / "here"
    shutil.copytree(theatre.here.folder, folder, copy_function=shutil.copy2)
    found = Place(folder, theatre)
    found.set("mail", host=server.mail.host, port=server.mail.port, timeout=5)
    return found
