"""Projects whose forms people fill in, and a receiver for what the data entry trigger posts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from tests.sandbox import conftest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, MakeProject

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

# A visit, a diary that may repeat, and a form whose calculation reads the visit.
CLINIC = (
    conftest.field("record_id", "visit"),
    conftest.field("day", "visit", validation="date_dmy"),
    conftest.field("smokes", "visit", "yesno"),
    conftest.field("packs", "visit", validation="integer", branching_logic="[smokes] = '1'"),
    conftest.field("brands", "visit", "checkbox", choices="1, One | 2, Two", branching_logic="[smokes] = '1'"),
    conftest.field("cigarettes", "visit", "calc", choices="[packs] * 20", branching_logic="[smokes] = '1'"),
    conftest.field("weight", "visit", validation="number", text_validation_min="30", text_validation_max="200"),
    conftest.field("steps", "diary", validation="integer"),
    conftest.field("far", "diary", "calc", choices="if([steps] > 5000, 1, 0)"),
    conftest.field("burden", "outcome", "calc", choices="[packs] + 1"),
    conftest.field("note", "outcome", "notes"),
)


@dataclass
class Project:
    """A project: its owner's calls, and its number."""

    owner: Api
    number: int

    def log(self, logtype: str = "record") -> list[tuple[str, str, str]]:
        """(user, action, details) of what was done, newest first."""
        lines = self.owner.json("log", logtype=logtype)
        return [(line["username"], line["action"].strip(), line["details"]) for line in lines]

    def designs(self) -> list[tuple[str, str]]:
        """(user, details) of what was done to the project's design, but for calls of the API; newest first."""
        return [(user, details) for user, _, details in self.log("manage") if "(API)" not in details]

    def row(self, record: str, **parameters: Any) -> dict[str, Any]:
        """The record's one row."""
        (row,) = self.owner.json("record", records=record, **parameters)
        return dict(row)


def project(
    server: Sandbox, repeating: Sequence[str] = ("diary",), groups: Sequence[str] = ("North", "South")
) -> Project:
    """A clinic of this server, where forms repeat and there are groups."""
    owner = conftest.new_project(server, CLINIC, repeating, groups)
    return Project(owner, owner.json("project")["project_id"])


@pytest.fixture
def admin(sandbox: Sandbox) -> Administrator:
    return Administrator(sandbox.url, SUPER_TOKEN)


NewProject = Callable[..., Project]


@pytest.fixture
def new(make: MakeProject) -> NewProject:
    """Makes a classic project; as `make`, but with its number."""

    def made(fields: Any = CLINIC, **given: Any) -> Project:
        owner = make(fields, **given)
        return Project(owner, owner.json("project")["project_id"])

    return made


@pytest.fixture
def clinic(sandbox: Sandbox) -> Project:
    """A classic project in which the diary repeats, with the access groups North and South."""
    return project(sandbox)


@pytest.fixture(scope="module")
def still(server: Sandbox) -> Project:
    """A clinic with a user nell, for the refusals of a file of tests: no test changes it."""
    made = project(server)
    made.owner.json("user", data=[{"username": "nell"}])
    return made


@pytest.fixture
def trial(sandbox: Sandbox) -> Project:
    """A longitudinal project of two arms, whose second event repeats as a whole, as elsewhere the diary does."""
    return longitudinal(sandbox)


@pytest.fixture(scope="module")
def still_trial(server: Sandbox) -> Project:
    """A longitudinal project for refusals."""
    return longitudinal(server)


def longitudinal(server: Sandbox) -> Project:
    """Two arms: the second event of the first repeats as a whole, at the other events the diary does."""
    made = project(server, repeating=())
    made.owner.json("project_settings", data=[{"is_longitudinal": 1}])
    made.owner.json("arm", action="import", data=[{"arm_num": 1, "name": "Drug"}, {"arm_num": 2, "name": "Placebo"}])
    rows = [{"event_name": name, "arm_num": arm} for name, arm in (("Start", 1), ("Week", 1), ("Start", 2))]
    made.owner.json("event", action="import", override=1, data=rows)
    events = ("start_arm_1", "week_arm_1", "start_arm_2")
    pairs = [(event, form) for event in events for form in ("visit", "diary", "outcome")]
    pairs.remove(("start_arm_2", "outcome"))
    mapping = [{"arm_num": event[-1], "unique_event_name": event, "form": form} for event, form in pairs]
    made.owner.json("formEventMapping", action="import", data=mapping)
    again = [("start_arm_1", "diary"), ("week_arm_1", ""), ("start_arm_2", "diary")]
    made.owner.json("repeatingFormsEvents", data=[{"event_name": one, "form_name": form} for one, form in again])
    return made


Join = Callable[..., Api]


@pytest.fixture
def join(add_user: AddUser) -> Join:
    """Adds a user who may do data entry on every form, see the log and use the API, in a group or in none."""

    def joined(project: Project, username: str, group: str = "", **rights: int) -> Api:
        usual = {"record_create": 1, "logging": 1, "api_export": 1, "api_import": 1}
        member = add_user(project.owner, username, group, **{**usual, **rights})
        forms = {row["instrument_name"]: 1 for row in project.owner.json("instrument")}
        row = {"username": username, "data_access_group": group, "forms": forms, "forms_export": forms}
        project.owner.json("user", data=[row])
        return member

    return joined


@dataclass
class Receiver:
    """A web server that keeps what it is sent: the pairs of each body, in their order."""

    url: str = ""
    posts: list[list[tuple[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    hold: threading.Event = field(default_factory=threading.Event)  # an answer goes out once this is set
    endless: bool = False  # the body of an answer does not come
    ended: threading.Event = field(default_factory=threading.Event)

    def last(self) -> dict[str, str]:
        """The only post so far."""
        (post,) = self.posts
        return dict(post)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()
    kept.hold.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.posts.append(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
            kept.headers.append(dict(self.headers))
            kept.hold.wait(30)
            self.send_response(kept.status)
            if kept.status // 100 == 3:
                self.send_header("Location", kept.url)
            self.send_header("Content-Length", "10" if kept.endless else "0")
            self.end_headers()
            if kept.endless:
                kept.ended.wait(30)

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        kept.url = f"http://127.0.0.1:{server.server_address[1]}/det?key=a%20b"
        yield kept
        kept.hold.set()
        kept.ended.set()
        server.shutdown()
        thread.join()
