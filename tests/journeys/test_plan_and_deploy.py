"""From an empty folder to a deployed project and on, at the command line, as a coordinator does it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from breakthrough import cli
from breakthrough.errors import TryAgain
from breakthrough.instruments import dictionary
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploying
from redcap_sandbox import Sandbox, serve
from redcap_sandbox.client import Administrator

SUPER = "0123456789ABCDEF" * 4
PEOPLE = "username,role,team,until\nmary,team_member,T001,\nkim,coach,,\n"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def ran(*arguments: str) -> Ran:
    """The command line, from its arguments to its exit code."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["breakthrough", *arguments])
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
    return Ran(int(str(code or 0)), out.getvalue(), err.getvalue())


@dataclass
class Site:
    """A deployment folder, and the REDCap that its breakthrough.yaml names."""

    folder: Path
    sandbox: Sandbox

    def run(self, *arguments: str) -> Ran:
        """The command, in this process: a new one would take longer to start than the command itself."""
        return ran(*arguments, "--quiet", "--deployment", str(self.folder))

    def token(self, name: str, text: str) -> None:
        path = self.folder / "secrets" / f"{name}.token"
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(text)

    @property
    def client(self) -> Client:
        return Client(self.sandbox.url, (self.folder / "secrets" / "deploy.token").read_text().strip())

    @property
    def admin(self) -> Administrator:
        return Administrator(self.sandbox.url, SUPER)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A folder as `init` leaves it, for the absenteeism collaborative, with a super token and no project yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with serve(tmp_path / "sandbox", SUPER) as sandbox:
        made = ran("init", str(tmp_path / "here"))
        assert made.returncode == 0, made.stderr
        here = Site(tmp_path / "here", sandbox)
        (here.folder / "breakthrough.yaml").write_text(
            "collaborative: collaborative.yaml\n"
            f"redcap:\n  url: {sandbox.url}\n  token: file:secrets/worker.token\n"
            "  deploy_token: file:secrets/deploy.token\n  super_token: file:secrets/super.token\n"
        )
        here.token("super", SUPER)
        (here.folder / "people.csv").write_text(PEOPLE)
        yield here


@pytest.fixture
def deployed(site: Site) -> Site:
    done = site.run("deploy", "--create", "--team", "T001", "--team", "T002")
    assert done.returncode == 0, done.stderr
    return site


def test_one_command_makes_the_project_and_a_second_deploy_finds_nothing_to_do(deployed: Site) -> None:
    client = deployed.client
    assert [row["data_access_group_name"] for row in client.dags()] == ["T001", "T002"]
    groups = {row["username"]: row["redcap_data_access_group"] for row in client.user_dags()}
    assert groups == {"mary": "t001", "kim": "", "sandbox_owner": ""}
    token = deployed.folder / "secrets" / "deploy.token"
    assert token.stat().st_mode & 0o777 == 0o600
    again = deployed.run("deploy")
    assert (again.returncode, again.stdout) == (0, "Nothing to do.\n")
    planned = deployed.run("plan")
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout == "Nothing to do: REDCap has everything as it is defined here.\n"
    assert "field:tp_status,3," in (deployed.folder / "codes.csv").read_text()
    twice = deployed.run("deploy", "--create")
    assert twice.returncode == 56
    assert "has a project already" in twice.stderr


def test_a_plan_exits_20_tells_each_step_and_changes_nothing(deployed: Site, root: Path) -> None:
    was = deployed.client.metadata()
    own = (root / "instruments" / "team_profile.csv").read_text().replace("Name of the team", "What is it called?")
    (deployed.folder / "instruments" / "team_profile.csv").write_text(own)
    words, data, page = (deployed.run("plan", *how) for how in ([], ["--json"], ["--markdown"]))
    assert {words.returncode, data.returncode, page.returncode} == {20}
    assert "change field tp_name of team_profile [safe]" in words.stdout
    assert [step["name"] for step in json.loads(data.stdout)["steps"]] == ["change-field:tp_name:label"]
    told = "Field Label changes ('Name of the team' becomes 'What is it called?')"
    assert told in words.stdout
    assert json.loads(data.stdout)["steps"][0]["evidence"] == told
    assert f"| change field tp\\_name of team\\_profile | {told} | safe |" in page.stdout
    assert deployed.client.metadata() == was
    assert deployed.run("plan", "--json", "--markdown").returncode == 2


def test_who_changed_the_project_by_hand_is_told_by_the_check(deployed: Site) -> None:
    rows = deployed.client.metadata()
    rows[1]["field_label"] = "Changed in the Online Designer"
    deployed.client.import_metadata(rows)
    told = deployed.run("plan", "--check", "--now", "2020-01-01T06:00")
    assert told.returncode == 20, told.stderr
    assert "change field tp_name of team_profile" in told.stdout


def test_another_project_behind_the_token_is_refused_before_anything_is_asked_of_it(deployed: Site) -> None:
    asked = {"token": SUPER, "content": "project", "format": "json", "data": '[{"project_title": "t", "purpose": 3}]'}
    other = requests.post(deployed.sandbox.url, data=asked, timeout=10).text[-32:]
    deployed.token("deploy", other)
    for command in (["plan"], ["deploy"]):
        refused = deployed.run(*command)
        assert refused.returncode == 56
        assert "This token leads to project 2" in refused.stderr
    assert [row["field_name"] for row in Client(deployed.sandbox.url, other).metadata()] == ["record_id"]


def test_in_production_the_package_is_written_and_approved_leaves_nothing_to_do(deployed: Site, root: Path) -> None:
    number = deployed.client.info()["project_id"]
    deployed.admin.to_production(number)
    own = (root / "instruments" / "team_profile.csv").read_text().replace("Name of the team", "What is it called?")
    (deployed.folder / "instruments" / "team_profile.csv").write_text(own)
    done = deployed.run("deploy", "--team", "T003")
    assert done.returncode == 0, done.stderr
    assert "begin with checklist.md there" in done.stdout
    assert "but for what waits in Draft Mode" in done.stdout
    rows = dictionary.rows(dictionary.read(deployed.folder / "handover" / "main" / "dictionary.csv"))
    deployed.admin.enter_draft(number)
    deployed.admin.upload_draft(number, rows)
    deployed.admin.submit_draft(number)
    deployed.admin.approve_draft(number)
    assert deployed.run("plan").returncode == 0


def test_what_the_token_could_not_see_is_never_said_to_need_nothing(deployed: Site) -> None:
    number = deployed.client.info()["project_id"]
    deployed.client.import_records([{"record_id": "T001"}, {"record_id": "T002"}])
    rights = dict.fromkeys(("design", "api_export", "api_import", "data_access_groups"), 1)
    deployed.client.import_users([{"username": "dan", "data_access_group": "", **rights}])
    deployed.admin.set_rights(number, "dan", {"user_rights": 0})
    deployed.token("deploy", deployed.admin.token(number, "dan"))
    done = deployed.run("deploy")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Nothing to do in what this token can see."


def test_what_redcap_has_taken_is_remembered_although_reading_it_back_fails(
    deployed: Site, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise TryAgain("The connection was lost.")

    own = (root / "instruments" / "team_profile.csv").read_text().replace("3, Paused", "3, Paused | 9, Asleep")
    (deployed.folder / "instruments" / "team_profile.csv").write_text(own)
    (deployed.folder / "deployed.yaml").unlink()  # as before the first deploy
    monkeypatch.setattr(deploying, "_verify", lost)
    failed = deployed.run("deploy")
    assert failed.returncode != 0
    assert "The connection was lost." in failed.stderr
    assert "field:tp_status,9,Asleep" in (deployed.folder / "codes.csv").read_text()
    assert f"project_id: {deployed.client.info()['project_id']}" in (deployed.folder / "deployed.yaml").read_text()


def test_a_code_that_changed_its_meaning_is_refused_before_redcap_is_asked(deployed: Site) -> None:
    ledger = deployed.folder / "codes.csv"
    ledger.write_text(ledger.read_text().replace("field:tp_status,3,Paused", "field:tp_status,3,Withdrawn"))
    deployed.sandbox.close()
    for command in (["plan"], ["deploy"]):
        refused = deployed.run(*command)
        assert refused.returncode == 45
        assert "codes.csv, row " in refused.stderr


def test_a_sister_project_is_made_and_deployed_by_its_name_without_groups_or_people(deployed: Site) -> None:
    file = deployed.folder / "breakthrough.yaml"
    keys = [f"url: {deployed.sandbox.url}", "token: file:secrets/eval.token", "super_token: file:secrets/super.token"]
    sister = "".join(f"    {key}\n" for key in [*keys, "deploy_token: file:secrets/eval-deploy.token"])
    file.write_text(
        file.read_text() + f"projects:\n  session_evaluation:\n{sister}  audit:\n    {keys[0]}\n    {keys[1]}2\n"
    )
    made = deployed.run("deploy", "--project", "session_evaluation", "--create")
    assert made.returncode == 0, made.stderr
    token = (deployed.folder / "secrets" / "eval-deploy.token").read_text().strip()
    client = Client(deployed.sandbox.url, token)
    assert client.dags() == []
    assert [row["username"] for row in client.user_dags()] == ["sandbox_owner"]
    assert deployed.run("plan", "--project", "session_evaluation").returncode == 0
    read_only = deployed.run("plan", "--project", "audit")
    assert read_only.returncode == 31
    assert "instruments/audit/project.yaml is missing" in read_only.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["plan", "--project", "audit"], 31, "it names the projects main, and no 'audit'"),
        (["deploy", "--team", "T/1"], 2, "is no code of a team"),
        (["plan", "--team", ""], 2, "is no code of a team"),
        (["deploy"], 32, "deploy.token is not a file"),
        (["plan"], 32, "worker.token is not a file"),
    ],
)
def test_wrong_use_is_told_in_one_line(site: Site, arguments: list[str], code: int, says: str) -> None:
    done = site.run(*arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_rows_that_are_gone_from_the_ledger_are_refused_by_codes_plan_and_deploy(deployed: Site) -> None:
    ledger = deployed.folder / "codes.csv"
    whole = ledger.read_text()
    ledger.write_text("".join(whole.splitlines(keepends=True)[:-3]))
    for command in (["instruments", "codes"], ["instruments", "codes", "--write"], ["plan"], ["deploy"]):
        refused = deployed.run(*command)
        assert refused.returncode == 45, command
        assert "codes.csv: at the last deploy it had" in refused.stderr
    ledger.unlink()
    assert deployed.run("plan").returncode == 45
    ledger.write_text(whole)
    assert deployed.run("plan").returncode == 0


def test_a_merge_that_git_left_unfinished_in_people_is_named(deployed: Site) -> None:
    (deployed.folder / "people.csv").write_text(f"{PEOPLE}<<<<<<< HEAD\nliz,coach,,\n")
    refused = deployed.run("plan")
    assert refused.returncode == 31
    assert "people.csv, line 4: git left a merge conflict here" in refused.stderr


def test_a_colleagues_project_is_refused_until_it_is_named_and_an_empty_one_is_not(site: Site) -> None:
    asked = {
        "token": SUPER,
        "content": "project",
        "format": "json",
        "data": '[{"project_title": "Trial", "purpose": 3}]',
    }
    token = requests.post(site.sandbox.url, data=asked, timeout=10).text[-32:]
    site.token("deploy", token)
    client = site.client
    consent = {**client.metadata()[0], "form_name": "consent"}
    fields = [{"field_name": "signed", "form_name": "consent", "field_type": "text", "field_label": "Signed"}]
    first = client.metadata()
    client.import_metadata([consent, *fields])
    client.import_records([{"record_id": "1", "signed": "yes"}])
    refused = site.run("deploy", "--team", "T001", "--allow", "remove-field:signed")
    assert refused.returncode == 56
    assert "leads to project 1, 'Trial'" in refused.stderr
    assert "1 record and instruments that are not defined here (consent)" in refused.stderr
    assert site.run("deploy", "--team", "T001", "--into", "2").returncode == 56
    assert [row["field_name"] for row in client.metadata()] == ["record_id", "signed"]
    named = site.run("deploy", "--team", "T001", "--into", "1")
    assert named.returncode == 42, named.stderr  # the right project; and its values are still not lost unasked
    token = requests.post(site.sandbox.url, data=asked, timeout=10).text[-32:]
    site.token("deploy", token)
    assert site.client.metadata() == first
    made = site.run("deploy", "--team", "T001")
    assert made.returncode == 0, made.stderr


def test_a_second_deploy_of_a_project_at_the_same_time_is_refused(deployed: Site, tmp_path: Path) -> None:
    host = deployed.sandbox.url.split("/")[2].replace(":", "-")
    path = tmp_path / "state" / "redcap-breakthrough" / "locks" / f"{host}-project-1.lock"
    assert path.is_file()  # of the first one, which has ended
    code = (
        "import sys; from pathlib import Path; from breakthrough.store import lock\n"
        "with lock.held(Path(sys.argv[1]), 'A test'):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused = deployed.run("deploy", "--team", "T003")
        assert refused.returncode == 61
        assert "Another deploy to project 1 of REDCap is already going on. Nothing was done." in refused.stderr
        other.communicate("")
    assert [row["data_access_group_name"] for row in deployed.client.dags()] == ["T001", "T002"]
    assert deployed.run("deploy", "--team", "T003").returncode == 0


def test_a_deploy_token_that_is_none_is_an_error_and_one_that_is_missing_is_told(deployed: Site) -> None:
    token = deployed.folder / "secrets" / "deploy.token"
    deployed.token("worker", token.read_text())
    deployed.token("deploy", "0123")
    wrong = deployed.run("plan")
    assert wrong.returncode == 32
    assert "has not the form of one" in wrong.stderr
    token.chmod(0o644)
    assert deployed.run("plan").returncode == 32
    token.unlink()
    missing = deployed.run("plan")
    assert missing.returncode == 0, missing.stderr
    assert "Read with the worker's token, which sees less." in missing.stderr


def test_the_check_reads_the_log_from_the_minute_of_the_deploy_without_its_own_lines(deployed: Site) -> None:
    by, until = (f"    {key}: " in (deployed.folder / "deployed.yaml").read_text() for key in ("by", "until"))
    assert (by, until) == (True, True)
    number = deployed.client.info()["project_id"]
    deployed.admin.set_up_survey(number, "monthly_report")
    told = deployed.run("plan", "--check")
    assert told.returncode == 20, told.stderr
    lines = told.stdout.split("Who worked on the project since it was deployed, newest first:\n")[1].splitlines()
    assert [line.split("  ", 2)[2] for line in lines] == ["site_admin  Set up survey"]
