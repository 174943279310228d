"""`breakthrough run` as a real process: what it answers, leaves, and how it ends."""

from __future__ import annotations

import dataclasses
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from tests.delivery.answering import Server

from breakthrough import scaffold
from breakthrough.content import Content
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item, Sent
from breakthrough.errors import Unreachable
from breakthrough.month import Month
from breakthrough.store import Store
from breakthrough.worker import heartbeat, jobs, ping
from breakthrough.worker import rounds as rounding
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.notify import notify
from breakthrough.worker.rounds import Rounds
from breakthrough.worker.tick import Jobs

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and sockets of POSIX")


@dataclass
class Web:
    """A server on this computer that answers anything with that status, and notes what was asked."""

    url: str
    status: int = 403
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Web(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free()


@pytest.fixture
def folder(tmp_path: Path, server: Server, web: Web, port: int) -> Path:
    """A deployment whose REDCap turns everybody away, and whose mail server works."""
    folder = tmp_path / "here"
    scaffold.write(folder, Content(), "blank")
    path = folder / "breakthrough.yaml"
    text = path.read_text(encoding="utf-8").replace("file:secrets/worker.token", "env:WORKER")
    text = text.replace("https://redcap.example.org/api/", f"{web.url}/api/").replace("smtp.example.org", "127.0.0.1")
    text = text.replace("port: 587", f"port: {server.mail.port}").replace("security: starttls", "security: none")
    text += f"\nportal:\n  port: {port}\n  trigger: env:TRIGGER\n"
    path.write_text(text, encoding="utf-8")
    return folder


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    given = dict(os.environ) | {"WORKER": "A" * 32, "TRIGGER": "hush"} | environment
    return subprocess.Popen(
        [sys.executable, "-m", "breakthrough", "run", "-d", str(folder), *arguments],
        env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def until(true: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if true():
            return
        assert running.poll() is None, running.communicate()
        time.sleep(0.1)
    running.kill()
    raise AssertionError(running.communicate())


def waiting(folder: Path, number: int) -> None:
    with Store.open(f"sqlite:///{folder}/breakthrough.sqlite") as store:
        keys = [Key("ne", "team", f"T{n:03d}", Month("2026-03"), 0, "a@b.org") for n in range(1, number + 1)]
        found = [Item(one, "a@b.org", one.message_id("b.org"), b"Subject: x\r\n\r\nx\r\n") for one in keys]
        from datetime import UTC, datetime

        outbox.enqueue(store, found, datetime(2026, 4, 1, tzinfo=UTC))


def test_it_answers_while_it_runs_turns_a_second_one_away_and_ends_well(
    folder: Path, port: int, tmp_path: Path
) -> None:
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(60)
    running = start(folder, NOTIFY_SOCKET=str(tmp_path / "notify"))
    assert told.recv(200) == b"READY=1"
    until(lambda: (beat := heartbeat.read(folder / heartbeat.FILE)) is not None and beat.ended is not None, running)
    found = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10)
    assert found.status_code == 503  # its REDCap lets nobody in
    assert found.json()["reasons"] == ["no round has succeeded yet; the last one failed at: pull"]
    assert (
        'breakthrough_ticks_total{outcome="failed"} 1.0'
        in requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    )
    assert requests.post(f"http://127.0.0.1:{port}/trigger/hush", data={}, timeout=10).status_code == 404
    second = start(folder, "--once")
    _, why = second.communicate(timeout=60)
    assert (second.returncode, "already going on" in why) == (61, True)
    running.send_signal(signal.SIGTERM)
    _, log = running.communicate(timeout=60)
    assert running.returncode == 0, log
    assert "hush" not in log
    datagrams = [told.recv(200) for _ in range(3)]
    assert datagrams[0] == b"WATCHDOG=1"
    assert b"the last round failed at: pull" in datagrams[1]
    told.close()
    assert json.loads((folder / heartbeat.FILE).read_text())["pid"] == running.pid
    shown = subprocess.run(
        [sys.executable, "-m", "breakthrough", "status", "-d", str(folder), "-q"],
        env=dict(os.environ) | {"WORKER": "A" * 32}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "(failed at: pull)" in shown.stdout
    assert "! pull has failed since" in shown.stdout


@pytest.mark.parametrize("once", [True, False])
def test_told_to_stop_it_finishes_the_mail_in_hand(folder: Path, server: Server, once: bool) -> None:
    waiting(folder, 4)
    running = start(folder, *(["--once"] if once else []))
    server.answers.during = lambda: running.send_signal(signal.SIGTERM) if len(server.answers.taken) == 1 else None
    _, log = running.communicate(timeout=90)
    assert running.returncode == (1 if once else 0), log  # 1: the pull has failed
    with Store.open(f"sqlite:///{folder}/breakthrough.sqlite") as store:
        assert [line.state for line in outbox.listing(store)] == ["sent", "sent", "pending", "pending"]
    assert len(server.answers.taken) == 2
    beat = heartbeat.read(folder / heartbeat.FILE)
    assert beat is not None
    assert (beat.began, beat.failed, beat.next) == (None, ("pull",), None)


@pytest.fixture
def rounds(folder: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Rounds]]:
    """Rounds of a deployment that pings, with jobs of which those named raise."""
    path = folder / "breakthrough.yaml"
    path.write_text(path.read_text().replace("schedule:\n", f"schedule:\n  ping_url: {web.url}/ping/hush\n"))
    web.status = 200
    with Store.open(f"sqlite:///{folder}/breakthrough.sqlite") as store:

        def made(*raising: str, error: Exception | None = None) -> Rounds:
            done.clear()

            def job(name: str, answer: object) -> Callable[..., object]:
                def do(*_: object) -> object:
                    done.append(name)
                    if name in raising:
                        raise error or Unreachable("no")
                    return answer

                return do

            answers = {"due": (), "stale": True, "pull": None, "send": Sent(0, 0, 0, 0), "drift": None, "alerts": None}
            kept = {one.name: job(one.name, answers.get(one.name)) for one in dataclasses.fields(Jobs)}
            monkeypatch.setattr(jobs, "jobs", lambda *_: Jobs(**kept))  # type: ignore[arg-type]
            import datetime as dt

            now = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
            return Rounds(Deployment.open(folder, {}), store, lambda: now, lambda: False)

        done: list[str] = []
        made.done = done  # type: ignore[attr-defined]
        yield made


def test_after_a_round_that_went_well_the_dead_mans_switch_is_told(rounds: Callable[..., Rounds], web: Web) -> None:
    assert rounds().round().failed == ()
    assert web.asked == ["/ping/hush"]


@pytest.mark.parametrize("job", ["due", "stale", "pull", "drift", "send", "alerts"])
@pytest.mark.parametrize("error", [Unreachable("no"), ValueError("rachel@b.org")], ids=["ours", "any"])
def test_whatever_job_raises_the_others_are_done_and_the_switch_is_not_told(
    rounds: Callable[..., Rounds], web: Web, job: str, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    made = rounds(job, error=error)
    assert made.round().failed
    assert web.asked == []
    assert {"due", "drift", "send"} <= set(rounds.done)  # type: ignore[attr-defined]
    assert "rachel" not in caplog.text
    assert made.heartbeat.beat.failures == 1


@pytest.mark.parametrize("status", [500, 302, 404])
def test_a_switch_that_answers_no_is_logged_without_its_address_and_stops_nothing(
    rounds: Callable[..., Rounds], web: Web, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    web.status = status
    assert rounds().round().failed == ()
    told = [one.getMessage() for one in caplog.records if one.name == ping.__name__]
    assert told == [f"schedule.ping_url at 127.0.0.1 could not be fetched: status {status}"]


def test_a_switch_that_is_away_is_logged_by_kind_alone(caplog: pytest.LogCaptureFixture) -> None:
    assert not ping.ping(f"http://127.0.0.1:{free()}/hush")
    (told,) = [one.getMessage() for one in caplog.records if one.name == ping.__name__]
    assert told == "schedule.ping_url at 127.0.0.1 could not be fetched: ConnectionError"


def test_a_tick_that_falls_over_as_a_whole_is_a_failed_round(
    rounds: Callable[..., Rounds], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rounds()

    def falls(*_: object) -> object:
        raise RuntimeError

    monkeypatch.setattr(rounding, "tick", falls)
    assert made.round().failed == ("tick",)
    assert made.heartbeat.beat.failed == ("tick",)


def test_systemd_is_told_only_where_it_asked_and_its_absence_stops_nothing(tmp_path: Path) -> None:
    notify({}, "READY=1")
    notify({"NOTIFY_SOCKET": str(tmp_path / "gone")}, "READY=1")
    notify({"NOTIFY_SOCKET": "vsock:2:1"}, "READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind("\0breakthrough-test-" + str(os.getpid()))
        notify({"NOTIFY_SOCKET": f"@breakthrough-test-{os.getpid()}"}, "READY=1")
        assert told.recv(100) == b"READY=1"
