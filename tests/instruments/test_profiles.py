from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from breakthrough import configfile
from breakthrough.content import Content
from breakthrough.errors import ContentMissing, SettingInvalid
from breakthrough.instruments import profiles
from breakthrough.instruments.profiles import Profile

ACIC = {"1": 6, "2": 3, "3a": 4, "3b": 4, "3c": 6, "3d": 5, "4": 6}


def shipped(name: str) -> Profile:
    return profiles.load(Content(), name)


def answers(profile: Profile, given: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Values by field; None leaves an item blank."""
    numbered = ((part, number, value) for part, values in given.items() for number, value in enumerate(values, start=1))
    return {profile.item(part, number): value for part, number, value in numbered if value is not None}


def all_the_same(profile: Profile, value: int) -> dict[str, int]:
    return dict.fromkeys(profile.items, value)


def test_acic_has_34_items_in_seven_parts_from_0_to_11() -> None:
    acic = shipped("acic35")
    assert {part.code: part.size for part in acic.parts} == ACIC
    assert len(acic.items) == 34
    assert (acic.items[0], acic.items[-1]) == ("ca_1_1", "ca_4_6")
    assert (acic.scale.least, acic.scale.greatest) == (0, 11)


def test_the_other_shipped_profiles_have_their_published_size() -> None:
    assert [part.size for part in shipped("mhi25").parts] == [7, 6, 6, 2, 2, 2]
    assert [part.size for part in shipped("psat40").parts] == [5] * 8
    assert [part.size for part in shipped("systems_check").parts] == [2] * 6
    assert [part.size for part in shipped("attendance_check").parts] == [2] * 5
    assert [shipped(name).structure for name in profiles.names(Content())] == [
        "verified",
        "own",
        "unverified",
        "unverified",
        "own",
    ]


def test_the_acic_total_is_the_mean_of_the_seven_means_not_of_the_34_items() -> None:
    acic = shipped("acic35")
    found = profiles.score(acic, answers(acic, {
        "1": [6, 6, 6, 6, 6, 6],  # 6
        "2": [9, 9, 9],  # 9
        "3a": [4, 4, 5, 5],  # 4.5
        "3b": [3, 3, 3, 3],  # 3
        "3c": [2, 2, 2, 2, 2, 3],  # 13 / 6
        "3d": [8, 8, 8, 8, 8],  # 8
        "4": [0, 0, 0, 0, 0, 0],  # 0
    }))  # fmt: skip
    assert [part.mean for part in found.parts] == pytest.approx([6, 9, 4.5, 3, 2.1666667, 8, 0])
    assert found.total == pytest.approx(4.6666667)  # 32.6666667 / 7
    assert found.total != pytest.approx(146 / 34, abs=0.1)
    assert [part.band for part in found.parts] == ["good", "full", "basic", "basic", "limited", "good", "limited"]
    assert found.band == "basic"
    assert (found.answered, found.items, found.percent, found.unusable) == (34, 34, None, ())


@pytest.mark.parametrize(
    ("value", "band"),
    [(0, "limited"), (2, "limited"), (3, "basic"), (5, "basic"), (6, "good"), (8, "good"), (9, "full"), (11, "full")],
)
def test_a_band_begins_with_its_number(value: int, band: str) -> None:
    found = profiles.score(shipped("acic35"), all_the_same(shipped("acic35"), value))
    assert (found.total, found.band) == (value, band)
    assert {part.band for part in found.parts} == {band}


def test_a_mean_just_under_a_band_stays_below_it_and_one_that_makes_it_is_not_lost_to_rounding() -> None:
    acic = shipped("acic35")
    assert profiles.score(acic, answers(acic, {"2": [3, 3, 2]})).parts[1].band == "limited"  # 2.67
    exact = answers(acic, {
        "1": [4] * 6, "2": [3] * 3, "3a": [3, 3, 3, 2], "3b": [4, 3, 3, 3], "3c": [2, 2, 2, 2, 2, 3],
        "3d": [2] * 5, "4": [4, 4, 4, 4, 4, 3],
    })  # fmt: skip
    # 24/6 + 9/3 + 11/4 + 13/4 + 13/6 + 10/5 + 23/6 is 21, and in floating arithmetic a seventh of it is under 3.
    found = profiles.score(acic, exact)
    assert (found.total, found.band) == (3.0, "basic")


@pytest.mark.parametrize(
    ("part", "given", "mean"),
    [
        ("2", [6, 9, None], 7.5),  # 2 of 3 is two thirds
        ("2", [6, None, None], None),
        ("3a", [4, 5, 6, None], 5.0),
        ("3a", [4, 5, None, None], None),  # half
        ("3d", [1, 2, 3, None, None], None),  # 3 of 5 is 60 in 100
        ("3d", [1, 2, 3, 6, None], 3.0),
        ("1", [2, 2, 4, 4, None, None], 3.0),
        ("1", [None] * 6, None),
    ],
)
def test_a_part_is_scored_where_two_thirds_of_it_are_answered(part: str, given: list[int | None], mean: float) -> None:
    acic = shipped("acic35")
    found = profiles.score(acic, all_the_same(acic, 5) | dict.fromkeys(
        (acic.item(part, n + 1) for n in range(len(given))), ""
    ) | answers(acic, {part: given}))  # fmt: skip
    (one,) = (score for score in found.parts if score.code == part)
    assert (one.mean, one.answered, one.items) == (mean, sum(x is not None for x in given), len(given))
    assert (found.total is None) == (mean is None)  # the total needs every part
    assert found.answered == 34 - given.count(None)


def test_a_sum_needs_every_item_and_tells_how_far_between_its_ends_it_lies() -> None:
    index = shipped("mhi25")
    found = profiles.score(index, all_the_same(index, 4))
    assert (found.total, found.band) == (100, "")
    assert found.percent == pytest.approx(42.857143)  # (100 - 25) / 175
    assert profiles.score(index, all_the_same(index, 1)).percent == 0
    assert profiles.score(index, all_the_same(index, 8)).percent == 100
    one_less = all_the_same(index, 4)
    del one_less["ca_mh_2_3"]
    short = profiles.score(index, one_less)
    assert (short.total, short.percent, short.answered) == (None, None, 24)
    assert short.parts[1].mean == 4


def test_the_sustainability_tools_total_is_the_mean_of_its_eight_means() -> None:
    tool = shipped("psat40")
    given: dict[str, list[int | None]] = {str(n): [n - 1 or 1] * 5 for n in range(1, 9)}  # 1 1 2 3 4 5 6 7
    given["8"] = [7, 7, None, 7, 1]  # 22 / 4 = 5.5
    found = profiles.score(tool, answers(tool, given))
    assert found.total == pytest.approx((1 + 1 + 2 + 3 + 4 + 5 + 6 + 5.5) / 8)
    assert (found.answered, found.items) == (39, 40)


def test_our_own_check_wants_both_statements_of_a_domain() -> None:
    check = shipped("systems_check")
    full = answers(check, {"1": [0, 5], "2": [1, 2], "3": [3, 3], "4": [5, 5], "5": [0, 0], "6": [4, 3]})
    found = profiles.score(check, full)
    assert [part.mean for part in found.parts] == [2.5, 1.5, 3, 5, 0, 3.5]
    assert found.total == pytest.approx(15.5 / 6)
    assert found.band == ""  # nobody knows what is good
    assert found.parts[0].title == "Community"
    del full["ca_sc_1_2"]
    assert [profiles.score(check, full).parts[0].mean, profiles.score(check, full).total] == [None, None]


@pytest.mark.parametrize("value", ["12", "-1", "5.5", "x", "1e1", "nan", "٣", "5,0", "99999999999999999999"])
def test_what_is_not_on_the_scale_counts_as_not_answered_and_is_named(value: str) -> None:
    acic = shipped("acic35")
    found = profiles.score(acic, all_the_same(acic, 5) | {"ca_2_1": value})
    assert found.unusable == ("ca_2_1",)
    assert (found.parts[1].answered, found.parts[1].mean, found.answered) == (2, 5, 33)


@pytest.mark.parametrize("value", ["7", " 7 ", "+7", "7.0", 7, 7.0, "07"])
def test_a_whole_number_is_read_however_redcap_or_a_frame_writes_it(value: object) -> None:
    acic = shipped("acic35")
    assert profiles.score(acic, {"ca_2_1": value, "ca_2_2": 7}).parts[1].mean == 7
    assert profiles.score(acic, {"ca_2_1": value}).unusable == ()


def test_nothing_answered_is_no_score_and_no_mistake() -> None:
    found = profiles.score(shipped("acic35"), {"ca_1_1": "", "ca_1_2": None, "ca_comment": "words"})
    assert (found.total, found.band, found.answered, found.unusable) == (None, "", 0, ())


OWN = """
title: Own
prefix: ca_ow
structure: own
scale: {least: 1, greatest: 3}
parts:
  - {code: "1", items: 3}
  - {code: "2", items: 1}
total: mean_of_items
needed: 1/3
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "instruments" / "profiles"
    folder.mkdir(parents=True)
    return folder


def test_a_deployment_adds_a_profile_of_its_own_with_its_own_rules(own: Path) -> None:
    (own / "own.yaml").write_text(OWN)
    mine = profiles.load(Content(own.parent.parent), "own")
    assert mine.items == ("ca_ow_1_1", "ca_ow_1_2", "ca_ow_1_3", "ca_ow_2_1")
    found = profiles.score(mine, {"ca_ow_1_2": 1, "ca_ow_1_3": 1, "ca_ow_2_1": 3})
    assert [part.mean for part in found.parts] == [1, 3]
    assert found.total == pytest.approx(5 / 3)  # of the three items, not of the two means
    assert (found.profile, found.footer) == ("own", "")
    assert profiles.names(Content(own.parent.parent)) == (
        "acic35",
        "attendance_check",
        "mhi25",
        "own",
        "psat40",
        "systems_check",
    )


def test_an_unknown_profile_is_answered_with_the_nearest() -> None:
    with pytest.raises(ContentMissing, match=r"no scoring profile 'acic' .* Did you mean acic35\?"):
        profiles.load(Content(), "acic")
    with pytest.raises(ContentMissing, match="There are: acic35, attendance_check, mhi25, psat40, systems_check"):
        profiles.load(Content(), "zzz")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("total: mean_of_items", "total: mean"), "'total' is wrong: Input should be 'mean_of_parts'"),
        (("items: 3", "items: 0"), "'parts.0.items' is wrong"),
        (("items: 1}", "titel: x}"), "the key 'parts.1.titel' is not known. Did you mean 'title'?"),
        ((", items: 1}", "}"), "give either items (how many) or statements"),
        (('code: "2"', 'code: "1"'), "two parts have the same code"),
        (("needed: 1/3", "needed: 3/2"), "'needed' is wrong: write a share above 0 and up to 1"),
        (("needed: 1/3", "needed: most"), "'needed' is wrong: write a share such as 2/3"),
        (("greatest: 3", "greatest: 1"), "greatest must be more than least"),
        (("greatest: 3", "greatest: 3, labels: {1: a, 3: c}"), "a label to every number from 1 to 3"),
        (("needed: 1/3", "bands: [{from: 2, name: high}]"), "bands must begin at the least"),
        (("total: mean_of_items", "total: sum\nbands: [{from: 1, name: low}]"), "bands are of means"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_profile_is_named(change: tuple[str, str], says: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        configfile.parse(OWN.replace(*change), Profile, "own.yaml")
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("words", "line"),
    [("items: 1", 5), ('items: 1}\n  - {code: "3", statements: [Something theirs]', 9)],
    ids=["anchors", "statements"],
)
def test_the_wording_of_a_licensed_instrument_is_refused_in_a_file_that_is_shared(words: str, line: int) -> None:
    text = OWN.replace("items: 1", words) + "licence: {holder: They, terms: Theirs, footer: (c) They}\n"
    if line == 5:
        text = text.replace("greatest: 3", "greatest: 3, labels: {1: Theirs, 2: Theirs too, 3: Theirs also}")
    with pytest.raises(SettingInvalid) as refused:
        configfile.parse(text, Profile, "own.yaml")
    assert str(refused.value).startswith(f"own.yaml, line {line}: an instrument with a licence has its wording here.")
    assert "Something theirs" not in str(refused.value)
