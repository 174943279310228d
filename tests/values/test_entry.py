from __future__ import annotations

from breakthrough.entry import Entry, EntryKey

KEY = EntryKey("main", "T001", "", "monthly_measures", 12)


def test_a_key_reads_as_a_path_without_values() -> None:
    assert str(KEY) == "main/T001/monthly_measures/12"
    assert str(EntryKey("main", "T001", "", "team_profile", 0)) == "main/T001/team_profile"


def test_the_digest_ignores_the_order_of_fields_and_minds_group_and_values() -> None:
    one = Entry(KEY, "t001", {"a": "1", "b": "2"})
    assert one.digest == Entry(KEY, "t001", {"b": "2", "a": "1"}).digest
    assert one.digest != Entry(KEY, "t002", {"a": "1", "b": "2"}).digest
    assert one.digest != Entry(KEY, "t001", {"a": "1", "b": "3"}).digest
