"""What a deploy refuses before it changes anything: a token that sees one group alone, or that would rob itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.redcap import small

from breakthrough.errors import ImportRefused, Refused
from breakthrough.instruments.access import RoleFile
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.plan import Held, Live, LiveUser, Plan, Step, Unseen, Wanted
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import assigning, deploy
from redcap_sandbox import Sandbox


@pytest.fixture
def token(sandbox: Sandbox) -> str:
    return small.begun(sandbox)


@pytest.fixture
def client(sandbox: Sandbox, token: str) -> Client:
    return small.client(sandbox, token)


def number(client: Client) -> int:
    return int(client.info()["project_id"])


class Told:
    """The client, which notes what it sends, but for what a test makes it answer."""

    def __init__(self, client: Client, **answers: Any) -> None:
        self._client, self._answers = client, answers
        self.sent: list[str] = []

    def __getattr__(self, name: str) -> Any:
        real = self._answers.get(name) or getattr(self._client, name)
        if not name.startswith("import_"):
            return real

        def noted(rows: Any) -> Any:
            whole = [*rows]
            self.sent.append(" ".join([name, *(row.get("username", "") for row in whole)]).strip())
            return real(whole)

        return noted


def test_a_token_whose_user_is_in_a_group_changes_nothing_though_its_group_holds_nothing(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    was = small.dictionary(sandbox, token)
    small.asked(sandbox, token, "record", data=[{"record_id": "T001", "tp_kind": ""}], overwriteBehavior="overwrite")
    small.administrator(sandbox).set_user_group(number(client), "sandbox_owner", "t001")
    there = live.look(client, small.without("tp_kind").project)
    assert (there.sees_all, there.records, there.caller) == (False, 1, "sandbox_owner")
    watched: Any = Told(client)
    with pytest.raises(Refused, match="the token's user, sandbox_owner, is in a data access group") as refused:
        deploy(watched, small.without("tp_kind"), allow=["remove-field:tp_kind"])
    assert "User Rights, take that account out of its group" in str(refused.value)
    assert watched.sent == []
    assert small.dictionary(sandbox, token) == was


def test_a_token_that_sees_no_record_is_judged_by_who_it_is(sandbox: Sandbox) -> None:
    made = small.found(sandbox)
    client = small.client(sandbox, made)
    deploy(client, small.first())
    assert live.look(client, small.first().project).sees_all
    small.administrator(sandbox).set_user_group(number(client), "sandbox_owner", "t002")
    assert not live.look(client, small.first().project).sees_all


def test_without_the_log_it_is_ruled_out_where_nobody_with_the_api_is_in_a_group(sandbox: Sandbox) -> None:
    made = small.found(sandbox)
    client = small.client(sandbox, made)
    deploy(client, small.first())
    small.administrator(sandbox).set_rights(number(client), "sandbox_owner", {"logging": 0})
    there = live.look(client, small.first().project)
    assert (there.sees_all, there.caller) == (True, "sandbox_owner")  # the only one who may do what was just done
    rows = [{"username": "max", "data_access_group": "t001", "api_export": 1}]
    small.asked(sandbox, made, "user", data=rows)
    there = live.look(client, small.first().project)
    assert (there.sees_all, there.caller) == (True, "sandbox_owner")  # max may not see users, and the token does
    rows = [
        {"username": "max", "data_access_group": "t001", "api_export": 1, "user_rights": 1, "data_access_groups": 1}
    ]
    small.asked(sandbox, made, "user", data=rows)
    there = live.look(client, small.first().project)
    assert (there.sees_all, there.caller) == (False, "")
    with pytest.raises(Refused, match="it cannot be told that it is in none"):
        deploy(client, small.later())


def test_an_empty_project_without_groups_is_seen_whole(sandbox: Sandbox) -> None:
    client = small.client(sandbox, small.found(sandbox))
    assert live.look(client, small.first().project).sees_all


def test_who_the_token_belongs_to_is_told_by_the_log_though_others_ask_it_too(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    now = dt.datetime.now(dt.UTC)
    small.asked(
        sandbox, token, "user", data=[{"username": "max", "data_access_group": "", "api_export": 1, "logging": 1}]
    )
    other = small.client(sandbox, sandbox.token_for(number(client), "max"))
    assert [client.username(now), other.username(now), client.username(now)] == [
        "sandbox_owner",
        "max",
        "sandbox_owner",
    ]
    assert client.username(None) == ""
    small.administrator(sandbox).set_rights(number(client), "max", {"logging": 0})
    assert other.username(now) == ""


CHIEF = RoleFile(
    label="Chief",
    reads="all",
    edits="all",
    rights=("design", "user_rights", "data_access_groups", "api_export", "api_import", "logging"),
)


def led(*accounts: Account) -> Wanted:
    first = small.first()
    project = replace(first.project, roles={**first.project.roles, "chief": CHIEF})
    return replace(first, project=project, accounts=(*(first.accounts or ()), *accounts))


def test_the_tokens_own_user_comes_last_and_keeps_what_a_deploy_needs(client: Client) -> None:
    watched: Any = Told(client)
    deploy(watched, led(Account("sandbox_owner", "chief"), Account("zoe", "coach")))
    assert watched.sent == [
        "import_roles",
        "import_users zoe",
        "import_user_roles zoe",
        "import_user_roles sandbox_owner",
    ]


OWNER = LiveUser("sandbox_owner", rights=dict.fromkeys(live.DEPLOYING, 1))
MOVE = Plan((Step("give role", "x", "y", "review", "give-role:sandbox_owner"),))


@pytest.mark.parametrize("caller", ["sandbox_owner", ""], ids=["known", "one who may be it"])
@pytest.mark.parametrize(
    "account",
    [
        Account("sandbox_owner", "coach"),
        Account("Sandbox_Owner", "team_member", "T001"),
        Account("sandbox_owner", "chief", "T001"),
        Account("sandbox_owner", "chief", until=dt.date(2026, 1, 1), ended=True),
    ],
    ids=["fewer rights", "a team's", "into a group", "ended"],
)
def test_a_plan_that_robs_the_tokens_own_user_is_refused_before_anything_is_sent(account: Account, caller: str) -> None:
    there = Live((), {}, {"t001": "T001"}, 0, {}, roles=(), users=(OWNER,), caller=caller)
    with pytest.raises(Refused, match=r"Nothing was changed .* take from sandbox_owner what a deploy needs"):
        assigning.require_own(led(account), there, MOVE)
    assigning.require_own(led(account), replace(there, caller="mary"), MOVE)
    assigning.require_own(led(Account("sandbox_owner", "chief")), there, MOVE)


def test_users_are_perhaps_done_as_soon_as_a_request_was_sent_though_it_reads_back_wrong(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    def forgetful(rows: Any) -> int:
        return client.import_user_roles({**row, "data_access_group": ""} for row in rows)

    watched: Any = Told(client, import_user_roles=forgetful)
    wanted = replace(small.first(), accounts=(*(small.first().accounts or ()), Account("liz", "team_member", "T002")))
    with pytest.raises(ImportRefused) as told:
        deploy(watched, wanted)
    said = str(told.value)
    assert "Perhaps done: users." in said
    assert "liz added without a right; liz put into their roles, or out of them." in said


def test_a_group_and_a_role_that_somebody_made_meanwhile_are_not_made_twice(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    wanted = led()
    wanted = replace(wanted, teams=("T001", "T002", "T003"))
    seen = live.snapshot(client)
    other = small.client(sandbox, token)
    deploy(other, wanted)
    deploy(client, wanted, seen=seen)
    names = [row["data_access_group_name"] for row in small.asked(sandbox, token, "dag").json()]
    assert sorted(names) == ["T001", "T002", "T003"]
    labels = [row["role_label"] for row in small.asked(sandbox, token, "userRole").json()]
    assert sorted(labels) == ["Chief", "Coach", "Team member"]


def test_a_status_that_was_set_and_repeats_of_a_form_that_would_go_are_counted(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    small.asked(sandbox, token, "record", data=[{"record_id": "T002", "team_profile_complete": "2"}])
    repeat = {"record_id": "T002", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "1"}
    small.asked(sandbox, token, "record", data=[{**repeat, "monthly_complete": "1"}])
    wanted = small.without("mm_period", "mm_absent")
    there = live.look(client, wanted.project)
    assert there.held["monthly_complete"] == Held(2, {"1": 1})  # T001 has a repeat whose status nobody set
    assert "team_profile_complete" not in there.held


def test_a_form_that_may_not_be_exported_leaves_only_that_form_unknown(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    rows = [{"username": "sandbox_owner", "data_access_group": "", "forms_export": {"team_profile": 1, "monthly": 0}}]
    small.asked(sandbox, token, "user", data=rows)
    there = live.look(client, small.without("tp_kind", "mm_absent").project)
    assert there.held == {"tp_kind": Held(2, {"1": 1, "2": 1})}
    assert there.unseen == (Unseen("values", ("monthly",)),)


def test_the_tokens_user_whose_last_day_is_over_keeps_the_role_until_a_person_takes_it(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    deploy(client, led(Account("sandbox_owner", "chief")))
    ended = led(Account("sandbox_owner", "chief", until=dt.date(2026, 1, 1), ended=True))
    assert [step.kind for step in deploy(client, ended).by_hand] == ["take role"]
    held = {row["username"]: row["unique_role_name"] for row in small.asked(sandbox, token, "userRoleMapping").json()}
    assert held["sandbox_owner"]
