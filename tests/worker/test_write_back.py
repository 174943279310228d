"""Reports that went out stand in REDCap once: in their team's folder, which nobody else opens, and in its log."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from click.testing import CliRunner
from sqlalchemy import update
from tests.sandbox.conftest import Api
from tests.sandbox.sending import sent
from tests.worker import returning
from tests.worker.returning import HTML, Prepared, Site

from breakthrough.cli import group
from breakthrough.demo import stage
from breakthrough.errors import AuthFailed, Refused, SettingInvalid, StoreError, Unreachable, WrongProject
from breakthrough.month import Month
from breakthrough.redcap.client import Client
from breakthrough.store import archive, materials, tables, write_backs
from breakthrough.worker import desk, jobs, pages, write_back
from breakthrough.worker.write_back import Written

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return returning.prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    with returning.opened(prepared, tmp_path) as found:
        yield found


def test_each_teams_report_is_in_a_folder_that_its_group_alone_can_open_and_nothing_else_is(site: Site) -> None:
    assert site.run() == Written(written=2)
    assert site.folders == {"Progress reports T001": "t001", "Progress reports T002": "t002"}
    assert site.files == HTML
    member = {"username": "nora", "data_access_group": "t001", "api_export": 1, "file_repository": 1}
    site.owner.json("user", data=[member])
    nora = Api(site.sandbox.url, site.sandbox.token_for(site.number, "nora"))
    rows = nora.json("fileRepository", action="list")
    assert [row["name"] for row in rows] == ["Progress reports T001"]
    assert [row["name"] for row in nora.json("fileRepository", action="list", folder_id=rows[0]["folder_id"])] == [
        "2026-03 team T001 r0.html"
    ]


def test_what_is_put_there_is_the_page_as_it_was_archived_and_the_writers_account_puts_it_there(site: Site) -> None:
    site.run()
    with site.store.read() as connection:
        (report,) = archive.listing(connection, kind="team", subject="T001")
        page = materials.read_all(connection, report.parts)[pages.PAGE]
    assert site.bytes_of(HTML[0]) == page
    lines = [line for line in site.owner.json("log") if "File Repository" in line["details"]]
    assert {line["username"] for line in lines if line["details"].startswith(("Upload", "Create"))} == {"svc_writer"}


def test_a_second_run_and_one_after_the_ledger_was_lost_write_nothing_twice(site: Site) -> None:
    site.settings(write_back={"files": "html", "log": True})
    site.run()
    before = site.logged
    assert site.run() == Written()
    with site.store.begin() as connection:
        connection.execute(tables.write_backs.delete())
    assert site.run() == Written(written=4)
    assert (site.files, site.logged) == (HTML, before)
    assert site.notes == {"it was there already"}


def test_pdf_files_go_back_beside_or_instead_of_the_page(site: Site) -> None:
    pytest.importorskip("weasyprint", reason="WEASYPRINT ABSENT: PDF files in REDCap were NOT tested")
    site.settings(write_back={"files": "both", "folder": "Reports (monthly)", "paper": "Letter"})
    with site.store.begin() as connection:  # one PDF takes long enough
        connection.execute(update(tables.outbox).where(tables.outbox.c.subject == "T002").values(state="pending"))
    assert site.run() == Written(written=2)
    assert site.folders == {"Reports (monthly) T001": "t001"}
    assert site.files == [HTML[0], HTML[0].replace("html", "pdf")]
    content = site.bytes_of(HTML[0].replace("html", "pdf"))
    (box,) = {tuple(page.mediabox[2:]) for page in pypdf.PdfReader(io.BytesIO(content)).pages}
    assert box == (612, 792)


def test_a_row_for_each_role_says_what_became_of_a_teams_report_and_anothers_row_is_left_alone(site: Site) -> None:
    other = {"rl_kind": "reminder", "rl_period": "2026-02-01", "rl_rev": "0", "rl_status": "sent"}
    site.owner.save(
        {"record_id": "T001", "redcap_repeat_instrument": "report_log", "redcap_repeat_instance": "4", **other}
    )
    site.settings(timezone="America/Chicago", write_back={"log": True})
    addresses = site.refuse_first_mail("T001")
    written = site.run()
    assert (written, site.files, site.folders) == (Written(written=2), [], {})
    rows = [row for row in site.logged if row["record_id"] == "T001"]
    assert {name: rows[0][name] for name in other} == other
    assert rows[0]["redcap_repeat_instance"] in {4, "4"}
    ours = rows[1:]
    assert {int(row["redcap_repeat_instance"]) for row in ours} == set(range(5, 5 + len(ours)))
    assert {row["rl_to_role"] for row in ours} == set(addresses.values())
    for row in ours:
        assert (row["rl_kind"], row["rl_period"], row["rl_rev"]) == ("team", "2026-03-01", "0")
        assert row["report_log_complete"] == "2"
        assert len(row["rl_hash"]) == 16
    refused = next(row for row in ours if row["rl_to_role"] == next(iter(addresses.values())))
    assert (refused["rl_status"], refused["rl_sent"]) == ("refused", "")
    others = [row for row in ours if row is not refused]
    assert others
    # 06:30 in London's summer time
    assert {(row["rl_status"], row["rl_sent"]) for row in others} == {("sent", "2026-04-15 00:30:00")}


def test_the_log_waits_until_it_is_known_what_became_of_every_mail(site: Site) -> None:
    site.settings(write_back={"log": True})
    site.refuse_first_mail("T001", state="pending")
    assert [one.team for one in write_back.due(site.here, site.store, site.now)] == ["T002"]


@pytest.mark.parametrize("state", ["pending", "sending", "uncertain", "refused", "cancelled"])
def test_a_report_that_nobody_has_been_sent_is_not_put_into_the_folder(site: Site, state: str) -> None:
    with site.store.begin() as connection:
        connection.execute(update(tables.outbox).where(tables.outbox.c.subject == "T001").values(state=state))
    assert [one.team for one in write_back.due(site.here, site.store, site.now)] == ["T002"]


def test_a_revised_report_stands_beside_the_first_and_is_put_there_once_issued_where_it_has_no_mails(
    site: Site,
) -> None:
    site.run()
    with site.store.begin() as connection:
        (report,) = archive.listing(connection, kind="team", subject="T001")
        files = materials.read_all(connection, report.parts) | {pages.PAGE: b"<html>corrected</html>"}
        archive.keep_report(connection, replace(report, revision=1, parts=materials.keep_all(connection, files)))
    assert site.run() == Written(written=1)
    assert site.files == sorted([*HTML, "2026-03 team T001 r1.html"])
    assert site.bytes_of("2026-03 team T001 r1.html") == b"<html>corrected</html>"


def test_a_report_made_of_a_record_that_was_purged_since_is_not_written(site: Site) -> None:
    with site.store.begin() as connection:
        purged = update(tables.report).where(tables.report.c.subject == "T001")
        connection.execute(purged.values(unreproducible_since=site.now))
    assert site.run() == Written(written=1)
    assert site.files == HTML[1:]


@pytest.mark.parametrize("moment", ["before put_file", "after put_file", "after create_folder", "after import_records"])
def test_a_worker_killed_on_the_way_leaves_nothing_twice_and_nothing_out(site: Site, moment: str) -> None:
    site.settings(write_back={"files": "html", "log": True})
    died = site.process(moment)
    assert died.wait() == -9
    assert list(site.states.values()).count("writing") == 1
    site.run()
    assert list(site.states.values()).count("writing") == 1  # its worker might still be there
    site.now += dt.timedelta(minutes=31)
    site.run()
    assert set(site.states.values()) == {"written"}
    assert len(site.states) == 4
    assert site.files == HTML
    assert sorted(site.folders) == ["Progress reports T001", "Progress reports T002"]
    keys = [(row["record_id"], row["rl_kind"], row["rl_period"], row["rl_to_role"]) for row in site.logged]
    assert len(keys) == len(set(keys)) >= 2


def test_without_a_look_into_the_folder_the_same_crash_leaves_a_file_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the test above can fail."""
    assert site.process("after put_file").wait() == -9
    site.now += dt.timedelta(minutes=31)
    monkeypatch.setattr("breakthrough.delivery.redcap_files._named", lambda _files, _name: ())
    site.run()
    assert site.files == [HTML[0], HTML[0], HTML[1]]


def test_a_connection_lost_after_the_upload_leaves_the_file_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Client.put_file

    def lost(self: Client, folder: int, name: str, content: bytes) -> None:
        real(self, folder, name, content)
        raise Unreachable("the connection was lost")

    with monkeypatch.context() as lossy:
        lossy.setattr(Client, "put_file", lost)
        with pytest.raises(Unreachable):
            site.run()
    site.now += dt.timedelta(minutes=31)
    assert site.run() == Written(written=2)
    assert site.files == HTML


def test_two_workers_at_once_write_each_thing_once(site: Site) -> None:
    site.settings(write_back={"files": "html", "log": True})
    both = [site.process(), site.process()]
    assert [one.wait() for one in both] == [0, 0]
    site.run()
    assert (site.files, sorted(site.folders)) == (HTML, ["Progress reports T001", "Progress reports T002"])
    keys = [(row["record_id"], row["rl_kind"], row["rl_period"], row["rl_to_role"]) for row in site.logged]
    assert len(keys) == len(set(keys)) >= 2
    assert set(site.states.values()) == {"written"}


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        ({"file_repository": 0}, "File Repository"),
        ({"api_import": 0}, "API Import/Update"),
        ({"data_access_groups": 0}, "Data Access Groups"),
    ],
    ids=["no right to the repository", "no right to import", "no right to see groups, for a folder that is to be made"],
)
def test_a_right_that_lacks_stops_it_for_a_day_and_then_it_goes_on(
    site: Site, rights: Mapping[str, Any], told: str
) -> None:
    site.writer(**rights)
    with pytest.raises(Refused, match=told):
        site.run()
    assert set(site.states.values()) == {"refused"}
    assert len(site.states) == 1  # the second is not even tried
    site.writer()
    assert site.run() == Written()
    site.now += DAY
    assert site.run() == Written(written=2)
    assert site.files == HTML


def test_a_token_that_is_refused_stops_files_and_log_for_a_day(site: Site) -> None:
    site.settings(write_back={"files": "html", "log": True})
    (site.folder / "secrets" / "write.token").write_text("0" * 32, encoding="utf-8")
    with pytest.raises(AuthFailed):
        site.run()
    assert set(site.states.values()) == {"pending"}
    assert site.run() == Written()
    site.writer()
    site.now += DAY
    assert site.run() == Written(written=4)


def test_a_log_that_cannot_be_written_does_not_hold_the_files_up(site: Site) -> None:
    site.settings(write_back={"files": "html", "log": True})
    site.owner.json("metadata", data=[r for r in site.owner.json("metadata") if r["form_name"] != "report_log"])
    with pytest.raises(Refused):
        site.run()
    assert site.files == HTML
    assert sorted(site.states.values()) == ["refused", "written", "written"]


def test_an_account_in_a_group_writes_nothing(site: Site) -> None:
    site.writer("svc_grouped", group="t002")
    with pytest.raises(Refused, match="out of every data access group"):
        site.run()
    assert (site.files, site.folders) == ([], {})


@pytest.mark.parametrize(("group", "whom"), [("", "everyone in the project"), ("t002", "another data access group")])
def test_a_folder_of_that_name_that_others_can_open_gets_nothing(site: Site, group: str, whom: str) -> None:
    numbers = {row["unique_group_name"]: row["data_access_group_id"] for row in site.owner.json("dag")}
    named = {"name": "Progress reports T001", "dag_id": numbers.get(group, "")}
    (made,) = site.owner.json("fileRepository", action="createFolder", **named)
    assert site.run() == Written(written=1, refused=1)
    assert site.files == HTML[1:]
    (note,) = site.notes - {""}
    assert f"open to {whom}" in note
    assert "Restrict it" in note
    assert site.listed(made["folder_id"]) == []
    assert site.run() == Written()


def test_what_was_refused_is_counted_in_status_with_its_reason_and_in_the_coordinators_report(site: Site) -> None:
    site.owner.json("fileRepository", action="createFolder", name="Progress reports T001")
    site.run()
    given = ["status", "-d", str(site.folder), "--now", site.now.isoformat()]
    shown = CliRunner().invoke(group, given)
    assert shown.exit_code == 0, shown.output
    assert "Back in REDCap  1 refused, 1 written" in shown.output
    assert "! 1 not written: There is a folder 'Progress reports T001'" in shown.output
    told = json.loads(CliRunner().invoke(group, [*given, "--json"]).output)
    assert told["written_back"] == {"refused": 1, "written": 1}
    assert [one["what"] for one in told["not_written_back"]] == ["html"]
    view = jobs.held(site.here, site.store, site.now)
    edition = jobs.measured(site.here, site.store, Month("2026-03"), site.now)
    assert desk.desk(edition, view).unwritten == 1


def test_a_file_of_that_name_with_other_content_is_never_joined_or_overwritten(site: Site) -> None:
    site.run()
    folder = next(row["folder_id"] for row in site.listed() if row["name"] == "Progress reports T001")
    (there,) = site.listed(folder)
    site.owner.call("fileRepository", action="delete", doc_id=there["doc_id"])
    sent(site.owner, "fileRepository", HTML[0], b"somebody's own", folder_id=folder)
    with site.store.begin() as connection:
        connection.execute(tables.write_backs.delete())
    assert site.run() == Written(written=1, refused=1)
    assert site.bytes_of(HTML[0]) == b"somebody's own"
    assert site.files == HTML


def test_a_record_that_redcap_no_longer_has_is_not_made_anew(site: Site) -> None:
    site.owner.json("user", data=[{"username": "sandbox_owner", "record_delete": 1}])
    site.owner.json("record", action="delete", **{"records[0]": "T001"})
    site.settings(write_back={"files": "html", "log": True})
    assert site.run() == Written(written=2, refused=2)
    assert "T001" not in {row["record_id"] for row in site.owner.json("record", fields="record_id")}


def test_it_stops_between_two_things_when_told_to(site: Site) -> None:
    told = iter([False, True])
    assert site.run(lambda: next(told)) == Written(written=1, left=1)
    assert site.files == HTML[:1]


def test_nothing_goes_back_unless_it_is_asked_for(site: Site) -> None:
    site.settings(write_back={})
    assert write_back.due(site.here, site.store, site.now) == ()
    assert site.run() == Written()


def test_it_is_part_of_every_tick_and_logs_neither_names_nor_tokens(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    jobs.jobs(site.here, site.store, lambda: site.now).write_back(lambda: False)
    assert site.files == HTML
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("breakthrough")]
    assert "write back: written=2 refused=0 uncertain=0" in ours
    token = (site.folder / "secrets" / "write.token").read_text(encoding="utf-8")
    assert not [line for line in ours if token in line or "T001" in line or "@" in line]


def test_a_pdf_that_cannot_be_made_here_is_told_at_the_start(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.settings(write_back={"files": "both"})
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(SettingInvalid, match=r"(?s)write_back.files asks for PDF.*files: html.*pip install"):
        write_back.require(site.here)
    site.settings(write_back={"files": "html"})
    write_back.require(site.here)


def test_a_log_without_its_form_is_told_at_the_start(site: Site) -> None:
    site.settings(write_back={"log": True})
    write_back.require(site.here)
    (site.folder / "instruments" / "project.yaml").unlink()
    with pytest.raises(SettingInvalid, match=r"report_log: \{use: true\}"):
        write_back.require(site.here)


def test_nothing_goes_into_another_project_than_the_one_that_is_pulled(site: Site) -> None:
    owner, _ = stage.new_project(site.sandbox, "Somebody else's")
    (site.folder / "secrets" / "write.token").write_text(owner, encoding="utf-8")
    with pytest.raises(WrongProject, match=r"Nothing was written\. Correct redcap\.write_token"):
        site.run()
    other = Api(site.sandbox.url, owner)
    assert other.json("fileRepository", action="list", folder_id="") == []
    assert "written" not in site.states.values()
    site.writer()
    site.now += DAY
    assert site.run() == Written(written=2)


@pytest.mark.parametrize(("word", "state", "left"), [("again", "pending", [HTML[0]]), ("done", "written", [])])
def test_what_is_uncertain_is_looked_for_again_or_left_alone_as_a_person_says(
    site: Site, word: str, state: str, left: list[str]
) -> None:
    key = f"{site.here.code}/team/T001/2026-03/r0"
    with site.store.begin() as connection:
        line = write_backs.claim(connection, key, "html", site.now)
        assert line
        write_backs.settle(connection, line, "uncertain", site.now, note="REDCap took it, and does not list it.")
    site.run()
    assert site.files == [HTML[1]]
    given = ["-d", str(site.folder)]
    shown = CliRunner().invoke(group, ["write-back", "list", "--state", "uncertain", *given])
    assert "T002" not in shown.output
    assert f"uncertain  {key} html  (REDCap took it, and does not list it.)" in shown.output
    settled = CliRunner().invoke(group, ["write-back", word, key, "html", *given, "--now", site.now.isoformat()])
    assert settled.exit_code == 0, settled.output
    assert site.states["team/T001/2026-03/r0", "html"] == state
    site.run()
    assert site.files == sorted([*left, HTML[1]])


def test_after_a_refusal_again_does_not_wait_for_the_day_and_puts_back_what_was_deleted(site: Site) -> None:
    site.writer(file_repository=0)
    with pytest.raises(Refused):
        site.run()
    (about,) = site.states
    site.writer()
    write_back.again(site.store, f"{site.here.code}/{about[0]}", "html", site.now)
    assert site.run() == Written(written=2)
    folder = next(row["folder_id"] for row in site.listed() if row["name"] == "Progress reports T001")
    site.owner.call("fileRepository", action="delete", doc_id=site.listed(folder)[0]["doc_id"])
    write_back.again(site.store, f"{site.here.code}/team/T001/2026-03/r0", "html", site.now)
    assert site.run() == Written(written=1)
    assert site.files == HTML


@pytest.mark.parametrize("word", ["again", "done"])
def test_of_what_is_not_there_or_on_its_way_nothing_is_to_be_decided(site: Site, word: str) -> None:
    key = f"{site.here.code}/team/T001/2026-03/r0"
    given = ["write-back", word, key, "html", "-d", str(site.folder)]
    with pytest.raises(StoreError, match="breakthrough write-back list"):
        CliRunner().invoke(group, given, catch_exceptions=False, standalone_mode=False)
    with site.store.begin() as connection:
        write_backs.claim(connection, key, "html", site.now)
    with pytest.raises(StoreError, match="is writing, so nothing was changed"):
        CliRunner().invoke(group, given, catch_exceptions=False, standalone_mode=False)
