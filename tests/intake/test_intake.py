from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough import intake
from breakthrough.collaborative import Collaborative
from breakthrough.errors import ImportRefused, SettingInvalid

TODAY = dt.date(2026, 4, 5)
TEAMS = {"t001": "T001", "alderbrook": "T001", "birchmere": "T002"}
MAP = """
team: district
month: month
where: {region: [North]}
counts: {sd_poss: possible, sd_abs: missed}
measures: [ca_day]
"""
HEADER = "region,district,month,possible,missed"


@pytest.fixture(scope="module")
def collaborative(root: Path) -> Collaborative:
    return collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")


@pytest.fixture
def mapping(tmp_path: Path, collaborative: Collaborative) -> intake.ColumnMap:
    path = tmp_path / "map.yaml"
    path.write_text(MAP, encoding="utf-8")
    return intake.load(path, collaborative)


def _read(
    tmp_path: Path, rows: Sequence[str], mapping: intake.ColumnMap, collaborative: Collaborative
) -> intake.CountsFile:
    path = tmp_path / "counts.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return intake.read(path, mapping, collaborative, TEAMS)


class FakeRedcap:
    """The monthly form as REDCap would keep it: a row an instance, overwritten field by field."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, str]] = {}
        self.calls = 0

    def records(self, **_: object) -> list[dict[str, str]]:
        return [dict(row) for row in self.rows.values()]

    def import_records(self, rows: list[dict[str, str]], *, overwrite: bool = False) -> int:
        assert overwrite
        self.calls += 1
        for row in rows:
            self.rows.setdefault((row["record_id"], row["redcap_repeat_instance"]), {}).update(row)
        return len(rows)


def _run(
    found: intake.CountsFile, redcap: FakeRedcap, mapping: intake.ColumnMap, collaborative: Collaborative
) -> intake.Plan:
    plan = intake.compare(found, redcap.records(), mapping, collaborative, TODAY)
    intake.carry_out(plan, redcap, lambda _: None)
    return plan


def test_rows_become_instances_with_statuses_for_every_measure(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    redcap = FakeRedcap()
    found = _read(tmp_path, ["North,Alderbrook,2026-02,1000,70", "South,Elsewhere,2026-02,1,1"], mapping, collaborative)
    plan = _run(found, redcap, mapping, collaborative)
    assert (len(plan.changes), plan.unchanged, plan.left_aside) == (1, 0, 1)
    row = redcap.rows["T001", "1"]
    assert row["redcap_repeat_instrument"] == "monthly_measures"
    assert row["mm_period"] == "2026-02-01"
    assert (row["sd_poss"], row["sd_abs"], row["ca_day_st"], row["ca_ytd_st"]) == ("1000", "70", "1", "4")
    assert (row["mm_kind"], row["mm_by"], row["mm_submitted"]) == ("2", "import", "2026-04-05")


def test_the_same_file_twice_changes_nothing(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    redcap = FakeRedcap()
    rows = ["North,Alderbrook,2026-02,1000,70", "North,Birchmere,2026-02,900,60", "North,Alderbrook,2026-03,1000,"]
    found = _read(tmp_path, rows, mapping, collaborative)
    _run(found, redcap, mapping, collaborative)
    before = {key: dict(row) for key, row in redcap.rows.items()}
    again = _run(found, redcap, mapping, collaborative)
    assert again.changes == ()
    assert again.unchanged == 3
    assert redcap.rows == before


def test_a_changed_row_updates_its_own_instance(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    redcap = FakeRedcap()
    _run(
        _read(
            tmp_path, ["North,Alderbrook,2026-01,1000,70", "North,Alderbrook,2026-02,1000,71"], mapping, collaborative
        ),
        redcap,
        mapping,
        collaborative,
    )
    plan = _run(
        _read(
            tmp_path, ["North,Alderbrook,2026-01,1000,70", "North,Alderbrook,2026-02,1000,65"], mapping, collaborative
        ),
        redcap,
        mapping,
        collaborative,
    )
    assert [(change.number, change.new) for change in plan.changes] == [(3, False)]
    assert redcap.rows["T001", "2"]["sd_abs"] == "65"
    assert len(redcap.rows) == 2


def test_a_count_that_becomes_blank_is_blanked_and_no_longer_reported(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    redcap = FakeRedcap()
    _run(_read(tmp_path, ["North,Alderbrook,2026-02,1000,70"], mapping, collaborative), redcap, mapping, collaborative)
    _run(_read(tmp_path, ["North,Alderbrook,2026-02,1000,"], mapping, collaborative), redcap, mapping, collaborative)
    assert redcap.rows["T001", "1"]["sd_abs"] == ""
    assert redcap.rows["T001", "1"]["ca_day_st"] == ""


def test_what_people_entered_for_other_measures_stays(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    redcap = FakeRedcap()
    redcap.import_records(
        [{"record_id": "T001", "redcap_repeat_instrument": "monthly_measures", "redcap_repeat_instance": "4",
          "mm_period": "2026-02-01", "mt_plan": "4", "mt_done": "3", "ca_hold_st": "5"}], overwrite=True,
    )  # fmt: skip
    _run(_read(tmp_path, ["North,Alderbrook,2026-02,1000,70"], mapping, collaborative), redcap, mapping, collaborative)
    row = redcap.rows["T001", "4"]
    assert (row["mt_done"], row["ca_hold_st"], row.get("ca_team_st", "")) == ("3", "5", "")
    assert (row["sd_abs"], row["ca_c5_st"]) == ("70", "4")


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("North,Nowhere,2026-02,1000,70", "district", "unknown team"),
        ("North,Alderbrook,Feb 2026,1000,70", "month", "not a month"),
        ("North,Alderbrook,2019-02,1000,70", "month", "not expected"),
        ("North,Alderbrook,2026-02,1000,many", "missed", "not a count"),
        ("North,Alderbrook,2026-02,1000,-3", "missed", "not a count"),
        ("North,Alderbrook,2026-02,70,1000", "missed", "larger than its whole"),
        ('North,Alderbrook,2026-02,1000,"12,5"', "missed", "not a count"),
        ('North,Alderbrook,2026-02,1000,"1,00"', "missed", "not a count"),
        (f"North,Alderbrook,2026-02,{'9' * 5000},70", "possible", "not a count"),
        ("North,Alderbrook,2026-02,1,000,70", "missed", "too many cells"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_by_number_column_and_reason(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative, row: str, column: str, reason: str
) -> None:
    found = _read(tmp_path, ["North,Birchmere,2026-02,10,1", row], mapping, collaborative)
    assert [(r.number, r.column, r.reason) for r in found.refused] == [(3, column, reason)]
    assert len(found.rows) == 1


def test_thousands_may_be_parted_by_commas_and_empty_cells_may_follow(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    row = 'North,Alderbrook,2026-02,"1,234,000","70.0",,'
    found = _read(tmp_path, [row], mapping, collaborative)
    assert [dict(one.counts) for one in found.rows] == [{"sd_poss": 1_234_000, "sd_abs": 70}]


def test_a_column_that_stands_twice_is_not_chosen_between(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    path = tmp_path / "twice.csv"
    path.write_text(f"{HEADER},missed\nNorth,Alderbrook,2026-02,1000,70,71\n", encoding="utf-8")
    with pytest.raises(SettingInvalid, match="2 columns 'missed'"):
        intake.read(path, mapping, collaborative, TEAMS)


def test_a_quotation_mark_that_is_never_closed_is_said_to_be_one(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    rows = ['North,"Alderbrook,2026-02,1000,70', *["North,Birchmere,2026-02,1000,70"] * 5000]
    with pytest.raises(SettingInvalid, match="quotation mark"):
        _read(tmp_path, rows, mapping, collaborative)


def test_a_later_batch_that_redcap_refuses_says_what_is_written(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    class Full(FakeRedcap):
        def import_records(self, rows: list[dict[str, str]], *, overwrite: bool = False) -> int:
            if self.calls:
                raise ImportRefused("Nothing of this import was written.")
            return super().import_records(rows, overwrite=overwrite)

    teams = {f"team {n}": f"T{n:03d}" for n in range(600)}
    path = tmp_path / "many.csv"
    rows = [f"North,team {n},2026-02,1000,70" for n in range(600)]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    plan = intake.compare(intake.read(path, mapping, collaborative, teams), [], mapping, collaborative, TODAY)
    with pytest.raises(ImportRefused, match="500 rows before these are written"):
        intake.carry_out(plan, Full(), lambda _: None)


def test_a_refusal_does_not_repeat_what_the_cell_holds(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    found = _read(tmp_path, ["North,Jane Secret,2026-02,1000,70"], mapping, collaborative)
    assert "Secret" not in str(found.refused[0])


def test_a_month_that_stands_twice_in_the_file_is_refused_in_both_rows(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    found = _read(tmp_path, ["North,Alderbrook,2026-02,1000,70", "North,T001,2026-02,1000,71"], mapping, collaborative)
    assert [(r.number, r.reason) for r in found.refused] == [(2, "month twice"), (3, "month twice")]
    assert found.rows == ()


def test_a_month_that_stands_twice_in_redcap_is_refused(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    redcap = FakeRedcap()
    same = {"record_id": "T001", "redcap_repeat_instrument": "monthly_measures", "mm_period": "2026-02-01"}
    redcap.import_records(
        [same | {"redcap_repeat_instance": "3"}, same | {"redcap_repeat_instance": "7"}], overwrite=True
    )
    plan = _run(
        _read(tmp_path, ["North,Alderbrook,2026-02,1000,70"], mapping, collaborative), redcap, mapping, collaborative
    )
    assert "instances 3 and 7" in str(plan.refused[0])
    assert plan.changes == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("dsitrict,month,possible,missed,region\n", "Did you mean 'dsitrict'"),
        ("", "It has: nothing"),
    ],
)
def test_a_missing_column_is_named_with_the_nearest_one(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative, text: str, hint: str
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingInvalid, match=hint):
        intake.read(path, mapping, collaborative, TEAMS)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("region;district;month;possible;missed\r\nNorth;Alderbrook;2026-02;1,000;70\r\n".encode("utf-8-sig"), 1000),
        (b"region\tdistrict\tmonth\tpossible\tmissed\nNorth\tAlderbrook\t2026-02\t1000.0\t70\n", 1000),
        (
            "region,district,month,possible,missed\nNorth,Żory,2026-02,5,1\nNorth,Alderbrook,2026-02-28,1000,70".encode(
                "cp1250"
            ),
            1000,
        ),
    ],
    ids=["semicolons, BOM, CRLF, thousands", "tabs and 1000.0", "no UTF-8, a full date"],
)
def test_files_as_spreadsheets_write_them_are_read(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative, raw: bytes, expected: int
) -> None:
    path = tmp_path / "counts.csv"
    path.write_bytes(raw)
    found = intake.read(path, mapping, collaborative, TEAMS)
    assert [row.counts["sd_poss"] for row in found.rows] == [expected]


def test_a_workbook_is_refused_with_the_remedy(
    tmp_path: Path, mapping: intake.ColumnMap, collaborative: Collaborative
) -> None:
    path = tmp_path / "counts.xlsx"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(SettingInvalid, match="Save the sheet as CSV"):
        intake.read(path, mapping, collaborative, TEAMS)


def test_a_map_that_names_what_the_collaborative_has_not_is_refused(
    tmp_path: Path, collaborative: Collaborative
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(MAP.replace("sd_abs", "sd_absent").replace("[ca_day]", "[ca_day, ca_ytd]"), encoding="utf-8")
    with pytest.raises(SettingInvalid) as refused:
        intake.load(path, collaborative)
    assert "'sd_absent' is not a count" in str(refused.value)
    assert "'ca_ytd' needs the count 'en_me'" in str(refused.value)


@pytest.fixture
def audited(root: Path) -> Collaborative:
    """The same collaborative with a measure that is counted from case rows."""
    plans = {
        "name": "Plans", "plain": "…", "kind": "process", "direction": "higher",
        "source": {"project": "audit", "form": "chart_audit", "date": "audit_date"},
        "denominator": "[tier] >= 2", "numerator": "[plan_date] <> ''",
    }  # fmt: skip
    path = root / "config/collaboratives/absenteeism/collaborative.yaml"
    return collaboratives.load(path, {"measures": {"plans": plans}})


def test_a_map_cannot_feed_a_measure_that_is_counted_from_case_rows(tmp_path: Path, audited: Collaborative) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(MAP.replace("[ca_day]", "[ca_day, plans]"), encoding="utf-8")
    with pytest.raises(SettingInvalid, match="the measure 'plans' is counted from case rows, not from a file"):
        intake.load(path, audited)


def test_what_case_rows_tell_is_not_marked_as_not_collected(
    tmp_path: Path, mapping: intake.ColumnMap, audited: Collaborative
) -> None:
    redcap = FakeRedcap()
    _run(_read(tmp_path, ["North,Alderbrook,2026-02,1000,70"], mapping, audited), redcap, mapping, audited)
    assert "plans_st" not in redcap.rows["T001", "1"]
    assert redcap.rows["T001", "1"]["ca_ytd_st"] == "4"
