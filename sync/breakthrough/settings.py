"""The institution's side: breakthrough.yaml and the references to its secrets. No secret ever stands in a Settings."""

from __future__ import annotations

import ipaddress
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.errors import SettingInvalid, TokenMissing


def _reference(text: str) -> str:
    kind, _, rest = text.partition(":")
    if kind not in {"env", "file", "cred"} or not rest:
        raise ValueError("write where the secret is, not the secret: env:NAME, file:PATH or cred:NAME")
    return text


Reference = Annotated[str, AfterValidator(_reference)]


class Redcap(Model):
    """One REDCap project and the two identities that reach it."""

    url: Annotated[str, Field(pattern=r"^https?://.+/api/$")]
    token: Reference  # the worker's: export only, in no data access group
    deploy_token: Reference | None = None  # a person's, with Design and Import rights
    timezone: str = "UTC"
    ca_bundle: str | None = None
    pause: Annotated[float, Field(ge=0)] = 1.0  # seconds between requests; none on loopback


class Mail(Model):
    """The mail server and the sender. The reply address is the collaborative's coordinator."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: Reference | None = None
    sender: str  # Name <address>
    bounce: str | None = None  # envelope sender, where it differs
    ca_bundle: str | None = None
    timeout: Annotated[float, Field(gt=0)] = 60


class Schedule(Model):
    """How often `run` looks for due work."""

    every_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    hour: Annotated[int, Field(ge=0, le=23)] = 6  # local hour from which a day's reports may go out


class Settings(Model):
    """breakthrough.yaml."""

    collaborative: str
    redcap: Redcap
    store: str = "sqlite:///breakthrough.sqlite"
    mail: Mail | None = None
    schedule: Schedule = Schedule()


def load(path: Path) -> Settings:
    """The settings in that file. Raises SettingInvalid, naming file, line and the nearest known key."""
    settings = configfile.read(path, Settings)
    if settings.redcap.url.startswith("http://") and not is_loopback(settings.redcap.url):
        raise SettingInvalid(
            f"{path}: redcap.url begins with http://, so the token would travel in the clear. Write https://."
        )
    return settings


def is_loopback(url: str) -> bool:
    """Whether the URL leads to this computer itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def secret(reference: str, folder: Path, environment: Mapping[str, str]) -> str:
    """The secret that a reference leads to. Raises TokenMissing, naming the reference alone.

    `env:NAME` reads the environment, `cred:NAME` a systemd credential, `file:PATH` a file that only its owner may read.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        if not environment.get(name):
            raise TokenMissing(
                f"The environment variable {name} is not set, so there is no secret for {reference}. Set it."
            )
        return environment[name].strip()
    path = Path(environment.get("CREDENTIALS_DIRECTORY", "")) / name if kind == "cred" else folder / name
    if not path.is_file():
        raise TokenMissing(
            f"The secret {reference} is not there: {path} is not a file. Create it, readable by you alone."
        )
    if kind == "file" and os.name == "posix":
        _only_ours(path, reference)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as broken:
        raise TokenMissing(
            f"The secret {reference} cannot be read: {path} is not text that this user may read. Check the file."
        ) from broken


def _only_ours(path: Path, reference: str) -> None:
    found = path.stat()
    if stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.getuid():
        raise TokenMissing(f"The secret {reference} can be read by others, so it is not used. Run: chmod 600 {path}")
