"""The words of the pictures of many teams come from the catalogue, and longer ones have room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from tests.reporting import pseudo
from tests.reporting.charts import gallery, made

from breakthrough.collaborative import Collaborative
from breakthrough.language import load, speaking
from breakthrough.reporting.draw import Scene


def drawn() -> Iterator[tuple[str, Scene]]:
    """The pictures of the gallery in the language that is spoken now."""
    for kind in (gallery.funnels, gallery.strips, gallery.multiples, gallery.drivers):
        yield from kind()


@pytest.mark.parametrize("phone", [False, True])
def test_every_word_is_of_the_catalogue_or_of_people(absenteeism: Collaborative, tmp_path: Path, phone: bool) -> None:
    speech, _ = pseudo.heard(tmp_path)
    secondary = [words for driver in absenteeism.drivers for words in driver.secondary]
    people = [
        *pseudo.by_people(absenteeism),
        *secondary,
        *gallery.TOWNS,
        *gallery.ELSEWHERE,
        "possible half-days",
        *gallery.IDEAS,
    ]
    with speaking(speech):
        for name, scene in drawn():
            told = " ".join(made.words(scene))
            assert "⟦" in told, name
            if name.endswith("-phone") == phone:
                assert not pseudo.plain(told, [*people, *_broken(people)]), name


def _broken(texts: list[str]) -> list[str]:
    """The single words of texts, as lines and brackets may part them."""
    months = [
        name for widths in Locale.parse(pseudo.LOCALE).months.values() for of in widths.values() for name in of.values()
    ]
    return sorted({word for text in [*texts, *months] for word in text.split()}, key=len, reverse=True)


def test_words_longer_by_a_third_are_neither_cut_off_nor_upon_one_another(tmp_path: Path) -> None:
    pseudo.written(tmp_path, brackets=False)
    with speaking(load(pseudo.LOCALE, [tmp_path / f"{pseudo.LOCALE}.po"])):
        for name, scene in drawn():
            assert made.outside(scene) == [], name
            assert made.colliding(scene) == [], name
