"""A file of messages that cannot be used is refused, with file, line and what is wrong; and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from breakthrough.errors import SettingInvalid
from breakthrough.language import load, say, speaking
from breakthrough.language.catalogue import unknown

TEAM = 'msgid "{team} has sent {month}."\n'
TEAMS = 'msgid "{n} team"\nmsgid_plural "{n} teams"\n'


def put(folder: Path, text: str, name: str = "de.po") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        (f'{TEAM}msgstr "{{team}} ist da"\n', 1, "lacks the place {month}"),
        (
            f'# ours\n\n{TEAM}msgstr "{{team}}, {{monat}}, {{month}}"\n',
            3,
            "has the place {monat}, which the message has not",
        ),
        (f'{TEAM}msgstr "{{team}} {{month}} {{"\n', 1, "a brace that is no place"),
        (f'{TEAM}msgstr "{{team.__class__}} {{month}}"\n', 1, "a brace that is no place"),
        (f'{TEAM}msgstr "{{team!r}} {{month}}"\n', 1, "a brace that is no place"),
        (f'{TEAMS}msgstr[0] "ein Team"\nmsgstr[1] "Teams"\n', 1, "lacks the place {n}"),
        (f'{TEAMS}msgstr[0] "{{n}} Team"\nmsgstr[1] "{{m}} Teams"\n', 1, "has the place {m}"),
        (f'{TEAM}msgstr "{{team}} {{month}}"\n\nnonsense\n', 4, "neither a message"),
        (f'{TEAM}msgstr "{{team}} {{month}}\n', 2, "neither a message"),
        ('msgid "{% trans %}: %(name)s"\nmsgstr "%(nom)s"\n', 1, "has the place %(nom)s"),
    ],
    ids=[
        "lacking",
        "strange",
        "brace",
        "attribute",
        "conversion",
        "plural",
        "strange-plural",
        "nonsense",
        "open",
        "trans",
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int, wrong: str) -> None:
    path = put(tmp_path, text)
    with pytest.raises(SettingInvalid, match=re.escape(f"{path}, line {line}: ")) as refused:
        load("de", [path])
    assert wrong in str(refused.value)
    assert "Until it is put right, nothing of this file is used." in str(refused.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "de.po"
    path.write_bytes(b'msgid "Nothing is missing"\nmsgstr "Alles gepr\xfcft"\n')
    with pytest.raises(SettingInvalid, match=r"de\.po: .*UTF-8"):
        load("de", [path])


@pytest.mark.parametrize("locale", ["xx", "german", "", "../de"])
def test_a_language_that_nobody_knows_is_refused(locale: str) -> None:
    with pytest.raises(SettingInvalid, match="is not known"):
        load(locale, [])


@pytest.mark.parametrize(
    "text",
    [
        f'{TEAM}msgstr ""\n',
        f'{TEAM}msgstr "{{month}}: {{team}}"\n',
        f'{TEAMS}msgstr[0] "ein Team"\nmsgstr[1] "{{n}} Teams"\n',
        'msgid "In braces"\nmsgstr "In Klammern"\n',
    ],
    ids=["not-yet", "turned", "one-in-words", "plain"],
)
def test_a_sound_file_is_taken(tmp_path: Path, text: str) -> None:
    load("de", [put(tmp_path, text)])


def test_a_translation_can_reach_nothing_but_the_places(tmp_path: Path) -> None:
    path = put(tmp_path, 'msgid "{team}"\nmsgstr "{team}, {team}"\n')
    with speaking(load("de", [path])):
        assert say("{team}", team="{team.x}") == "{team.x}, {team.x}"


def test_a_message_that_nobody_says_is_told_with_the_nearest(tmp_path: Path) -> None:
    template = put(
        tmp_path, 'msgid "Next dates"\nmsgstr ""\n\nmsgctxt "event"\nmsgid "call"\nmsgstr ""\n', "messages.pot"
    )
    own = put(tmp_path, 'msgid "Next date"\nmsgstr "Termine"\n\nmsgid "Next dates"\nmsgstr "Termine"\n')
    assert list(unknown(own, "de", template)) == [
        f"{own}, line 1: no report says “Next date”, so it changes nothing. Did you mean “Next dates”?"
    ]
