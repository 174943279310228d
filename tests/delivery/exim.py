"""Exim, a real mail server of Debian's packages, for a test session: unprivileged, on loopback, gone after it.

It takes mail only after STARTTLS and a login, delivers what readers get into one maildir and what goes to example.org into
another, and writes its own bounces.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.delivery.answering import Certificate

from breakthrough.settings import Mail

UNPACKED = ROOT / ".tools" / "servers"  # by `make tools`
USER, PASSWORD = "worker", "s3cret-word"
_WAIT = 15.0  # seconds until a server or a delivery counts as lost

# Readers are told apart by the name before the @: `gone…` refused at RCPT, `grey…` put off the first time, `full…` put
# off always, `late…` taken and then found not to exist, `crammed…` taken and then found to be full; with
# `dies.early` and `dies.after` the server's process is killed before and after the text; `slow…` takes two seconds. The
# text is refused where it says so.
_CONFIGURATION = r"""
primary_hostname = mail.example.net
exim_path = FOLDER/exim
spool_directory = FOLDER/spool
log_file_path = FOLDER/log/%s
pid_file_path = FOLDER/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORT
keep_environment =
never_users =
deliver_drop_privilege
smtp_accept_queue_per_connection = 0
queue_run_in_order
tls_advertise_hosts = *
tls_certificate = FOLDER/cert.pem
tls_privatekey = FOLDER/key.pem
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = data
accept_8bitmime
begin acl
mail:
  deny message = 530 5.7.0 a login comes first
       !authenticated = *
  deny message = 550 5.7.1 this sender may not send
       senders = banned@example.org
  accept
rcpt:
  deny message = 550 5.1.1 no such reader
       local_parts = ^gone
  defer message = 452 4.2.2 mailbox full
       local_parts = ^full
  accept local_parts = ^grey
         condition = ${if exists{FOLDER/seen/$local_part}}
  defer message = 451 4.7.1 greylisted
        local_parts = ^grey
        continue = ${run{/bin/touch FOLDER/seen/$local_part}}
  warn local_parts = ^dies.early
       continue = ${run{/bin/sh -c 'kill -9 $pid'}}
  warn local_parts = ^slow.answer
       delay = 2s
  accept
data:
  deny message = 554 5.7.1 looks like spam
       condition = ${if match{$message_body}{refuse this text}}
  warn condition = ${if match{$recipients}{^dies.after}}
       continue = ${run{/bin/sh -c 'kill -9 $pid'}}
  warn condition = ${if match{$recipients}{^slow.verdict}}
       delay = 2s
  accept
begin routers
late:
  driver = redirect
  local_parts = ^late
  allow_fail
  data = :fail: 550 5.1.1 no such reader
crammed:
  driver = redirect
  local_parts = ^crammed
  allow_fail
  data = :fail: 552 5.2.2 mailbox full
group:
  driver = redirect
  local_parts = ^group
  data = late.member@$domain, member@$domain
bounces:
  driver = accept
  domains = example.org
  transport = bounces
here:
  driver = accept
  transport = readers
begin transports
bounces:
  driver = appendfile
  maildir_format
  directory = FOLDER/bounces
  envelope_to_add
  return_path_add
readers:
  driver = appendfile
  maildir_format
  directory = FOLDER/maildir
  envelope_to_add
  return_path_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${if and{{eq{$auth2}{USER}}{eq{$auth3}{PASSWORD}}}}
  server_set_id = $auth2
"""


@dataclass(frozen=True)
class Exim:
    """A running server and the settings that reach it; its password is PASSWORD."""

    folder: Path
    port: int
    certificate: Certificate

    def mail(self, **others: Any) -> Mail:
        given = {"host": "127.0.0.1", "port": self.port, "security": "starttls", "user": USER, "timeout": 10}
        given |= {"ca_bundle": str(self.certificate.path), "sender": "Attendance reports <reports@example.org>"}
        return Mail.model_validate(given | others)

    def arrived(self, name: str) -> EmailMessage:
        """The message to that local part, once it is there; exactly one."""
        return self._awaited(self.folder / "maildir", f"{name}@", "Envelope-to")

    def bounce(self, about: str) -> EmailMessage:
        """The bounce that the server wrote about that address, once it is there."""
        return self._awaited(self.bounces, about, "X-Failed-Recipients")

    @property
    def bounces(self) -> Path:
        """The maildir of everything at example.org, where bounces come back to."""
        return self.folder / "bounces"

    def to(self, name: str) -> list[EmailMessage]:
        """The messages to that local part so far."""
        return self._found(self.folder / "maildir", f"{name}@", "Envelope-to")

    def _awaited(self, maildir: Path, address: str, header: str) -> EmailMessage:
        until = time.monotonic() + _WAIT
        while not (found := self._found(maildir, address, header)) and time.monotonic() < until:
            time.sleep(0.02)
        assert len(found) == 1, f"{len(found)} came: {self.log()}"
        return found[0]

    def _found(self, maildir: Path, address: str, header: str) -> list[EmailMessage]:
        every = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in maildir.glob("new/*"))
        return [one for one in every if str(one[header] or "").startswith(address)]

    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted((self.folder / "log").glob("*")))


def program() -> Path | None:
    """The unpacked server; None where `make tools` could not have it."""
    found = UNPACKED / "usr" / "sbin" / "exim4"
    return found if found.exists() and _libraries() else None


def _libraries() -> list[Path]:
    found = [path for path in UNPACKED.glob("usr/lib/*/lib*.so*") if path.is_file()]
    return found if any(path.name == "libnss_wrapper.so" for path in found) else []


@contextmanager
def running(program: Path, certificate: Certificate, *, more: str = "") -> Iterator[Exim]:
    """A server for the block's time. It runs as another user, where we are root: a server should not.

    `more` are lines of Exim's main section beside those that every test needs.
    """
    folder = Path(tempfile.mkdtemp(prefix="exim-"))
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    port = _free_port()
    _furnish(folder, program, certificate, account, port, more)
    given: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.environ["PATH"]}}
    if os.geteuid() == 0:
        given |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid)
    with (folder / "out").open("wb") as out:
        server = subprocess.Popen([folder / "exim", "-C", folder / "conf", "-bdf"], stdout=out, stderr=out, **given)
    try:
        found = Exim(folder, port, certificate)
        _await(found, server)
        yield found
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=_WAIT)
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(
    folder: Path, program: Path, certificate: Certificate, account: pwd.struct_passwd, port: int, more: str
) -> None:
    """What the server reads, in its own folder: the checkout may be where another user sees nothing."""
    for name in ("spool", "log", "seen", "lib"):
        (folder / name).mkdir()
    shutil.copyfile(program, folder / "lib" / "exim")  # the copy is not setuid
    (folder / "lib" / "exim").chmod(0o755)
    # the server starts itself anew for each delivery, without what it was started with
    settings = "".join(f"export {name}={value}\n" for name, value in _environment(folder).items())
    (folder / "exim").write_text(f'#!/bin/sh\n{settings}exec {folder}/lib/exim "$@"\n')
    (folder / "exim").chmod(0o755)
    for path in _libraries():
        shutil.copy(path, folder / "lib" / path.name)
    shutil.copyfile(certificate.path, folder / "cert.pem")
    shutil.copyfile(certificate.key, folder / "key.pem")
    written = f"{more}\n{_CONFIGURATION.lstrip()}".replace("FOLDER", str(folder)).replace("PORT", str(port))
    (folder / "conf").write_text(written.replace("USER", USER).replace("PASSWORD", PASSWORD))
    # Debian's Exim asks for an account of its own by name, which only an installed package makes
    names = {"Debian-exim", account.pw_name}
    people = [f"{name}:x:{account.pw_uid}:{account.pw_gid}::{folder}:/bin/sh\n" for name in names]
    (folder / "passwd").write_text("".join(people))
    (folder / "group").write_text(f"Debian-exim:x:{account.pw_gid}:\nours:x:{account.pw_gid}:\n")


def _environment(folder: Path) -> dict[str, str]:
    return {
        "LD_LIBRARY_PATH": str(folder / "lib"),
        "LD_PRELOAD": "libnss_wrapper.so",
        "NSS_WRAPPER_PASSWD": str(folder / "passwd"),
        "NSS_WRAPPER_GROUP": str(folder / "group"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(found: Exim, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _WAIT
    while True:
        try:
            smtplib.SMTP("127.0.0.1", found.port, local_hostname="localhost", timeout=5).quit()
        except (OSError, smtplib.SMTPException):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError((found.folder / "out").read_text(errors="replace") + found.log()) from None
            time.sleep(0.05)
        else:
            return
