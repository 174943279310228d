"""Files that records hold."""

from __future__ import annotations

from io import BytesIO

import pytest
import requests
from tests.sandbox.conftest import Api, MakeProject
from tests.sandbox.evidence.conftest import upload
from tests.sandbox.evidence.studies import PHOTO, PLAN

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(range(256))


def download(api: Api, **where: str) -> requests.Response:
    return api.call("file", action="export", returnFormat="csv", **where)


# B1 [P] import_file doctest, [R] redcap-file-upload-oneshot.R (success is 200), [A] importFiles.R
@pytest.mark.parametrize("formats", [{}, {"returnFormat": "csv"}, {"returnFormat": "json"}], ids=str)
def test_an_upload_is_answered_with_nothing(own_wards: Api, formats: dict[str, str]) -> None:
    reply = upload(own_wards, "file", "new.txt", b"new", record="2", field="plan", **formats)
    assert (reply.status_code, reply.text.strip()) == (200, "")
    assert download(own_wards, record="2", field="plan").content == b"new"


# B2 [P] export_file doctest: name and charset after the type; [R] test-file-oneshot; [A] reconstituteFileFromExport.R
def test_a_download_says_its_name(own_wards: Api) -> None:
    content, told = own_wards.project().export_file(record="1", field="plan")
    assert (content, told) == (PLAN, {"name": "plan.txt", "charset": "UTF-8"})
    upload(own_wards, "file", "mugshot-1.jpg", JPEG, mime="image/jpeg", record="2", field="plan")
    reply = download(own_wards, record="2", field="plan")
    assert reply.content == JPEG
    assert reply.headers["Content-Type"].startswith('image/jpeg; name="mugshot-1.jpg"')


# B2 [R] redcap-file-download-oneshot.R takes everything between `name=` and the end, without quotes
# B2 [A] reconstituteFileFromExport.R takes what stands between `; name=` and `;charset`
def test_the_name_is_where_r_looks_for_it(wards: Api) -> None:
    kind, _, rest = download(wards, record="1", field="plan").headers["Content-Type"].partition("; name=")
    assert kind == "text/plain"
    assert rest.partition(";charset=")[0] == '"plan.txt"'


# B3 [P] delete_file doctest, [A] deleteFiles.R
def test_a_file_is_deleted(own_wards: Api) -> None:
    reply = own_wards.call("file", action="delete", record="1", field="plan", returnFormat="csv")
    assert (reply.status_code, reply.text.strip()) == (200, "")
    assert own_wards.json("record", fields="plan", records="1") == [{"plan": ""}]
    assert download(own_wards, record="1", field="plan").status_code == 400


# B4 [R] test-file-oneshot "Download Error --bad field name"
@pytest.mark.parametrize("name", ["mugshotttttt", "beds"])
def test_a_field_that_holds_no_file_is_named(wards: Api, name: str) -> None:
    reply = download(wards, record="3", field=name)
    assert (reply.status_code, reply.text) == (
        400,
        f"ERROR: The field '{name}' does not exist or is not a 'file' field",
    )


# B5 [R] "file in longitudinal event", "file in repeating instrument"; [A] test-301 "repeat instances > 1"
def test_each_instance_has_its_own_file(own_teams: Api) -> None:
    where = {"record": "1", "field": "photo", "event": "start_arm_1"}
    assert download(own_teams, **where, repeat_instance="2").content == PHOTO
    assert download(own_teams, **where, repeat_instance="1").status_code == 400
    upload(own_teams, "file", "first.png", b"1st", **where, repeat_instance="1")
    assert download(own_teams, **where, repeat_instance="1").content == b"1st"
    assert download(own_teams, **where, repeat_instance="2").content == PHOTO
    rows = own_teams.json("record", records="1", events="start_arm_1", fields="photo")
    assert [row["photo"] for row in rows] == ["", "first.png", "ash.png"]
    own_teams.call("file", action="delete", **where, repeat_instance="2")
    assert download(own_teams, **where, repeat_instance="2").status_code == 400
    assert download(own_teams, **where, repeat_instance="1").content == b"1st"


# B5 [A] importFiles(repeat_instance=): an upload makes the instance
def test_an_upload_makes_its_instance(own_teams: Api) -> None:
    where = {"record": "1", "field": "photo", "event": "start_arm_1"}
    upload(own_teams, "file", "third.png", b"3rd", **where, repeat_instance="3")
    rows = own_teams.json("record", records="1", events="start_arm_1", fields="team_id,photo")
    assert [(row["redcap_repeat_instance"], row["photo"]) for row in rows] == [
        *(("", ""), (1, ""), (2, "ash.png"), (3, "third.png"))
    ]


# B5 [R] "file in repeating instrument": in a classic project there is no event
def test_a_classic_repeating_form_needs_the_instance_only(make: MakeProject) -> None:
    owner = make(repeating=("pdsa",))
    owner.save(
        {"record_id": "1", "redcap_repeat_instrument": "pdsa", "redcap_repeat_instance": "2", "pdsa_complete": "0"}
    )
    upload(owner, "file", "photo.jpg", JPEG, record="1", field="photo", repeat_instance="2")
    assert download(owner, record="1", field="photo", repeat_instance="2").content == JPEG


# B6 [P] import_file doctest uploads a file of no bytes
def test_an_empty_file_is_a_file(own_wards: Api) -> None:
    project = own_wards.project()
    assert project.import_file(record="2", field="plan", file_name="empty.txt", file_object=BytesIO()) == [{}]
    assert project.export_file(record="2", field="plan") == (b"", {"name": "empty.txt", "charset": "UTF-8"})
    assert project.delete_file(record="2", field="plan") == [{}]


# B7 [A] test-301 overwrite: a second upload takes the place of the first
def test_an_upload_replaces_the_file(own_wards: Api) -> None:
    upload(own_wards, "file", "other.txt", b"other", record="1", field="plan")
    assert own_wards.project().export_file(record="1", field="plan")[0] == b"other"
    assert own_wards.json("record", fields="plan", records="1") == [{"plan": "other.txt"}]


# B8 [R] "download w/ bad token", "upload w/ bad token"
def test_a_wrong_token_uploads_nothing(own_wards: Api) -> None:
    stranger = Api(own_wards.url, "BAD0" * 8)
    reply = upload(stranger, "file", "x.txt", b"x", record="2", field="plan", returnFormat="csv")
    assert (reply.status_code, reply.text) == (403, "ERROR: You do not have permissions to use the API")
    assert download(stranger, record="1", field="plan").status_code == 403


# B9 [R] redcap-file-upload-oneshot.R: the file's part is `file`, its name is the name that counts
def test_a_name_with_blanks_and_other_letters_is_kept(own_wards: Api) -> None:
    upload(own_wards, "file", "plan for øst.txt", b"x", record="2", field="plan")
    assert own_wards.json("record", fields="plan", records="2") == [{"plan": "plan for øst.txt"}]
