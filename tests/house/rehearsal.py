"""A month that goes wrong in every way it can, and what it leaves behind, searched for what must not be there."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import pytest
import requests
import yaml
from tests.delivery.answering import made

from breakthrough import cli
from breakthrough.cli import options
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.demo.postbox import Postbox
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.redcap.pace import Hosts
from redcap_sandbox.faults.rules import Plan, Rule

PASSWORD = "Plum-Tarpaulin-Quartz-41"
LOGIN = ("reports", PASSWORD)
PRIVATE = "Ottoline Brackenbury, born 3 February 1971, 3 Larkspur Row, 07700 900461"
SILENT = ("Quillon Vandersloot", "quillon.vandersloot@private.example.org")  # has not agreed to get mail
NOT_OURS = ("mail.", "asyncio")  # the mail server that plays along logs what it hears


@dataclass
class Seen:
    """What was logged, printed and raised, from one moment on."""

    log: io.StringIO = field(default_factory=io.StringIO)
    printed: io.StringIO = field(default_factory=io.StringIO)
    readers: io.StringIO = field(default_factory=io.StringIO)  # printed by a command that is there to name readers
    raised: list[BaseException] = field(default_factory=list)

    def texts(self) -> Iterator[tuple[str, str]]:
        """What a person may come to read of it: name, text."""
        yield "the log", self.log.getvalue()
        yield "the command's output", self.printed.getvalue()
        for error in self.raised:
            yield f"{type(error).__name__} with its causes", "".join(traceback.format_exception(error))

    def locals(self) -> Iterator[tuple[str, str]]:
        """What a debugger or crash reporter shows beside each of our own lines."""
        for error in self.raised:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
            frames: list[traceback.FrameSummary] = []
            one: traceback.TracebackException | None = told
            while one is not None:
                frames += [frame for frame in one.stack if f"{Path(cli.__file__).parents[1]}" in frame.filename]
                one = one.__cause__ or one.__context__
            for frame in frames:
                yield f"locals of {frame.name}", "\n".join((frame.locals or {}).values())


class Rehearsal:
    """A deployment with people and secrets in it, and the servers it talks to; `seen` is what it let be seen."""

    def __init__(self, theatre: Theatre, authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.theatre = theatre
        self.folder = theatre.output / "deployment"
        self.authority = authority
        self.monkeypatch = monkeypatch
        self.seen = Seen()
        self.people = {SILENT[0]: SILENT[1]}
        self._read: dict[Path, Mail] = {}
        self._set_mail_up()
        kept = self.folder / "secrets"
        self.secrets = {path.name: path.read_text(encoding="utf-8") for path in kept.iterdir()}
        self.secrets["super token"] = stage.SUPER_TOKEN

    def fill(self) -> None:
        """Deploys, and enters what teams enter, with what should never be written down among it."""
        here = self.theatre.here
        client = here.client(deploying=True)
        deploy(client, Wanted(here.project, self.theatre.scene.teams))
        stage.enter(client, self.theatre.scene, None, lambda _: None)
        silent = {"tr_name": SILENT[0], "tr_email": SILENT[1], "tr_consent_mail": "0", "tr_role": "3"}
        self.enter("T001", "team_roster", 9, **silent)
        self.enter("T001", "coach_rating", 1, cr_private=PRIVATE)
        for row in client.records(fields=["tr_name", "tr_email"], forms=["team_roster"]):
            if row["tr_email"]:
                self.people[row["tr_name"]] = row["tr_email"]

    def enter(self, record: str, form: str, instance: int, **values: str) -> None:
        """What somebody enters in REDCap."""
        row = {"record_id": record, "redcap_repeat_instrument": form, "redcap_repeat_instance": instance, **values}
        token = (self.folder / "secrets" / "deploy.token").read_text(encoding="utf-8")
        sent = {"token": token, "content": "record", "format": "json", "data": json.dumps([row])}
        answer = requests.post(self.theatre.sandbox.url, data=sent, timeout=30)
        assert answer.status_code == 200, answer.text

    def break_down(self, *rules: Rule) -> None:
        """Lets REDCap fail by those rules from now on."""
        self.theatre.sandbox.faults.replace(Plan(rules))

    def command(self, *arguments: str) -> int:
        """The exit code of `breakthrough …` on that morning, run within this process so that its log can be read."""
        line = ["breakthrough", *arguments, "-d", str(self.folder)]
        self.monkeypatch.setattr(sys, "argv", line)
        printed = self.seen.readers if arguments[:2] == ("outbox", "list") else self.seen.printed
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                cli.main()
            except SystemExit as ended:
                return int(ended.code or 0)
        return 0

    def failing(self, act: Callable[[], object]) -> None:
        """Does what must fail, and keeps the error."""
        with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever it is, it is looked at)
            act()
        self.seen.raised.append(caught.value)

    def set_up(self, **changes: object) -> None:
        """Changes breakthrough.yaml, key by key."""
        path = self.folder / "breakthrough.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes), encoding="utf-8")

    def keep(self, name: str, secret: str) -> None:
        """Puts a secret into a file that only we may read."""
        path = self.folder / "secrets" / name
        path.touch(mode=0o600)
        path.write_text(secret, encoding="utf-8")

    def _set_mail_up(self) -> None:
        self.keep("smtp.password", PASSWORD)
        mail = yaml.safe_load((self.folder / "breakthrough.yaml").read_text())["mail"]
        login = {"user": LOGIN[0], "password": "file:secrets/smtp.password"}
        self.set_up(mail=mail | login | {"security": "starttls", "ca_bundle": str(self.authority)})

    # --- the search -------------------------------------------------------------------------------------------------

    def leaks(self, extra: Mapping[str, str] | None = None) -> list[str]:
        """Every secret, and every person, found where it must not be: `worker.token in the log`."""
        secrets = self.secrets | dict(extra or {})
        everybody = _any_of([*self.people, *self.people.values(), *PRIVATE.split(", ")])
        silent = _any_of([*SILENT, *PRIVATE.split(", ")])
        texts, mails = list(self.seen.texts()), list(self._mails())
        readers = [("the list of messages", self.seen.readers.getvalue())]
        everywhere = [*texts, *readers, *self.seen.locals(), *self._files()]
        everywhere += [(f"the mail {mail.name}", text) for mail in mails for text in mail.texts]
        heads = [(f"a header of {mail.name}", mail.heads) for mail in mails]
        inside = [(f"the mail {mail.name}", text) for mail in mails for text in mail.texts]
        found = [f"{what} in {where}" for where, text in everywhere for what in _secrets_in(text, secrets)]
        found += [f"a person in {where}" for where, text in [*texts, *heads] if everybody.search(text)]
        found += [f"somebody silent in {where}" for where, text in [*readers, *inside] if silent.search(text)]
        private = _any_of(PRIVATE.split(", "))  # no report needs it, so it is not asked for
        found += [f"private words in {where}" for where, text in self._files() if private.search(text)]
        return sorted(set(found))

    def _files(self) -> Iterator[tuple[str, str]]:
        """All that our side left on the disk: store, reports, locks. Not the secrets' own folder, nor REDCap's."""
        for path in sorted(self.theatre.output.rglob("*")):
            outside = {"secrets", "sandbox"}.isdisjoint(path.relative_to(self.theatre.output).parts)
            if path.is_file() and outside:
                yield path.name, path.read_bytes().decode("latin-1")

    def _mails(self) -> Iterator[Mail]:
        for path in sorted((self.theatre.output / "inbox").glob("*.eml")):
            if path not in self._read:
                self._read[path] = Mail.of(path)
            yield self._read[path]


@dataclass(frozen=True)
class Mail:
    """A message as its reader's program shows it: `heads` without To, which names the reader."""

    name: str
    heads: str
    texts: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> Mail:
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        heads = [str(value) for part in mail.walk() for name, value in part.items() if name != "To"]
        texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        return cls(path.name, "\n".join(heads), tuple(texts))


def _secrets_in(text: str, secrets: Mapping[str, str]) -> Iterator[str]:
    for what, secret in secrets.items():
        if any(form in text for form in _forms(secret)):
            yield what


def _forms(secret: str) -> Iterator[str]:
    """The secret as it is, in base64 as SMTP sends it (alone, and behind the user's name), in hexadecimal."""
    yield from (secret, secret.lower(), secret.upper(), secret.encode().hex())
    yield base64.b64encode(secret.encode()).decode().rstrip("=")
    yield base64.b64encode(f"\0{LOGIN[0]}\0{secret}".encode()).decode().rstrip("=")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words, standing by themselves."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


@contextlib.contextmanager
def watched(rehearsal: Rehearsal) -> Iterator[Seen]:
    """What is seen from here on: every log line of every library, at DEBUG, is kept."""
    seen = rehearsal.seen = Seen()
    handler = logging.StreamHandler(seen.log)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    handler.addFilter(lambda record: not record.name.startswith(NOT_OURS))
    root, own = logging.getLogger(), logging.getLogger("breakthrough")
    before = (root.level, own.level, own.propagate, own.handlers[:])
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    own.setLevel(logging.DEBUG)
    own.propagate, own.handlers[:] = True, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(options, "start_logging", lambda _: None)  # it would set the level that a terminal wants
        try:
            yield seen
        finally:
            root.removeHandler(handler)
            root.setLevel(before[0])
            own.setLevel(before[1])
            own.propagate, own.handlers[:] = before[2], before[3]


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Rehearsal]:
    """A rehearsal whose mail server asks for a login and whose waits take no time."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        certificate = made(folder, "IP:127.0.0.1")
        monkeypatch.setattr(play, "Postbox", partial(Postbox, login=LOGIN, certificate=certificate.context()))
        right = Hosts.__init__
        monkeypatch.setattr(Hosts, "__init__", lambda self, **more: right(self, **more | {"sleep": lambda _: None}))
        with play.opened(folder / "out", "absenteeism", None) as theatre:
            rehearsal = Rehearsal(theatre, certificate.path, monkeypatch)
            rehearsal.fill()
            yield rehearsal
