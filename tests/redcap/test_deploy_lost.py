"""The connection is lost at each request of a deploy in turn, before REDCap does what was asked and after."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.redcap import small

from breakthrough.errors import RedcapError
from breakthrough.instruments import dictionary, plan
from breakthrough.redcap import live
from breakthrough.redcap.deploy import Shelf, deploy
from redcap_sandbox import Sandbox


def cut(sandbox: Sandbox, request: int, *, carried_out: bool, times: int = 1) -> None:
    """Loses the connection at that request, counted from now, and at those after it where `times` is more than 1."""
    rule = {"kind": "drop", "nth": {"after": request - 1}, "times": times, "carried_out": carried_out}
    small.administrator(sandbox).set_faults(json.dumps({"rules": [rule]}))


def mend(sandbox: Sandbox) -> None:
    small.administrator(sandbox).set_faults("")


def settled(sandbox: Sandbox, token: str) -> bool:
    """Whether REDCap has everything as it is wanted, cell by cell, person by person."""
    wanted, there = small.later(), small.client(sandbox, token)
    assert small.dictionary(sandbox, token) == dictionary.rows(wanted.project.fields)
    assert small.groups(sandbox, token) == {
        "ann": "t001", "bob": "t003", "kim": "", "liz": "t003", "sandbox_owner": "",
    }  # fmt: skip
    roles = {row["unique_role_name"]: row["role_label"] for row in small.asked(sandbox, token, "userRole").json()}
    held = small.asked(sandbox, token, "userRoleMapping").json()
    assert {row["username"]: roles.get(row["unique_role_name"], "") for row in held} == {
        "ann": "Team member", "bob": "Team member", "kim": "Coach", "liz": "Team member", "sandbox_owner": "",
    }  # fmt: skip
    return not plan.make(wanted, live.look(there, wanted.project)).steps


@pytest.fixture(scope="module")
def requests(sandbox: Sandbox) -> list[bool]:
    """Every request of the change, in order, when nothing goes wrong: whether it changes something."""
    made = small.begun(sandbox)
    there = small.client(sandbox, made)
    ask, found = there._transport.ask, []

    def noted(payload: Mapping[str, Any], *more: Any) -> Any:
        found.append("data" in payload)
        return ask(payload, *more)

    there._transport.ask = noted  # type: ignore[method-assign,assignment]
    deploy(there, small.later())
    assert settled(sandbox, made)
    return found


def interrupted(sandbox: Sandbox, request: int, *, carried_out: bool, times: int = 1) -> str:
    """What a deploy says whose connection is lost at that request; it must have lost nothing, and finish next time."""
    made = small.begun(sandbox)
    entered, was, people = small.stored(sandbox, made), small.dictionary(sandbox, made), small.groups(sandbox, made)
    cut(sandbox, request, carried_out=carried_out, times=times)
    try:
        deploy(small.client(sandbox, made), small.later())
        said = ""
    except RedcapError as lost:
        said = str(lost)
    finally:
        mend(sandbox)
    assert small.stored(sandbox, made) == entered
    groups = small.groups(sandbox, made)
    assert all(groups[name] for name, group in people.items() if group)  # nobody sees more
    if "as they were before" in said:
        assert small.dictionary(sandbox, made) == was
    deploy(small.client(sandbox, made), small.later())
    assert settled(sandbox, made)
    assert small.stored(sandbox, made) == entered
    return said


@pytest.mark.parametrize("carried_out", [False, True], ids=["before it arrives", "before its answer arrives"])
def test_a_change_whose_answer_is_lost_is_told_and_undone_and_deploying_again_finishes(
    sandbox: Sandbox, requests: list[bool], *, carried_out: bool
) -> None:
    parts = ("dictionary", "repeating setup", "data access groups", "roles", "users", "project settings")
    changes = [place for place, change in enumerate(requests, start=1) if change]
    told = [interrupted(sandbox, place, carried_out=carried_out) for place in changes]
    assert [said.split("Perhaps done: ")[1].split(".")[0] for said in told] == [
        "dictionary", "repeating setup", "data access groups", "roles", "users", "users", "users", "project settings",
    ]  # fmt: skip
    for said in told:
        perhaps = said.split("Perhaps done: ")[1].split(".")[0]
        before = parts[: parts.index(perhaps)]
        assert f"Done in REDCap: {', '.join(before) or 'nothing'}." in said
        back = "were put back" if before or carried_out else "are"
        assert f"The dictionary and the repeating setup {back} as they were before." in said
    assert "Of the users: perhaps liz added without a right." in told[4]
    assert "Of the users: liz added without a right; bob put into their groups" in told[6]


def test_a_question_that_is_never_answered_ends_the_deploy_where_it_was_and_deploying_again_finishes(
    sandbox: Sandbox, requests: list[bool]
) -> None:
    first = requests.index(True) + 1
    last = len(requests) - requests[::-1].index(True)
    among = [place for place in range(first + 1, last) if not requests[place - 1]]
    for place in (1, first - 1):
        assert "Done" not in interrupted(sandbox, place, carried_out=False, times=4)
    for place in among:
        assert "The dictionary and the repeating setup were put back" in interrupted(
            sandbox, place, carried_out=False, times=4
        )
    for place in (last + 1, len(requests)):
        assert "only the reading back failed" in interrupted(sandbox, place, carried_out=False, times=4)


def test_where_redcap_stays_away_the_backup_and_how_to_restore_by_hand_are_named(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    token = small.begun(sandbox)
    there = small.client(sandbox, token)
    send = there.import_repeating

    def last(rows: object) -> int:
        cut(sandbox, 1, carried_out=False, times=1000)
        return send(rows)  # type: ignore[arg-type]

    there.import_repeating = last  # type: ignore[method-assign]
    shelf = Shelf(tmp_path / "shelf", dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC))
    try:
        with pytest.raises(RedcapError) as lost:
            deploy(there, small.later(), backups=shelf)
    finally:
        mend(sandbox)
    said = str(lost.value)
    assert "Done in REDCap: dictionary. Not done: repeating setup" in said or "Perhaps done: repeating setup" in said
    assert "could not be put back" in said
    kept = tmp_path / "shelf" / "2026-03-01T060000Z"
    assert str(kept) in said
    assert (kept / "READ-ME.txt").is_file()
    deploy(small.client(sandbox, token), small.later())
    assert settled(sandbox, token)
