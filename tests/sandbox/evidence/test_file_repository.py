"""The file repository: folders and files of the project itself."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from tests.sandbox.conftest import Api
from tests.sandbox.evidence.conftest import csv, upload


@pytest.fixture
def stocked(own_wards: Api) -> Api:
    """A folder `test` with a file in it, and a file beside it, as PyCap's suite makes them."""
    project = own_wards.project()
    (folder,) = project.create_folder_in_repository("test")
    project.import_file_into_repository(file_name="test.txt", file_object=BytesIO(b"hello"))
    project.import_file_into_repository(
        file_name="test_in_folder.txt", file_object=BytesIO(b"hello inside"), folder_id=folder["folder_id"]
    )
    return own_wards


def listed(api: Api, **parameters: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api.json("fileRepository", action="list", **parameters)
    return rows


# C1 [P] create_folder_in_repository doctest, test_create_folder_in_repository; [A] createFileRepositoryFolder.R (CSV)
def test_a_new_folder_has_a_number(own_wards: Api) -> None:
    (folder,) = own_wards.json("fileRepository", action="createFolder", name="New Folder")
    assert list(folder) == ["folder_id"]
    assert folder["folder_id"] > 0
    text = csv(own_wards, "fileRepository", action="createFolder", name="Another")
    assert text.split("\n")[0] == "folder_id"
    assert int(text.split("\n")[1]) > folder["folder_id"]


# C2 [P] export_file_repository doctest, unit tests: a folder has no doc_id and a file no folder_id; folders first
def test_folders_and_files_have_their_own_keys_in_json(stocked: Api) -> None:
    folder, file = listed(stocked)
    assert (list(folder), folder["name"]) == (["folder_id", "name"], "test")
    assert (list(file), file["name"]) == (["doc_id", "name"], "test.txt")
    assert (type(folder["folder_id"]), type(file["doc_id"])) == (int, int)


# C2 [R] file-repo-list-oneshot/default: five columns; folders first
def test_folders_and_files_share_their_columns_in_csv(stocked: Api) -> None:
    folder, file = listed(stocked)
    assert csv(stocked, "fileRepository", action="list", folder_id="") == (
        f"folder_id,doc_id,name,role,dag\n{folder['folder_id']},,test,,\n,{file['doc_id']},test.txt,,\n"
    )


# C3 [R] file-repo-list-oneshot/first-subdirectory, [P] delete_file_from_repository doctest
def test_a_folder_is_listed_by_its_number(stocked: Api) -> None:
    folder = listed(stocked)[0]["folder_id"]
    assert [row["name"] for row in listed(stocked, folder_id=folder)] == ["test_in_folder.txt"]


# C4 [R] file-repo-list-oneshot/bad-folder-id
def test_an_unknown_folder_is_named(own_wards: Api) -> None:
    reply = own_wards.call("fileRepository", action="list", format="csv", returnFormat="csv", folder_id="99")
    assert (reply.status_code, reply.text) == (
        400,
        (
            "ERROR: The File Repository folder folder_id=99 does not exist or else you do not have permission to that "
            "folder because it is DAG-restricted or Role-restricted."
        ),
    )


# C5 [P] export_file_from_repository doctest, test_export_file_from_repository
def test_a_file_is_downloaded_with_its_name(stocked: Api) -> None:
    file = listed(stocked)[1]["doc_id"]
    told = stocked.project().export_file_from_repository(doc_id=file)
    assert told == (b"hello", {"name": "test.txt", "charset": "UTF-8"})


# C6 [P] test_import_file_repository uploads a file of no bytes; [A] importToFileRepository.R
def test_a_file_is_added(stocked: Api) -> None:
    answer = stocked.project().import_file_into_repository(file_name="new_upload.txt", file_object=BytesIO())
    assert answer == [{}]
    reply = upload(stocked, "fileRepository", "more.txt", b"more", returnFormat="csv")
    assert (reply.status_code, reply.text.strip()) == (200, "")
    assert {row["name"] for row in listed(stocked)} == {"test", "test.txt", "new_upload.txt", "more.txt"}


# C7 [P] test_delete_file_from_repository, [A] deleteFromFileRepository.R
def test_a_file_is_deleted(stocked: Api) -> None:
    folder, file = listed(stocked)
    assert stocked.project().delete_file_from_repository(doc_id=file["doc_id"]) == [{}]
    assert listed(stocked) == [folder]
    reply = stocked.call("fileRepository", action="export", doc_id=str(file["doc_id"]))
    assert reply.status_code == 400


# C8 [A] test-302, test-303 SubSubFolder: folders in folders
def test_a_folder_may_be_in_a_folder(stocked: Api) -> None:
    parent = listed(stocked)[0]["folder_id"]
    (inner,) = stocked.json("fileRepository", action="createFolder", name="SubFolder", folder_id=parent)
    assert [row["name"] for row in listed(stocked, folder_id=parent)] == ["SubFolder", "test_in_folder.txt"]
    assert listed(stocked, folder_id=inner["folder_id"]) == []


# C9 [R] test-file-repo-list-oneshot "bad token"
def test_a_wrong_token_lists_nothing(own_wards: Api) -> None:
    assert Api(own_wards.url, "BAD0" * 8).call("fileRepository", action="list", format="csv").status_code == 403
