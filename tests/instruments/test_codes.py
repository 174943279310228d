from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from breakthrough.collaborative import Collaborative
from breakthrough.errors import CodesChanged, DictionaryInvalid
from breakthrough.instruments import codes, generate
from breakthrough.instruments.codes import Code, Used
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import Instrument, Project

TODAY = dt.date(2026, 3, 1)
C1, C2 = Code("coaches", "c1", "Bo"), Code("coaches", "c2", "Cy")
GOOD, BAD = Code("field:mood", "1", "Good"), Code("field:mood", "2", "Bad, very")
CODES = (C1, C2, GOOD, BAD)


def used(*now: Code, more: frozenset[str] = frozenset()) -> Used:
    """These codes, of lists that are all there are, besides `more`."""
    return Used(now, frozenset({*codes.LISTS, *(code.list for code in now)}) | more)


NOW = used(*CODES)
TEXT = 'list,code,label,since\ncoaches,c1,Bo,2026-03-01\ncoaches,c2,Cy,2026-03-01\nfield:mood,1,Good,2026-03-01\nfield:mood,2,"Bad, very",2026-03-01\n'  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "codes.csv"
    codes.record(found, NOW, TODAY)
    return found


def problems(path: Path, *now: Code) -> Sequence[str]:
    return codes.problems(codes.read(path), used(*now))


def test_a_new_ledger_has_every_code_with_the_day_and_reads_back(path: Path) -> None:
    assert path.read_text() == TEXT
    assert problems(path, *CODES) == ()
    assert codes.new(codes.read(path), NOW) == ()


def test_new_codes_are_added_below_and_what_stands_there_is_never_touched(path: Path) -> None:
    third = Code("coaches", "c3", "Di")
    assert codes.record(path, used(*CODES, third), dt.date(2026, 4, 2)) == (third,)
    assert path.read_text() == f"{TEXT}coaches,c3,Di,2026-04-02\n"


def test_nothing_is_written_where_nothing_is_new(path: Path) -> None:
    before = path.stat()
    assert codes.record(path, NOW, dt.date(2026, 4, 2)) == ()
    assert path.stat() == before


def test_a_ledger_saved_by_a_spreadsheet_keeps_its_shape(path: Path) -> None:
    path.write_bytes(
        b"\xef\xbb\xbf" + TEXT.replace(",", ";").replace('"Bad; very"', '"Bad, very"').replace("\n", "\r\n").encode()
    )
    assert problems(path, *CODES) == ()
    codes.record(path, used(*CODES, Code("coaches", "c3", "Zoë; Di")), TODAY)
    assert path.read_bytes().endswith('coaches;c3;"Zoë; Di";2026-03-01\r\n'.encode())
    assert problems(path, *CODES, Code("coaches", "c3", "Zoë; Di")) == ()


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ((C1, GOOD, BAD), "codes.csv, row 3: the code c2 of coaches may be stored in REDCap and is gone. Put it back under coaches, with until:"),
        ((C1, C2, GOOD), "codes.csv, row 5: the code 2 of mood may be stored in REDCap and is gone. Put the choice back; to keep it from new entries, write @HIDECHOICE='2'"),
        ((C1, replace(C2, label="Di"), GOOD, BAD), "codes.csv, row 3: the code c2 of coaches was 'Cy' and is 'Di': reused or renumbered? If it means the same, write the new words into this row"),
        ((C1, replace(C2, code="c9"), GOOD, BAD), "codes.csv, row 3: the code c2 of coaches became c9: stored answers would lose their meaning. Give it c2 back."),
        ((C1, C2, GOOD, Code("field:mood", "2", "So so"), Code("field:mood", "3", "Bad, very")), "codes.csv, row 5: the code 2 of mood was renumbered: it was 'Bad, very', which is 3 now, and is 'So so'."),
    ],
    ids=["gone", "choice-gone", "reused", "recoded", "shifted"],
)  # fmt: skip
def test_a_code_that_is_gone_or_means_something_else_is_refused_with_its_row(
    path: Path, now: tuple[Code, ...], says: str
) -> None:
    (said,) = problems(path, *now)
    assert said.startswith(says)
    with pytest.raises(CodesChanged):
        codes.require(path, used(*now))
    with pytest.raises(CodesChanged):
        codes.record(path, used(*now), TODAY)
    assert path.read_text() == TEXT


def test_two_codes_that_swap_their_labels_are_named_as_a_renumbering(path: Path) -> None:
    swapped = (replace(C1, label="Cy"), replace(C2, label="Bo"), GOOD, BAD)
    first, second = problems(path, *swapped)
    assert first.startswith("codes.csv, row 2: the code c1 of coaches was renumbered: it was 'Bo', which is c2 now, and is 'Cy', which was c2.")  # fmt: skip
    assert second.startswith("codes.csv, row 3: the code c2 of coaches was renumbered")


def test_a_person_who_changes_the_label_in_the_ledger_says_that_the_meaning_stays(path: Path) -> None:
    path.write_text(TEXT.replace("c2,Cy", "c2,Cy Jones"))
    assert problems(path, C1, replace(C2, label="Cy Jones"), GOOD, BAD) == ()


def test_a_field_that_is_gone_altogether_is_the_plans_to_judge_and_is_remembered(path: Path) -> None:
    assert problems(path, C1, C2) == ()
    (said, _) = problems(path, C1, C2, replace(GOOD, label="Bad, very"), replace(BAD, label="Good"))
    assert "was renumbered" in said


def test_a_field_that_lost_the_last_choice_of_its_own_is_still_looked_at(path: Path) -> None:
    now = used(C1, C2, GOOD, more=frozenset({"field:pd_change"}))
    path.write_text("list,code,label,since\nfield:pd_change,other,Another,2026-03-01\n")
    (said,) = codes.problems(codes.read(path), now)
    assert said.startswith("codes.csv, row 2: the code other of pd_change may be stored in REDCap and is gone.")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("coaches,c1,Bo,2026-03-01", "row 6: the code c1 of coaches stands in row 2, too."),
        ("cochaes,c1,Bo,2026-03-01", "row 6: there is no list 'cochaes'."),
    ],
)
def test_a_ledger_that_was_merged_badly_is_told(path: Path, row: str, says: str) -> None:
    path.write_text(f"{TEXT}{row}\n")
    (said,) = problems(path, *CODES)
    assert said.startswith(f"codes.csv, {says}")


def test_another_file_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("code,label\nc1,Bo\n")
    with pytest.raises(DictionaryInvalid, match=r"codes\.csv: the column list is missing"):
        codes.read(tmp_path / "codes.csv")


def test_the_codes_of_the_collaborative_are_told_once_and_those_of_fields_beside_them(
    small: Callable[..., Collaborative],
) -> None:
    made = small(drivers=[{"code": "D1", "title": "Beds", "ideas": [{"code": "A", "title": "Low <b>beds</b>"}]}])
    rows = (
        Field("record_id", "m"),
        Field("pd_change", "m", field_type="dropdown", select_choices_or_calculations="ideas, filled in from collaborative.yaml | other, Another"),
        Field("mood", "m", field_type="radio", select_choices_or_calculations="1, <i>Good</i> | 2, Bad"),
        Field("done", "m", field_type="yesno"),
    )  # fmt: skip
    project = Project(generate.filled(rows, made), (Instrument("m", "M"),))
    found = codes.used(made, {"main": project, "audit": project})
    assert [(code.list, code.code, code.label) for code in found.codes] == [
        ("coaches", "c1", "Bo | Co"),
        ("drivers", "D1", "Beds"),
        ("ideas", "A", "Low <b>beds</b>"),
        ("measures", "falls", "Falls"),
        ("counts", "beds", "Bed days"),
        ("counts", "fell", "Falls <any>"),
        ("field:pd_change", "other", "Another"),
        ("field:mood", "1", "Good"),
        ("field:mood", "2", "Bad"),
        ("field:audit/pd_change", "other", "Another"),
        ("field:audit/mood", "1", "Good"),
        ("field:audit/mood", "2", "Bad"),
    ]


def test_rescheduling_an_event_changes_no_code(absenteeism: Collaborative, project: Project) -> None:
    events = tuple(
        event.model_copy(update={"date": event.date + dt.timedelta(7)}) for event in absenteeism.calendar.events
    )
    calendar = absenteeism.calendar.model_copy(update={"events": events})
    moved = absenteeism.model_copy(update={"calendar": calendar})
    assert codes.used(moved, {"main": project}) == codes.used(absenteeism, {"main": project})


def test_a_folder_that_cannot_be_written_leaves_the_ledger_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Exception, match=r"cannot be written: No space left on device"):
        codes.record(path, used(*CODES, Code("coaches", "c3", "Di")), TODAY)
    assert path.read_text() == TEXT
    assert [one.name for one in path.parent.iterdir()] == ["codes.csv"]


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> branch", "||||||| base"])
def test_a_merge_that_git_left_unfinished_is_named_with_its_line(path: Path, mark: str) -> None:
    path.write_text(f"{TEXT}{mark}\ncoaches,c3,Di,2026-03-01\n")
    with pytest.raises(DictionaryInvalid, match=r"codes\.csv, line 6: git left a merge conflict"):
        codes.read(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "now it is missing, or empty"),
        (TEXT.splitlines(keepends=True)[0], "now it is missing, or empty"),
        (TEXT.replace("coaches,c2,Cy,2026-03-01\n", ""), "now it has 3 of them"),
        (TEXT.replace("coaches,c2,Cy", "coaches,c9,Xy"), "now not all of them are there"),
        (
            TEXT.replace("coaches,c2,Cy,2026-03-01\n", "") + "coaches,c3,Di,2026-04-01\n",
            "now not all of them are there",
        ),
    ],
    ids=["emptied", "header alone", "cut", "exchanged", "one gone and one new"],
)
def test_rows_that_were_there_at_the_last_deploy_may_not_go(path: Path, text: str, says: str) -> None:
    before = codes.kept(codes.read(path))
    path.write_text(text)
    with pytest.raises(CodesChanged, match=r"codes\.csv: at the last deploy it had 4 rows") as refused:
        codes.require(path, NOW, before)
    assert says in str(refused.value)


def test_a_ledger_that_is_missing_after_a_deploy_is_refused_and_before_the_first_it_is_not(path: Path) -> None:
    before = codes.kept(codes.read(path))
    path.unlink()
    with pytest.raises(CodesChanged, match="missing, or empty"):
        codes.require(path, NOW, before)
    assert codes.require(path, NOW).rows == ()


def test_a_ledger_may_grow_be_sorted_and_have_labels_reworded(path: Path) -> None:
    before = codes.kept(codes.read(path))
    head, *rows = TEXT.splitlines(keepends=True)
    path.write_text(head + "".join(sorted(rows, reverse=True)).replace("Cy", "Cy Jones") + "coaches,c3,Di,2026-04-01\n")
    third = Code("coaches", "c3", "Di")
    assert len(codes.require(path, used(C1, replace(C2, label="Cy Jones"), GOOD, BAD, third), before).rows) == 5
