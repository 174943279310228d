from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from breakthrough import language
from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import plan
from breakthrough.instruments.access import RoleFile
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Live, LiveRole, LiveUser, Step, Unseen, Wanted
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


def test_a_group_is_known_by_its_name_whatever_redcap_makes_of_it() -> None:
    numbered = replace(LIVE, groups={"t001": "T001", "t002_b": "T002"})
    assert made(ANN, live=numbered) == ()
    assert assigned(ANN, Account("bo", "lead", "T002"), live=numbered) == [("bo", "t002_b", "U-2")]


def test_two_teams_whose_groups_redcap_would_take_for_one_another_are_refused() -> None:
    for wanted in (
        Wanted(PROJECT, ("A-B", "A.B"), ()),
        Wanted(PROJECT, ("A-B",), (Account("zed", "member", "A.B"),)),
        Wanted(PROJECT, ("a b", "A_B")),
    ):
        with pytest.raises(DictionaryInvalid, match=r"teams '.*' and '.*' differ in capitals or punctuation alone"):
            plan.make(wanted, LIVE)
    assert plan.make(Wanted(replace(PROJECT, group_rule=""), ("A-B", "A.B")), LIVE).steps == ()


@pytest.mark.parametrize(
    "groups",
    [{"ab": "A-B"}, {"a_b": "t", "ab": "A-B"}, {"x": "AB"}, {"ab": "Alder School"}],
    ids=["other-punctuation", "among-others", "no-punctuation", "by-its-unique-name"],
)
def test_nobody_is_put_into_a_group_that_could_be_taken_for_the_teams(groups: dict[str, str]) -> None:
    live = replace(LIVE, groups=groups, users=(LiveUser("ann", "ab", "U-1"),))
    accounts = (Account("zed", "member", "A.B"), Account("ann", "lead", "A.B"))
    wanted = Wanted(PROJECT, ("A.B",), accounts)
    steps = plan.make(wanted, live).steps
    assert [step.name for step in steps] == ["add-group:A.B", "add-user:zed", "move-user:ann", "give-role:ann"]
    assert all(step.by_hand and step.risk == "review" for step in steps)
    assert all("which could be taken for it" in step.evidence for step in steps)
    assert plan.assignments(wanted, live) == ()


def test_two_groups_of_one_name_are_told_and_nobody_is_put_into_either() -> None:
    live = replace(LIVE, groups={"t001": "T001", "t001b": "T001", "t002": "T002"})
    apart, join = made(Account("bo", "lead", "T001"), live=live)
    assert (apart.name, apart.by_hand) == ("tell-groups-apart:T001", True)
    assert "2 groups of this name (t001 and t001b)" in apart.evidence
    assert (join.name, join.by_hand) == ("add-user:bo", True)
    assert assigned(Account("bo", "lead", "T001"), live=live) == []
    assert assigned(Account("bo", "lead", "T002"), live=live) == [("bo", "t002", "U-2")]


def test_two_roles_of_one_label_are_told_and_neither_is_changed_or_given() -> None:
    twin = replace(MEMBER, unique_name="U-9", label="MEMBER", rights={**MEMBER.rights, "design": 1})
    live = replace(LIVE, roles=(twin, MEMBER, LEAD, COACH))
    changed, apart, joins = made(ANN, Account("bo", "member", "T002"), live=live)
    assert (apart.name, apart.by_hand) == ("tell-roles-apart:Member", True)
    assert "2 roles of this label (U-9 with 0 users and U-1 with 1 user)" in apart.evidence
    assert [(step.name, step.by_hand) for step in (changed, joins)] == [
        ("change-role:Member", True),
        ("add-user:bo", True),
    ]
    assert assigned(ANN, Account("bo", "member", "T002"), live=live) == []


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


def test_after_the_last_day_rights_of_the_persons_own_are_taken_too() -> None:
    gone = replace(ANN, ended=True, until=dt.date(2026, 1, 31))
    own = replace(LIVE, users=(LiveUser("ann", "", "", {"design": 1, "record_create": 1, "reports": 0}),))
    (step,) = made(gone, live=own)
    assert (step.name, step.kind, step.part, step.risk) == ("take-rights:ann", "take rights", "users", "review")
    assert step.evidence == (
        "the last day was 31 January 2026; in no role now, in no group, and so sees the records of every team, and has "
        "rights of this user's own: design and record_create"
    )
    assert assigned(gone, live=own) == [("ann", "", "")]
    none = replace(LIVE, users=(LiveUser("ann", "", "", {"design": 0, "mycap_participants": 1}),))
    assert made(gone, live=none) == ()  # no right is left that a deploy could take


DEPLOYS = {"user_rights": 1, "design": 1, "data_access_groups": 1, "api_export": 1, "api_import": 1}
BOSS = replace(PROJECT, roles={**PROJECT.roles, "boss": RoleFile(label="Boss", rights=tuple(DEPLOYS))})  # type: ignore[arg-type]
BOSS_ROLE = LiveRole("U-4", "Boss", BOSS.grants("boss").rights, {"base": 0, "talk": 0}, {"base": 0, "talk": 0})
THE_ACCOUNT = "this is the account of the token that deploys"


@pytest.mark.parametrize(
    ("user", "account", "name", "said"),
    [
        (LiveUser("me", "", "", DEPLOYS), Account("ME", "coach"), "give-role:ME",
         "which would lose user_rights, design, data_access_groups, api_export and api_import"),
        (LiveUser("me"), Account("me", "coach"), "give-role:me", "which would lose user_rights"),
        (LiveUser("me", "", "U-4", DEPLOYS), Account("me", "boss", ended=True), "take-role:me", "which would lose"),
        (LiveUser("me", "", "", DEPLOYS), Account("me", "boss", ended=True), "take-rights:me", "which would lose"),
        (LiveUser("me", "", "U-4", DEPLOYS), Account("me", "boss", "T001"), "move-user:me",
         "in a group it would see the records of that team alone"),
    ],
)  # fmt: skip
def test_what_would_take_from_the_token_what_it_deploys_with_is_left_to_a_person(
    user: LiveUser, account: Account, name: str, said: str
) -> None:
    live = replace(LIVE, users=(user,), caller="Me", roles=(MEMBER, LEAD, COACH, BOSS_ROLE))
    wanted = Wanted(BOSS, ("T001", "T002"), (account,))
    (step,) = plan.make(wanted, live).steps
    assert (step.name, step.by_hand, step.risk) == (name, True, "review")
    assert f"{THE_ACCOUNT}" in step.evidence
    assert said in step.evidence
    assert plan.assignments(wanted, live) == ()
    (other,) = plan.make(wanted, replace(live, caller="somebody")).steps
    assert not other.by_hand


def test_the_tokens_own_user_gets_a_role_that_deploys_and_stays_out_of_the_group() -> None:
    live = replace(LIVE, users=(LiveUser("me", "", "", DEPLOYS),), caller="me", roles=(MEMBER, LEAD, COACH, BOSS_ROLE))
    wanted = Wanted(BOSS, ("T001", "T002"), (Account("me", "boss", "T001"),))
    move, give = plan.make(wanted, live).steps
    assert (move.by_hand, give.by_hand) == (True, False)
    assert plan.assignments(wanted, live) == (LiveUser("me", "", "U-4", DEPLOYS),)


def test_a_role_is_not_made_to_lose_what_the_token_in_it_deploys_with() -> None:
    grown = replace(COACH, rights={**COACH.rights, "design": 1, "api_import": 1})
    live = replace(LIVE, roles=(MEMBER, LEAD, grown), users=(LiveUser("me", "", "U-3"),), caller="me")
    (step,) = made(live=live)
    assert (step.name, step.by_hand) == ("change-role:Coach", True)
    assert f"{THE_ACCOUNT}, which would lose design and api_import" in step.evidence
    (other,) = made(live=replace(live, caller="ann"))
    assert (other.name, other.by_hand) == ("change-role:Coach", False)


@pytest.mark.parametrize(
    ("user", "told"),
    [
        (LiveUser("old", "", "", {"record_create": 1}), True),
        (LiveUser("old"), True),  # nobody knows what rights
        (LiveUser("old", "", "", {"record_create": 0}), False),
        (LiveUser("old", "t001", "", {"record_create": 1}), False),
        (LiveUser("OWNER", "", "", {"record_create": 1}), False),
    ],
    ids=["with-rights", "unknown", "without-rights", "in-a-group", "the-tokens-own"],
)
def test_who_sees_every_team_without_role_or_group_is_told(user: LiveUser, told: bool) -> None:
    found = plan.make(Wanted(PROJECT, ("T001",), ()), replace(LIVE, users=(user,), caller="Owner"))
    assert found.steps == ()
    assert any("sees the records of every team" in remark for remark in found.remarks) == told


def test_users_whom_the_file_does_not_name_are_told_where_they_have_a_role_of_ours() -> None:
    found = plan.make(Wanted(PROJECT, ("T001",), ()), replace(LIVE, caller="owner"))
    assert found.steps == ()
    assert found.remarks == ("ann is in the role Member, and people.csv does not name this user.",)


@pytest.mark.parametrize("unseen", [{"users": None}, {"roles": None}, {"groups": None}])
def test_what_the_token_may_not_see_is_not_compared(unseen: dict[str, None]) -> None:
    live = replace(LIVE, unseen=(Unseen("people"),), **unseen)  # type: ignore[arg-type]
    found = plan.make(Wanted(PROJECT, ("T001",), (Account("bo", "lead", "T001"),)), live)
    assert found.steps == ()
    assert found.remarks[0] == "roles and users: the token's user has no right to User Rights"


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
        (replace(COACH, forms={"talk": 1}), "it would newly allow base read", "review"),  # REDCap has that form
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


def test_a_form_that_redcap_does_not_have_yet_holds_nothing_that_a_role_could_newly_see() -> None:
    there = replace(LIVE, fields=FIELDS[:1], roles=(MEMBER, LEAD, replace(COACH, forms={"base": 2})))
    change = next(step for step in made(ANN, live=there) if step.kind == "change role")
    assert (change.evidence, change.risk) == ("nothing is said yet of talk", "safe")


def test_users_can_be_held_in_a_set_whatever_their_rights_are() -> None:
    assert len({LiveUser("ann", rights={"design": 1}), LiveUser("ann", rights={"design": 1}), LiveUser("bo")}) == 2


def test_days_and_lists_are_told_as_the_language_of_reports_spells_them() -> None:
    gone = replace(ANN, ended=True, until=dt.date(2026, 1, 31))
    twice = replace(LIVE, groups={"t001": "T001", "t001b": "T001", "t002": "T002"})
    with language.speaking(language.load("de", [])):
        (left,) = made(gone)
        apart, *_ = made(ANN, live=twice)
    assert "31. Januar 2026" in left.evidence
    assert "(t001 und t001b)" in apart.evidence
