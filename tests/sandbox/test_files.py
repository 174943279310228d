"""Files in the fields of records: sent, fetched, replaced, deleted; by whom, where, and what the log says."""

from __future__ import annotations

import json
import sqlite3
from io import BytesIO
from pathlib import Path

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, MakeProject, field, invalid, new_project
from tests.sandbox.sending import refused, send, sent

from redcap_sandbox import Sandbox, serve
from redcap_sandbox.design import project as design
from redcap_sandbox.files import attachments, uploads
from redcap_sandbox.files.attachments import Place
from redcap_sandbox.people import members
from redcap_sandbox.records.saving import Saving

CLINIC = (
    field("record_id", "profile"),
    field("portrait", "profile", "file", identifier="y"),
    field("letter", "profile", "file"),
    field("pictured", "profile", "calc", choices="if([letter] <> '', 1, 0)"),
    field("consent", "profile", "file", validation="signature"),
    field("scan", "visit", "file"),
    field("remark", "visit", "notes"),
)
BYTES = bytes(range(256))
NO_FILE = "There is no file to download for this record"


@pytest.fixture
def clinic(make: MakeProject) -> Api:
    """Record 1 in a project whose form visit repeats, with the access groups North and South."""
    owner = make(CLINIC, repeating=["visit"], groups=["North", "South"])
    owner.save({"record_id": "1"})
    return owner


@pytest.fixture(scope="module")
def shared(server: Sandbox) -> Api:
    """Record 1 in a project for tests whose uploads replace each other's or are refused; the letter is theirs."""
    owner = new_project(server, CLINIC, ["visit"])
    owner.save({"record_id": "1"})
    return owner


@pytest.fixture
def study(make: MakeProject) -> Api:
    """Record 1 in a longitudinal project: visit is designated to Week 1 and Week 2, and Week 2 repeats as a whole."""
    owner = make(CLINIC)
    owner.json("project_settings", data=[{"is_longitudinal": 1}])
    owner.json("event", action="import", data=[{"event_name": f"Week {n}", "arm_num": 1} for n in (1, 2)])
    designated = (("event_1_arm_1", "profile"), ("week_1_arm_1", "visit"), ("week_2_arm_1", "visit"))
    rows = [{"arm_num": 1, "unique_event_name": event, "form": form} for event, form in designated]
    owner.json("formEventMapping", data=rows)
    owner.json("repeatingFormsEvents", data=[{"event_name": "week_2_arm_1", "form_name": ""}])
    owner.save({"record_id": "1"})
    return owner


def fetch(api: Api, **where: str) -> bytes:
    reply = api.call("file", action="export", **where)
    assert reply.status_code == 200, reply.text
    return reply.content


def said(owner: Api, **wanted: str) -> list[tuple[str, str]]:
    """(action, details), oldest first."""
    return [(entry["action"], entry["details"]) for entry in reversed(owner.json("log", **wanted))]


def test_pycap_sends_fetches_and_deletes_a_file(clinic: Api) -> None:
    pycap = clinic.project()
    assert pycap.import_file("1", "letter", "dear.txt", BytesIO(b"Dear all\n")) == [{}]
    assert pycap.export_file("1", "letter") == (b"Dear all\n", {"name": "dear.txt", "charset": "UTF-8"})
    assert pycap.delete_file("1", "letter") == [{}]
    assert refused(clinic.call("file", action="export", record="1", field="letter", returnFormat="json")) == (
        400,
        NO_FILE,
    )


@pytest.mark.parametrize("data", [b"", BYTES, b"\r\n--edge\r\n", b"x" * 1024 * 1024, BYTES * 10_000], ids=len)
def test_every_byte_comes_back(shared: Api, data: bytes) -> None:
    sent(shared, "file", "data.bin", data, record="1", field="letter")
    assert fetch(shared, record="1", field="letter") == data


def test_record_exports_show_the_name_or_the_number(clinic: Api) -> None:
    sent(clinic, "file", "a.txt", record="1", field="letter")
    assert clinic.json("record", fields="letter") == [{"letter": "a.txt"}]
    ((_, details),) = said(clinic, logtype="record_edit")[:1]
    number = clinic.json("record", fields="letter", type="eav")[0]["value"]
    assert number.isdigit()
    assert details == f"letter = '{number}', profile_complete = '0'"


def test_an_upload_replaces_the_file_and_forgets_the_former(tmp_path: Path) -> None:
    with serve(tmp_path, SUPER_TOKEN) as sandbox:
        owner = new_project(sandbox, CLINIC)
        owner.save({"record_id": "1"})
        sent(owner, "file", "a.txt", b"first", record="1", field="letter")
        sent(owner, "file", "b.txt", b"second", record="1", field="letter")
        assert fetch(owner, record="1", field="letter") == b"second"
        assert owner.json("record", fields="letter") == [{"letter": "b.txt"}]
    with sqlite3.connect(tmp_path / "sandbox.sqlite") as db:
        assert db.execute("SELECT name, content FROM upload").fetchall() == [("b.txt", b"second")]
    db.close()


def test_deleting_a_file_blanks_the_field(clinic: Api) -> None:
    sent(clinic, "file", "a.txt", record="1", field="letter")
    where = {"action": "delete", "record": "1", "field": "letter", "returnFormat": "json"}
    reply = clinic.call("file", **where)
    assert (reply.status_code, reply.content) == (200, b"")
    assert clinic.json("record", fields="letter,profile_complete") == [{"letter": "", "profile_complete": "0"}]
    assert refused(clinic.call("file", **where)) == (400, "There is no file to delete for this record")


def test_calculations_that_ask_for_a_file_are_done_again(clinic: Api) -> None:
    sent(clinic, "file", "a.txt", record="1", field="letter")
    assert clinic.json("record", fields="pictured") == [{"pictured": "1"}]
    clinic.call("file", action="delete", record="1", field="letter")
    assert clinic.json("record", fields="pictured") == [{"pictured": "0"}]


@pytest.mark.parametrize("name", ["mugshotttttt", "remark", "record_id", "pictured", "profile_complete", "it's"])
@pytest.mark.parametrize("action", ["export", "import", "delete"])
def test_a_field_that_holds_no_files_is_named(shared: Api, action: str, name: str) -> None:
    message = f"The field '{name}' does not exist or is not a 'file' field"
    reply = send(shared, "file", "a.txt", record="1", field=name, action=action)
    assert refused(reply) == (400, message)


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        ({}, f'<?xml version="1.0" encoding="UTF-8" ?><hash><error>{NO_FILE}</error></hash>'),
        ({"returnFormat": "csv"}, f"ERROR: {NO_FILE}"),
        ({"format": "json"}, f'{{"error":"{NO_FILE}"}}'),
    ],
)
def test_where_there_is_no_file_an_error_says_so(shared: Api, formats: dict[str, str], text: str) -> None:
    reply = shared.call("file", action="export", record="1", field="portrait", **formats)
    assert (reply.status_code, reply.text) == (400, text)


@pytest.mark.parametrize("action", ["export", "import", "delete"])
def test_a_file_needs_a_record_that_is_there(clinic: Api, action: str) -> None:
    reply = send(clinic, "file", "a.txt", record="2", field="letter", action=action)
    assert refused(reply) == (400, 'The record "2" does not exist')
    assert [row["record_id"] for row in clinic.json("record", fields="record_id")] == ["1"]
    reply = send(clinic, "file", "a.txt", field="letter", action=action)
    assert refused(reply) == (400, 'The required parameter "record" is missing')


def test_an_import_without_a_file_is_refused(clinic: Api) -> None:
    where = {"action": "import", "record": "1", "field": "letter", "returnFormat": "json"}
    assert clinic.call("file", **where).status_code == 400
    assert clinic.call("file", file="just text", **where).status_code == 400
    assert clinic.json("record", fields="letter") == [{"letter": ""}]


def test_record_names_are_found_in_any_case_and_without_blanks_around_them(clinic: Api) -> None:
    clinic.save({"record_id": "Anna-1"})
    sent(clinic, "file", "a.txt", record=" anna-1 ", field="letter")
    assert fetch(clinic, record="ANNA-1", field="letter") == b"x"
    assert said(clinic, logtype="record_edit")[0][0] == "Update record (API) Anna-1"


def test_each_instance_of_a_repeating_form_has_its_own_file(clinic: Api) -> None:
    where = {"record": "1", "field": "scan"}
    sent(clinic, "file", "one.png", b"1st", **where)
    sent(clinic, "file", "three.png", b"3rd", repeat_instance="3", **where)
    sent(clinic, "file", "four.png", b"4th", repeat_instance="new", **where)
    rows = clinic.json("record", fields="record_id,scan,visit_complete")
    assert [(row["redcap_repeat_instance"], row["scan"], row["visit_complete"]) for row in rows] == [
        ("", "", ""),
        (1, "one.png", "0"),
        (3, "three.png", "0"),
        (4, "four.png", "0"),
    ]
    clinic.call("file", action="delete", repeat_instance="3", **where)
    assert [fetch(clinic, repeat_instance=number, **where) for number in ("1", "4")] == [b"1st", b"4th"]
    missing = clinic.call("file", action="export", repeat_instance="3", returnFormat="json", **where)
    assert refused(missing) == (400, NO_FILE)


@pytest.mark.parametrize("instance", ["0", "-1", "1.5", "x", "32768", "99999999999999999999", "２"])
def test_an_instance_is_a_whole_number(shared: Api, instance: str) -> None:
    message = 'The value of the parameter "repeat_instance" is not valid'
    for action in ("export", "import", "delete"):
        reply = send(shared, "file", "a.txt", action=action, record="1", field="scan", repeat_instance=instance)
        assert refused(reply) == (400, message)


def test_a_form_that_does_not_repeat_has_one_instance(clinic: Api) -> None:
    sent(clinic, "file", "a.txt", record="1", field="letter", repeat_instance="1")
    for instance in ("2", "new"):
        reply = send(clinic, "file", "b.txt", record="1", field="letter", repeat_instance=instance)
        assert refused(reply)[0] == 400
    assert clinic.json("record", fields="letter") == [{"letter": "a.txt"}]


def test_a_longitudinal_project_has_to_be_told_the_event(study: Api) -> None:
    where = {"record": "1", "field": "scan"}
    for action in ("export", "import", "delete"):
        reply = send(study, "file", "a.txt", action=action, **where)
        assert refused(reply) == (400, 'The required parameter "event" is missing')
        reply = send(study, "file", "a.txt", action=action, event="week_9_arm_1", **where)
        assert refused(reply) == (400, invalid("event", "week_9_arm_1"))
    sent(study, "file", "w1.png", b"w1", event="week_1_arm_1", **where)
    sent(study, "file", "w2.png", b"w2", event="week_2_arm_1", repeat_instance="2", **where)
    assert fetch(study, event="week_1_arm_1", **where) == b"w1"
    assert fetch(study, event="week_2_arm_1", repeat_instance="2", **where) == b"w2"
    rows = study.json("record", fields="record_id,scan")
    assert [(row["redcap_event_name"], row["redcap_repeat_instance"], row["scan"]) for row in rows] == [
        ("event_1_arm_1", "", ""),
        ("week_1_arm_1", "", "w1.png"),
        ("week_2_arm_1", 2, "w2.png"),
    ]


def test_a_file_goes_only_where_its_form_is_designated(study: Api) -> None:
    where = {"record": "1", "field": "scan", "event": "event_1_arm_1"}
    assert refused(send(study, "file", "a.txt", **where)) == (
        400,
        "This field ('scan') exists on an instrument that is not designated for the event named 'Event 1'.",
    )
    assert refused(study.call("file", action="export", returnFormat="json", **where)) == (400, NO_FILE)


def test_a_classic_project_passes_over_the_event(clinic: Api) -> None:
    sent(clinic, "file", "a.txt", record="1", field="letter", event="event_1_arm_1")
    assert fetch(clinic, record="1", field="letter", event="nonsense") == b"x"


def test_signatures_are_not_imported_but_exported_and_deleted(clinic: Api, sandbox: Sandbox) -> None:
    where = {"record": "1", "field": "consent"}
    reply = send(clinic, "file", "a.png", **where)
    assert refused(reply) == (400, "The field 'consent' is a signature, which cannot be imported")
    sign(clinic, sandbox)
    assert fetch(clinic, **where) == b"signed"
    assert clinic.call("file", action="delete", **where).status_code == 200
    assert clinic.call("file", action="export", **where).status_code == 400


def sign(owner: Api, sandbox: Sandbox) -> None:
    """Puts a signature into record 1, as a person does in the form."""
    number = owner.json("project")["project_id"]
    with sandbox._storage.writing() as db:
        project = design.load(db, number)
        (signer,) = members.load(db, number)
        place = Place("1", project.events[0].id, project.dictionary.by_name["consent"])
        signature = uploads.add(db, number, "2025-09-18 08:30:15", "signature.png", "image/png", b"signed")
        attachments.put(db, number, Saving(db, project, signer, lambda _notes: None), place, signature)


def test_a_locked_record_keeps_its_files(clinic: Api, sandbox: Sandbox) -> None:
    sent(clinic, "file", "a.txt", record="1", field="letter")
    number = clinic.json("project")["project_id"]
    with sandbox._storage.writing() as db:
        db.execute("UPDATE record SET locked = 1 WHERE project = ?", (number,))
    for action in ("import", "delete"):
        status, message = refused(send(clinic, "file", "b.txt", action=action, record="1", field="letter"))
        assert status == 400
        assert "locked" in message
    assert clinic.json("record", fields="letter") == [{"letter": "a.txt"}]


def test_users_in_a_group_reach_the_files_of_their_records_only(clinic: Api, add_user: AddUser) -> None:
    clinic.save({"record_id": "2", "redcap_data_access_group": "south"})
    clinic.save({"record_id": "3", "redcap_data_access_group": "north"})
    sent(clinic, "file", "south.txt", b"south", record="2", field="letter")
    nora = add_user(clinic, "nora", "north", api_export=1, api_import=1)
    open_forms(clinic, "nora", group="north")
    for record in ("1", "2"):
        for action in ("export", "import", "delete"):
            reply = send(nora, "file", "x.txt", action=action, record=record, field="letter")
            assert refused(reply) == (400, f'The record "{record}" does not exist')
    sent(nora, "file", "north.txt", b"north", record="3", field="letter")
    assert fetch(nora, record="3", field="letter") == b"north"
    assert fetch(clinic, record="2", field="letter") == b"south"


def open_forms(owner: Api, username: str, group: str = "", forms: int = 1, forms_export: int = 1) -> None:
    """Gives the user these rights to both forms."""
    rights = {
        kind: {"profile": level, "visit": level} for kind, level in (("forms", forms), ("forms_export", forms_export))
    }
    owner.json("user", data=[{"username": username, "data_access_group": group, **rights}])


@pytest.mark.parametrize(
    ("level", "plain", "identifier"),
    [(1, 200, 200), (2, 200, 403), (3, 200, 403), (0, 403, 403)],
    ids=["full", "de-identified", "no identifiers", "none"],
)
def test_export_rights_count_and_identifiers_need_the_full_set(
    clinic: Api, add_user: AddUser, level: int, plain: int, identifier: int
) -> None:
    sent(clinic, "file", "a.txt", record="1", field="letter")
    sent(clinic, "file", "b.txt", record="1", field="portrait")
    reader = add_user(clinic, "reader", api_export=1)
    open_forms(clinic, "reader", forms=0, forms_export=level)
    statuses = [
        reader.call("file", action="export", record="1", field=name).status_code for name in ("letter", "portrait")
    ]
    assert statuses == [plain, identifier]


@pytest.mark.parametrize(
    ("level", "status"), [(1, 200), (3, 200), (130, 200), (0, 403), (2, 403), (128, 403), (129, 403)]
)
def test_who_may_not_edit_the_form_changes_no_file(clinic: Api, add_user: AddUser, level: int, status: int) -> None:
    writer = add_user(clinic, "writer", api_import=1)
    open_forms(clinic, "writer", forms=level)
    assert send(writer, "file", "a.txt", record="1", field="letter").status_code == status
    assert writer.call("file", action="delete", record="1", field="letter").status_code == status


def test_the_rights_to_the_api_count(clinic: Api, add_user: AddUser) -> None:
    reader = add_user(clinic, "reader", api_export=1)
    writer = add_user(clinic, "writer", api_import=1)
    denied = (403, "You do not have API Import/Update privileges")
    for action in ("import", "delete"):
        assert refused(send(reader, "file", "a.txt", action=action, record="1", field="letter")) == denied
    reply = send(writer, "file", "a.txt", action="export", record="1", field="letter")
    assert refused(reply) == (403, "You do not have API Export privileges")


def test_the_log_tells_of_uploads_deletions_and_downloads(clinic: Api) -> None:
    before = len(said(clinic, record="1"))
    sent(clinic, "file", "a.txt", record="1", field="letter")
    sent(clinic, "file", "b.txt", record="1", field="letter")
    fetch(clinic, record="1", field="letter")
    clinic.call("file", action="delete", record="1", field="letter")
    sent(clinic, "file", "c.txt", record="1", field="scan", repeat_instance="2")
    fetch(clinic, record="1", field="scan", repeat_instance="2")
    lines = [line for line in said(clinic, record="1")[before:] if "Auto calculation" not in line[0]]
    first, second, third = (line[1].split("'")[1] for line in (lines[0], lines[1], lines[4]))
    assert int(first) < int(second) < int(third)
    assert lines == [
        ("Update record (API) 1", f"letter = '{first}', profile_complete = '0'"),
        ("Update record (API) 1", f"letter = '{second}'"),
        ("Download uploaded document (API) Record 1", "letter"),
        ("Update record (API) 1", "letter = ''"),
        ("Update record (API) 1", f"[instance = 2], scan = '{third}', visit_complete = '0'"),
        ("Download uploaded document (API) Record 1", "[instance = 2], scan"),
    ]


def test_the_log_names_the_event_of_an_upload(study: Api) -> None:
    sent(study, "file", "a.txt", record="1", field="scan", event="week_1_arm_1")
    assert said(study, logtype="record_edit")[-1][0] == "Update record (API) 1 (Week 1 (Arm 1: Arm 1))"


def test_a_refused_upload_leaves_no_trace(tmp_path: Path) -> None:
    with serve(tmp_path, SUPER_TOKEN) as sandbox:
        owner = new_project(sandbox, CLINIC)
        owner.save({"record_id": "1"})
        before = said(owner, logtype="record")
        with sandbox._storage.writing() as db:
            db.execute("UPDATE record SET locked = 1")
        assert send(owner, "file", "a.txt", record="1", field="letter").status_code == 400
        assert said(owner, logtype="record") == before
    with sqlite3.connect(tmp_path / "sandbox.sqlite") as db:
        assert db.execute("SELECT count(*) FROM upload").fetchone() == (0,)
    db.close()


def test_importing_records_leaves_files_alone(clinic: Api) -> None:
    sent(clinic, "file", "a.txt", b"kept", record="1", field="letter")
    rows = clinic.json("record", fields="record_id,letter")
    clinic.save(*json.loads(json.dumps(rows).replace("a.txt", "b.txt")), overwriteBehavior="overwrite")
    assert clinic.json("record", fields="letter") == [{"letter": "a.txt"}]
    assert fetch(clinic, record="1", field="letter") == b"kept"
