"""Projects made from project XML: `wards` (classic) and `teams` (longitudinal), shared or a test's own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, Clock
from tests.sandbox.evidence import odm, studies

from redcap_sandbox import Sandbox, serve

# What a project's creator has to grant himself before he can do everything.
GRANTED = ("record_delete", "record_rename", "lock_records_all_forms", "lock_records")

XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>'

Create = Callable[..., Api]


def create(server: Sandbox, study: odm.Study | str, **settings: Any) -> Api:
    """The owner's calls in a new project of this design, with the rights to delete and rename records."""
    text = study if isinstance(study, str) else odm.text(study)
    item = {"project_title": "A study", "purpose": 0, **settings}
    reply = Api(server.url, SUPER_TOKEN).call("project", format="json", data=[item], odm=text)
    assert reply.status_code == 200, reply.text
    owner = Api(server.url, reply.text[-32:])
    (user,) = owner.json("user")
    owner.json("user", data=[{**user, **dict.fromkeys(GRANTED, 1)}])
    return owner


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A server for the projects that a file's tests only read."""
    with serve(tmp_path_factory.mktemp("shared"), SUPER_TOKEN) as running:
        running.clock = Clock()
        yield running


@pytest.fixture(scope="module")
def wards(_shared: Sandbox) -> Api:
    """The classic project, shared: tests leave it as it is."""
    return create(_shared, studies.WARDS)


@pytest.fixture(scope="module")
def teams(_shared: Sandbox) -> Api:
    """The longitudinal project, shared: tests leave it as it is."""
    return create(_shared, studies.TEAMS)


@pytest.fixture
def new(sandbox: Sandbox) -> Create:
    """Makes a project of a design; it belongs to the test."""

    def made(study: odm.Study | str, **settings: Any) -> Api:
        return create(sandbox, study, **settings)

    return made


@pytest.fixture
def own_wards(new: Create) -> Api:
    """A classic project to change."""
    return new(studies.WARDS)


@pytest.fixture
def own_teams(new: Create) -> Api:
    """A longitudinal project to change."""
    return new(studies.TEAMS)


@pytest.fixture
def join(add_user: AddUser) -> AddUser:
    """Adds a user who may see, change and export every form, and make records."""

    def joined(owner: Api, username: str, group: str = "", **rights: int) -> Api:
        member = add_user(owner, username, group, record_create=1, **rights)
        forms = {row["instrument_name"]: 1 for row in owner.json("instrument")}
        row = {"username": username, "data_access_group": group, "forms": forms, "forms_export": forms}
        owner.json("user", data=[row])
        return member

    return joined


def csv(api: Api, content: str, **parameters: Any) -> str:
    """The text of a CSV export that must succeed."""
    reply = api.call(content, format="csv", **parameters)
    assert reply.status_code == 200, reply.text
    return reply.content.decode()


def upload(
    api: Api, content: str, name: str, data: bytes, *, mime: str = "text/plain", **parameters: Any
) -> requests.Response:
    """The reply to a multipart request with the file in its part `file`."""
    fields = {"token": api.token, "content": content, "action": "import", **parameters}
    return requests.post(api.url, data=fields, files={"file": (name, data, mime)}, timeout=30)


def xml_rows(text: str) -> list[dict[str, str]]:
    """The items of an XML export."""
    return [{cell.tag: cell.text or "" for cell in item} for item in ET.fromstring(text)]  # noqa: S314  (our own server's)
