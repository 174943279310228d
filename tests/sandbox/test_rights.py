"""Rights: what a caller is refused, in which words, and since when."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import AddUser, Api, Clock, MakeProject

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.people import accounts, members
from redcap_sandbox.people.grants import Grants

STRANGER = (403, "You do not have permissions to use the API")
EXPORT_DENIED = (403, "You do not have API Export privileges")
IMPORT_DENIED = (403, "You do not have API Import/Update privileges")


def insufficient(*rights: str) -> tuple[int, str]:
    named = " and ".join(f"'{right}' privileges" for right in rights)
    return 400, f"Insufficient user privileges: You must have {named} in the project."


def test_a_user_without_any_api_right_is_denied_like_a_stranger(team: Api, add_user: AddUser) -> None:
    nobody = add_user(team, "nobody", design=1, record_delete=1)
    assert nobody.refusal("record") == STRANGER
    assert nobody.refusal("record", data=[{"record_id": "1"}]) == STRANGER


def test_exporting_and_importing_are_separate_rights(team: Api, add_user: AddUser) -> None:
    reader = add_user(team, "reader", api_export=1, record_create=1, design=1)
    writer = add_user(team, "writer", api_import=1, record_create=1)
    assert reader.json("record") == []
    assert reader.refusal("record", data=[{"record_id": "1"}]) == IMPORT_DENIED
    assert reader.refusal("metadata", data=[{}]) == IMPORT_DENIED
    assert writer.json("record", data=[{"record_id": "1"}]) == {"count": 1}
    assert writer.refusal("record") == EXPORT_DENIED
    assert writer.refusal("metadata") == EXPORT_DENIED


@pytest.mark.parametrize(
    ("content", "action", "rights"),
    [
        ("dag", "export", ("API Export", "Data Access Groups")),
        ("dag", "import", ("API Import/Update", "Data Access Groups")),
        ("dag", "delete", ("API Import/Update", "Data Access Groups")),
        ("userDagMapping", "export", ("API Export", "Data Access Groups")),
        ("userDagMapping", "import", ("API Import/Update", "Data Access Groups")),
        ("user", "export", ("API Export", "User Rights")),
        ("user", "import", ("API Import/Update", "User Rights")),
        ("user", "delete", ("API Import/Update", "User Rights")),
        ("userRole", "export", ("API Export", "User Rights")),
        ("userRole", "import", ("API Import/Update", "User Rights")),
        ("userRole", "delete", ("API Import/Update", "User Rights")),
        ("userRoleMapping", "export", ("API Export", "User Rights")),
        ("userRoleMapping", "import", ("API Import/Update", "User Rights")),
        ("log", "export", ("API Export", "Logging")),
        ("metadata", "import", ("API Import/Update", "Project Design/Setup")),
        ("repeatingFormsEvents", "import", ("API Import/Update", "Project Design/Setup")),
        ("project_settings", "import", ("API Import/Update", "Project Design/Setup")),
    ],
)
def test_some_contents_need_a_further_right(
    team: Api, add_user: AddUser, content: str, action: str, rights: tuple[str, ...]
) -> None:
    plain = add_user(team, "plain", api_export=1, api_import=1)
    assert plain.refusal(content, action=action, data=[{}]) == insufficient(*rights)


@pytest.mark.parametrize("content", ["user", "userRole", "userRoleMapping"])
def test_the_read_only_user_right_reads_but_does_not_write(team: Api, add_user: AddUser, content: str) -> None:
    looker = add_user(team, "looker", api_export=1, api_import=1, user_rights=2)
    assert isinstance(looker.json(content), list)
    assert looker.refusal(content, data=[{"username": "x"}]) == insufficient("API Import/Update", "User Rights")


def test_an_expired_user_is_denied_from_that_day_on(team: Api, add_user: AddUser, clock: Clock) -> None:
    guest = add_user(team, "guest", api_export=1)
    team.json("user", data=[{"username": "guest", "expiration": "2025-10-01"}])
    clock.set("2025-09-30 23:59:59")
    assert guest.json("record") == []
    clock.set("2025-10-01 00:00:00")
    assert guest.refusal("record") == STRANGER


def test_a_suspended_account_is_denied_in_every_project_until_it_is_unsuspended(
    sandbox: Sandbox, make: MakeProject, add_user: AddUser
) -> None:
    here, there = (add_user(make(), "guest_1", api_export=1) for _ in range(2))
    with sandbox._storage.writing() as db:
        accounts.suspend(db, "Guest_1")
        assert accounts.find(db, "guest_1") == accounts.Account("guest_1", suspended=True)
    assert here.refusal("record") == there.refusal("version") == STRANGER
    with sandbox._storage.writing() as db:
        accounts.unsuspend(db, "guest_1")
    assert here.json("record") == there.json("record") == []


def test_an_account_that_nobody_has_cannot_be_suspended(sandbox: Sandbox) -> None:
    with sandbox._storage.writing() as db, pytest.raises(Refusal, match="no account 'nobody at all'"):
        accounts.suspend(db, "nobody at all")


def test_the_right_to_the_log_is_taken_away_and_given_back(sandbox: Sandbox, team: Api, add_user: AddUser) -> None:
    project = team.json("project")["project_id"]
    auditor = add_user(team, "auditor", api_export=1, logging=1, reports=1)
    assert auditor.json("log")
    with sandbox._storage.writing() as db:
        members.grant(db, project, "auditor", {"logging": 0})
    assert auditor.refusal("log") == insufficient("API Export", "Logging")
    with sandbox._storage.writing() as db:
        members.grant(db, project, "auditor", {"logging": 1}, {"pdsa": 129}, {"pdsa": 2})
    assert auditor.json("log")
    held = team.json("user")[0]
    assert (held["reports"], held["forms"], held["forms_export"]) == (
        1,
        {"profile": 0, "monthly": 0, "pdsa": 129},
        {"profile": 0, "monthly": 0, "pdsa": 2},
    )


def test_a_right_or_level_that_does_not_exist_is_not_granted(sandbox: Sandbox, team: Api) -> None:
    project = team.json("project")["project_id"]
    with sandbox._storage.writing() as db:
        for rights, forms in (({"desing": 1}, {}), ({"design": 2}, {}), ({}, {"pdsa": 7})):
            with pytest.raises(Refusal, match="are not valid"):
                members.grant(db, project, "sandbox_owner", rights, forms)
        with pytest.raises(Refusal, match="no user 'bob'"):
            members.grant(db, project, "bob", {"design": 1})


@pytest.mark.parametrize(
    ("level", "sees", "edits"),
    [
        (0, False, False),
        (1, True, True),
        (2, True, False),
        (3, True, True),
        (128, False, False),
        (129, True, False),
        (130, True, True),
        (138, True, True),
        (146, True, True),
        (154, True, True),
    ],
)
def test_each_level_of_a_form_says_whether_it_is_seen_and_edited(level: int, sees: bool, edits: bool) -> None:
    held = Grants(forms={"a": level})
    assert (held.sees("a"), held.edits("a")) == (sees, edits)
    assert (held.sees("added later"), held.edits("added later")) == (True, True)
