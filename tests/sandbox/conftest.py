"""A running sandbox, and projects in it, each test with its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from redcap.project import Project

from redcap_sandbox import Sandbox, serve

SUPER_TOKEN = "0123456789ABCDEF" * 4

DICTIONARY_COLUMNS = (
    "field_name",
    "form_name",
    "section_header",
    "field_type",
    "field_label",
    "select_choices_or_calculations",
    "field_note",
    "text_validation_type_or_show_slider_number",
    "text_validation_min",
    "text_validation_max",
    "identifier",
    "branching_logic",
    "required_field",
    "custom_alignment",
    "question_number",
    "matrix_group_name",
    "matrix_ranking",
    "field_annotation",
)

Row = dict[str, Any]


def field(name: str, form: str, kind: str = "text", label: str = "", **cells: str) -> Row:
    """A row of a data dictionary; `choices` and `validation` are short for the long column names."""
    short = {
        "choices": "select_choices_or_calculations",
        "validation": "text_validation_type_or_show_slider_number",
    }
    named = {short.get(key, key): value for key, value in cells.items()}
    return {
        **dict.fromkeys(DICTIONARY_COLUMNS, ""),
        "field_name": name,
        "form_name": form,
        "field_type": kind,
        "field_label": label or name,
        **named,
    }


def invalid(parameter: str, *names: str) -> str:
    """REDCap's message about names in a parameter that the project does not have."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f'The following values in the parameter "{parameter}" are not valid: {listed}'


# A team with a profile, and two forms that repeat.
TEAM = (
    field("record_id", "profile", label="Record ID"),
    field("town", "profile", label="<b>Town</b>"),
    field("kind", "profile", "radio", "Kind", choices="1, School | 2, Clinic"),
    field("tools", "profile", "checkbox", "Tools", choices="a, Chart | -4, Drum|k>=9, Kite"),
    field("intro", "profile", "descriptive", "Read this"),
    field("month", "monthly", label="Month", validation="date_ymd"),
    field("seen", "monthly", label="Seen", validation="integer"),
    field("agreed", "monthly", "yesno", "Agreed?"),
    field("total", "monthly", "calc", "Total", choices="[seen] * 2"),
    field("test", "pdsa", "notes", "Test"),
    field("photo", "pdsa", "file", "Photo"),
)


@dataclass(frozen=True)
class Api:
    """A token's calls over plain HTTP."""

    url: str
    token: str

    def call(self, content: str, **parameters: Any) -> requests.Response:
        """The raw reply; lists and dictionaries are sent as JSON."""
        encoded = {
            name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in parameters.items()
        }
        return requests.post(self.url, data={"token": self.token, "content": content, **encoded}, timeout=30)

    def json(self, content: str, **parameters: Any) -> Any:
        """The parsed reply to a call that must succeed."""
        reply = self.call(content, format="json", **parameters)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def refusal(self, content: str, **parameters: Any) -> tuple[int, str]:
        """(status, message) of a call that must be refused."""
        reply = self.call(content, **{"format": "json", **parameters})
        assert reply.status_code != 200, reply.text
        return reply.status_code, reply.json()["error"]

    def save(self, *rows: Row, **parameters: Any) -> Any:
        """The reply to a record import that must succeed."""
        return self.json("record", action="import", data=list(rows), **parameters)

    def project(self) -> Project:
        """PyCap's view of the same token; PyCap remembers the dictionary it sees first."""
        return Project(self.url, self.token)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2025, 9, 18, 8, 30, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        """Moves the clock to `YYYY-MM-DD HH:MM:SS` UTC."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One server for a whole file of tests: each test makes its own projects."""
    with serve(tmp_path_factory.mktemp("sandbox"), SUPER_TOKEN) as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox, clock: Clock) -> Sandbox:
    """The server, living by the test's clock."""
    server.clock = clock
    return server


MakeProject = Callable[..., Api]


@pytest.fixture
def make(sandbox: Sandbox) -> MakeProject:
    """Makes a project: fields, forms that repeat, names of access groups. Its user may also delete records."""

    def made(
        fields: Sequence[Mapping[str, str]] = TEAM, repeating: Sequence[str] = (), groups: Sequence[str] = ()
    ) -> Api:
        return new_project(sandbox, fields, repeating, groups)

    return made


def new_project(
    sandbox: Sandbox, fields: Sequence[Mapping[str, str]], repeating: Sequence[str] = (), groups: Sequence[str] = ()
) -> Api:
    """A new project's owner."""
    owner = Api(sandbox.url, SUPER_TOKEN)
    reply = owner.call("project", format="json", data=[{"project_title": "A project", "purpose": 3}])
    assert reply.status_code == 200, reply.text
    owner = Api(sandbox.url, reply.text[-32:])
    owner.json("metadata", data=list(fields))
    if repeating:
        rows = [{"form_name": form, "custom_form_label": ""} for form in repeating]
        owner.json("repeatingFormsEvents", data=rows)
    if groups:
        names = [{"data_access_group_name": name, "unique_group_name": ""} for name in groups]
        owner.json("dag", action="import", data=names)
    (user,) = owner.json("user")
    owner.json("user", data=[{"username": user["username"], "record_delete": 1}])
    return owner


@pytest.fixture
def team(make: MakeProject) -> Api:
    """A project whose forms monthly and pdsa repeat, with the access groups North and South."""
    return make(repeating=("monthly", "pdsa"), groups=("North", "South"))


AddUser = Callable[..., Api]


@pytest.fixture
def add_user(sandbox: Sandbox) -> AddUser:
    """Adds a user with these rights, in a group or in none, and returns his calls."""

    def added(owner: Api, username: str, group: str = "", **rights: int) -> Api:
        owner.json("user", data=[{"username": username, "data_access_group": group, **rights}])
        project = owner.json("project")["project_id"]
        return Api(sandbox.url, sandbox.token_for(project, username))

    return added
