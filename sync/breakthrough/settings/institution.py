"""breakthrough.yaml in types: where REDCap, the store and the mail server are, and where each secret is kept."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, cast
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


Address = Annotated[str, Field(pattern=r"^https?://.+/api/$"), AfterValidator(_address)]
Zone = Annotated[str, AfterValidator(_zone)]
Reason = Annotated[str, Field(min_length=10)]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


class Redcap(Model):
    """One REDCap project and the two identities that reach it."""

    url: Address
    token: Reference  # the worker's: export only, in no data access group
    deploy_token: Reference | None = None  # a person's, with Design and Import rights
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
    drift: bool = True  # once a day, compare REDCap with the definition and tell the coordinator of differences


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
        faults = [*self._names(), *self._shared_tokens()]
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


def load(path: Path) -> Settings:
    """The settings in that file. Raises SettingInvalid, naming file, line and the nearest known key."""
    return configfile.read(path, Settings)
