"""breakthrough.yaml in types: where REDCap, the store and the mail server are, and where each secret is kept."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from breakthrough import configfile
from breakthrough.configfile import Misplaced, Model
from breakthrough.settings.address import is_loopback
from breakthrough.settings.mail import Mail
from breakthrough.settings.secrets import Reference

MAIN = "main"  # the collaborative's own project among all that a deployment reads


def _address(url: str) -> str:
    if url.startswith("http://") and not is_loopback(url):
        raise ValueError("it begins with http://, so the token would travel in the clear. Write https://.")
    return url


def _without_password(url: str) -> str:
    """The store's address, which must not hold a secret; whether it is one is the store's to say."""
    rest = url.partition("://")[2]
    if ":" in rest.partition("/")[0].rpartition("@")[0] or re.search(r"[?&](ssl)?password=", rest):
        raise ValueError(
            "the address holds a password, which whoever reads this file would have. Take it out, and name in "
            "store_password where it is kept, such as cred:store or file:secrets/store."
        )
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(name, available_timezones(), n=1, cutoff=0.6)
        hint = f"Did you mean '{near[0]}'?" if near else "Write one such as Europe/London."
        raise ValueError(f"there is no time zone '{name}'. {hint}") from None
    return name


def _ping(url: str) -> str:
    if not url.startswith("https://") and not (url.startswith("http://") and is_loopback(url)):
        raise ValueError("it is neither https:// nor an address of this computer. Write https://.")
    return url


def _own(host: str) -> str:
    if not is_loopback(f"//[{host}]" if ":" in host else f"//{host}"):
        raise ValueError(
            "it is not an address of this computer, so others could reach what knows no passwords. Write 127.0.0.1, "
            "and let a web server with HTTPS pass on what may be reached from outside."
        )
    return host


Address = Annotated[str, Field(pattern=r"^https?://.+/api/$"), AfterValidator(_address)]
Zone = Annotated[str, AfterValidator(_zone)]
Reason = Annotated[str, Field(min_length=10)]
_NO_WRITER = (
    "reports are to go back into REDCap, and 'write_token' is not set. The worker's token is never used for that. Name "
    "in write_token where the token of an account that may write is kept, such as cred:write."
)
_NO_OWN_WRITER = (
    "it is the same as 'token' or 'deploy_token'. Make an account of its own for writing back, and name its token here."
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


class WriteBack(Model):
    """What goes back into REDCap of each report that went out; nothing, unless it is asked for."""

    files: Literal["none", "html", "pdf", "both"] = "none"  # into a folder of the File Repository for each team
    folder: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\w .,&()-]+$")] = "Progress reports"
    paper: Literal["A4", "Letter"] = "A4"
    log: bool = False  # a row of report_log in the team's record

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of file: html, pdf, both or none."""
        return {"none": (), "both": ("html", "pdf")}.get(self.files, (self.files,))


class Redcap(Model):
    """One REDCap project and the identities that reach it."""

    url: Address
    token: Reference  # the worker's: export only, in no data access group
    deploy_token: Reference | None = None  # a person's, with Design and Import rights
    write_token: Reference | None = None  # writes reports back, with no more rights than that takes
    write_back: WriteBack = WriteBack()
    super_token: Reference | None = None  # creates projects; used by `deploy --create` alone
    timezone: Zone = "UTC"  # of the server
    ca_bundle: str | None = None
    pause: Annotated[float, Field(ge=0, le=60)] = 1.0  # seconds between requests; none on loopback
    every_hours: Annotated[float, Field(ge=0.25, le=744)] = 24  # how often `run` pulls it
    identifiers: Mapping[str, Reason] = Field(default_factory=dict)  # field: why it is pulled although it is flagged


class Schedule(Model):
    """How often `run` looks for due work."""

    every_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    processes: Annotated[int, Field(ge=1, le=64)] = 2  # that render reports, where there are many
    hour: Annotated[int, Field(ge=0, le=23)] = 6  # local hour from which a day's reports may go out
    hold_hours: Annotated[float, Field(ge=0, le=336)] = 0  # that reports wait for the coordinator's look before they go
    drift: bool = True  # once a day, compare REDCap with the definition and tell the coordinator of differences
    alert_after_minutes: Annotated[int, Field(ge=1, le=10080)] = 60  # that a job fails on end before anybody is told
    alerts_to: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None  # else the coordinator
    ping_url: Annotated[str, AfterValidator(_ping)] | None = None  # fetched after each round in which all went well
    silent_hours: Annotated[int, Field(ge=1, le=8784)] = 26  # without any round, of which the next one tells


class Portal(Model):
    """What `run` answers by HTTP on this computer; absent, nothing is listened to."""

    host: Annotated[str, AfterValidator(_own)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8646  # 0: any that is free
    trigger: Reference | None = None  # the secret part of the address that REDCap's data-entry trigger posts to


class Settings(Model):
    """breakthrough.yaml. The project of the collaborative stands under `redcap`, or under `projects` as `main`."""

    # a secret that somebody wrote here by mistake must not come back in the text of an error
    model_config = ConfigDict(hide_input_in_errors=True)

    collaborative: str
    redcap: Redcap = Field(default=cast("Any", None))  # `_one_main` sees to it that it is there
    projects: Mapping[str, Redcap] = Field(default_factory=dict)
    store: Annotated[str, AfterValidator(_without_password)] = "sqlite:///breakthrough.sqlite"
    store_password: Reference | None = None  # PostgreSQL's
    mail: Mail | None = None
    schedule: Schedule = Schedule()
    portal: Portal | None = None

    def redcap_projects(self) -> Mapping[str, Redcap]:
        """Every REDCap project by our name for it, `main` first."""
        return {MAIN: self.redcap} | dict(self.projects)

    @model_validator(mode="after")
    def _one_main(self) -> Self:
        main = self.projects.get(MAIN)
        there = cast("Redcap | None", self.redcap)
        if there and main:
            raise Misplaced([(("projects", MAIN), "the project 'main' stands under 'redcap', too. Keep one of them.")])
        if not there and not main:
            raise Misplaced([((), "'redcap' is missing. Add it.")])
        if main:
            object.__setattr__(self, "redcap", main)  # frozen for all but its own making
        faults = [*self._names(), *self._shared_tokens(), *self._write_backs(at="projects" if main else "redcap")]
        if faults:
            raise Misplaced(faults)
        return self

    def _names(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in self.projects:
            if not _NAME.fullmatch(name):
                yield (
                    ("projects", name),
                    f"'{name}' cannot be a project's name here. Write a-z, 0-9 and _, a letter first.",
                )

    def _shared_tokens(self) -> Iterator[tuple[tuple[str, ...], str]]:
        seen: dict[tuple[str, str], str] = {}
        for name, project in self.redcap_projects().items():
            other = seen.setdefault((project.url, project.token), name)
            if other != name:
                yield (
                    ("projects", name, "token"),
                    f"'{other}' has the same token, and a token belongs to one project. Correct one of them.",
                )

    def _write_backs(self, at: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """What is wrong with writing back. `at` is where the collaborative's own project stands."""
        for name, project in self.redcap_projects().items():
            place = ("redcap",) if name == MAIN and at == "redcap" else ("projects", name)
            if not (project.write_back.kinds or project.write_back.log):
                continue
            if name != MAIN:
                yield (
                    (*place, "write_back"),
                    "reports go back into the collaborative's own project alone. Move 'write_back' there.",
                )
            elif project.write_token is None:
                yield (*place, "write_back"), _NO_WRITER
            elif project.write_token in {project.token, project.deploy_token}:
                yield (*place, "write_token"), _NO_OWN_WRITER


def load(path: Path) -> Settings:
    """The settings in that file. Raises SettingInvalid, naming file, line and the nearest known key."""
    return configfile.read(path, Settings)
