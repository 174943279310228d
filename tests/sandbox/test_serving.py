"""The command `redcap-sandbox serve`, and what `serve` promises to a program."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from tests.sandbox.conftest import SUPER_TOKEN, Api, new_project

from redcap_sandbox import Refusal, Sandbox, serve
from redcap_sandbox.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


def command(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "redcap_sandbox", "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "sandbox")},
    )


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    running = command("--port", "0", "--data", str(tmp_path), "--super-token", SUPER_TOKEN)
    yield running
    running.kill()
    running.communicate()


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"redcap-sandbox ready: (http://127\.0\.0\.1:\d+/api/)\n", line)
    assert found, line
    return found[1]


def test_the_command_says_ready_within_seconds_and_then_answers(process: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    url = url_of(process)
    assert time.monotonic() - began < 5  # about 0.2 s on an idle machine
    assert requests.post(url, data={"token": "", "content": "version"}, timeout=10).status_code == 403


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_stops_the_command_although_a_client_keeps_its_connection_open(
    process: subprocess.Popen[str], number: signal.Signals
) -> None:
    with requests.Session() as session:
        url = url_of(process)
        session.post(url, data={"token": ""}, timeout=10)
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=9) == 0
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("token", ["", "A" * 63, "A" * 65, "a" * 64, "G" * 64], ids=["0", "63", "65", "lower", "hex"])
def test_a_super_token_of_the_wrong_shape_is_a_usage_error(tmp_path: Path, token: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--data", str(tmp_path), "--super-token", token])
    assert result.exit_code == 2
    assert "must be 64 characters out of 0-9 and A-F" in " ".join(result.output.split())


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        running = command("--port", port, "--data", str(tmp_path), "--super-token", SUPER_TOKEN)
        _, errors = running.communicate(timeout=20)
    assert running.returncode == 1
    assert f"cannot start with port {port}" in errors
    assert "Traceback" not in errors


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no time zone 'Europe/Lundun'"):
        serve(tmp_path, SUPER_TOKEN, timezone="Europe/Lundun")


def test_projects_survive_a_restart(tmp_path: Path) -> None:
    with serve(tmp_path, SUPER_TOKEN) as first:
        owner = new_project(first, [{"field_name": "record_id", "form_name": "f", "field_type": "text"}])
        owner.save({"record_id": "7"})
    with serve(tmp_path, SUPER_TOKEN) as second:
        assert Api(second.url, owner.token).json("record") == [{"record_id": "7", "f_complete": "0"}]


def test_a_folder_written_by_another_version_is_refused(tmp_path: Path) -> None:
    serve(tmp_path, SUPER_TOKEN).close()
    database = sqlite3.connect(tmp_path / "sandbox.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(Refusal, match="written by another version"):
        serve(tmp_path, SUPER_TOKEN)


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sandbox.sqlite").write_bytes(b"not a database" * 100)
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--data", str(tmp_path), "--super-token", SUPER_TOKEN])
    assert result.exit_code == 1
    assert "file is not a database" in result.output


def test_the_help_names_an_example_and_disclaims() -> None:
    runner = CliRunner()
    assert "\n    redcap-sandbox serve --data" in runner.invoke(main, ["serve", "--help"]).output
    assert "not affiliated" in runner.invoke(main, ["--help"]).output


def test_the_file_with_the_tokens_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    serve(tmp_path, SUPER_TOKEN).close()
    assert (tmp_path / "sandbox.sqlite").stat().st_mode & 0o077 == 0


def test_one_connection_carries_many_calls(sandbox: Sandbox) -> None:
    host, port = sandbox.url.split("/")[2].split(":")
    connection = HTTPConnection(host, int(port), timeout=10)
    addresses = set()
    for _ in range(3):
        connection.request(
            "POST", "/api/", "token=&content=version", {"Content-Type": "application/x-www-form-urlencoded"}
        )
        reply = connection.getresponse()
        reply.read()
        addresses.add(connection.sock.getsockname())
    connection.close()
    assert len(addresses) == 1


def test_a_small_call_takes_milliseconds_not_the_forty_of_a_delayed_acknowledgement(sandbox: Sandbox) -> None:
    with requests.Session() as session:
        times = []
        for _ in range(15):
            began = time.monotonic()
            session.post(sandbox.url, data={"token": ""}, timeout=10)
            times.append(time.monotonic() - began)
    assert sorted(times)[7] < 0.03


def test_calls_are_answered_side_by_side(sandbox: Sandbox, team: Api) -> None:
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for instance in range(1, 6):
                team.save(
                    {
                        "record_id": str(number),
                        "redcap_repeat_instrument": "monthly",
                        "redcap_repeat_instance": instance,
                        "seen": instance,
                    }
                )
                team.json("record")
        except Exception as error:  # noqa: BLE001  (told by the test below)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(team.json("record")) == 4 * (1 + 5)


def test_closing_lets_an_answer_under_way_finish(tmp_path: Path) -> None:
    sandbox = serve(tmp_path, SUPER_TOKEN)
    owner = new_project(sandbox, [{"field_name": "record_id", "form_name": "f", "field_type": "text"}])
    owner.save(*({"record_id": str(number)} for number in range(20_000)))
    with requests.post(
        owner.url, data={"token": owner.token, "content": "record", "format": "json"}, stream=True, timeout=10
    ) as reply:
        closing = threading.Thread(target=sandbox.close)
        closing.start()
        assert len(reply.json()) == 20_000
        closing.join()
