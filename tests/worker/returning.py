"""A month that went out to two teams and a coach, from a deployment that writes back into its sandbox REDCap."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select, update
from tests.delivery.answering import running
from tests.sandbox.conftest import Api

from breakthrough import teams
from breakthrough.delivery import outbox, smtp
from breakthrough.demo import play, stage
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store, tables
from breakthrough.worker import jobs, press, write_back
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.write_back import Written
from redcap_sandbox import Sandbox, serve

RIGHTS = {"api_export": 1, "api_import": 1, "file_repository": 1, "data_access_groups": 1}
_ON_THE_PAGE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
SUBJECTS = ("T001", "T002", "c1")
HTML = [f"2026-03 team {team} r0.html" for team in ("T001", "T002")]
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Prepared:
    """A month that went out to two teams and a coach: the folders of the sandbox and the deployment, and the store."""

    root: Path
    now: dt.datetime
    number: int
    owner: str


def prepare(root: Path) -> Prepared:
    """Plays the month in that folder."""
    with play.opened(root / "out", "absenteeism", None) as theatre, running() as mail_server:
        chosen = theatre.here.folder / "instruments" / "project.yaml"
        told = yaml.safe_load(chosen.read_text(encoding="utf-8"))
        asked = yaml.safe_load(_ON_THE_PAGE.findall((Path("docs") / "write-back.md").read_text(encoding="utf-8"))[1])
        told["instruments"] = told.get("instruments", {}) | asked["instruments"]
        told["roles"] = told.get("roles", {}) | asked["roles"]
        chosen.write_text(yaml.safe_dump(told), encoding="utf-8")
        here, client = theatre.here, theatre.here.client(deploying=True)
        deploy(client, Wanted(here.project, theatre.scene.teams, (Account("svc_writer", "report_writer"),)))
        stage.enter(client, theatre.scene, None, lambda _: None)
        with Store.open(f"sqlite:///{root / 'store.sqlite'}") as store:
            jobs.pull(here, store, theatre.now, lambda _: None)
            due = jobs.due(here, store, theatre.now, hour=0)
            work = [one for one in due if one.key.subject in SUBJECTS and one.key.report != "leader"]
            of = press.press(here, jobs.held(here, store, theatre.now), theatre.month, theatre.now)
            jobs.issue(store, list(jobs.made(of, store, work, lambda _: None)), theatre.now)
            outbox.send_due(store, lambda: smtp.connect(mail_server.mail), lambda: theatre.now)
        owner = (here.folder / "secrets" / "deploy.token").read_text(encoding="utf-8")
        return Prepared(root, theatre.now, int(client.info()["project_id"]), owner)


@dataclass
class Site:
    """A deployment of the test's own after that month, its REDCap, and the time."""

    folder: Path
    sandbox: Sandbox
    store: Store
    owner: Api
    number: int
    now: dt.datetime

    @property
    def here(self) -> Deployment:
        return Deployment.open(self.folder, {})

    def keep(self, **settings: Any) -> None:
        path = self.folder / "breakthrough.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")) | settings), encoding="utf-8")

    def settings(self, **redcap: Any) -> None:
        told = yaml.safe_load((self.folder / "breakthrough.yaml").read_text(encoding="utf-8"))
        self.keep(redcap=told["redcap"] | redcap)

    def writer(self, name: str = "svc_writer", group: str = "", **rights: Any) -> None:
        """Has reports written back by the account that docs/write-back.md asks for; or by one with those rights."""
        if name != "svc_writer" or rights:
            name = "somebody" if name == "svc_writer" else name
            self.owner.json("user", data=[{"username": name, "data_access_group": group, **RIGHTS, **rights}])
        path = self.folder / "secrets" / "write.token"
        path.touch(mode=0o600)
        path.write_text(self.sandbox.token_for(self.number, name), encoding="utf-8")
        self.settings(write_token="file:secrets/write.token")

    def run(self, stop: Callable[[], bool] = lambda: False) -> Written:
        return write_back.run(self.here, self.store, lambda: self.now, stop)

    def refuse_first_mail(self, team: str, state: str = "refused") -> dict[str, str]:
        """The roles of the team's readers by address, the one first whose mail is in that state from now on."""
        held = self.store.newest(["main"], self.now)
        roles = {one.email: one.role for one in teams.read(held, self.here.collaborative, self.now.date()).people}
        found = {line.recipient: roles[line.recipient] for line in outbox.listing(self.store) if line.subject == team}
        first = tables.outbox.c.recipient == next(iter(found))
        with self.store.begin() as connection:
            changed = update(tables.outbox).where(tables.outbox.c.subject == team, first)
            connection.execute(changed.values(state=state, sent_at=None))
        return found

    def process(self, moment: str = "") -> subprocess.Popen[bytes]:
        """Another process that writes back, and dies at that moment."""
        script = [sys.executable, "-m", "tests.worker.writing_back"]
        given = [str(self.folder), f"sqlite:///{self.folder.parent / 'store.sqlite'}", self.now.isoformat(), moment]
        root = Path(__file__).resolve().parents[2]
        return subprocess.Popen([*script, *given], cwd=root, stdout=subprocess.DEVNULL)

    def listed(self, folder: int | str = "") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.owner.json("fileRepository", action="list", folder_id=folder)
        return rows

    @property
    def folders(self) -> Mapping[str, str]:
        """The group that each folder is restricted to, by name."""
        return {row["name"]: row.get("dag", "") for row in self.listed() if "folder_id" in row}

    @property
    def files(self) -> list[str]:
        """The names of all files, the top's included."""
        inside = [row for one in self.listed() if "folder_id" in one for row in self.listed(one["folder_id"])]
        return sorted(row["name"] for row in (*self.listed(), *inside) if "doc_id" in row)

    def bytes_of(self, name: str) -> bytes:
        for folder in self.listed():
            for row in self.listed(folder["folder_id"]):
                if row["name"] == name:
                    return self.owner.call("fileRepository", action="export", doc_id=row["doc_id"]).content
        raise AssertionError(f"no file {name}")

    @property
    def logged(self) -> list[dict[str, str]]:
        rows = self.owner.json("record", action="export", forms="report_log", fields="record_id")
        return [row for row in rows if row["redcap_repeat_instrument"] == "report_log"]

    @property
    def states(self) -> dict[tuple[str, str], str]:
        table = tables.write_backs
        with self.store.read() as connection:
            rows = connection.execute(select(table.c.key, table.c.what, table.c.state))
            return {(key.split("/", 1)[1], what): state for key, what, state in rows}

    @property
    def notes(self) -> set[str]:
        with self.store.read() as connection:
            return set(connection.scalars(select(tables.write_backs.c.note)))


@contextmanager
def opened(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """A copy of it in that folder, with pages that are to go back."""
    shutil.copytree(prepared.root / "out" / "sandbox", tmp_path / "redcap")
    shutil.copytree(prepared.root / "out" / "deployment", tmp_path / "here")
    shutil.copy(prepared.root / "store.sqlite", tmp_path / "store.sqlite")
    with (
        serve(tmp_path / "redcap", stage.SUPER_TOKEN, clock=lambda: prepared.now) as sandbox,
        Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as store,
    ):
        found = Site(tmp_path / "here", sandbox, store, Api(sandbox.url, prepared.owner), prepared.number, prepared.now)
        found.keep(store=f"sqlite:///{tmp_path / 'store.sqlite'}")
        found.settings(url=sandbox.url, write_back={"files": "html"})
        with store.begin() as connection:  # the copy answers at another port
            connection.execute(update(tables.project).values(server=sandbox.url))
        found.writer()
        yield found
