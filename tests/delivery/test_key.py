"""What makes a mail the same mail."""

from __future__ import annotations

import pytest

from breakthrough.delivery.key import Key
from breakthrough.month import Month

KEY = Key("absenteeism", "team", "T003", Month("2026-03"), 0, "Rachel+x@Example.org")


def test_a_key_reads_like_what_it_stands_for() -> None:
    assert str(KEY) == "absenteeism/team/T003/2026-03/r0/rachel+x@example.org"
    assert KEY.edition == "absenteeism/team/T003/2026-03/r0"


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        Key("a/b %", "coach", "c1", Month("2025-12"), 2, "o'neil@example.org"),
        Key("north east", "team", "T/1", Month("2025-12"), 10, "a/b@example.org"),
    ],
)
def test_a_key_can_be_read_back_from_what_is_written(key: Key) -> None:
    assert Key.read(str(key)) == key
    assert str(key).count("/") == 5


@pytest.mark.parametrize("text", ["", "a/b/c", "a/team/T1/2026-13/r0/x@y.org", "a/team/T1/2026-03/0/x@y.org"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not|expected"):
        Key.read(text)


def test_the_message_id_is_the_same_whenever_asked_and_another_for_every_part_of_the_key() -> None:
    other = [
        Key("other", "team", "T003", Month("2026-03"), 0, "rachel+x@example.org"),
        Key("absenteeism", "coach", "T003", Month("2026-03"), 0, "rachel+x@example.org"),
        Key("absenteeism", "team", "T004", Month("2026-03"), 0, "rachel+x@example.org"),
        Key("absenteeism", "team", "T003", Month("2026-04"), 0, "rachel+x@example.org"),
        Key("absenteeism", "team", "T003", Month("2026-03"), 1, "rachel+x@example.org"),
        Key("absenteeism", "team", "T003", Month("2026-03"), 0, "jo@example.org"),
    ]
    # sha256 of the key's text, worked out with sha256sum
    assert KEY.message_id("b.org") == "<0e8540e492b39f0acf6ad3d27415853b@b.org>"
    assert len({key.message_id("b.org") for key in [KEY, *other]}) == 7


def test_the_spelling_of_a_domain_makes_no_second_mail() -> None:
    ours = Key("a", "team", "T003", Month("2026-03"), 0, "eva@MÜNCHEN.example")
    assert ours == Key("a", "team", "T003", Month("2026-03"), 0, "eva@xn--mnchen-3ya.example")
