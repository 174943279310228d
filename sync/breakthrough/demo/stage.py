"""Sets the demonstration up: a sandbox project, a deployment folder that points at it, and what people entered."""

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

from breakthrough import collaborative as collaboratives
from breakthrough import intake
from breakthrough.collaborative import Collaborative
from breakthrough.configfile import merged
from breakthrough.content import Content
from breakthrough.demo import cast, counts, journey, work
from breakthrough.demo.cast import Member, Row
from breakthrough.errors import CountsRefused, RedcapError
from breakthrough.month import Month
from breakthrough.redcap.client import Client
from redcap_sandbox import Sandbox

SUPER_TOKEN = "5A4D" * 16  # of the sandbox on this computer alone
WORKER = "sync.worker"
_SEED = 20260415
_ROWS_A_CALL = 300
# What a collaborative takes in once the core forms are used well, with a check about attendance in place of care.
_FURTHER = ("change_status", "leader_checkin", "storyboard", "spread_plan", "sustain_check")
FORMS = {
    **{form: {"use": True} for form in _FURTHER},
    "care_assessment": {"use": True, "label": "How attendance work is done", "profiles": ["attendance_check"]},
}
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
    tokens: tuple[str, str],
    mail_port: int,
    collaborative: str,
    changes: Mapping[str, Any],
) -> None:
    """Writes a deployment folder as an institution would have it: settings, collaborative, private tokens."""
    secrets = folder / "secrets"
    secrets.mkdir(parents=True)
    secrets.chmod(0o700)
    for name, token in zip(("deploy.token", "worker.token"), tokens, strict=True):
        (secrets / name).touch(mode=0o600)
        (secrets / name).write_text(token, encoding="utf-8")
    settings = {
        "collaborative": "collaborative.yaml",
        "redcap": {
            "url": sandbox.url,
            "token": "file:secrets/worker.token",
            "deploy_token": "file:secrets/deploy.token",
        },
        "mail": {
            "host": "127.0.0.1",
            "port": mail_port,
            "security": "none",
            "sender": "Progress reports <reports@collaborative.example.org>",
        },
    }
    _write(folder / "breakthrough.yaml", settings)
    (folder / "instruments").mkdir()
    _write(folder / "instruments" / "project.yaml", {"instruments": FORMS})
    text = Content().collaborative(collaborative).read_text(encoding="utf-8")
    shipped = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - all values stay text, as they are written
    _write(folder / "collaborative.yaml", merged(shipped, changes))


def _write(path: Path, settings: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")


def cast_of(source: Source | None, collaborative: Collaborative) -> tuple[Member, ...]:
    """The teams: made-up ones, or those that the real file names."""
    names: Sequence[str] = cast.TEAM_NAMES
    if source:
        names = intake.team_names(source.file, intake.load(source.map_file, collaborative))
    return cast.members(names, collaborative)


def enter(
    client: Client,
    members: Sequence[Member],
    collaborative: Collaborative,
    until: Month,
    source: Source | None,
    today: dt.date,
    advance: Callable[[int], None],
) -> Staged:
    """Enters what people would have entered by the end of that month's data days."""
    rng = random.Random(_SEED)  # noqa: S311 - a story that is the same each time
    rows: list[Row] = [
        *cast.profiles(members, collaborative, rng),
        *cast.rosters(members, collaborative),
        *work.cycles(members, collaborative, until, rng),
        *work.ratings(members, collaborative, until, rng),
        *work.reports(members, collaborative, until, rng),
        *journey.rows(members, collaborative, until, today),
    ]
    if not source:
        rows += counts.monthly(members, collaborative, until, rng)
    for start in range(0, len(rows), _ROWS_A_CALL):
        part = rows[start : start + _ROWS_A_CALL]
        client.import_records(part)
        advance(len(part))
    if not source:
        return Staged(tuple(members), len(rows), 0)
    plan = import_file(client, members, collaborative, source, today, advance)
    return Staged(tuple(members), len(rows) + len(plan.changes), len(plan.refused))


def import_file(
    client: Client,
    members: Sequence[Member],
    collaborative: Collaborative,
    source: Source,
    today: dt.date,
    advance: Callable[[int], None],
) -> intake.Plan:
    """What the import of the file did, as `breakthrough import` does it. Raises CountsRefused if it took nothing."""
    mapping = intake.load(source.map_file, collaborative)
    names = {name.casefold(): member.record for member in members for name in (member.record, member.name)}
    found = intake.read(source.file, mapping, collaborative, names)
    if not found.rows:
        raise CountsRefused(
            f"{source.file.name}: by the map, no row of it can be taken. Check 'where' and the columns."
        )
    present = client.records(forms=["monthly_measures"], fields=["record_id"], dags=False)
    plan = intake.compare(found, present, mapping, collaborative, today)
    intake.carry_out(plan, client, advance)
    return plan


def collaborative_of(folder: Path) -> Collaborative:
    """The collaborative of a staged deployment folder."""
    return collaboratives.load(folder / "collaborative.yaml")
