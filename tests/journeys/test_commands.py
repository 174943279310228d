"""Each command as a person runs it, against a live sandbox; and what happens when something is wrong."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from tests.journeys.played import Command

from breakthrough import cli
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import NothingToReport
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploy

NOW = "2026-04-15T07:00"
HEADER = "region,la_name,month,released,possible_sessions,absent_sessions,enrolled,persistently_absent"
MAP = "config/collaboratives/absenteeism/maps/england-school-absence.yaml"


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A running sandbox with the made-up collaborative in it, a mail server, and a deployment folder between them."""
    with play.opened(tmp_path_factory.mktemp("commands") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture
def client(theatre: Theatre) -> Client:
    return theatre.here.client(deploying=True)


@pytest.fixture
def folder(theatre: Theatre, tmp_path: Path) -> Path:
    """A deployment folder of the test's own, with a store of its own, pointing at the same REDCap."""
    (tmp_path / "instruments").mkdir()
    for name in ("breakthrough.yaml", "collaborative.yaml", "instruments/project.yaml"):
        (tmp_path / name).write_text((theatre.here.folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "secrets").mkdir()
    for path in (theatre.here.folder / "secrets").iterdir():
        copy = tmp_path / "secrets" / path.name
        copy.touch(mode=0o600)
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def _set(folder: Path, part: str, **changes: object) -> None:
    path = folder / "breakthrough.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings[part] |= changes
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")


def _counts(folder: Path, *rows: str) -> Path:
    path = folder / "counts.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def _monthly(client: Client) -> list[dict[str, str]]:
    return client.records(forms=["monthly_measures"], fields=["record_id"], dags=False)


@contextmanager
def _answering(status: int, kind: str, body: bytes) -> Iterator[str]:
    """A server on this computer that answers anything with that."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_deploy_again_finds_nothing_to_do(folder: Path, run: Command) -> None:
    done = run("deploy", "-d", folder, "--into", "1")  # it was deployed by the demonstration, not from this folder
    assert done.returncode == 0, done.stderr
    by_hand, *_, last = done.stdout.strip().splitlines()
    assert (by_hand, last) == ("To do by hand in REDCap:", "Nothing else to do.")


def test_pull_twice_changes_nothing(folder: Path, run: Command) -> None:
    first, second = (run("pull", "-d", folder, "--now", NOW) for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert re.search(r"\b0 rows new, 0 changed, 0 gone", second.stdout)
    assert not re.search(r"\b0 rows new", first.stdout)


def test_status_says_what_is_held_and_due(folder: Path, run: Command) -> None:
    assert "never" in run("status", "-d", folder, "--now", NOW).stdout
    run("pull", "-d", folder, "--now", NOW)
    shown = run("status", "-d", folder, "--now", NOW).stdout
    assert "pdsa_cycle" in shown
    assert "39 messages. Run: breakthrough send" in shown


def test_a_start_and_a_second_start_of_the_schedule_send_each_message_once(
    theatre: Theatre, folder: Path, run: Command
) -> None:
    inbox = theatre.output / "inbox"
    before = len(list(inbox.glob("*.eml")))
    first = run("run", "--once", "-d", folder, "--now", NOW)
    assert first.returncode == 0, first.stderr
    assert len(list(inbox.glob("*.eml"))) - before == 39
    for command in (("run", "--once"), ("send",), ("run", "--once")):
        again = run(*command, "-d", folder, "--now", NOW)
        assert again.returncode == 0, again.stderr
    assert len(list(inbox.glob("*.eml"))) - before == 39


def test_before_the_reports_are_due_the_schedule_sends_nothing(theatre: Theatre, folder: Path, run: Command) -> None:
    before = len(list((theatre.output / "inbox").glob("*.eml")))
    done = run("run", "--once", "-d", folder, "--now", "2025-10-14T07:00")
    assert done.returncode == 0, done.stderr
    assert len(list((theatre.output / "inbox").glob("*.eml"))) == before


def test_report_writes_pages_and_sends_nothing(theatre: Theatre, folder: Path, run: Command) -> None:
    run("pull", "-d", folder, "--now", NOW)
    before = len(list((theatre.output / "inbox").glob("*.eml")))
    done = run("report", "-d", folder, "--now", NOW, "--only", "T001", "--to", folder / "pages")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "pages").iterdir()}
    assert names == {"2026-03-team-T001.html", "2026-03-leader-T001.html"}
    assert len(list((theatre.output / "inbox").glob("*.eml"))) == before


def test_counts_go_in_once_and_a_changed_row_changes_its_own_month(
    folder: Path, client: Client, root: Path, run: Command
) -> None:
    file = _counts(folder, "North East,Alderbrook,2026-06,2026-07-09,1000,70,500,80", "South,Nowhere,2026-06,,1,1,1,1")
    first = run("import", file, "--map", root / MAP, "-d", folder, "--now", NOW)
    assert first.returncode == 0, first.stderr
    assert "1 month was added, 0 changed" in first.stdout
    held = _monthly(client)
    assert (
        "0 months were added, 0 changed, 1 there already"
        in run("import", file, "--map", root / MAP, "-d", folder, "--now", NOW).stdout
    )
    assert _monthly(client) == held
    _counts(folder, "North East,alderbrook,2026-06,2026-07-09,1000,65,500,80")
    assert (
        "0 months were added, 1 changed" in run("import", file, "--map", root / MAP, "-d", folder, "--now", NOW).stdout
    )
    new = [row for row in _monthly(client) if row not in held]
    assert [(row["record_id"], row["sd_abs"]) for row in new] == [("T001", "65")]


@pytest.mark.parametrize(
    ("row", "words", "code"),
    [
        ("North East,Alderbrook,2026-07,,70,1000,500,80", "row 3, column 'absent_sessions': this is larger", 72),
        ("North East,Larkfield,2026-07,,1000,70,500,80", "the month more than once", 73),
        ("North East,Atlantis,2026-07,,1000,70,500,80", "row 3, column 'la_name': no team", 74),
        ("North East,Alderbrook,2026-07,,1000,some,500,80", "not a whole number", 75),
    ],
    ids=["n larger than d", "a month twice", "an unknown team", "not a number"],
)
def test_an_import_with_a_refused_row_writes_nothing(
    folder: Path, client: Client, root: Path, run: Command, row: str, words: str, code: int
) -> None:
    held = _monthly(client)
    file = _counts(folder, "North East,Larkfield,2026-07,,1000,70,500,80", row)
    done = run("import", file, "--map", root / MAP, "-d", folder, "--now", NOW)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Atlantis" not in done.stderr
    assert _monthly(client) == held


def test_a_wrong_token_is_refused_at_once_and_not_shown(folder: Path, run: Command) -> None:
    token = "0123456789ABCDEF" * 2
    (folder / "secrets" / "worker.token").write_text(token, encoding="utf-8")
    done = run("pull", "-d", folder)
    assert done.returncode == 57, done.stderr
    assert token not in done.stdout + done.stderr


def test_an_unreachable_server_is_said_to_be_one(folder: Path, run: Command) -> None:
    _set(folder, "redcap", url="http://127.0.0.1:9/api/")
    done = run("pull", "-d", folder)
    assert done.returncode == 51, done.stderr
    assert "Traceback" not in done.stderr


def test_html_instead_of_json_is_not_taken_for_records(folder: Path, run: Command) -> None:
    with _answering(200, "text/html", b"<html>Back at noon, said Jane</html>") as url:
        _set(folder, "redcap", url=url)
        done = run("pull", "-d", folder)
    assert done.returncode == 54, done.stderr
    assert "Jane" not in done.stderr
    assert "monthly_measures" not in run("status", "-d", folder).stdout


def test_a_dictionary_with_a_mistake_is_refused_before_anything_is_sent(
    folder: Path, client: Client, root: Path, run: Command
) -> None:
    (folder / "instruments").mkdir(exist_ok=True)
    text = (root / "instruments" / "pdsa_cycle.csv").read_text(encoding="utf-8")
    assert "[pd_end] <>" in text
    (folder / "instruments" / "pdsa_cycle.csv").write_text(
        text.replace("[pd_end] <>", "[pd_end <>", 1), encoding="utf-8"
    )
    before = client.metadata()
    done = run("deploy", "-d", folder)
    assert done.returncode == 41, done.stderr
    assert "pdsa_cycle.csv" in done.stderr
    assert client.metadata() == before


def test_an_unknown_setting_is_named_with_its_line(folder: Path, run: Command) -> None:
    path = folder / "breakthrough.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "shcedule: {hour: 7}\n", encoding="utf-8")
    done = run("status", "-d", folder)
    assert done.returncode == 31
    assert "Did you mean 'schedule'?" in done.stderr
    assert "line" in done.stderr


def test_no_deployment_at_all_says_how_to_begin(tmp_path: Path, run: Command) -> None:
    done = run("status", "-d", tmp_path / "nowhere")
    assert done.returncode == 33
    assert "breakthrough init" in done.stderr


def test_init_writes_a_folder_that_can_be_read_and_never_overwrites(tmp_path: Path, run: Command) -> None:
    done = run("init", tmp_path / "mine")
    assert done.returncode == 0, done.stderr
    written = {path.name for path in (tmp_path / "mine").iterdir()}
    assert {"breakthrough.yaml", "collaborative.yaml", "people.csv", "instruments", ".gitignore"} <= written
    status = run("status", "-d", tmp_path / "mine")
    assert status.returncode == 0, status.stderr
    assert run("init", tmp_path / "mine").returncode == 34


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-04-15T05:59", "0 messages"),
        ("2026-04-15T06:00", "39 messages"),
        ("2026-04-15T05:59-06:00", "39 messages"),
    ],
)
def test_a_moment_without_an_offset_is_the_collaboratives_own(folder: Path, run: Command, at: str, due: str) -> None:
    path = folder / "collaborative.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Europe/London", "America/Chicago"), encoding="utf-8")
    run("pull", "-d", folder, "--now", NOW)
    assert f"Due now       {due}" in run("status", "-d", folder, "--now", at).stdout


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31T23:59"])
def test_a_moment_no_calendar_reaches_is_wrong_use(folder: Path, run: Command, at: str) -> None:
    done = run("status", "-d", folder, "--now", at)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr


def test_a_folder_that_cannot_be_written_is_said_to_be_one(folder: Path, run: Command) -> None:
    run("pull", "-d", folder, "--now", NOW)
    (folder / "file").touch()
    done = run("report", "-d", folder, "--now", NOW, "--only", "T001", "--to", folder / "file" / "pages")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert f"Error: {folder / 'file' / 'pages'}: Not a directory." in done.stderr


def test_no_team_that_takes_part_is_said_without_naming_one(
    folder: Path, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("pull", "-d", folder, "--now", NOW)
    monkeypatch.setattr("breakthrough.cli.report.subjects", lambda *_: ())
    arguments = ["report", "-d", str(folder), "--now", NOW, "--to", str(folder / "pages")]
    with pytest.raises(NothingToReport, match="There is no team that takes part"):
        cli.group.main(arguments, standalone_mode=False)
    with pytest.raises(NothingToReport, match="no team or coach 'T099'"):
        cli.group.main([*arguments, "--only", "T099"], standalone_mode=False)


@pytest.mark.parametrize("code", ["", " ", 'T0"1; x'])
def test_deploy_takes_no_code_that_no_record_could_have(folder: Path, run: Command, code: str) -> None:
    done = run("deploy", "-d", folder, "--team", code)
    assert done.returncode == 2, done.stderr
    assert "is no code of a team" in done.stderr


def test_a_fault_of_the_program_is_told_without_what_it_held(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise ValueError("could not convert 'Jane Secret'")

    monkeypatch.setattr(cli.group, "main", broken)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert (ended.value.code, "Jane" in said, "Traceback" in said) == (1, False, False)


@pytest.fixture
def renamed(client: Client) -> Iterator[None]:
    """REDCap while somebody has given two fields another name there."""
    before = client.metadata()
    lost = {"sd_abs", "tp_status"}
    client.import_metadata(_without(lost, row) for row in before)
    yield
    client.import_metadata(before)


def _without(lost: set[str], row: dict[str, str]) -> dict[str, str]:
    """The row as REDCap has it once those fields are called otherwise: in logic too, or it would refuse them."""
    logic = ("branching_logic", "select_choices_or_calculations")
    cells = {name: re.sub(r"\[(\w+)", lambda found: _called(lost, found[1]), row[name]) for name in logic}
    name = row["field_name"]
    return row | cells | {"field_name": f"{name}_x" if name in lost else name}


def _called(lost: set[str], name: str) -> str:
    return f"[{name}_x" if name in lost else f"[{name}"


@pytest.mark.usefixtures("renamed")
def test_a_field_renamed_in_redcap_is_not_taken_for_counts_that_nobody_sent(
    theatre: Theatre, folder: Path, run: Command
) -> None:
    inbox = sorted((theatre.output / "inbox").glob("*.eml"))
    done = run("pull", "-d", folder, "--now", NOW)
    assert done.returncode == 44, done.stderr
    assert "no field tp_status, sd_abs" in done.stderr
    for command in (["report", "--to", folder / "pages"], ["send"], ["measures"]):
        again = run(*command, "-d", folder, "--now", NOW)
        assert again.returncode == 44, again.stderr
    ticked = run("run", "--once", "-d", folder, "--now", "2026-04-15T09:00")
    assert (ticked.returncode, "0 messages made, 0 sent" in ticked.stdout) == (1, True), ticked.stderr
    assert sorted((theatre.output / "inbox").glob("*.eml")) == inbox
    assert run("status", "-d", folder, "--now", NOW).returncode == 0
