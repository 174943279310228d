"""A PostgreSQL server of Debian's packages for a test session: in a temporary folder, on loopback, and gone after it."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

PASSWORD = "s3cret-pässword"
_SETTINGS = {
    "fsync": "off",  # only for speed: no test pulls the plug
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "lc_messages": "C",
}


@dataclass(frozen=True)
class Cluster:
    """A running server, its folder, and a superuser `postgres` who needs no password on its socket."""

    folder: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What the superuser's statement answers."""
        with psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname=database, autocommit=True
        ) as raw:
            done = raw.execute(statement.encode())
            return done.fetchall() if done.description else []

    def database(self) -> str:
        """The URL of a new, empty database that belongs to `breakthrough`, whose password is PASSWORD."""
        name = f"store_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} OWNER breakthrough TEMPLATE template0 STRATEGY file_copy")
        return f"postgresql://breakthrough@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """Removes a database, whoever is connected."""
        self.sql(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")


def programs() -> Path | None:
    """The folder of the newest server's programs; None where none is installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running(bin_: Path) -> Iterator[Cluster]:
    """A cluster for the block's time. PostgreSQL refuses to run as root, so another user does, where we are root."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    account = _account()
    given: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}}
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
        given |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    try:
        data = folder / "data"
        made = [
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            "--auth-local=trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        # sorted as people of a language would: a store that relied on the server's order would be found out
        made += ["--locale-provider=icu", "--icu-locale=en-GB"]
        subprocess.run([str(bin_ / "initdb"), *made], check=True, capture_output=True, **given)
        port = _free_port()
        settings = {**_SETTINGS, "port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([bin_ / "postgres", "-D", data, *options], stdout=log, stderr=log, **given)
        try:
            cluster = Cluster(folder, port)
            _await(cluster, server)
            cluster.sql(f"CREATE ROLE breakthrough LOGIN PASSWORD '{PASSWORD}'")
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(cluster: Cluster, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            cluster.sql("SELECT 1")
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError((cluster.folder / "log").read_text(errors="replace")[-2000:]) from None
            time.sleep(0.05)
        else:
            return
