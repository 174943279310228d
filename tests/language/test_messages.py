"""What is said in a language: messages with places, plurals by its rule, and English for all that it lacks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.language import (
    ENGLISH,
    Language,
    listed,
    load,
    message,
    message_as,
    say,
    say_as,
    says,
    speaking,
    spoken,
    worded,
)

POLISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: pl\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "{team} has sent {month}."
msgstr "Za {month} przysłał dane zespół {team}."

msgid "{n} team"
msgid_plural "{n} teams"
msgstr[0] "{n} zespół"
msgstr[1] "{n} zespoły"
msgstr[2] "{n} zespołów"

msgctxt "state of a month"
msgid "closed"
msgstr "zamknięty"

msgctxt "state of a test"
msgid "closed"
msgstr "zakończony"

msgctxt "a number in a sentence"
msgid "three"
msgstr "trzy"

msgid "It begins with {{ and"
msgstr ""
"""

Written = Callable[[str, str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Puts a file of messages there."""

    def put(name: str, text: str) -> Path:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return put


@pytest.fixture
def polish(written: Written) -> Language:
    return load("pl", [written("pl.po", POLISH)])


def test_english_says_a_message_as_it_stands_with_its_places_filled() -> None:
    assert say("{team} has sent {month}.", team="Ash", month="March") == "Ash has sent March."
    assert say("Nothing is missing") == "Nothing is missing"


def test_another_language_may_put_places_in_another_order(polish: Language) -> None:
    with speaking(polish):
        assert say("{team} has sent {month}.", team="Ash", month="marzec") == "Za marzec przysłał dane zespół Ash."
    assert say("{team} has sent {month}.", team="Ash", month="March") == "Ash has sent March."


@pytest.mark.parametrize(("number", "told"), [(0, "0 teams"), (1, "1 team"), (2, "2 teams"), (1200, "1,200 teams")])
def test_english_has_two_forms(number: int, told: str) -> None:
    assert says("{n} team", "{n} teams", number) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "1 zespół"), (2, "2 zespoły"), (5, "5 zespołów"), (12, "12 zespołów"), (22, "22 zespoły"), (0, "0 zespołów")],
)
def test_the_form_follows_the_languages_own_rule(polish: Language, number: int, told: str) -> None:
    with speaking(polish):
        assert says("{n} team", "{n} teams", number) == told


def test_a_number_may_stand_in_words(polish: Language) -> None:
    assert worded("{n} team", "{n} teams", 3) == "three teams"
    with speaking(polish):
        assert worded("{n} team", "{n} teams", 3) == "trzy zespoły"


def test_one_word_may_be_two_in_another_language(polish: Language) -> None:
    with speaking(polish):
        assert say_as("state of a month", "closed") == "zamknięty"
        assert say_as("state of a test", "closed") == "zakończony"
        assert say("closed") == "closed"


def test_what_a_language_lacks_is_said_in_english(polish: Language) -> None:
    with speaking(polish):
        assert say("Send {month} first.", month="marzec") == "Send marzec first."
        assert says("{n} test", "{n} tests", 2) == "2 tests"


def test_messages_of_a_table_are_said_where_they_are_shown(polish: Language) -> None:
    states = {"shut": message_as("state of a month", "closed")}
    assert message("Nothing is missing") == "Nothing is missing"
    with speaking(polish):
        assert say_as(*states["shut"]) == "zamknięty"


def test_one_language_within_another_ends_with_its_block(polish: Language) -> None:
    with speaking(polish):
        with speaking(ENGLISH):
            assert says("{n} team", "{n} teams", 5) == "5 teams"
        assert says("{n} team", "{n} teams", 5) == "5 zespołów"
    assert spoken() is ENGLISH


def test_a_language_ends_also_where_something_goes_wrong(polish: Language) -> None:
    with pytest.raises(ZeroDivisionError), speaking(polish):
        1 / 0  # noqa: B018
    assert spoken() is ENGLISH


def test_two_threads_speak_two_languages_at_a_time(polish: Language) -> None:
    both = Barrier(2, timeout=10)

    def told(language: Language) -> str:
        with speaking(language):
            both.wait()
            return listed([says("{n} team", "{n} teams", 5)] * 2)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(told, [polish, ENGLISH])) == ["5 zespołów i 5 zespołów", "5 teams and 5 teams"]


@given(st.text(alphabet=st.sampled_from("{}%()sn<>&\n0 !:.team_[]"), max_size=40))
def test_what_people_type_is_never_read_as_a_place(text: str) -> None:
    assert say("{team}: {told}", team=text, told="{team}") == f"{text}: {{team}}"


def test_a_message_without_places_may_hold_any_sign() -> None:
    assert say("It begins with {{ and") == "It begins with {{ and"


def test_an_institutions_wording_lies_over_what_is_shipped(written: Written, polish: Language) -> None:
    shipped = written("pl.po", POLISH)
    own = written("own/pl.po", 'msgid "{team} has sent {month}."\nmsgstr "{team}: {month} jest"\n')
    with speaking(load("pl", [own, shipped])):
        assert say("{team} has sent {month}.", team="Ash", month="marzec") == "Ash: marzec jest"
        assert says("{n} team", "{n} teams", 5) == "5 zespołów"


def test_english_itself_may_be_worded_otherwise(written: Written) -> None:
    own = written("en.po", 'msgid "{n} team"\nmsgid_plural "{n} teams"\nmsgstr[0] "{n} ward"\nmsgstr[1] "{n} wards"\n')
    with speaking(load("en_GB", [own])):
        assert says("{n} team", "{n} teams", 1) == "1 ward"
        assert says("{n} team", "{n} teams", 1200) == "1,200 wards"


def test_a_message_marked_as_doubtful_is_not_used(written: Written) -> None:
    own = written("de.po", '#, fuzzy\nmsgid "Nothing is missing"\nmsgstr "Nichts {fehlt}"\n')
    with speaking(load("de", [own])):
        assert say("Nothing is missing") == "Nothing is missing"
