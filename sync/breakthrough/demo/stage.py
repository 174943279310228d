"""Sets a demonstration up: sandbox projects, a deployment folder that points at it, and what people entered."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml

from breakthrough import intake, scaffold
from breakthrough.collaborative import Collaborative
from breakthrough.configfile import merged
from breakthrough.content import Content
from breakthrough.demo import cases, cast, counts, ending, journey, work
from breakthrough.demo.cast import Row
from breakthrough.demo.scene import Member, Scene
from breakthrough.demo.story import Story
from breakthrough.errors import CountsRefused, RedcapError
from breakthrough.instruments import profiles
from breakthrough.month import Month
from breakthrough.redcap.client import Client
from breakthrough.settings import MAIN
from redcap_sandbox import Sandbox

SUPER_TOKEN = "5A4D" * 16  # of the sandbox on this computer alone
WORKER = "sync.worker"
_ROWS_A_CALL = 300
_WORKER_RIGHTS = {"api_export": 1, "api_import": 0, "design": 0, "logging": 0, "record_create": 0, "user_rights": 0}


@dataclass(frozen=True, slots=True)
class Source:
    """A real file of counts and the map that reads it, in place of made-up counts."""

    file: Path
    map_file: Path


@dataclass(frozen=True, slots=True)
class Staged:
    """The scene: the teams, the month reported on, and how many rows were entered and refused."""

    members: tuple[Member, ...]
    rows: int
    refused: int


def new_project(sandbox: Sandbox, title: str) -> tuple[str, str]:
    """Tokens of a new project: that of its owner, and that of a worker who may only export."""
    owner = _post(
        sandbox.url,
        token=sandbox.super_token,
        content="project",
        data=json.dumps([{"project_title": title, "purpose": 3}]),
    )[-32:]
    worker = json.dumps([{"username": WORKER, **_WORKER_RIGHTS}])
    _post(sandbox.url, token=owner, content="user", data=worker)
    project = json.loads(_post(sandbox.url, token=owner, content="project"))
    return owner, sandbox.token_for(int(project["project_id"]), WORKER)


def _post(url: str, **form: str) -> str:
    answer = requests.post(url, data={"format": "json", "returnFormat": "json", **form}, timeout=60)
    if answer.status_code != 200:
        raise RedcapError(f"The sandbox refused to set the demonstration up (status {answer.status_code}).")
    return answer.text


def deployment(
    folder: Path,
    sandbox: Sandbox,
    tokens: Mapping[str, tuple[str, str]],
    mail_port: int,
    collaborative: str,
    instruments: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> None:
    """Writes a deployment folder as an institution would have it: settings, collaborative, private tokens.

    `tokens` are the owner's and the worker's of each project, by our name for it; `instruments` are laid over those of
    project.yaml, `changes` over the collaborative.
    """
    scaffold.write(folder, Content(), collaborative)
    secrets = folder / "secrets"
    secrets.mkdir()
    secrets.chmod(0o700)
    projects: dict[str, dict[str, str]] = {}
    for project, (owner, worker) in tokens.items():
        projects[project] = {"url": sandbox.url}
        for key, name, token in (
            ("token", "worker.token" if project == MAIN else f"{project}.token", worker),
            ("deploy_token", "deploy.token" if project == MAIN else f"{project}-deploy.token", owner),
        ):
            (secrets / name).touch(mode=0o600)
            (secrets / name).write_text(token, encoding="utf-8")
            projects[project][key] = f"file:secrets/{name}"
    main = projects.pop(MAIN)
    settings = {
        "collaborative": "collaborative.yaml",
        "redcap": main,
        **({"projects": projects} if projects else {}),
        "mail": {
            "host": "127.0.0.1",
            "port": mail_port,
            "security": "none",
            "sender": "Progress reports <reports@collaborative.example.org>",
        },
    }
    _write(folder / "breakthrough.yaml", settings)
    _laid_over(folder / "collaborative.yaml", changes)
    if instruments:
        _laid_over(folder / "instruments" / "project.yaml", {"instruments": instruments})


def _laid_over(path: Path, changes: Mapping[str, Any]) -> None:
    """Changes keys of a settings file, where there are any to change; it need not be there yet."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    present = yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506 - all values stay text, as they are written
    if changes:
        _write(path, merged(present, changes))


def _write(path: Path, settings: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")


def scene(
    story: Story, collaborative: Collaborative, content: Content, month: Month, today: dt.date, source: Source | None
) -> Scene:
    """The scene: teams are made-up ones, or those that the real file names."""
    names: Sequence[str] = [entry.name for entry in story.teams]
    if source:
        names = intake.team_names(source.file, intake.load(source.map_file, collaborative))
    profile = profiles.load(content, story.assessment) if story.assessment else None
    return Scene(story, collaborative, cast.members(names, collaborative), month, today, profile)


def generator(scene: Scene) -> random.Random:
    """What the story's figures are drawn from: the same each time."""
    return random.Random(scene.story.seed)  # noqa: S311 - nothing here is secret


def enter(client: Client, scene: Scene, source: Source | None, advance: Callable[[int], None]) -> Staged:
    """Enters what people would have entered by the end of that month's data days."""
    rng = generator(scene)
    rows: list[Row] = [
        *cast.profiles(scene, rng),
        *cast.rosters(scene),
        *work.cycles(scene, rng),
        *work.others(scene),
        *work.ratings(scene, rng),
        *work.reports(scene, rng),
        *journey.rows(scene),
    ]
    if not source:
        rows += counts.monthly(scene, rng)
    _sent(client, rows, advance)
    for one in ending.files(rows, scene):
        client.attach(one.record, one.field, one.name, one.content, one.instance)
        advance(1)
    if not source:
        return Staged(scene.members, len(rows), 0)
    plan = import_file(client, scene, source, advance)
    return Staged(scene.members, len(rows) + len(plan.changes), len(plan.refused))


def enter_cases(client: Client, scene: Scene, project: str, advance: Callable[[int], None]) -> int:
    """How many case rows were entered into a sister project: all that teams would have looked at by then."""
    rows = cases.rows(scene, project)
    _sent(client, rows, advance)
    return len(rows)


def _sent(client: Client, rows: Sequence[Row], advance: Callable[[int], None]) -> None:
    for start in range(0, len(rows), _ROWS_A_CALL):
        part = rows[start : start + _ROWS_A_CALL]
        client.import_records(part)
        advance(len(part))


def import_file(client: Client, scene: Scene, source: Source, advance: Callable[[int], None]) -> intake.Plan:
    """What the import of the file did, as `breakthrough import` does it. Raises CountsRefused if it took nothing."""
    mapping = intake.load(source.map_file, scene.collaborative)
    names = {name.casefold(): member.record for member in scene.members for name in (member.record, member.name)}
    found = intake.read(source.file, mapping, scene.collaborative, names)
    if not found.rows:
        raise CountsRefused(
            f"{source.file.name}: by the map, no row of it can be taken. Check 'where' and the columns."
        )
    present = client.records(forms=["monthly_measures"], fields=["record_id"], dags=False)
    plan = intake.compare(found, present, mapping, scene.collaborative, scene.today)
    intake.carry_out(plan, client, advance)
    return plan
