"""The File Repository: folders within folders, files, who sees them, and the Recycle Bin."""

from __future__ import annotations

import csv
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from tests.sandbox.conftest import AddUser, Api, Clock, MakeProject
from tests.sandbox.sending import refused, send, sent, told_name

from redcap_sandbox import Sandbox
from redcap_sandbox.files import repository
from redcap_sandbox.people import members, roles
from redcap_sandbox.people.grants import Grants
from redcap_sandbox.wire.refusals import Refusal

CONTENT = "fileRepository"


@pytest.fixture
def owner(make: MakeProject) -> Api:
    """A project with the access groups North and South."""
    return make(groups=("North", "South"))


def new_folder(api: Api, name: str, **parameters: Any) -> int:
    (folder,) = api.json(CONTENT, action="createFolder", name=name, **parameters)
    return int(folder["folder_id"])


def listed(api: Api, folder: int | str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api.json(CONTENT, action="list", folder_id=folder)
    return rows


def names(api: Api, folder: int | str = "") -> list[str]:
    return [row["name"] for row in listed(api, folder)]


def no_folder(number: object) -> tuple[int, str]:
    return 400, (
        f"The File Repository folder folder_id={number} does not exist or else you do not have permission to that "
        "folder because it is DAG-restricted or Role-restricted."
    )


def project_of(api: Api) -> int:
    return int(api.json("project")["project_id"])


def test_pycap_fills_lists_reads_and_empties_a_repository(owner: Api) -> None:
    pycap = owner.project()
    folder = pycap.create_folder_in_repository("test")[0]["folder_id"]
    assert pycap.import_file_into_repository("test.txt", BytesIO(b"hello")) == [{}]
    assert pycap.import_file_into_repository("test_in_folder.txt", BytesIO(b""), folder_id=folder) == [{}]
    document = pycap.export_file_repository(folder_id=folder)[0]["doc_id"]
    assert pycap.export_file_from_repository(document) == (b"", {"name": "test_in_folder.txt", "charset": "UTF-8"})
    assert pycap.delete_file_from_repository(document) == [{}]
    assert pycap.export_file_repository(folder_id=folder) == []
    assert [list(row) for row in pycap.export_file_repository()] == [["folder_id", "name"], ["doc_id", "name"]]


def test_folders_come_first_and_both_are_in_order_of_their_names(owner: Api) -> None:
    for name in ("b.txt", "A.txt", "c.txt"):
        sent(owner, CONTENT, name)
    for name in ("test", "New Folder"):
        new_folder(owner, name)
    assert names(owner) == ["New Folder", "test", "A.txt", "b.txt", "c.txt"]


def test_each_format_lists_in_its_own_way(owner: Api) -> None:
    north, _ = (group["data_access_group_id"] for group in owner.json("dag"))
    folder = new_folder(owner, "Minutes, & more", dag_id=north)
    sent(owner, CONTENT, 'the "plan".txt')
    document = listed(owner)[1]["doc_id"]
    assert owner.call(CONTENT, action="list", format="json").text == (
        f'[{{"folder_id":{folder},"name":"Minutes, & more","dag":"north"}},'
        f'{{"doc_id":{document},"name":"the \\"plan\\".txt"}}]'
    )
    rows = owner.call(CONTENT, action="list", format="csv").text.splitlines()
    assert rows[0] == "folder_id,doc_id,name,role,dag"
    assert list(csv.reader(rows[1:])) == [
        [str(folder), "", "Minutes, & more", "", "north"],
        ["", str(document), 'the "plan".txt', "", ""],
    ]
    text = owner.call(CONTENT, action="list").text
    assert f"<folder_id><![CDATA[{folder}]]></folder_id>" in text
    assert "<name><![CDATA[Minutes, & more]]></name>" in text


@pytest.mark.parametrize(("data_format", "text"), [("json", "[]"), ("csv", "")])
def test_an_empty_folder_is_listed_as_nothing(owner: Api, data_format: str, text: str) -> None:
    reply = owner.call(CONTENT, action="list", format=data_format, folder_id=new_folder(owner, "empty"))
    assert (reply.status_code, reply.text) == (200, text)


@pytest.mark.parametrize(("data_format", "before"), [("csv", "folder_id\n"), ("json", '[{"folder_id":')])
def test_a_new_folders_number_is_told_in_the_format_asked_for(owner: Api, data_format: str, before: str) -> None:
    assert owner.call(CONTENT, action="createFolder", name="a", format=data_format).text.startswith(before)


def test_folders_lie_in_folders(owner: Api) -> None:
    outer = new_folder(owner, "outer")
    inner = new_folder(owner, "inner", folder_id=outer)
    sent(owner, CONTENT, "deep.txt", b"deep", folder_id=inner)
    assert [names(owner), names(owner, outer), names(owner, inner)] == [["outer"], ["inner"], ["deep.txt"]]


def test_names_of_folders_have_1_to_150_characters(owner: Api) -> None:
    longest = "ø" * 150
    new_folder(owner, longest)
    new_folder(owner, "  ../up\n\x00down ")
    assert names(owner) == ["../updown", longest]
    for name in ("", "   ", "\n", "n" * 151):
        assert owner.refusal(CONTENT, action="createFolder", name=name)[0] == 400
    assert len(listed(owner)) == 2


def test_things_of_the_same_name_lie_side_by_side(owner: Api) -> None:
    for data in (b"1", b"2"):
        new_folder(owner, "same")
        sent(owner, CONTENT, "same.txt", data)
    rows = listed(owner)
    assert [row["name"] for row in rows] == ["same", "same", "same.txt", "same.txt"]
    documents = [row["doc_id"] for row in rows[2:]]
    assert [owner.call(CONTENT, action="export", doc_id=number).content for number in documents] == [b"1", b"2"]


def test_an_unknown_folder_is_named(owner: Api) -> None:
    for number in ("99", "0", "-1", "x", "1.0", "9" * 40, "1 OR 1=1"):
        assert owner.refusal(CONTENT, action="list", folder_id=number) == no_folder(number)
        assert owner.refusal(CONTENT, action="createFolder", name="a", folder_id=number) == no_folder(number)
        assert refused(send(owner, CONTENT, "a.txt", folder_id=number)) == no_folder(number)
    assert listed(owner) == []


def test_an_unknown_file_is_refused(owner: Api) -> None:
    for action, number in product(("export", "delete"), ("99999", "0", "-1", "x", "9" * 40)):
        status, message = owner.refusal(CONTENT, action=action, doc_id=number)
        assert (status, f"doc_id={number} " in message) == (400, True)


def test_what_is_missing_is_refused(owner: Api) -> None:
    missing = 'The required parameter "{}" is missing'
    assert owner.refusal(CONTENT, action="createFolder") == (400, missing.format("name"))
    assert owner.refusal(CONTENT, action="export") == (400, missing.format("doc_id"))
    assert owner.refusal(CONTENT, action="import", file="text")[0] == 400
    assert listed(owner) == []


def test_another_projects_folders_and_files_do_not_exist(owner: Api, make: MakeProject) -> None:
    other = make()
    folder = new_folder(other, "theirs")
    sent(other, CONTENT, "theirs.txt")
    document = listed(other)[1]["doc_id"]
    assert owner.refusal(CONTENT, action="list", folder_id=folder) == no_folder(folder)
    assert owner.refusal(CONTENT, action="export", doc_id=document)[0] == 400
    assert owner.refusal(CONTENT, action="delete", doc_id=document)[0] == 400
    assert names(other) == ["theirs", "theirs.txt"]


def test_a_records_file_is_none_of_the_repositorys(owner: Api) -> None:
    owner.save({"record_id": "1"})
    sent(owner, "file", "photo.jpg", record="1", field="photo")
    number = owner.json("record", fields="photo", type="eav")[0]["value"]
    assert listed(owner) == []
    for action in ("export", "delete"):
        assert owner.refusal(CONTENT, action=action, doc_id=number)[0] == 400
    assert owner.call("file", action="export", record="1", field="photo").content == b"x"


def test_a_download_has_the_name_and_the_media_type(owner: Api) -> None:
    sent(owner, CONTENT, "bøk.pdf", b"%PDF")
    reply = owner.call(CONTENT, action="export", doc_id=listed(owner)[0]["doc_id"])
    assert reply.content == b"%PDF"
    assert reply.headers["Content-Type"].startswith('application/pdf; name="')
    assert told_name(reply) == "bøk.pdf"


def member(owner: Api, add_user: AddUser, username: str, group: str = "") -> Api:
    return add_user(owner, username, group, api_export=1, api_import=1, file_repository=1)


def test_a_groups_folder_is_open_to_it_and_to_users_in_no_group(owner: Api, add_user: AddUser) -> None:
    north = owner.json("dag")[0]["data_access_group_id"]
    folder = new_folder(owner, "northern", dag_id=north)
    sent(owner, CONTENT, "north.txt", folder_id=folder)
    document = listed(owner, folder)[0]["doc_id"]
    nora, free = member(owner, add_user, "nora", "north"), member(owner, add_user, "free")
    for open_to in (nora, free):
        assert names(open_to) == ["northern"]
        assert names(open_to, folder) == ["north.txt"]
        assert open_to.call(CONTENT, action="export", doc_id=document).content == b"x"
    sven = member(owner, add_user, "sven", "south")
    assert listed(sven) == []
    assert sven.refusal(CONTENT, action="list", folder_id=folder) == no_folder(folder)
    assert sven.refusal(CONTENT, action="createFolder", name="a", folder_id=folder) == no_folder(folder)
    assert refused(send(sven, CONTENT, "a.txt", folder_id=folder)) == no_folder(folder)
    for action in ("export", "delete"):
        status, message = sven.refusal(CONTENT, action=action, doc_id=document)
        assert (status, f"doc_id={document} " in message) == (400, True)
    assert names(nora, folder) == ["north.txt"]


def role_of(sandbox: Sandbox, project: int, *usernames: str) -> tuple[int, str]:
    """(number, unique name) of a new role which these users are put into."""
    held = {"api_export": 1, "api_import": 1, "file_repository": 1}
    with sandbox._storage.writing() as db:
        role = roles.create(db, project, "Nurse", Grants(held))
        for username in usernames:
            db.execute(
                "UPDATE member SET role = ? WHERE project = ? AND username = ?",
                (role.id, project, members.required(db, project, username).username),
            )
    return role.id, role.unique_name


def test_a_roles_folder_is_open_to_it_alone(owner: Api, add_user: AddUser, sandbox: Sandbox) -> None:
    nurse, other = member(owner, add_user, "nurse"), member(owner, add_user, "other")
    role, unique = role_of(sandbox, project_of(owner), "nurse")
    folder = new_folder(owner, "nursing", role_id=role)
    assert listed(nurse) == [{"folder_id": folder, "name": "nursing", "role": unique}]
    for closed_to in (other, owner):
        assert listed(closed_to) == []
        assert closed_to.refusal(CONTENT, action="list", folder_id=folder) == no_folder(folder)
    rows = nurse.call(CONTENT, action="list", format="csv").text.splitlines()
    assert rows[1] == f"{folder},,nursing,{unique},"


def test_a_folder_of_a_group_and_a_role_is_for_those_in_both(owner: Api, add_user: AddUser, sandbox: Sandbox) -> None:
    both, north_only = member(owner, add_user, "both", "north"), member(owner, add_user, "one", "north")
    south = member(owner, add_user, "south", "south")
    role, unique = role_of(sandbox, project_of(owner), "both", "south")
    north = owner.json("dag")[0]["data_access_group_id"]
    folder = new_folder(owner, "both", role_id=role, dag_id=north)
    assert listed(both) == [{"folder_id": folder, "name": "both", "role": unique, "dag": "north"}]
    assert [listed(api) for api in (north_only, south)] == [[], []]


def test_what_lies_in_a_closed_folder_is_closed(owner: Api, add_user: AddUser) -> None:
    north = owner.json("dag")[0]["data_access_group_id"]
    inner = new_folder(owner, "inner", folder_id=new_folder(owner, "northern", dag_id=north))
    sent(owner, CONTENT, "deep.txt", folder_id=inner)
    document = listed(owner, inner)[0]["doc_id"]
    sven = member(owner, add_user, "sven", "south")
    assert sven.refusal(CONTENT, action="list", folder_id=inner) == no_folder(inner)
    assert sven.refusal(CONTENT, action="export", doc_id=document)[0] == 400


def test_a_folder_is_restricted_to_what_is_there(owner: Api) -> None:
    for parameter, number in product(("dag_id", "role_id"), ("99999", "0", "north", "9" * 40)):
        message = f'The value of the parameter "{parameter}" is not valid'
        assert owner.refusal(CONTENT, action="createFolder", name="a", **{parameter: number}) == (400, message)
    assert listed(owner) == []


def test_the_rights_to_the_api_and_to_the_repository_count(owner: Api, add_user: AddUser) -> None:
    sent(owner, CONTENT, "a.txt")
    document = listed(owner)[0]["doc_id"]
    calls = {"createFolder": {"name": "a"}, "list": {}, "export": {"doc_id": document}, "delete": {"doc_id": document}}
    stranger = add_user(owner, "stranger", api_export=1, api_import=1)
    needed = (
        "Insufficient user privileges: You must have '{}' privileges and 'File Repository' privileges in the project."
    )
    for action, parameters in calls.items():
        api = "API Export" if action in {"list", "export"} else "API Import/Update"
        assert stranger.refusal(CONTENT, action=action, **parameters) == (400, needed.format(api))
    assert refused(send(stranger, CONTENT, "b.txt")) == (400, needed.format("API Import/Update"))
    reader = add_user(owner, "reader", api_export=1, file_repository=1)
    assert names(reader) == ["a.txt"]
    assert refused(send(reader, CONTENT, "b.txt")) == (403, "You do not have API Import/Update privileges")
    writer = add_user(owner, "writer", api_import=1, file_repository=1)
    assert writer.refusal(CONTENT, action="list") == (403, "You do not have API Export privileges")
    sent(writer, CONTENT, "b.txt")


def test_the_log_tells_what_was_done(owner: Api) -> None:
    new_folder(owner, "a")
    sent(owner, CONTENT, "a.txt")
    document = listed(owner)[1]["doc_id"]
    owner.call(CONTENT, action="export", doc_id=document)
    owner.call(CONTENT, action="delete", doc_id=document)
    lines = [(entry["action"], entry["details"]) for entry in owner.json("log", logtype="manage")]
    assert list(reversed(lines[:5])) == [
        ("Manage/Design ", "Create folder in File Repository (API)"),
        ("Manage/Design ", "Upload file to File Repository (API)"),
        ("Manage/Design ", "Export list of files/folders from File Repository (API)"),
        ("Manage/Design ", "Download file from File Repository (API)"),
        ("Manage/Design ", "Delete file from File Repository (API)"),
    ]


def test_a_deleted_file_stays_in_the_bin_for_thirty_days(owner: Api, sandbox: Sandbox, clock: Clock) -> None:
    project = project_of(owner)
    folder = new_folder(owner, "kept")
    clock.set("2025-10-01 12:00:00")
    for name in ("a.txt", "b.txt"):
        sent(owner, CONTENT, name, name.encode(), folder_id=folder)
    first, second = (row["doc_id"] for row in listed(owner, folder))
    for number in (first, second):
        assert owner.call(CONTENT, action="delete", doc_id=number).text == ""
        assert owner.refusal(CONTENT, action="export", doc_id=number)[0] == 400
        assert owner.refusal(CONTENT, action="delete", doc_id=number)[0] == 400
    assert listed(owner, folder) == []
    with sandbox._storage.writing() as db:
        assert [one.name for one in repository.recycled(db, project, "2025-10-31 11:59:59")] == ["b.txt", "a.txt"]
        repository.restore(db, project, first, "2025-10-31 11:59:59")
        with pytest.raises(Refusal, match="holds no file"):
            repository.restore(db, project, second, "2025-10-31 12:00:00")
    assert names(owner, folder) == ["a.txt"]
    assert owner.call(CONTENT, action="export", doc_id=first).content == b"a.txt"
    clock.set("2025-10-31 12:00:00")
    owner.call(CONTENT, action="delete", doc_id=first)
    with sandbox._storage.reading() as db:
        held = db.execute("SELECT name FROM upload WHERE project = ?", (project,)).fetchall()
        assert held == [("a.txt",)]


def test_a_folder_is_deleted_once_it_is_empty(owner: Api, sandbox: Sandbox, clock: Clock) -> None:
    project = project_of(owner)
    outer = new_folder(owner, "outer")
    inner = new_folder(owner, "inner", folder_id=outer)
    sent(owner, CONTENT, "a.txt", folder_id=inner)
    document = listed(owner, inner)[0]["doc_id"]
    with sandbox._storage.writing() as db:
        for holding in (outer, inner):
            with pytest.raises(Refusal, match="still has files in it"):
                repository.delete_folder(db, project, holding)
    owner.call(CONTENT, action="delete", doc_id=document)
    with sandbox._storage.writing() as db:
        repository.delete_folder(db, project, inner)
        repository.delete_folder(db, project, outer)
        repository.restore(db, project, document, clock.now.strftime("%Y-%m-%d %H:%M:%S"))
    assert listed(owner) == [{"doc_id": document, "name": "a.txt"}]


def test_files_are_placed_without_the_api(owner: Api, sandbox: Sandbox) -> None:
    project = project_of(owner)
    with sandbox._storage.writing() as db:
        inner = repository.folder_at(db, project, "minutes/2025")
        assert inner is not None
        assert repository.folder_at(db, project, "/minutes//2025/") == inner
        assert repository.folder_at(db, project, "") is None
        number = repository.place(db, project, "2025-09-18 08:30:15", inner, "a/b/May.md", "", b"# May")
        top = repository.place(db, project, "2025-09-18 08:30:15", None, "scan", "image/png", b"png")
    assert [row["name"] for row in listed(owner)] == ["minutes", "scan"]
    assert listed(owner, inner) == [{"doc_id": number, "name": "May.md"}]
    reply = owner.call(CONTENT, action="export", doc_id=number)
    assert (reply.content, reply.headers["Content-Type"]) == (b"# May", 'text/markdown; name="May.md";charset=UTF-8')
    assert owner.call(CONTENT, action="export", doc_id=top).headers["Content-Type"] == 'image/png; name="scan"'
