"""docs/getting-started.md, followed to the letter: every command in its fenced blocks is run, in the page's order.

Only what the page tells its reader to replace is replaced. What it tells them to click in REDCap is done by the sandbox's
administrator.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from redcap_sandbox import Sandbox, serve
from redcap_sandbox.client import Administrator

SUPER = "0123456789ABCDEF" * 4
PAGE = Path("docs/getting-started.md")
LIMIT = 30 * 60  # seconds: what the page promises, of which the commands are a part
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^## (\d+)\. .*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: the section it stands in, its language, and the file whose content it is, if any."""

    section: int
    language: str
    file: str
    text: str


@dataclass
class Reader:
    """A coordinator at a terminal: what was typed, what came of it, and how long it took."""

    home: Path
    environment: dict[str, str]
    place: Path = field(default_factory=Path)
    done: list[tuple[str, int, str]] = field(default_factory=list)
    seconds: float = 0.0

    def type(self, lines: str, pasted: str = "") -> None:
        """Runs a block as it stands, line by line, in the shell the reader has open: folder and PATH stay."""
        for line in lines.splitlines():
            script = f'cd {self.place}\n{line}\ncode=$?\npwd >&3\nprintf %s "$PATH" >&4\nexit $code\n'
            where, path = self.home / "pwd", self.home / "path"
            begun = time.monotonic()
            ran = subprocess.run(
                ["bash", "-c", f"exec 3>{where} 4>{path}\n{script}"], env=self.environment, input=pasted,
                capture_output=True, text=True, check=False, timeout=300,
            )  # fmt: skip
            self.seconds += time.monotonic() - begun
            self.place = Path(where.read_text().strip())
            self.environment["PATH"] = path.read_text()
            self.done.append((line, ran.returncode, ran.stdout + ran.stderr))

    def said(self, command: str) -> str:
        """What the last run of that command printed."""
        return next(text for line, _, text in reversed(self.done) if line == command)


def blocks(page: str) -> list[Block]:
    numbers = [(found.start(), int(found[1])) for found in _SECTION.finditer(page)]
    return [
        Block(max((n for at, n in numbers if at < one.start()), default=0), one[1], one[2] or "", one[3])
        for one in _FENCE.finditer(page)
    ]


def replacements(page: str) -> list[str]:
    """The cells of the table whose head is `where it says`."""
    table = page.split("| where it says | write |\n|---|---|\n")[1].split("\n\n", maxsplit=1)[0]
    return [re.findall(r"`([^`]+)`", line.split("|")[1])[0] for line in table.splitlines()]


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / PAGE).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serve(tmp_path_factory.mktemp("redcap"), SUPER, timezone="America/Chicago") as running:
        yield running


@pytest.fixture(scope="module")
def reader(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Somebody who has nothing: an empty home. `pip` finds the program's wheel here and no index; what the program
    stands on is taken from where these tests run.
    """
    home = tmp_path_factory.mktemp("home")
    wheels = home / "wheels"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    # `python3` on the page is any Python of the stated age; here the one that runs the tests
    (home / "bin").mkdir()
    (home / "bin/python3").symlink_to(
        Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    )
    offline = {
        "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_NO_DEPS": "1", "PIP_IGNORE_INSTALLED": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }  # fmt: skip
    libraries = next(one for one in sys.path if one.endswith("site-packages"))
    git = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "R"), ("EMAIL", "r@example.org"))
    }
    return Reader(
        home,
        {"HOME": str(home), "PATH": f"{home / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": libraries, **offline, **git},
        place=home,
    )


@dataclass
class Clicks:
    """What the page tells the reader to do in REDCap's pages."""

    sandbox: Sandbox
    administrator: Administrator
    number: int = 0

    def new_project(self) -> str:
        """Section 3: the project and the reader's token."""
        data = json.dumps([{"project_title": "Practice", "purpose": "0"}])
        sent = {"token": SUPER, "content": "project", "format": "json", "data": data}
        token = requests.post(self.sandbox.url, data=sent, timeout=30).text
        sent = {"token": token, "content": "project", "format": "json"}
        self.number = requests.post(self.sandbox.url, data=sent, timeout=30).json()["project_id"]
        return token

    def first_record(self) -> None:
        """Section 8."""
        filled = {"tp_name": "Alder", "tp_status": "2", "tp_coach": "c1"}
        self.administrator.save_form(self.number, "sandbox_owner", "T001", "team_profile", filled)
        self.administrator.assign_group(self.number, "T001", "t001")


def follow(page: str, reader: Reader, clicks: Clicks) -> None:
    """The page, from the first line to the last."""
    typed = {"`your_name`": "sandbox_owner"}  # the sandbox's first user is the one whose token this is
    assert all(word in page for word in typed)
    written: Mapping[str, str] = {
        "https://redcap.example.org/api/": clicks.sandbox.url,
        "Europe/London": "America/Chicago",
    }
    assert sorted(replacements(page)) == sorted(written)
    pasted: dict[str, Callable[[], str]] = {
        "(umask 077; cat > secrets/deploy.token)": clicks.new_project,
        "(umask 077; cat > secrets/worker.token)": lambda: clicks.sandbox.token_for(clicks.number, "svc_reports"),
    }
    for block in blocks(page):
        if block.section == 4 and not clicks.number:
            settings = reader.place / "breakthrough.yaml"
            text = settings.read_text(encoding="utf-8")
            for old, new in written.items():
                assert old in text
                text = text.replace(old, new)
            settings.write_text(text, encoding="utf-8")
        if block.section == 8:
            clicks.first_record()
        if block.file:
            (reader.place / block.file).write_text(block.text.replace("your_name", "sandbox_owner"), encoding="utf-8")
            continue
        for line in block.text.splitlines():
            reader.type(line, f"{pasted[line]()}\n" if line in pasted else "")


@pytest.fixture(scope="module")
def followed(page: str, reader: Reader, sandbox: Sandbox) -> Reader:
    clicks = Clicks(sandbox, Administrator(sandbox.url, SUPER))
    follow(page, reader, clicks)
    print(f"\n{PAGE}: {len(reader.done)} commands in {reader.seconds:.0f} s")  # how long the machine takes of it
    return reader


def test_every_command_of_the_page_does_what_the_page_says(followed: Reader) -> None:
    something_to_do = {"breakthrough plan --team T001 --team T002", "breakthrough plan"}
    wrong = [(line, code, said) for line, code, said in followed.done if code != (20 if line in something_to_do else 0)]
    assert wrong == []


def test_the_commands_take_a_small_part_of_the_half_hour(followed: Reader) -> None:
    assert followed.seconds < LIMIT / 5


def test_the_minutes_of_the_steps_add_up_to_what_the_page_promises(page: str) -> None:
    minutes = [int(found) for found in re.findall(r"^## \d+\. .*\((\d+) minutes\)$", page, re.MULTILINE)]
    assert len(minutes) == 8
    assert sum(minutes) <= LIMIT / 60


def test_it_is_the_installed_program_that_ran(followed: Reader) -> None:
    assert followed.said("breakthrough --version").startswith("breakthrough, version ")
    (found,) = (followed.home / "breakthrough/lib").glob("python*/site-packages/breakthrough/_content/config/scaffold")
    assert (found / "breakthrough.yaml").is_file()


def test_two_teams_have_their_groups_and_everybody_a_role(followed: Reader, sandbox: Sandbox, page: str) -> None:
    token = (followed.place / "secrets/deploy.token").read_text().strip()

    def ask(content: str) -> list[dict[str, str]]:
        sent = {"token": token, "content": content, "format": "json"}
        found: list[dict[str, str]] = requests.post(sandbox.url, data=sent, timeout=30).json()
        return found

    assert {row["data_access_group_name"] for row in ask("dag")} == {"T001", "T002"}
    labels = {row["unique_role_name"]: row["role_label"] for row in ask("userRole")}
    given = {row["username"]: labels.get(row["unique_role_name"]) for row in ask("userRoleMapping")}
    (people,) = [block.text for block in blocks(page) if block.file == "people.csv"]
    wanted = {row["username"]: row["role"] for row in csv.DictReader(io.StringIO(people))}
    wanted["sandbox_owner"] = wanted.pop("your_name")
    assert {name: (label or "").lower().replace(" ", "_") for name, label in given.items()} == wanted
    groups = {row["username"]: row["redcap_data_access_group"] for row in ask("userDagMapping")}
    assert groups == {
        "sandbox_owner": "",
        "svc_reports": "",
        "chris.coach": "",
        "amira.north": "t001",
        "ben.south": "t002",
    }


def test_at_the_end_nothing_is_left_to_do_and_the_record_is_held(followed: Reader) -> None:
    assert "Nothing to do" in followed.said("breakthrough plan --check")
    assert "1 record" in followed.said("breakthrough status")
    assert "WARNING" not in followed.said("breakthrough status")


def test_the_repository_holds_the_ledger_and_no_secret(followed: Reader) -> None:
    command = ["git", "ls-files"]
    files = subprocess.run(command, cwd=followed.place, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {"codes.csv", "deployed.yaml", "people.csv", "collaborative.yaml"} <= set(files)
    assert not [name for name in files if "token" in name or name.endswith((".sqlite", ".lock"))]


def test_the_page_names_nothing_that_a_folder_does_not_have(page: str, followed: Reader) -> None:
    table = page.split("| in this folder | is |")[1].split("\n\n", maxsplit=1)[0]
    for name in re.findall(r"^\| (.*?) \|", table, re.MULTILINE)[1:]:
        for one in re.findall(r"`([^`]+)`", name):
            assert (followed.place / one).exists(), one


def test_each_option_the_page_shows_is_one_of_its_command(followed: Reader) -> None:
    assert all("No such option" not in said and "No such command" not in said for _, _, said in followed.done)
