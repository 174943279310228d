"""Roles, people and their groups, in a REDCap that answers over HTTP: nobody may see more than before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.redcap import small

from breakthrough.errors import ImportRefused, Refused
from breakthrough.instruments import plan
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploy
from redcap_sandbox import Sandbox


@pytest.fixture
def token(sandbox: Sandbox) -> str:
    return small.begun(sandbox)


@pytest.fixture
def client(sandbox: Sandbox, token: str) -> Client:
    return small.client(sandbox, token)


def number(client: Client) -> int:
    return int(client.info()["project_id"])


def people(*accounts: Account) -> Wanted:
    return replace(small.first(), accounts=accounts)


ANN, BOB, KIM = small.first().accounts or ()


def test_roles_have_their_rights_and_people_their_group_and_role(sandbox: Sandbox, token: str, client: Client) -> None:
    roles = {row["role_label"]: row for row in small.asked(sandbox, token, "userRole").json()}
    assert roles["Team member"]["forms"] == {"team_profile": 1, "monthly": 1}
    assert roles["Team member"]["forms_export"] == {"team_profile": 0, "monthly": 0}
    assert (roles["Team member"]["record_create"], roles["Team member"]["user_rights"]) == ("1", "0")
    assert roles["Coach"]["forms"] == {"team_profile": 2, "monthly": 2}
    assert small.groups(sandbox, token) == {"ann": "t001", "bob": "t002", "kim": "", "sandbox_owner": ""}
    held = {row["username"]: row["unique_role_name"] for row in small.asked(sandbox, token, "userRoleMapping").json()}
    assert held["ann"] == held["bob"] == roles["Team member"]["unique_role_name"]
    assert held["kim"] == roles["Coach"]["unique_role_name"]
    assert plan.make(small.first(), live.look(client, small.first().project)).steps == ()


def test_a_person_of_a_team_sees_that_team_alone(sandbox: Sandbox, token: str, client: Client) -> None:
    small.administrator(sandbox).set_rights(number(client), "sandbox_owner", {"api_export": 1})
    roles = small.asked(sandbox, token, "userRole").json()
    (team,) = (row for row in roles if row["role_label"] == "Team member")
    small.asked(sandbox, token, "userRole", data=[{**team, "api_export": "1", "forms_export": {"team_profile": 1}}])
    own = sandbox.token_for(number(client), "ann")
    assert [row["record_id"] for row in small.asked(sandbox, own, "record", fields="record_id").json()] == ["T001"]


def test_nobody_is_taken_out_of_a_group_and_a_person_is_asked_to(sandbox: Sandbox, token: str, client: Client) -> None:
    wanted = people(Account("ann", "coach"), BOB, KIM)
    done = deploy(client, wanted)
    assert [(step.kind, step.key, step.by_hand) for step in done.by_hand] == [("move user", "ann", True)]
    assert [(step.kind, step.key, step.risk) for step in done.steps] == [("give role", "ann", "review")]
    assert small.groups(sandbox, token)["ann"] == "t001"


def test_one_who_saw_every_team_is_put_into_the_group_before_the_role(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    small.asked(sandbox, token, "user", data=[{"username": "liz", "data_access_group": ""}])
    sent: list[str] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            real = getattr(client, name)

            def noted(*rows: Any) -> Any:
                sent.append(name)
                return real(*rows)

            return noted if name.startswith("import_") else real

    watched: Any = Watched()
    deploy(watched, people(ANN, BOB, KIM, Account("liz", "team_member", "T002")))
    assert sent == ["import_user_dags", "import_user_roles"]
    assert small.groups(sandbox, token)["liz"] == "t002"


def test_after_the_last_day_the_role_and_all_rights_of_ones_own_end_and_the_group_stays(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    small.asked(
        sandbox,
        token,
        "user",
        data=[{"username": "liz", "data_access_group": "t002", "api_export": 1, "forms": {"team_profile": 1}}],
    )
    deploy(client, people(ANN, BOB, KIM, Account("liz", "team_member", "T002")))
    deploy(client, people(ANN, BOB, KIM, Account("liz", "team_member", "T002", ended=True)))
    (liz,) = (row for row in small.asked(sandbox, token, "user").json() if row["username"] == "liz")
    assert (liz["data_access_group"], liz["api_export"], liz["forms"]["team_profile"]) == ("t002", 0, 0)
    (held,) = (row for row in small.asked(sandbox, token, "userRoleMapping").json() if row["username"] == "liz")
    assert held["unique_role_name"] == ""


def test_people_are_left_alone_where_there_is_no_list_of_them(sandbox: Sandbox, token: str, client: Client) -> None:
    small.asked(sandbox, token, "user", data=[{"username": "liz", "data_access_group": "t002"}])
    assert deploy(client, replace(small.first(), accounts=None)).steps == ()
    assert small.groups(sandbox, token)["liz"] == "t002"


def test_a_server_that_drops_the_group_is_noticed_and_the_group_set_again(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    class Forgetful:
        """As vubiostat/redcapAPI#500 found it: an import about a user takes the group away."""

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def import_user_roles(self, rows: Any) -> int:
            return client.import_user_roles({**row, "data_access_group": ""} for row in rows)

    forgetful: Any = Forgetful()
    with pytest.raises(ImportRefused, match="saw every team, and were put back") as told:
        deploy(forgetful, people(ANN, BOB, KIM, Account("liz", "team_member", "T002")))
    assert "liz" in str(told.value)
    assert small.groups(sandbox, token)["liz"] == "t002"


def test_a_row_about_a_user_that_names_no_group_is_not_sent(client: Client) -> None:
    for send, rows in (
        (client.import_users, [{"username": "ann"}]),
        (client.import_user_dags, [{"username": "ann"}]),
        (client.import_user_roles, [{"username": "ann", "unique_role_name": ""}]),
    ):
        with pytest.raises(ValueError, match="without one REDCap shows him every record"):
            send(rows)


@pytest.mark.parametrize(
    ("rights", "says", "done"),
    [
        ({"design": 0}, "Project Design/Setup", "Done in REDCap: nothing. Not done: dictionary"),
        ({"api_import": 0}, "API Import/Update", "Done in REDCap: nothing. Not done: dictionary"),
        (
            {"user_rights": 2},
            "User Rights",
            "Done in REDCap: dictionary, repeating setup, data access groups. Not done",
        ),
    ],
    ids=["no design", "no import", "may only look at users"],
)
def test_a_token_without_a_right_is_told_which_and_leaves_the_dictionary_as_it_was(
    sandbox: Sandbox, token: str, client: Client, rights: dict[str, int], says: str, done: str
) -> None:
    was = small.dictionary(sandbox, token)
    small.administrator(sandbox).set_rights(number(client), "sandbox_owner", rights)
    with pytest.raises(Refused) as refused:
        deploy(client, small.later())
    said = str(refused.value)
    assert says in said
    assert done in said
    assert "as they were before" in said
    assert "the token's user needs API Export and API Import, Project Design and Setup, User Rights" in said
    assert small.dictionary(sandbox, token) == was
    small.administrator(sandbox).set_rights(
        number(client), "sandbox_owner", {"design": 1, "api_import": 1, "user_rights": 1}
    )
    deploy(client, small.later())
    assert plan.make(small.later(), live.look(client, small.later().project)).steps == ()


def test_what_a_token_may_not_see_is_not_compared_and_said(sandbox: Sandbox, token: str, client: Client) -> None:
    small.administrator(sandbox).set_rights(
        number(client), "sandbox_owner", {"user_rights": 0, "data_access_groups": 0}
    )
    made = plan.make(small.later(), live.look(client, small.later().project))
    assert {step.part for step in made.steps} == {"dictionary", "repeating setup", "project settings"}
    assert made.remarks[:2] == (
        "data access groups, and who is in which: the token's user has no right to them",
        "roles and users: the token's user has no right to User Rights",
    )


def test_a_server_that_writes_usernames_in_small_letters_is_no_cause_for_alarm(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    send, put = client.import_users, client.import_user_roles

    def small_letters(rows: Any) -> list[dict[str, Any]]:
        return [{**row, "username": row["username"].lower()} for row in rows]

    client.import_users = lambda rows: send(small_letters(rows))  # type: ignore[method-assign]
    client.import_user_roles = lambda rows: put(small_letters(rows))  # type: ignore[method-assign]
    deploy(client, people(ANN, BOB, KIM, Account("Zoe.North", "team_member", "T001")))
    assert small.groups(sandbox, token)["zoe.north"] == "t001"
