from __future__ import annotations

from breakthrough.demo.cast import short_names


def test_a_short_name_is_whole_words_of_at_most_fourteen_letters() -> None:
    names = ["Alderbrook", "Redcar and Cleveland", "Stockton-on-Tees", "Newcastle upon Tyne", "Llanfairpwllgwyngyll"]
    assert list(short_names(names).values()) == ["Alderbrook", "Redcar", "Stockton", "Newcastle", "Llanfairpwllgw"]


def test_no_two_teams_share_a_short_name_where_more_letters_tell_them_apart() -> None:
    assert list(short_names(["North West Alpha", "North West Beta"]).values()) == ["North West Alp", "North West Bet"]
