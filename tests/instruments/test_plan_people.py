from __future__ import annotations

from dataclasses import replace

import pytest

from breakthrough.instruments import plan
from breakthrough.instruments.access import RoleFile
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Live, LiveRole, LiveUser, Step, Wanted
from breakthrough.instruments.project import Instrument, Project

FIELDS = (Field("record_id", "base"), Field("note", "talk"))
PROJECT = Project(
    FIELDS,
    (Instrument("base", "Base", by="team"), Instrument("talk", "Talk", by="coach")),
    roles={
        "member": RoleFile(label="Member", group="team", edits=("team",)),
        "lead": RoleFile(label="Lead", group="team", edits=("team",), exports="full", rights=("reports",)),
        "coach": RoleFile(label="Coach", edits=("coach",), reads="all"),
    },
)


def held(unique: str, key: str) -> LiveRole:
    granted = PROJECT.grants(key)
    return LiveRole(unique, PROJECT.roles[key].label, granted.rights, granted.forms, granted.exports)


MEMBER, LEAD, COACH = held("U-1", "member"), held("U-2", "lead"), held("U-3", "coach")
LIVE = Live(
    FIELDS, {}, {"t001": "T001", "t002": "T002"}, records=2, held={}, roles=(MEMBER, LEAD, COACH),
    users=(LiveUser("ann", "t001", "U-1"), LiveUser("Owner")),
)  # fmt: skip
ANN = Account("ann", "member", "T001")


def made(*accounts: Account, live: Live = LIVE) -> tuple[Step, ...]:
    return plan.make(Wanted(PROJECT, ("T001", "T002"), accounts), live).steps


def assigned(*accounts: Account, live: Live = LIVE) -> list[tuple[str, str, str]]:
    found = plan.assignments(Wanted(PROJECT, ("T001", "T002"), accounts), live)
    return [(user.username, user.group, user.role) for user in found]


def test_people_who_are_where_they_belong_need_no_step() -> None:
    assert made(ANN) == ()
    assert made(replace(ANN, username="ANN")) == ()  # REDCap's usernames know no capitals
    assert assigned(ANN) == []


def test_a_newcomer_is_put_into_the_team_and_the_role() -> None:
    (step,) = made(ANN, Account("bo", "lead", "T002"))
    assert str(step) == "add user bo as Lead: not in REDCap's project; will see the records of T002 alone"
    assert (step.name, step.part, step.risk) == ("add-user:bo", "users", "safe")
    assert assigned(ANN, Account("bo", "lead", "T002")) == [("bo", "t002", "U-2")]


def test_a_newcomer_who_will_see_every_team_is_for_a_look() -> None:
    (step,) = made(ANN, Account("cy", "coach"))
    assert (step.evidence, step.risk) == ("not in REDCap's project; will see the records of every team", "review")
    assert assigned(ANN, Account("cy", "coach")) == [("cy", "", "U-3")]


@pytest.mark.parametrize(
    ("now", "account", "steps", "then"),
    [
        (LiveUser("ann", "t001", "U-1"), Account("ann", "member", "T002"),
         [("move-user:ann", "review", "would newly see the records of T002, and no more those of T001")],
         ("t002", "U-1")),
        (LiveUser("ann", "", "U-1"), ANN,
         [("move-user:ann", "safe", "in no group now, and so sees every team; then the records of T001 alone")],
         ("t001", "U-1")),
        (LiveUser("ann", "t001", "U-1"), Account("ann", "lead", "T001"),
         [("give-role:ann", "review", "in the role Member now; would newly have: reports; export (full) of base")],
         ("t001", "U-2")),
        (LiveUser("ann", "t001", "U-2"), ANN,
         [("give-role:ann", "safe", "in the role Lead now; nothing is newly allowed")],
         ("t001", "U-1")),
        (LiveUser("ann", "t001", ""), ANN,
         [("give-role:ann", "review",
           "in no role now: the role takes the place of the rights that this person had before the role")],
         ("t001", "U-1")),
    ],
)  # fmt: skip
def test_a_change_says_what_the_person_will_newly_see(
    now: LiveUser, account: Account, steps: list[tuple[str, str, str]], then: tuple[str, str]
) -> None:
    live = replace(LIVE, users=(now,))
    assert [(step.name, step.risk, step.evidence) for step in made(account, live=live)] == steps
    assert assigned(account, live=live) == [("ann", *then)]


def test_a_group_is_known_by_its_unique_name_whatever_it_is_called() -> None:
    renamed = replace(LIVE, groups={"t001": "Alder School", "t002_b": "T002"})
    assert made(ANN, live=renamed) == ()
    assert assigned(ANN, Account("bo", "lead", "T002"), live=renamed) == [("bo", "t002_b", "U-2")]


def test_nobody_is_taken_out_of_a_group_by_a_step_that_can_be_sent() -> None:
    coach = Account("ann", "coach")
    move, give = made(coach)
    assert (move.name, move.by_hand, move.risk) == ("move-user:ann", True, "review")
    assert "outside it, every team's records are seen" in move.evidence
    assert (give.name, give.by_hand) == ("give-role:ann", False)
    assert assigned(coach) == [("ann", "t001", "U-3")]  # in the group until a person takes her out
    (left,) = made(coach, live=replace(LIVE, users=(LiveUser("ann", "t001", "U-3"),)))
    assert left == move
    assert assigned(coach, live=replace(LIVE, users=(LiveUser("ann", "t001", "U-3"),))) == []


def test_after_the_last_day_the_role_is_taken_and_the_group_stays() -> None:
    gone = replace(ANN, ended=True)
    (step,) = made(gone)
    assert (step.name, step.kind, step.risk) == ("take-role:ann", "take role", "review")
    assert assigned(gone) == [("ann", "t001", "")]
    assert made(gone, live=replace(LIVE, users=(LiveUser("ann", "t001", ""),))) == ()
    assert made(gone, live=replace(LIVE, users=())) == ()


def test_users_whom_the_file_does_not_name_are_told_where_they_have_a_role_of_ours() -> None:
    found = plan.make(Wanted(PROJECT, ("T001",), ()), LIVE)
    assert found.steps == ()
    assert found.remarks == ("ann is in the role Member, and people.csv does not name this user.",)


@pytest.mark.parametrize("unseen", [{"users": None}, {"roles": None}, {"groups": None}])
def test_what_the_token_may_not_see_is_not_compared(unseen: dict[str, None]) -> None:
    live = replace(LIVE, unseen=("users: not seen",), **unseen)  # type: ignore[arg-type]
    found = plan.make(Wanted(PROJECT, ("T001",), (Account("bo", "lead", "T001"),)), live)
    assert found.steps == ()
    assert found.remarks[0] == "users: not seen"


def test_without_people_csv_users_are_left_alone() -> None:
    assert plan.make(Wanted(PROJECT, ("T001",)), LIVE) == plan.Plan(())


def test_a_role_that_is_not_there_is_made_before_people_are_put_into_it() -> None:
    live = replace(LIVE, roles=(MEMBER, LEAD))
    steps = made(ANN, Account("cy", "coach"), live=live)
    assert [(step.name, step.part) for step in steps] == [("add-role:Coach", "roles"), ("add-user:cy", "users")]


def test_in_a_project_without_records_moving_people_is_still_for_a_look() -> None:
    (step,) = made(Account("ann", "member", "T002"), live=replace(LIVE, records=0))
    assert step.risk == "review"


@pytest.mark.parametrize(
    ("there", "said", "risk"),
    [
        (replace(MEMBER, rights={**MEMBER.rights, "design": 1}), "no more design", "safe"),
        (replace(MEMBER, forms={"base": 1, "talk": 1}), "no more talk filled in", "safe"),
        (replace(MEMBER, forms={"base": 2, "talk": 0}), "it would newly allow base filled in", "review"),
        (replace(LEAD, rights={**LEAD.rights, "reports": 0, "logging": 1}),
         "it would newly allow reports. no more logging", "review"),
        (replace(MEMBER, forms={"base": 1}, exports={"base": 0}), "nothing is said yet of talk", "safe"),
    ],
)  # fmt: skip
def test_a_role_that_grants_something_else_is_told_by_what_it_would_allow_and_forbid(
    there: LiveRole, said: str, risk: str
) -> None:
    roles = tuple(there if role.label == there.label else role for role in (MEMBER, LEAD, COACH))
    (step,) = made(ANN, live=replace(LIVE, roles=roles))
    assert (step.name, step.evidence, step.risk) == (f"change-role:{there.label}", said, risk)


@pytest.mark.parametrize(
    "there",
    [
        replace(MEMBER, forms={"base": 130, "talk": 128}),  # as newer servers write it
        replace(MEMBER, forms={**MEMBER.forms, "gone": 1}),  # a form that goes with this very plan
        replace(MEMBER, rights={"reports": 0}),  # an older server knows fewer rights
        replace(MEMBER, rights={**MEMBER.rights, "mycap_participants": 1}),  # one that is not ours to set
    ],
)
def test_what_servers_write_differently_is_no_difference(there: LiveRole) -> None:
    assert made(ANN, live=replace(LIVE, roles=(there, LEAD, COACH))) == ()


def test_roles_that_are_not_ours_are_left_as_they_are() -> None:
    other = LiveRole("U-9", "Statistician", {"design": 1}, {"base": 1}, {"base": 1})
    assert made(ANN, live=replace(LIVE, roles=(*(LIVE.roles or ()), other))) == ()
