"""A made-up month of a large collaborative: a deployment folder, and a store as if its teams had been pulled."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from breakthrough import collaborative as collaboratives
from breakthrough import scaffold
from breakthrough.configfile import merged
from breakthrough.content import Content
from breakthrough.demo import cast, counts, stage, work
from breakthrough.demo import story as stories
from breakthrough.instruments import dictionary
from breakthrough.redcap import shapes
from breakthrough.settings import MAIN
from breakthrough.store import Seen, Store, projects, rows, runs
from breakthrough.store.projects import Design
from breakthrough.worker.deployment import Deployment

WORKED = "absenteeism"
SETTINGS = {
    "collaborative": "collaborative.yaml",
    "redcap": {"url": "https://redcap.example.org/api/", "token": "env:REDCAP_TOKEN"},
    "mail": {"host": "127.0.0.1", "security": "none", "sender": "Progress reports <reports@collaborative.example.org>"},
}


def deployment(folder: Path) -> tuple[Deployment, dt.datetime]:
    """A folder as `breakthrough init` writes it, and the morning on which the story's month is reported.

    Every measure is a key one, so that each has a chart.
    """
    content = Content()
    scaffold.write(folder, content, WORKED)
    (folder / "breakthrough.yaml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    story, path = stories.load(content, WORKED), folder / "collaborative.yaml"
    key = {"measures": {code: {"key": True} for code in collaboratives.load(path).measures}}
    written: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    changed = merged(merged(written, story.collaborative), key)
    path.write_text(yaml.safe_dump(changed, sort_keys=False, allow_unicode=True), encoding="utf-8")
    here = Deployment.open(folder, {})
    reported = here.collaborative.calendar.report_on(story.month)
    return here, dt.datetime.combine(reported, dt.time(6, 30), here.collaborative.zone)


def filled(folder: Path, address: str, teams: int, now: dt.datetime) -> None:
    """Fills the store at that address with what so many teams of the deployment in that folder have entered.

    People, 24 months of counts, tests, ratings, their own reports.
    """
    here = Deployment.open(folder, {})
    story = stories.load(Content(), WORKED)
    many = tuple(story.entry(number).model_copy(update={"name": f"District {number:04}"}) for number in range(teams))
    story = story.model_copy(update={"teams": many})
    scene = stage.scene(story, here.collaborative, here.content, story.month, here.today(now), None)
    random = stage.generator(scene)
    written = [*cast.profiles(scene, random), *cast.rosters(scene), *work.cycles(scene, random), *work.others(scene)]
    written += [*work.ratings(scene, random), *work.reports(scene, random), *counts.monthly(scene, random)]
    known = dictionary.rows(here.project.fields)
    entries = shapes.entries(written, MAIN, known)
    with Store.open(address) as store, store.begin() as connection:
        projects.claim(connection, MAIN, here.settings.redcap.url, 16, now)
        projects.note_version(connection, MAIN, "15.0.0")
        version = projects.note_design(connection, MAIN, Design(known), now)
        run = runs.start(connection, MAIN, "full", now)
        tally = rows.apply(connection, MAIN, sorted(scene.teams), entries, Seen(run, now, version))
        runs.complete(connection, run, records=teams, tally=tally, hi=now, at=now)
