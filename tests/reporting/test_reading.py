"""Reports are plain to read: no sentence is harder than grade 11, and half of them are at grade 8 or below."""

from __future__ import annotations

from statistics import median

from tests.reporting import pseudo
from tests.reporting.reading import grade, sentences


def test_the_measure_tells_plain_from_hard() -> None:
    plain = grade("Send March first: without it nobody can tell where this is going.")
    hard = grade(
        "Notwithstanding considerable organisational heterogeneity, participating institutions demonstrated improvement."
    )
    assert plain is not None
    assert hard is not None
    assert plain < 6
    assert hard > 14
    assert grade("Improving signal") is None


def test_no_sentence_of_the_catalogue_is_hard_to_read() -> None:
    found = {
        sentence: told
        for one in pseudo.known()
        if one.id
        for text in ((one.id,) if isinstance(one.id, str) else one.id)
        for sentence in sentences(text)
        if sentence.endswith((".", "?", "!")) and (told := grade(sentence)) is not None
    }
    assert len(found) > 200
    assert {sentence: told for sentence, told in found.items() if told > 11} == {}
    assert median(found.values()) <= 8
