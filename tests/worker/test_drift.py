"""Somebody changes the project in REDCap by hand; the coordinator is told once, field by field, and by whom it was."""

from __future__ import annotations

import datetime as dt
import email
import logging
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.answering import Server
from tests.sandbox.conftest import SUPER_TOKEN, Api, Clock

from breakthrough import scaffold
from breakthrough.content import Content
from breakthrough.delivery import outbox
from breakthrough.errors import WrongProject
from breakthrough.instruments import plan
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting import render
from breakthrough.reporting.views import drift_report
from breakthrough.store import Store
from breakthrough.worker import deployed, drift, jobs
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.tick import Ticked, tick
from redcap_sandbox import Sandbox, serve
from redcap_sandbox.client import Administrator

DEPLOYED = "2027-02-01 10:00:30"
ZONE = "America/Chicago"  # REDCap's server; the collaborative is in London
DAY = dt.timedelta(days=1)


@dataclass
class Site:
    """A deployed collaborative, its REDCap, and the clock they share."""

    folder: Path
    sandbox: Sandbox
    clock: Clock
    number: int
    owner: Api
    server: Server
    store: Store

    @property
    def here(self) -> Deployment:
        return Deployment.open(self.folder, self.environment)

    @property
    def environment(self) -> dict[str, str]:
        return {"WORKER": self.sandbox.token_for(self.number, "svc_worker"), "DEPLOY": self.owner.token}

    def person(self, username: str, **rights: int) -> Api:
        """Somebody with the right to change the design."""
        self.owner.json("user", data=[{"username": username, "design": 1, "api_import": 1, "api_export": 1, **rights}])
        return Api(self.sandbox.url, self.sandbox.token_for(self.number, username))

    def edit(self, by: Api, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
        """What somebody does in the Designer."""
        by.json("metadata", data=change(by.json("metadata")))

    def tick(self) -> Ticked:
        here = self.here
        return tick(jobs.jobs(here, self.store, lambda: self.clock.now), lambda: False)

    @property
    def mails(self) -> list[EmailMessage]:
        raw = [content for _, _, content in self.server.answers.taken]
        found = [email.message_from_bytes(one, policy=default) for one in raw]
        return [mail for mail in found if ".drift." in mail["List-ID"]]


@pytest.fixture
def clock() -> Clock:
    found = Clock()
    found.set(DEPLOYED)
    return found


@dataclass(frozen=True)
class Prepared:
    """What a deploy at ten has left in the sandbox's folder: the same for every test, which takes a copy."""

    data: Path
    owner: str  # token
    info: Mapping[str, Any]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    root, clock = tmp_path_factory.mktemp("prepared"), Clock()
    clock.set(DEPLOYED)
    with serve(root / "redcap", SUPER_TOKEN, clock=clock, timezone=ZONE) as sandbox:
        folder = _folder(root / "here", sandbox.url, port=25)
        made = Api(sandbox.url, SUPER_TOKEN).call(
            "project", format="json", data=[{"project_title": "Ours", "purpose": 3}]
        )
        owner = made.text[-32:]
        here = Deployment.open(folder, {"DEPLOY": owner})
        client = here.client(deploying=True)
        deploy(client, Wanted(here.project, ("T001", "T002"), (Account("svc_worker", "worker"),)))
        return Prepared(root / "redcap", owner, client.info())


@pytest.fixture
def site(tmp_path: Path, clock: Clock, server: Server, prepared: Prepared) -> Iterator[Site]:
    """Deployed at ten, with a worker that may only export; the sandbox stands in another time zone."""
    shutil.copytree(prepared.data, tmp_path / "redcap")
    with serve(tmp_path / "redcap", SUPER_TOKEN, clock=clock, timezone=ZONE) as sandbox:
        folder = _folder(tmp_path / "here", sandbox.url, server.mail.port)
        deployed.record(folder, "main", sandbox.url, prepared.info, clock.now, clock.now, "sandbox_owner")
        clock.set("2027-02-01 15:20:00")
        number = int(prepared.info["project_id"])
        with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
            yield Site(folder, sandbox, clock, number, Api(sandbox.url, prepared.owner), server, store)


def _folder(folder: Path, url: str, port: int) -> Path:
    scaffold.write(folder, Content(), "blank")
    path = folder / "breakthrough.yaml"
    text = path.read_text(encoding="utf-8").replace("file:secrets/worker.token", "env:WORKER")
    text = text.replace("file:secrets/deploy.token", "env:DEPLOY").replace("https://redcap.example.org/api/", url)
    text = text.replace("  timezone: Europe/London", f"  timezone: {ZONE}")
    text = text.replace("smtp.example.org", "127.0.0.1").replace("port: 587", f"port: {port}")
    path.write_text(text.replace("security: starttls", "security: none"), encoding="utf-8")
    return folder


def labelled(name: str, label: str) -> Callable[[list[dict[str, str]]], list[dict[str, str]]]:
    return lambda rows: [row | {"field_label": label} if row["field_name"] == name else row for row in rows]


def with_field(name: str, after: str) -> Callable[[list[dict[str, str]]], list[dict[str, str]]]:
    def added(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        at = next(number for number, row in enumerate(rows) if row["field_name"] == after) + 1
        new = dict.fromkeys(rows[0], "") | {
            "field_name": name, "form_name": rows[at - 1]["form_name"], "field_type": "notes", "field_label": "Rumours",
        }  # fmt: skip
        return [*rows[:at], new, *rows[at:]]

    return added


def shown(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", str(part.get_content()), flags=re.DOTALL)
    return " ".join(text.replace("&ldquo;", "“").split())


def test_what_somebody_changed_by_hand_is_told_once_field_by_field_with_who_and_when(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    morgan = site.person("morgan.lee")
    site.edit(morgan, labelled("tp_name", "Name of the clinic"))
    site.clock.set("2027-02-01 16:05:00")
    site.edit(morgan, with_field("tp_gossip", after="tp_name"))
    site.clock.set("2027-02-02 09:00:00")
    assert (site.tick().failed, len(site.mails)) == ((), 1)
    (mail,) = site.mails
    assert mail["To"] == "Coordinator <coordinator@example.org>"
    assert mail["Subject"] == "REDCap and the definition differ – Our collaborative"
    for kind in ("html", "plain"):
        text = shown(mail, kind)
        assert "2 differences in the project “Ours”" in text
        assert "Change field tp_name of team_profile" in text
        assert "Remove field tp_gossip of team_profile" in text
        assert re.search(r"1 Feb 2027, 10:05\W+morgan\.lee\W+Upload data dictionary", text)  # in the server's hours
        assert re.search(r"1 Feb 2027, 09:20\W+morgan\.lee\W+Upload data dictionary", text)
        assert "breakthrough deploy" in text
        assert "change the definition" in text
    site.clock.now += DAY
    site.tick()
    site.tick()
    assert len(site.mails) == 1
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("breakthrough")]
    assert not [line for line in ours if re.search("morgan|coordinator@|tp_gossip", line)]
    assert [line for line in ours if line.startswith("drift:")] == [
        f"drift: project=main differences=2 mail={word}" for word in ("new", "none")
    ]


def test_another_change_is_told_again_and_one_that_is_mended_is_not_told(site: Site) -> None:
    morgan = site.person("morgan.lee")
    before = morgan.json("metadata")
    site.edit(morgan, labelled("tp_name", "One"))
    site.clock.now += DAY
    site.tick()
    site.edit(morgan, labelled("tp_name", "Two"))
    site.clock.now += DAY
    site.tick()
    assert len(site.mails) == 2
    morgan.json("metadata", data=before)
    site.clock.now += DAY
    site.tick()
    assert len(site.mails) == 2


def test_a_change_that_comes_back_after_a_deploy_is_told_again(site: Site) -> None:
    morgan = site.person("morgan.lee")
    site.edit(morgan, labelled("tp_name", "One"))
    site.clock.now += DAY
    site.tick()
    here = site.here
    client = here.client(deploying=True)
    deploy(client, Wanted(here.project, ("T001",), None))
    deployed.record(site.folder, "main", site.sandbox.url, client.info(), site.clock.now)
    site.clock.now += DAY
    site.edit(morgan, labelled("tp_name", "One"))
    site.tick()
    assert len(site.mails) == 2


def test_that_more_is_entered_is_no_other_drift(site: Site) -> None:
    site.edit(site.person("morgan.lee"), with_field("tp_gossip", after="tp_name"))
    for record in ("T001", "T002"):
        site.owner.save({"record_id": record, "tp_gossip": "They say so"})
        site.clock.now += DAY
        site.tick()
    assert len(site.mails) == 1
    text = shown(site.mails[0], "plain")
    assert "They say so" not in text
    assert "1 record holds a value" in text
    assert "--allow: remove-field:tp_gossip" in text


def test_it_looks_once_a_day_from_the_hour_on_that_reports_go_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    real = drift.find

    def counted(here: Deployment, client: Any, name: str, now: dt.datetime) -> Any:
        looks.append(f"{now:%d %H:%M}")
        return real(here, client, name, now)

    monkeypatch.setattr(drift, "find", counted)
    for moment in ("02 05:50", "02 06:10", "02 06:20", "02 23:50", "03 00:10", "03 05:59", "03 06:00", "03 06:10"):
        site.clock.set(f"2027-02-{moment}:00")
        site.tick()
    assert looks == ["02 06:10", "03 06:00"]


def test_a_look_that_fails_is_tried_again_after_an_hour_and_holds_nothing_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[dt.datetime] = []

    def broken(here: Deployment, client: Any, name: str, now: dt.datetime) -> Any:
        tries.append(now)
        raise ValueError("broken")

    monkeypatch.setattr(drift, "find", broken)
    site.clock.set("2027-02-02 09:00:00")
    ticked = site.tick()
    assert (ticked.failed, ticked.pulled, ticked.sent is not None) == (("drift",), True, True)
    for minutes in (10, 50, 60, 70):
        site.clock.set(f"2027-02-02 {9 + minutes // 60:02}:{minutes % 60:02}:00")
        site.tick()
    assert [f"{at:%H:%M}" for at in tries] == ["09:00", "10:00"]


def test_it_can_be_switched_off(site: Site) -> None:
    path = site.folder / "breakthrough.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("drift: true", "drift: false"), encoding="utf-8")
    site.edit(site.person("morgan.lee"), labelled("tp_name", "One"))
    site.clock.now += DAY
    site.tick()
    assert site.mails == []


def test_what_was_never_deployed_from_here_is_not_looked_at(site: Site) -> None:
    (site.folder / deployed.NAME).unlink()
    site.edit(site.person("morgan.lee"), labelled("tp_name", "One"))
    site.clock.now += DAY
    assert (site.tick().failed, site.mails) == ((), [])


def test_a_token_of_another_project_is_no_drift_but_a_failure_that_names_no_fields(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    path = site.folder / deployed.NAME
    path.write_text(re.sub(r"project_id: \d+", "project_id: 4711", path.read_text(encoding="utf-8")), encoding="utf-8")
    site.clock.now += DAY
    assert (site.tick().failed, site.mails) == (("drift",), [])
    assert "was deployed to project 4711" in caplog.text
    with pytest.raises(WrongProject):
        drift.find(site.here, site.here.client(), "main", site.clock.now)


def test_without_the_right_to_the_log_it_says_where_to_look(site: Site) -> None:
    site.edit(site.person("morgan.lee"), labelled("tp_name", "One"))
    (role,) = [one for one in site.owner.json("userRole") if one["role_label"] == "Worker"]
    site.owner.json(
        "userRole", data=[{"unique_role_name": role["unique_role_name"], "role_label": "Worker", "logging": 0}]
    )
    site.clock.now += DAY
    site.tick()
    text = shown(site.mails[0], "plain")
    assert "has no right to REDCap’s log" in text
    assert "Logging shows it, since 1 February 2027" in text
    assert "morgan" not in text


def test_what_the_token_may_not_see_is_said_and_is_no_difference(site: Site) -> None:
    site.edit(site.person("morgan.lee"), labelled("tp_name", "One"))
    site.clock.now += DAY
    site.tick()
    text = shown(site.mails[0], "plain")
    assert "1 difference in the project" in text
    assert "roles and users: the token's user has no right to User Rights" in text


def test_a_users_rights_are_looked_up_where_the_plan_is_about_them(site: Site) -> None:
    (role,) = [one for one in site.owner.json("userRole") if one["role_label"] == "Coach"]
    site.clock.now += DAY
    site.owner.json("userRole", data=[{**role, "record_delete": 1}])
    (site.folder / "people.csv").write_text("username,role,team,until\nsvc_worker,worker,,\nlou,data_lead,T001,\n")
    here = site.here
    found = drift.find(here, here.client(deploying=True), "main", site.clock.now)
    assert {step.part for step in found.plan.steps} == {"roles", "users"}
    assert found.changes
    assert {one.who for one in found.changes} == {"sandbox_owner"}
    assert "user role" in found.changes[0].what.lower()


def test_a_look_by_hand_finds_the_same_and_sends_nothing(site: Site) -> None:
    here = site.here
    assert drift.find(here, here.client(), "main", site.clock.now).plan.steps == ()
    site.edit(site.person("morgan.lee"), labelled("tp_name", "One"))
    found = drift.find(here, here.client(), "main", site.clock.now)
    assert [str(step.kind) for step in found.plan.steps] == ["change field"]
    assert outbox.listing(site.store) == ()


def test_the_worst_mail_there_can_be_still_fits(site: Site) -> None:
    def everything(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row | {"field_label": f"<b>{'Ä & <i>' * 40}"} for row in rows]

    site.edit(site.person("morgan.lee"), everything)
    site.clock.now += DAY
    assert site.tick().failed == ()
    text = shown(site.mails[0], "html")
    assert re.search(r"And \d+ more, which “breakthrough plan” tells", text)


def test_steps_by_hand_and_projects_of_another_name_are_told_as_such(site: Site) -> None:
    hand = plan.Step(
        "move user",
        "lou out of T001",
        "in the group T001",
        "review",
        "move-user:lou",
        by_hand=True,
        names=("lou", "T001"),
    )
    group = plan.Step("add group", "T007", "it has none", "safe", "add-group:T007")
    found = drift.find(site.here, site.here.client(), "main", site.clock.now)

    def told(*steps: plan.Step) -> str:
        drifted = replace(found, project="audit", plan=plan.Plan(steps))
        report = drift_report(drifted, site.here.collaborative, Month("2027-02"), site.clock.now)
        return " ".join(render.drift(report, Content()).text.split())

    both, alone = told(hand, group), told(hand)
    assert "“breakthrough deploy --project audit” makes REDCap what it was" in both
    assert "1 step by hand" in both
    assert "Move user lou out of T001 [by hand]" in both
    assert "breakthrough deploy" not in alone
    assert "do these steps in REDCap by hand, until “breakthrough plan --project audit” finds nothing" in alone


def test_the_administrators_log_is_not_needed_to_find_it(site: Site) -> None:
    admin = Administrator(site.sandbox.url, SUPER_TOKEN)
    admin.set_up_survey(site.number, "monthly_report")
    here = site.here
    found = drift.find(here, here.client(deploying=True), "main", site.clock.now)
    assert [step.kind for step in found.plan.steps] == ["switch off survey"]
    assert [(one.who, one.what) for one in found.changes or ()] == [("site_admin", "Set up survey")]
