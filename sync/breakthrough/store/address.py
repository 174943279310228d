"""Where a store is: a file of this computer or a PostgreSQL database. The password is never part of what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from breakthrough.errors import SettingInvalid
from breakthrough.settings import Settings, is_loopback, secret

_HOW = (
    "Write the path of a file on this computer's own disk, such as sqlite:///breakthrough.sqlite, or a PostgreSQL "
    "database, such as postgresql://breakthrough@db.example.org/breakthrough."
)
_SECRETS = frozenset({"password", "sslpassword", "passfile", "service"})
_PLAIN = frozenset({"disable", "allow", "prefer"})


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. `path` is the file of a SQLite store; without one it is PostgreSQL's, told by the rest."""

    path: Path | None = None
    host: str = ""  # '' is the socket of this computer
    port: int | None = None
    user: str = ""
    database: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)  # libpq's, such as sslmode
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """The address as messages show it."""
        if self.path:
            return str(self.path)
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{self.user}@{host}{port}/{self.database}"

    @property
    def engine_url(self) -> URL:
        """The address for SQLAlchemy, with the password."""
        if self.path:
            return URL.create("sqlite", database=str(self.path))
        return URL.create(
            "postgresql+psycopg",
            username=self.user or None,
            password=self.password or None,
            host=self.host or None,
            port=self.port,
            database=self.database,
            query=dict(self.options),
        )


def of(settings: Settings, folder: Path, environment: Mapping[str, str]) -> Address:
    """The address of a deployment's store: a relative file is taken from `folder`, the password from where it is kept.

    Raises SettingInvalid for an address that is none, TokenMissing where the password's reference leads nowhere.
    """
    found = parse(settings.store)
    if found.path:
        return replace(found, path=folder / found.path)
    password = secret(settings.store_password, folder, environment) if settings.store_password else ""
    return replace(found, password=password)


def parse(url: str, password: str | None = None) -> Address:
    """The address that `sqlite:///PATH` or `postgresql://USER@HOST:PORT/DATABASE?sslmode=…` stands for.

    `password` is the secret itself, which the URL may not hold. A PostgreSQL server elsewhere is only spoken to over
    TLS: records about people would travel in the clear. Raises SettingInvalid, which never repeats the URL.
    """
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingInvalid(f"The store's address is not one. {_HOW}") from None
    backend = parts.get_backend_name()
    if backend == "sqlite":
        return Address(path=_file(parts))
    if backend != "postgresql":
        raise SettingInvalid(f"The store cannot be kept in {backend}. {_HOW}")
    return _database(parts, password)


def _file(parts: URL) -> Path:
    if not parts.database or parts.database == ":memory:":
        raise SettingInvalid(f"A store in memory would forget what was sent. {_HOW}")
    return Path(parts.database)


def _database(parts: URL, password: str | None) -> Address:
    options = {name: value if isinstance(value, str) else value[-1] for name, value in parts.query.items()}
    if parts.password is not None or _SECRETS & options.keys():
        raise SettingInvalid(
            "The store's address holds a password, or where one is: whoever reads the settings or a log would have it. "
            "Take it out, and name in store_password where the password is kept, such as cred:store, "
            "file:secrets/store or env:STORE_PASSWORD."
        )
    if parts.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise SettingInvalid(f"The store's address names another driver than psycopg. {_HOW}")
    host = parts.host or options.pop("host", "")
    if not parts.database or "," in host:
        raise SettingInvalid(f"The store's address names no database, or several servers. {_HOW}")
    if host and not host.startswith("/") and not is_loopback(f"postgresql://{_bracketed(host)}/"):
        if options.get("sslmode") in _PLAIN:
            raise SettingInvalid(
                "The store's address allows a connection without TLS, on which records about people could be read. "
                "Take sslmode out of it, or write sslmode=verify-full."
            )
        options.setdefault("sslmode", "require")
    return Address(None, host, parts.port, parts.username or "", parts.database, options, password or "")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
