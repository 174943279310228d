"""Collaboratives of one institution: the computer that works for them, REDCap and the mail server, all by one clock.

Everything is real but the time: records go in over REDCap's API, mails arrive by SMTP, and a round is what `run` does.
"""

from __future__ import annotations

import datetime as dt
import email
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from email.policy import default
from pathlib import Path

from tests.delivery.answering import Server, running
from tests.sandbox.conftest import SUPER_TOKEN, Api, Clock

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.redcap.pace import Hosts
from breakthrough.store import Store
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.rounds import Rounds
from redcap_sandbox import Sandbox, serve
from redcap_sandbox.faults import reading

Row = dict[str, str]
_DOWN = "rules: [{kind: status, status: 503}]"
_WELL = "rules: []"
_SETTINGS = """\
collaborative: collaborative.yaml
redcap:
  url: {url}
  token: env:WORKER
  deploy_token: env:DEPLOY
  timezone: Europe/London
  pause: 0
store: sqlite:///breakthrough.sqlite
mail: {{host: 127.0.0.1, port: {port}, security: none, timeout: 5, sender: Reports <reports@example.org>}}
schedule: {{processes: 1, {schedule}}}
"""
_FORMS = """\
instruments:
  storyboard: {use: true}
  spread_plan: {use: true}
  sustain_check: {use: true}
  closeout: {use: true}
"""


@dataclass(frozen=True)
class Mail:
    """One that has arrived: at which moment, and the name under which the outbox knows it."""

    at: dt.datetime
    key: Key
    text: str = field(repr=False)  # subject and plain text, in one line


@dataclass
class Collaborative:
    """A deployment folder with its store, and the project in REDCap that it names."""

    folder: Path
    store: Store
    owner: Api
    hosts: Hosts = field(default_factory=lambda: Hosts(sleep=lambda _: None))

    @property
    def here(self) -> Deployment:
        """The folder as it stands now, read anew as by a worker that is started for each round."""
        opened = Deployment.open(self.folder, {"WORKER": self.owner.token, "DEPLOY": self.owner.token})
        return replace(opened, hosts=self.hosts)

    def edit(self, old: str, new: str) -> None:
        """The coordinator changes collaborative.yaml, and deploys it."""
        path = self.folder / "collaborative.yaml"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.deploy()

    def deploy(self, *teams: str) -> None:
        """What the file says is brought into REDCap, with a data access group for each of those teams."""
        here = self.here
        deploy(here.client(deploying=True), Wanted(here.project, teams))

    def enter(self, *rows: Row) -> None:
        """What people save in REDCap."""
        self.owner.save(*rows, overwriteBehavior="normal")


@dataclass
class Office:
    """All of it. `mail` and `on` say whether the mail server takes anything, and whether the computer is running."""

    root: Path
    clock: Clock
    sandbox: Sandbox
    server: Server
    nobody: int  # a port at which nobody listens
    closing: ExitStack
    mail: bool = True
    on: bool = True
    arrived: list[Mail] = field(default_factory=list)

    def found(self, name: str, specification: str, schedule: str, *teams: str) -> Collaborative:
        """A collaborative is set up and deployed, with those teams and these settings of its schedule."""
        folder = self.root / name
        (folder / "instruments").mkdir(parents=True)
        (folder / "instruments" / "project.yaml").write_text(_FORMS, encoding="utf-8")
        (folder / "collaborative.yaml").write_text(specification, encoding="utf-8")
        settings = _SETTINGS.format(url=self.sandbox.url, port=self.server.mail.port, schedule=schedule)
        (folder / "breakthrough.yaml").write_text(settings, encoding="utf-8")
        administrator = Api(self.sandbox.url, SUPER_TOKEN)
        made = administrator.call("project", format="json", data=[{"project_title": name, "purpose": 3}])
        store = self.closing.enter_context(Store.open(f"sqlite:///{folder / 'breakthrough.sqlite'}"))
        one = Collaborative(folder, store, Api(self.sandbox.url, made.text[-32:]))
        one.deploy(*teams)
        return one

    def redcap(self, *, up: bool) -> None:
        """REDCap goes down, or comes back."""
        self.sandbox.faults.replace(reading.read(_WELL if up else _DOWN))

    def round(self, one: Collaborative) -> None:
        """One round for that collaborative, where the computer is on; what arrives is written down."""
        if not self.on:
            return
        here = one.here
        mail = here.settings.mail
        assert mail is not None
        if not self.mail:
            mail = mail.model_copy(update={"port": self.nobody})
        here = replace(here, settings=here.settings.model_copy(update={"mail": mail}))
        Rounds(here, one.store, self.clock, lambda: False, follow=False).round()
        self.arrived += self._taken(one)

    def _taken(self, one: Collaborative) -> Iterator[Mail]:
        taken, self.server.answers.taken[:] = [*self.server.answers.taken], []
        known = {line.message_id: Key.read(line.key) for line in outbox.listing(one.store)} if taken else {}
        for _, to, content in taken:
            message = email.message_from_bytes(content, policy=default)
            key = known[str(message["Message-ID"])]
            assert to == (key.recipient,)
            plain = message.get_body(("plain",))
            assert plain is not None
            yield Mail(self.clock.now, key, " ".join(f"{message['Subject']} | {plain.get_content()}".split()))


@contextmanager
def opened(root: Path, begins: dt.datetime) -> Iterator[Office]:
    """An office without collaboratives yet, at that moment."""
    clock = Clock()
    clock.now = begins
    with (
        ExitStack() as closing,
        serve(root / "redcap", SUPER_TOKEN, clock=clock, timezone="Europe/London") as sandbox,
        running() as server,
        socket.socket() as nobody,
    ):
        nobody.bind(("127.0.0.1", 0))  # without listening
        yield Office(root, clock, sandbox, server, nobody.getsockname()[1], closing)


# What people enter


def page(team: str, form: str, instance: int, **values: str) -> Row:
    """A page of a form that repeats."""
    place = {"record_id": team, "redcap_repeat_instrument": form, "redcap_repeat_instance": str(instance)}
    return place | values | {f"{form}_complete": "2"}


def profile(team: str, name: str, coach: str, joined: str) -> Row:
    """The coordinator's page about a team that takes part."""
    return {
        "record_id": team, "redcap_repeat_instrument": "", "redcap_repeat_instance": "",
        "redcap_data_access_group": team.lower(), "tp_name": name, "tp_short": name, "tp_status": "2",
        "tp_joined": joined, "tp_coach": coach, "tp_noid": "1", "team_profile_complete": "2",
    }  # fmt: skip


def person(
    team: str, instance: int, name: str, reports: str, since: str, *, until: str = "", consents: bool = True
) -> Row:
    """Somebody on a team's roster. `reports`: t the team's, l the leader's half page, r reminders."""
    ticked = {
        f"tr_reports___{code}": str(int(letter in reports)) for code, letter in (("1", "t"), ("2", "l"), ("3", "r"))
    }
    words = {"tr_name": name.title(), "tr_email": f"{name}@x.org", "tr_role": "2", "tr_from": since, "tr_to": until}
    return page(team, "team_roster", instance, **words, tr_consent_mail=str(int(consents)), **ticked)


def counts(team: str, instance: int, month: str, seen: int, plan: int) -> Row:
    """A team's counts of a month."""
    kind = {"mm_period": f"{month}-01", "mm_kind": "2", "mm_noid": "1"}
    return page(team, "monthly_measures", instance, **kind, n_seen=str(seen), n_plan=str(plan))


def rating(team: str, instance: int, month: str, coach: str) -> Row:
    """A coach's rating of a team in a month, not released."""
    told = {"cr_score": "25", "cr_why": "Small tests.", "cr_suggest": "One more.", "cr_noid": "1"}
    return page(team, "coach_rating", instance, cr_period=f"{month}-01", cr_coach=coach, **told)
