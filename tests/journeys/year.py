"""A collaborative in its year: the folder, REDCap, the coordinator's hands, and what is there by other means than ours.

What REDCap holds is read with plain requests, and the dictionary's choices are taken apart here, so that nothing of the
code under test stands between a value and the test that asks whether it is still there.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from breakthrough import cli
from breakthrough.demo.postbox import Postbox
from breakthrough.instruments.field import COLUMNS
from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

SUPER = "0123456789ABCDEF" * 4
Row = dict[str, str]
Place = tuple[str, str, str]  # record, instrument that repeats, instance
Figure = tuple[Any, ...]
Figures = dict[tuple[str, str, str], Figure]  # by team, measure and month
_PLUMBING = ("record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group")
DRAWN = ("state", "numerator", "denominator", "value", "reason", "centre", "lower", "upper", "goal", "phase")
TOLD = 4  # so many of them never change; lines may, as months come in


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def ran(*arguments: str) -> Ran:
    """The command line, from its arguments to its exit code, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))  # JSON comes as bytes
    code: object = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["breakthrough", *arguments])
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
    said = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Ran(int(str(code or 0)), *said)


class Clock:
    """The clock on REDCap's wall, which the story moves."""

    def __init__(self) -> None:
        self.now = dt.datetime(2025, 9, 20, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass(frozen=True)
class Kept:
    """Everything that a change request may not touch, at one moment."""

    stored: Mapping[tuple[Place, str], str]  # every value that REDCap exports
    choices: Mapping[str, Mapping[str, str]]  # label by code, of every field with choices
    ledger: tuple[str, ...]  # the lines of codes.csv
    figures: Figures


@dataclass(frozen=True)
class Request:
    """One change request: what plan and deploy said of it, and what there was before and after."""

    planned: Ran
    deployed: Ran
    again: Ran
    before: Kept
    after: Kept

    @property
    def steps(self) -> dict[str, str]:
        """The class of each step of the plan, by its name."""
        return {step["name"]: step["risk"] for step in json.loads(self.planned.out)["steps"]}


@dataclass
class Year:
    """A deployment folder as `init` left it, the REDCap that it names, and the people who work with both."""

    folder: Path
    sandbox: Sandbox
    postbox: Postbox
    clock: Clock
    entered: dict[Place, Row] = field(default_factory=dict)  # what people typed, newest words alone
    told: Figures = field(default_factory=dict)  # every figure as it was when its month was first due
    requests: dict[str, Request] = field(default_factory=dict)
    refused: dict[str, tuple[Ran, ...]] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)  # what else the story looked at, by name
    newest: Figures | None = None  # the figures, where nothing has happened since they were worked out

    # Time and commands

    def on(self, day: str) -> None:
        """Nine in the morning of that day, by REDCap's clock and ours."""
        self.newest = None
        self.clock.now = dt.datetime.fromisoformat(f"{day}T09:00+00:00")

    def run(self, *arguments: str, now: str = "") -> Ran:
        """A command as the coordinator gives it on that day."""
        if arguments[0] in {"pull", "deploy"}:
            self.newest = None
        at = now or self.clock.now.isoformat()
        return ran(*arguments, "--quiet", "--deployment", str(self.folder), "--now", at)

    def done(self, *arguments: str) -> Ran:
        """The same, where it must succeed."""
        ended = self.run(*arguments)
        assert ended.code == 0, (arguments, ended.err, ended.out)
        return ended

    # The folder

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        """Replaces words in a file of the folder; each must stand there once."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, (name, old, text.count(old))
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def token(self, name: str, text: str) -> None:
        """Keeps a token where the settings say."""
        path = self.folder / "secrets" / f"{name}.token"
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")

    # REDCap

    @property
    def admin(self) -> Administrator:
        return Administrator(self.sandbox.url, SUPER)

    @property
    def number(self) -> int:
        return int(self.ask("project")["project_id"])

    def ask(self, content: str, **payload: Any) -> Any:
        """A question to the API that owes nothing to the code under test."""
        token = (self.folder / "secrets" / "deploy.token").read_text(encoding="utf-8").strip()
        sent = {name: json.dumps(value) if isinstance(value, list) else value for name, value in payload.items()}
        form = {"token": token, "content": content, "format": "json", "returnFormat": "json", **sent}
        answer = requests.post(self.sandbox.url, data=form, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def enter(self, rows: Iterable[Row]) -> None:
        """What people type into their forms, by the API."""
        sent = list(rows)
        self.ask("record", data=sent, overwriteBehavior="normal")
        for row in sent:
            typed = {name: value for name, value in row.items() if name not in _PLUMBING and value}
            self.entered.setdefault(_place(row), {}).update(typed)

    def save(self, by: str, record: str, form: str, values: Row, instance: int = 1) -> list[str]:
        """A person saves a page in the browser, where branching hides fields; the fields that were erased by it."""
        done = self.admin.save_form(self.number, by, record, form, values, repeat_instance=instance)
        repeats = any(place[1] == form for place in self.entered)
        place = (record, form, str(instance)) if repeats else (record, "", "")
        self.entered.setdefault(place, {}).update(values)
        return list(done["erased"])

    def stored(self) -> dict[tuple[Place, str], str]:
        """Every value that REDCap exports, by its place and column."""
        rows = self.ask("record", type="flat", rawOrLabel="raw", exportDataAccessGroups="true")
        return {
            (_place(row), column): value
            for row in rows
            for column, value in row.items()
            if value and column not in _PLUMBING[:3]
        }

    def choices(self) -> dict[str, dict[str, str]]:
        """The label of each code, of every field that has choices."""
        return {
            row["field_name"]: _choices(row["select_choices_or_calculations"])
            for row in self.ask("metadata")
            if row["field_type"] in {"radio", "dropdown", "checkbox"}
        }

    def field(self, name: str) -> Row:
        """A field of REDCap's dictionary."""
        (found,) = [row for row in self.ask("metadata") if row["field_name"] == name]
        return dict(found)

    # The months

    def figures(self) -> Figures:
        """The table of measures up to the newest month due: the columns `DRAWN`, by team, measure and month."""
        if self.newest is None:
            rows = json.loads(self.done("measures", "--json").out)
            self.newest = {
                (row["team"], row["measure"], row["month"]): tuple(row[name] for name in DRAWN) for row in rows
            }
        return self.newest

    def close_month(self) -> None:
        """The report day: records are pulled, and what the month's figures are is written down for the year's end."""
        self.done("pull")
        for key, figure in self.figures().items():
            self.told.setdefault(key, figure[:TOLD])

    def send(self) -> list[str]:
        """The month's reports go out; the names of the messages that arrived."""
        before = set(self.postbox.messages)
        self.done("send")
        return [path.stem.partition("-")[2] for path in self.postbox.messages if path not in before]

    # Change requests

    def keep(self) -> Kept:
        """What may not be touched, as it is."""
        ledger = self.folder / "codes.csv"
        lines = tuple(ledger.read_text(encoding="utf-8").splitlines()) if ledger.exists() else ()
        return Kept(self.stored(), self.choices(), lines, self.figures())

    def request(self, name: str, before: Kept, *teams: str, approve: bool = False) -> None:
        """Plans and deploys what was changed in the folder, by hand-over where `approve`, and looks at it all again."""
        wanted = [word for team in teams for word in ("--team", team)]
        planned = self.run("plan", "--json", *wanted)
        deployed = self.run("deploy", *wanted)
        if approve:
            self.seen[f"unapproved: {name}"] = (self.run("pull"), self.run("measures", "--json"), self.run("plan"))
            self.approve()
            self.done("deploy")
        again = self.run("deploy") if planned.code else deployed
        self.done("pull")
        self.requests[name] = Request(planned, deployed, again, before, self.keep())

    def approve(self) -> None:
        """What the checklist of the package asks of a person and an administrator, in Draft Mode."""
        text = (self.folder / "handover" / "main" / "dictionary.csv").read_text(encoding="utf-8-sig")
        api, number = _api_names(text), self.number
        self.admin.enter_draft(number)
        self.admin.upload_draft(number, api)
        self.seen.setdefault("submitted", []).append(self.admin.submit_draft(number))
        self.admin.approve_draft(number)

    def refuse(self, name: str, file: str, *changes: tuple[str, str], also: Mapping[str, str] | None = None) -> None:
        """Asks for something that must not be, and takes it back: what plan, deploy and the check of codes said.

        `also` are patterns of lines that are taken out of other files with it.
        """
        touched = {one: (self.folder / one).read_bytes() for one in (file, *(also or {}))}
        self.edit(file, *changes)
        for other, pattern in (also or {}).items():
            path = self.folder / other
            text, taken = re.subn(pattern, "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert taken, (other, pattern)
            path.write_text(text, encoding="utf-8")
        self.refused[name] = tuple(self.run(*words) for words in (["plan"], ["deploy"], ["instruments", "codes"]))
        for one, was in touched.items():
            (self.folder / one).write_bytes(was)


def _place(row: Mapping[str, Any]) -> Place:
    instrument = row.get("redcap_repeat_instrument") or ""
    return str(row["record_id"]), instrument, str(row.get("redcap_repeat_instance") or "") if instrument else ""


def _choices(text: str) -> dict[str, str]:
    pairs = (one.partition(",") for one in text.split("|"))
    return {code.strip(): label.strip() for code, _, label in pairs}


def _api_names(text: str) -> list[Row]:
    """The rows of a dictionary file under the names of the API, which are those of the columns in the same order."""
    _, *rows = csv.reader(io.StringIO(text))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
