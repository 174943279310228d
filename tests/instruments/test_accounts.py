from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from breakthrough.errors import DictionaryInvalid, SettingInvalid
from breakthrough.instruments import accounts
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.project import Project

TODAY = dt.date(2026, 3, 1)
TEAMS = ("T001", "T002")


def read(tmp_path: Path, project: Project, data: bytes | str) -> tuple[Account, ...] | None:
    path = tmp_path / "people.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return accounts.read(path, project.roles, TEAMS, TODAY)


def refused(tmp_path: Path, project: Project, data: bytes | str) -> list[str]:
    with pytest.raises(SettingInvalid) as told:
        read(tmp_path, project, data)
    return str(told.value).splitlines()


GOOD = (
    Account("ann", "data_lead", "T001"),
    Account("bo@uni.org", "coach", until=dt.date(2026, 3, 1)),
    Account("cy", "team_member", "T002", dt.date(2026, 2, 28), ended=True),
)
TEXT = "username,role,team,until\nann,data_lead,T001,\nbo@uni.org,coach,,2026-03-01\ncy,team_member,T002,2026-02-28\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.replace(",", ";").replace("\n", "\r\n").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        ("sep=;\r\n" + TEXT.replace(",", ";")).encode("cp1252"),
        TEXT.replace("username,role,team,until", "Username,Role , Team,until,,").encode() + b",,,\n\n",
    ],
    ids=["plain", "excel-utf8", "excel-unicode", "excel-sep", "emptied-columns"],
)
def test_accounts_are_read_as_spreadsheets_save_them(tmp_path: Path, project: Project, data: bytes) -> None:
    assert read(tmp_path, project, data) == GOOD


def test_the_last_day_is_still_a_day_of_work(tmp_path: Path, project: Project) -> None:
    found = read(tmp_path, project, TEXT)
    assert found is not None
    assert [account.ended for account in found] == [False, False, True]


def test_without_a_file_nobody_is_named_and_with_a_header_alone_there_is_nobody(
    tmp_path: Path, project: Project
) -> None:
    assert accounts.read(tmp_path / "people.csv", project.roles, TEAMS, TODAY) is None
    assert read(tmp_path, project, "username,role,team,until\n") == ()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("ann,datalead,T001,", "role: 'datalead' is no role. Did you mean 'data_lead'? Known: team_member, data_lead, coach"),
        ("ann,,T001,", "role: it is blank."),
        (",coach,,", "username: it is blank."),
        ('"an""n",coach,,', "username: it has letters that REDCap does not take."),
        ("ann,coach,T001,", "team: a coach is in no team's group, and sees every team. Leave it blank, or give another role: team_member, data_lead."),
        ("ann,data_lead,,", "team: it is blank, and a data_lead without a team would see every team. Write the team's record, such as T001."),
        ("ann,data_lead,t001,", "team: there is no team 't001'. Did you mean 'T001'?"),
        ("ann,data_lead,T001,31/01/2026", "until: it is no day. Write it as 2026-01-31;"),
        ("ann,data_lead,T001,2026-02-30", "until: it is no day."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_row_field_and_remedy(
    tmp_path: Path, project: Project, row: str, says: str
) -> None:
    (line,) = refused(tmp_path, project, f"username,role,team,until\nbo,coach,,\n{row}\n")
    assert line.startswith(f"people.csv, row 3, {says}")


def test_every_mistake_is_told_at_once(tmp_path: Path, project: Project) -> None:
    data = "username,role,team\nann,data_lead,T009\nAnn,chief,\n"
    starts = [line.split(":")[0] for line in refused(tmp_path, project, data)]
    assert starts == ["people.csv, row 2, team", "people.csv, row 3, role", "people.csv, row 3, username"]


def test_a_name_that_differs_in_capitals_alone_is_the_same_user(tmp_path: Path, project: Project) -> None:
    (line,) = refused(tmp_path, project, "username,role,team\nann,data_lead,T001\nAnn,coach,\n")
    assert line.startswith("people.csv, row 3, username: it stands in row 2 already.")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "people.csv: the file is empty."),
        (b"username,role,untill\n", "people.csv, row 1: there is a column 'untill', which is not known. Did you mean 'until'?"),
        (b"username,team\n", "people.csv, row 1: the column role is missing."),
        (b"username,role,role\n", "people.csv, row 1: the column role stands twice."),
        (b"username,role\nann,coach,T001\n", "people.csv, row 2: it has more cells than the first row has columns."),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(tmp_path: Path, project: Project, data: bytes, says: str) -> None:
    assert refused(tmp_path, project, data)[0].startswith(says)


def test_a_workbook_is_no_csv_file(tmp_path: Path, project: Project) -> None:
    with pytest.raises(DictionaryInvalid, match=r"people\.csv: this is not a CSV file"):
        read(tmp_path, project, b"PK\x03\x04rest")
